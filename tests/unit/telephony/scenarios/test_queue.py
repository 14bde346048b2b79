"""A caller waits in a queue until somebody of the group is free."""

from __future__ import annotations

from tests.unit.telephony.scenarios.conftest import FAILED, MAIL, Pbx
from tests.unit.telephony.scenarios.test_distribution import OTHER, busy

THIRD = "+79165554433"


def queue(*who: str, **settings: object) -> dict[str, object]:
    employees = {"who": list(who), "queue": {"longest": 60}, **settings}
    return {"sales": {"employees": employees, "exits": FAILED}, "mail": MAIL}


async def test_the_caller_waits_and_gets_who_is_free_first(pbx: Pbx) -> None:
    pbx.has(queue("anna", "boris"))
    talks = [await busy(pbx, who, OTHER) for who in ("anna", "boris")]
    call = await pbx.call()
    assert (pbx.view(call).state, pbx.ringing(call)) == ("waiting", [])
    assert "queued_at" in pbx.operation(call, "sales").said
    await pbx.office.pass_time(20)
    await pbx.does(talks[1], "hangup", "boris")
    assert (pbx.view(call).state, pbx.ringing(call)) == ("ringing", [("boris", "100202")])
    await pbx.does(call, "answer", "boris")
    await pbx.does(call, "hangup", "contact")
    seen = pbx.view(call)
    assert (seen.wait, seen.is_lost, pbx.way(call)) == (20, False, [("sales", "talk")])


async def test_the_longest_wait(pbx: Pbx) -> None:
    pbx.has(queue("anna"))
    await busy(pbx, "anna")
    call = await pbx.call()
    await pbx.office.pass_time(59.9)
    assert pbx.view(call).state == "waiting"
    await pbx.office.pass_time(0.1)
    assert (pbx.view(call).state, pbx.operation(call, "sales").reason) == ("voice_mail", "timeout")


async def test_a_telephone_that_rings_when_the_wait_is_over_rings_on(pbx: Pbx) -> None:
    pbx.has(queue("anna", "boris"))
    talks = [await busy(pbx, who, OTHER) for who in ("anna", "boris")]
    call = await pbx.call()
    await pbx.office.pass_time(50)
    await pbx.does(talks[0], "hangup", "anna")
    await pbx.office.pass_time(20)
    assert pbx.ringing(call) == [("anna", "100101")]
    await pbx.does(call, "decline", "anna")
    await pbx.does(call, "decline", "anna")
    assert (pbx.view(call).state, pbx.operation(call, "sales").reason) == ("voice_mail", "timeout")


async def test_hanging_up_after_three_minutes_is_a_lost_call(pbx: Pbx) -> None:
    """TERM-05.c"""
    pbx.has(queue("anna", queue={"longest": 600}))
    talk = await busy(pbx, "anna")
    call = await pbx.call()
    await pbx.office.pass_time(180)
    await pbx.does(call, "hangup", "contact")
    assert (pbx.view(call).is_lost, pbx.view(call).total) == (True, 180)
    await pbx.does(talk, "hangup", "anna")
    assert pbx.rung(call) == [], "who has gone is not called"


async def test_who_waits_longest_is_served_first(pbx: Pbx) -> None:
    pbx.has(queue("anna"))
    talk = await busy(pbx, "anna")
    first = await pbx.call()
    await pbx.office.pass_time(1)
    second = await pbx.call(THIRD)
    await pbx.does(talk, "hangup", "contact")
    assert (pbx.ringing(first), pbx.ringing(second)) == ([("anna", "100101")], [])
    await pbx.does(first, "hangup", "contact")
    assert pbx.ringing(second) == [("anna", "100101")]


async def test_who_gives_the_call_away_is_free(pbx: Pbx) -> None:
    pbx.has(queue("anna"))
    talk = await busy(pbx, "anna")
    call = await pbx.call()
    pbx.office.do(talk, "transfer", by="anna", to="boris")
    await pbx.office.settle()
    assert pbx.ringing(call) == [("anna", "100101")]


async def test_everybody_is_rung_once(pbx: Pbx) -> None:
    pbx.has(queue("anna", "boris", how="in_order"))
    talk = await busy(pbx, "boris")
    call = await pbx.call()
    assert pbx.ringing(call) == [("anna", "100101")]
    await pbx.does(call, "decline", "anna")
    await pbx.does(call, "decline", "anna")
    assert pbx.view(call).state == "waiting", "Boris may become free"
    await pbx.does(talk, "hangup", "boris")
    await pbx.does(call, "decline", "boris")
    await pbx.does(call, "decline", "boris")
    assert (pbx.view(call).state, pbx.operation(call, "sales").reason) == ("voice_mail", "no_success_operator_call")


async def test_without_anybody_to_wait_for_the_call_goes_on(pbx: Pbx) -> None:
    pbx.has(queue("viktor"))
    call = await pbx.call()
    assert pbx.operation(call, "sales").reason == "employee_without_phones"


async def test_a_status_that_changes_frees_somebody(pbx: Pbx) -> None:
    pbx.is_now("anna", "break")
    pbx.has(queue("anna"))
    call = await pbx.call()
    assert pbx.view(call).state == "waiting"
    pbx.is_now("anna", "available")
    await pbx.office.settle()
    assert pbx.ringing(call) == [("anna", "100101")]


async def test_a_rehearsal_frees_nobody(pbx: Pbx) -> None:
    pbx.has(queue("anna"))
    talk = await busy(pbx, "anna")
    call = await pbx.call()
    with pbx.office.account.engine.rehearsal():
        pbx.office.do(talk, "hangup", who="anna")
    await pbx.office.settle()
    assert (pbx.view(call).state, pbx.rung(call)) == ("waiting", [])


async def test_the_queue_goes_on_after_a_restart(pbx: Pbx) -> None:
    pbx.has(queue("anna"))
    talk = await busy(pbx, "anna")
    call = await pbx.call()
    with pbx.office.ground.gate.shut():
        pbx.office.account.calls.do(talk, "hangup", who="contact")
        await pbx.office.ground.work.close()  # the process ends before it could look at the queue
    assert pbx.ringing(call) == []
    pbx.office.account.resume_deliveries()
    await pbx.office.settle()
    assert pbx.ringing(call) == [("anna", "100101")]
