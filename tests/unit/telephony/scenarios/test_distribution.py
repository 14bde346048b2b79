"""Distribution to employees and groups: who rings, in which order, and who is left out and why."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.telephony.engine.readiness import Readiness
from tests.unit.telephony.conftest import CONTACT, MAIN, SILENT
from tests.unit.telephony.scenarios.conftest import FAILED, MAIL, Pbx

OTHER = "+79167654321"


def to(*who: str, **settings: Any) -> dict[str, Any]:
    """A distribution to these people, with voice mail behind it."""
    return {"sales": {"employees": {"who": list(who), **settings}, "exits": FAILED}, "mail": MAIL}


async def busy(pbx: Pbx, who: str, contact: str = OTHER) -> int:
    """Somebody talks on the other number, which has no scenario."""
    call = pbx.office.account.calls.place("in", contact, SILENT)
    pbx.office.do(call, "ring", who=who)
    pbx.office.do(call, "answer", who=who)
    return call


async def test_all_ring_at_once_each_number_for_its_dial_time(pbx: Pbx) -> None:
    pbx.has(to("anna", "boris"))
    call = await pbx.call()
    assert pbx.ringing(call) == [("anna", "100101"), ("boris", "100202")]
    await pbx.office.pass_time(59.9)
    assert pbx.ringing(call) == [("anna", "100101"), ("boris", "100202")]
    await pbx.office.pass_time(0.1)
    assert pbx.ringing(call) == [("anna", "+79030000001"), ("boris", "+79030000002")]
    await pbx.office.pass_time(60)
    assert (pbx.ringing(call), pbx.view(call).state) == ([], "voice_mail")
    assert pbx.operation(call, "sales").reason == "no_success_operator_call"
    assert [each.result for each in pbx.operation(call, "sales").dialled] == ["operator_not_responsible"] * 4


async def test_one_answers_and_the_others_stop(pbx: Pbx) -> None:
    """TERM-05.d: the second one answers."""
    pbx.has(to("anna", "boris"))
    call = await pbx.call()
    await pbx.does(call, "decline", "anna")
    await pbx.does(call, "answer", "boris")
    assert (pbx.view(call).state, pbx.ringing(call)) == ("talking", [])
    assert pbx.way(call) == [("sales", "talk")]
    await pbx.does(call, "hangup", "contact")
    seen = pbx.view(call)
    assert (seen.is_lost, seen.finish_reason) == (False, "subscriber_disconnects")
    assert [leg.finish_reason for leg in seen.legs][1:] == [
        "operator_disconnects",
        "subscriber_disconnects",
        "another_operator_answer",
    ]


async def test_in_order_one_after_another_with_all_numbers(pbx: Pbx) -> None:
    pbx.has(to("boris", "anna", how="in_order", dial_time=10))
    call = await pbx.call()
    rung = []
    for _ in range(4):
        rung += pbx.ringing(call)
        await pbx.office.pass_time(10)
    assert rung == [("boris", "100202"), ("boris", "+79030000002"), ("anna", "100101"), ("anna", "+79030000001")]
    assert pbx.way(call) == [("sales", "failed"), ("mail", None)]


async def test_round_robin_begins_with_the_next_one(pbx: Pbx) -> None:
    pbx.has(to("anna", "boris", how="round_robin"))
    first = []
    for _ in range(3):
        call = await pbx.call()
        first += pbx.ringing(call)
        await pbx.does(call, "decline", pbx.ringing(call)[0][0] or "")
        await pbx.does(call, "hangup", "contact")
    assert [who for who, _number in first] == ["anna", "boris", "anna"]


async def test_nobody_answers_and_nothing_is_linked(pbx: Pbx) -> None:
    """TERM-05.a"""
    pbx.has({"sales": {"employees": ["anna", "boris"]}})
    call = await pbx.call()
    await pbx.does(call, "busy", "anna")
    await pbx.does(call, "unreachable", "anna")
    await pbx.does(call, "no_answer", "boris")
    await pbx.does(call, "decline", "boris")
    seen = pbx.view(call)
    assert (seen.state, seen.is_lost, seen.finish_reason) == ("ended", True, "no_success_operator_call")


async def test_who_talks_is_left_out(pbx: Pbx) -> None:
    pbx.has(to("anna", "boris"))
    await busy(pbx, "anna")
    call = await pbx.call()
    assert pbx.ringing(call) == [("boris", "100202")]
    skipped = pbx.operation(call, "sales").dialled[0]
    assert (pbx.office.name_of(skipped.employee_id), skipped.leg_id, skipped.result) == ("anna", None, "employee_busy")


async def test_who_is_being_rung_elsewhere_is_busy_too(pbx: Pbx) -> None:
    pbx.has(to("anna"))
    first, second = await pbx.call(), await pbx.call(OTHER)
    assert (pbx.ringing(first), pbx.view(second).state) == ([("anna", "100101")], "voice_mail")
    assert pbx.operation(second, "sales").reason == "employee_busy"


async def test_busy_people_can_be_rung_all_the_same(pbx: Pbx) -> None:
    pbx.has(to("anna", check_busy=False))
    await busy(pbx, "anna")
    assert pbx.ringing(await pbx.call()) == [("anna", "100101")]


async def test_the_second_operation_rings_who_has_just_failed_in_the_first(pbx: Pbx) -> None:
    again = {"employees": ["anna"], "exits": FAILED}
    pbx.has({**to("anna", dial_time=5), "sales": {"employees": ["anna"], "exits": {"failed": "again"}}, "again": again})
    call = await pbx.call()
    await pbx.does(call, "decline", "anna")
    await pbx.does(call, "decline", "anna")
    assert (pbx.way(call)[-1], pbx.ringing(call)) == (("again", None), [("anna", "100101")])
    assert len(pbx.operation(call, "sales").dialled) == 2
    assert [each.result for each in pbx.operation(call, "again").dialled] == ["rings"]


async def test_the_reason_is_of_this_passage(pbx: Pbx) -> None:
    again = {"menu": {}, "exits": {"1": "sales"}}
    pbx.has({"sales": {"employees": ["anna"], "exits": {"failed": "again"}}, "again": again})
    call = await pbx.call()
    await pbx.does(call, "decline", "anna")
    await pbx.does(call, "decline", "anna")
    assert pbx.operation(call, "sales").reason == "no_success_operator_call"
    await busy(pbx, "anna")
    await pbx.press(call, "1")
    assert pbx.operation(call, "sales").reason == "employee_busy"


async def test_a_line_that_is_not_the_operations_is_not_its_business(pbx: Pbx) -> None:
    pbx.has(to("anna"))
    call = await pbx.call()
    boris = pbx.office.account.staff.active_phone(pbx.office.id_of("boris"))
    assert boris is not None
    with pbx.office.account.engine.routed(call, "by hand") as step:
        assert step is not None
        step.dial(boris, dials_on=False)
    await pbx.does(call, "decline", "boris")
    assert pbx.ringing(call) == [("anna", "100101")]


async def test_after_the_answer_no_scenario_leads_the_call(pbx: Pbx) -> None:
    pbx.has(to("anna"))
    call = await pbx.call()
    await pbx.does(call, "answer", "anna")
    with pbx.office.account.engine.routed(call, "late") as step:
        assert step is None


async def test_nobody_can_be_rung(pbx: Pbx) -> None:
    pbx.has(to("viktor"))
    call = await pbx.call()
    assert pbx.view(call).state == "voice_mail"
    assert pbx.operation(call, "sales").reason == "employee_without_phones"
    await busy(pbx, "anna")
    pbx.has(to("viktor", "anna"))
    call = await pbx.call()
    assert pbx.operation(call, "sales").reason == "no_operator_cdr_found"


async def test_a_line_that_fails_at_once(pbx: Pbx) -> None:
    """As a SIP line does that no telephone is registered for."""
    pbx.has(to("anna"))
    engine = pbx.office.account.engine

    class Dead:
        def ring(self, leg: Any, caller: str | None) -> None:
            engine.unreachable(leg.id)

        def stop_ringing(self, leg: Any) -> None: ...

    pbx.office.account.terminals.plug("100101", Dead())  # type: ignore[arg-type]
    call = await pbx.call()
    assert pbx.ringing(call) == [("anna", "+79030000001")]
    assert [each.result for each in pbx.operation(call, "sales").dialled] == ["sip_offline", "rings"]


@pytest.fixture
def groups(pbx: Pbx) -> None:
    everybody = [pbx.office.id_of(name) for name in ("anna", "boris", "viktor")]
    for name, members in {"sales": everybody[:2], "support": everybody[1:], "empty": []}.items():
        pbx.office.account.staff.groups.add(name, members)


async def test_a_group_rings(pbx: Pbx, groups: None) -> None:
    pbx.has({"sales": {"groups": {"groups": ["support", "sales"], "how": "in_order", "dial_time": 5}}})
    call = await pbx.call()
    await pbx.office.pass_time(15)
    assert pbx.rung(call) == ["100202", "+79030000002", "100101", "+79030000001"], "Boris is in both, and rings once"


async def test_a_group_without_people(pbx: Pbx, groups: None) -> None:
    pbx.has({"sales": {"groups": ["empty"], "exits": FAILED}, "mail": MAIL})
    call = await pbx.call()
    assert pbx.operation(call, "sales").reason == "group_without_phones"


async def test_a_status_leaves_people_out(pbx: Pbx) -> None:
    pbx.is_now("anna", "break")
    pbx.is_now("boris", "not_at_workplace")
    pbx.has(to("anna", "boris"))
    call = await pbx.call()
    assert pbx.ringing(call) == [("boris", "+79030000002")]
    assert [(each.number, each.result) for each in pbx.operation(call, "sales").dialled] == [
        (None, "employee_status_break"),
        ("100202", "phone_protocol_not_allowed_by_status"),
        ("+79030000002", "rings"),
    ]
    pbx.is_now("boris", "break")
    call = await pbx.call(OTHER)
    assert pbx.operation(call, "sales").reason == "employee_status_break"


async def test_legs_and_events_of_a_distributed_call(pbx: Pbx, line: Any) -> None:
    pbx.office.receiver.url = line.receiver_url
    pbx.has(to("anna"))
    call = await pbx.call(CONTACT)
    await pbx.does(call, "answer", "anna")
    await pbx.does(call, "hangup", "anna")
    told = [(each["notification_mnemonic"], each["virtual_phone_number"]) for each in pbx.office.receiver.bodies]
    assert told == [
        (name, MAIN)
        for name in (
            "in_call_session",
            "call_proceeding",
            "call_connected",
            "call_disconnected",
            "call_session_finished",
            "call_record_ready",
        )
    ]


async def test_whoever_rings_when_somebody_drives_the_call_does_not_answer_by_themselves(pbx: Pbx) -> None:
    pbx.has({"sales": {"employees": ["anna"]}})
    pbx.office.account.people.set(f"employee:{pbx.office.id_of('anna')}", Readiness("answer", after=10))
    call = await pbx.call()
    pbx.office.do(call, "ring", who=["boris"])
    await pbx.office.pass_time(3600)
    assert (pbx.view(call).state, len(pbx.ringing(call))) == ("ringing", 2)
    assert pbx.office.account.database.value("SELECT count(*) FROM timers") == 0
