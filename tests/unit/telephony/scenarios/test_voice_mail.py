"""Voice mail takes the call: it is successful and nobody's (TERM-07, GAP-18)."""

from __future__ import annotations

from tests.unit.telephony.scenarios.conftest import FAILED, Integration, Pbx

OPERATIONS = {
    "sales": {"employees": {"who": ["anna"], "dial_time": 5}, "exits": FAILED},
    "mail": {"voice_mail": {"longest": 30}},
}


async def test_a_message_after_nobody_answered(pbx: Pbx) -> None:
    """TERM-07.a"""
    pbx.has(OPERATIONS)
    call = await pbx.call()
    await pbx.office.pass_time(10)
    assert pbx.view(call).state == "voice_mail"
    await pbx.office.pass_time(12)
    await pbx.does(call, "hangup", "contact")
    seen = pbx.view(call)
    assert (seen.is_lost, seen.is_voice_mail, seen.finish_reason) == (False, True, "subscriber_disconnects")
    assert (seen.wait, seen.talk, seen.first_talked_employee_id) == (10, 12, None)
    assert pbx.operation(call, "mail").reason == "subscriber_disconnects"
    await pbx.office.pass_time(60)


async def test_a_message_has_an_end(pbx: Pbx) -> None:
    pbx.has(OPERATIONS, first="mail")
    call = await pbx.call()
    await pbx.office.pass_time(29.9)
    assert pbx.view(call).state == "voice_mail"
    await pbx.office.pass_time(0.1)
    seen = pbx.view(call)
    assert (seen.state, seen.finish_reason, seen.is_lost, seen.talk) == ("ended", "scenario_disconnects", False, 30)


async def test_the_integration_hears_that_voice_mail_took_it(pbx: Pbx, integration: Integration) -> None:
    pbx.has(OPERATIONS, first="mail")
    call = await pbx.call()
    await pbx.does(call, "hangup", "contact")
    finished = integration.events[-2]
    assert finished["notification_mnemonic"] == "call_session_finished"
    assert (finished["is_voice_mail"], finished["is_lost"], finished["first_talked_employee_id"]) == (True, False, None)
