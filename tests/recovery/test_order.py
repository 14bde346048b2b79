"""A card shows the last communication, in whatever order the telephony tells of them (SALE-08, GAP-10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from features.driver import Driver
from tests.recovery.flows import CALLER, is_answered


@pytest.mark.parametrize("mode", ["contact", "unsorted"])
def test_a_call_of_which_is_heard_late_does_not_pass_for_the_last_one(
    run: Callable[..., Any], http: aiohttp.ClientSession, stand_url: str, world: dict[str, Any], mode: str
) -> None:
    do = Driver(http, f"{stand_url}/_stand/worlds/{world['id']}", world)

    async def story() -> None:
        await do.change_settings(**{"calls.primary_mode": mode})
        await is_answered(do, CALLER)
        await do.time_passes(timedelta(minutes=1))
        await do.goes_wrong(target="events", action={"hold": 600})
        await do.call_arrives(CALLER)
        await do.time_passes(timedelta(seconds=10))
        last = await do.call_arrives(CALLER)
        await do.time_passes(timedelta(minutes=20))
        for item in await do.unsorted():
            await do.accept_item(item["uid"], "anna")
        (contact,) = await do.contacts(CALLER)
        shown = {field["field_name"]: field["values"][0]["value"] for field in contact["custom_fields_values"]}
        assert shown["communication_id"] == str(last["communication_id"])

    run(story())
