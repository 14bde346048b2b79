"""A scenario that is deleted or changed while calls are in it."""

from __future__ import annotations

from emulator.telephony.call_api.starting import scenario_call
from tests.unit.telephony.conftest import CONTACT, MAIN
from tests.unit.telephony.scenarios.conftest import Pbx


async def test_whoever_is_rung_by_a_scenario_that_was_deleted_meanwhile_talks(pbx: Pbx) -> None:
    pbx.has({"sales": {"employees": ["anna"]}})
    call = await pbx.call()
    pbx.office.account.scenarios.delete("day")
    await pbx.does(call, "answer", "anna")
    await pbx.office.pass_time(30)
    assert (pbx.view(call).state, pbx.view(call).talk) == ("talking", 30)
    await pbx.does(call, "hangup", "anna")
    seen = pbx.view(call)
    assert (seen.state, seen.finish_reason, [leg.state for leg in seen.legs]) == (
        "ended",
        "operator_disconnects",
        ["ended", "ended"],
    )
    assert pbx.way(call) == [("sales", "talk")]


async def test_a_call_whose_scenario_is_deleted_before_the_contact_answers_ends(pbx: Pbx) -> None:
    pbx.has({"sales": {"employees": ["anna"]}})
    account = pbx.office.account
    scenario_id = account.scenarios.named("day").id
    asked = {"virtual_phone_number": MAIN, "contact": CONTACT, "first_call": "contact", "scenario_id": scenario_id}
    call = scenario_call(account, asked).data["call_session_id"]
    account.scenarios.delete("day")
    await pbx.does(call, "answer", "contact")
    assert (pbx.view(call).state, pbx.view(call).finish_reason) == ("ended", "scenario_not_found")
