"""Pop-ups of calls in tabs, with both fakes and the integration: who is named, and when they close."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from features.driver import Driver
from tests.unit.stand.conftest import Control
from tests.unit.stand.test_snapshots import CALLER, OTHER


async def notices(driver: Driver, tab: str) -> list[dict[str, Any]]:
    """What the widget of a tab was notified of."""
    frames = [each["frame"] for each in await driver._control("GET", f"/tabs/{tab}/frames")]
    return [frame for frame in frames if frame.get("event") == "notify"]


async def test_a_pop_up_names_the_contact_and_its_company(control: Control) -> None:
    async with control.world() as driver:
        contact = await driver.create_contact("Иван", [CALLER], "anna")
        company = await driver.create_company("Окна", OTHER, "anna")
        link = [{"to_entity_id": company["id"], "to_entity_type": "companies"}]
        await driver._amocrm("POST", f"/api/v4/contacts/{contact['id']}/link", link)
        tab = await driver.opens_amocrm("anna")
        visit = await driver._control("POST", "/visits", {"site": "main"})
        call = await driver._control("POST", "/calls", {"direction": "in", "from": CALLER, "to": visit["number"]})
        await driver.rings(call["id"], "anna")
        (shown,) = await notices(driver, tab["id"])
        data = shown["data"]
        assert data["customer"] == {"id": contact["id"], "person_name": "Иван", "company_name": "Окна"}
        assert (data["ani"], data["did"]) == (CALLER, visit["number"])
        assert (data["start_time"], data["comagic_context"]["site"]) == (1772442000, "okna.test")


@pytest.mark.parametrize("how", ["answers", "declines", "does_not_answer", "hangs_up"])
async def test_a_pop_up_closes_when_the_telephone_rings_no_longer(control: Control, how: str) -> None:
    async with control.world() as driver:
        tab = await driver.opens_amocrm("boris")
        call = (await driver.call_arrives(CALLER))["id"]
        await driver.rings(call, "boris")
        assert [popup["is_open"] for popup in await driver.popups_of("boris")] == [True]
        await driver.time_passes(timedelta(seconds=5))
        await (driver.hangs_up(call) if how == "hangs_up" else getattr(driver, how)(call, "boris"))
        first, *_ = await driver.popups_of("boris")
        assert first["is_open"] is False
        rings_on = how in ("declines", "does_not_answer")  # at the mobile
        assert len(await driver.popups_of("boris")) == (2 if rings_on else 1)
        said = await notices(driver, tab["id"])
        assert [frame["type"] for frame in said] == ["call", "release_call", *(["call"] if rings_on else [])]


async def test_the_integration_shows_none_to_a_user_who_is_gone(control: Control) -> None:
    async with control.world() as driver:
        await driver.opens_amocrm("boris")
        await driver.is_deleted_in_amocrm("boris")
        call = (await driver.call_arrives(CALLER))["id"]
        await driver.rings(call, "boris")
        assert await driver.popups_of("boris") == []
