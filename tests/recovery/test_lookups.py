"""Calls are found again where amoCRM of today puts them, which keeps two calls of one `uniq` (profile `v4`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from features.driver import Driver
from tests.recovery.flows import CALLER, is_answered


@pytest.fixture
def world_request() -> dict[str, Any]:
    return {"profile": "v4"}


@pytest.mark.parametrize("card", ["company", "contact", "deal of the contact"])
def test_a_call_whose_answer_was_lost_is_on_the_card_once(
    run: Callable[..., Any], http: aiohttp.ClientSession, stand_url: str, world: dict[str, Any], card: str
) -> None:
    do = Driver(http, f"{stand_url}/_stand/worlds/{world['id']}", world)

    async def story() -> None:
        if card == "company":
            await do.create_company("Ромашка", CALLER, "anna")
        mode = "contact_and_deal" if card == "deal of the contact" else "contact"
        await do.change_settings(**{"calls.primary_mode": mode})
        calls = {"method": "POST", "path": "/api/v4/calls"}
        await do.goes_wrong(target="amocrm", match=calls, phase="after", action={"reset": True})
        await is_answered(do, CALLER)
        await do.time_passes(timedelta(minutes=1))
        (row,) = await do.call_log()
        assert row["entity"]["type"] == ("lead" if card == "deal of the contact" else card)

    run(story())
