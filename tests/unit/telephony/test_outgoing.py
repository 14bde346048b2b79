"""Calls to outside numbers and callbacks: who is dialled when, and when they are lost (TERM-08..10, GAP-19, GAP-20)."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.core.errors import BadRequest, Conflict
from emulator.telephony.engine.views import CallView
from tests.unit.telephony.conftest import CONTACT, MAIN, SILENT, Office

Steps = list[tuple[float, str, dict[str, Any]]]

ANNA, SUBSCRIBER = {"who": "anna"}, {"who": "contact"}


async def made(office: Office, steps: Steps, kind: Any = None) -> CallView:
    call = office.account.calls.place("out", office.id_of("anna"), CONTACT, kind=kind)
    await office.play(call, steps)
    return office.account.calls.get(call)


def rung(office: Office, call: CallView) -> list[tuple[str, str | None]]:
    return [(office.name_of(leg.employee_id) or leg.role, leg.number) for leg in call.legs]


async def test_a_click_rings_the_employee_and_then_the_subscriber(office: Office) -> None:
    seen = await made(office, [])
    assert rung(office, seen) == [("anna", "100101")]
    seen = await made(office, [(5, "answer", ANNA)])
    assert rung(office, seen) == [("anna", "100101"), ("contact", CONTACT)]
    assert (seen.legs[1].started_at - seen.started_at).total_seconds() == 5
    assert (seen.kind, seen.direction, seen.from_, seen.to) == ("click", "out", office.id_of("anna"), CONTACT)


async def test_a_click_that_is_talked(office: Office) -> None:
    seen = await made(office, [(5, "answer", ANNA), (15, "answer", SUBSCRIBER), (45, "hangup", SUBSCRIBER)])
    assert (seen.wait, seen.talk, seen.total, seen.is_lost) == (15, 30, 45, False)
    assert seen.first_talked_employee_id == office.id_of("anna")
    assert seen.recording is not None
    assert seen.finish_reason == "subscriber_disconnects"


async def test_the_employee_is_tried_at_every_number(office: Office) -> None:
    seen = await made(office, [(5, "no_answer", ANNA), (9, "answer", ANNA)])
    assert rung(office, seen) == [("anna", "100101"), ("anna", "+79030000001"), ("contact", CONTACT)]


@pytest.mark.parametrize(
    ("steps", "reason", "answered"),
    [
        ([(5, "answer", ANNA), (20, "no_answer", SUBSCRIBER)], "no_success_subscriber_call", True),
        ([(5, "answer", ANNA), (20, "busy", SUBSCRIBER)], "no_success_subscriber_call", True),
        ([(5, "answer", ANNA), (20, "decline", SUBSCRIBER)], "no_success_subscriber_call", True),
        ([(5, "answer", ANNA), (20, "hangup", ANNA)], "no_success_subscriber_call", True),
        ([(5, "decline", ANNA), (6, "decline", ANNA)], "no_success_operator_call", False),
    ],
    ids=["no answer", "busy", "declined", "the employee gives up", "the employee never picks up"],
)
async def test_an_outgoing_call_without_the_subscriber_is_lost(
    office: Office, steps: Steps, reason: str, answered: bool
) -> None:
    seen = await made(office, steps)
    assert (seen.state, seen.is_lost, seen.finish_reason) == ("ended", True, reason)
    assert (seen.first_answered_employee_id is not None) is answered
    assert (seen.first_talked_employee_id, seen.talk, seen.recording) == (None, 0, None)
    assert (await office.report(fields=["is_lost"])) == [{"is_lost": True}]


async def test_two_seconds_are_a_talk(office: Office) -> None:
    seen = await made(office, [(5, "answer", ANNA), (15, "answer", SUBSCRIBER), (17, "hangup", SUBSCRIBER)])
    assert seen.is_lost is False


async def test_by_the_own_telephone_the_subscriber_is_rung_at_once(office: Office) -> None:
    seen = await made(office, [(10, "answer", SUBSCRIBER), (30, "hangup", ANNA)], "dial")
    assert rung(office, seen) == [("anna", "100101"), ("contact", CONTACT)]
    assert (seen.wait, seen.talk, seen.is_lost, seen.finish_reason) == (10, 20, False, "operator_disconnects")
    assert seen.first_answered_employee_id == seen.first_talked_employee_id == office.id_of("anna")


async def test_legs_of_outgoing_calls_in_the_report(office: Office) -> None:
    await made(office, [(5, "answer", ANNA), (15, "answer", SUBSCRIBER), (45, "hangup", SUBSCRIBER)])
    fields = ["is_operator", "direction", "calling_phone_number", "called_phone_number", "is_failed"]
    rows = await office.report("get.call_legs_report", fields=fields)
    main, contact = MAIN.removeprefix("+"), CONTACT.removeprefix("+")
    assert [tuple(row[name] for name in fields) for row in rows] == [
        (True, "out", contact, "100101", False),
        (False, "out", main, contact, False),
    ]


async def test_events_of_a_click(connected: Office) -> None:
    await made(connected, [(5, "answer", ANNA), (15, "answer", SUBSCRIBER), (45, "hangup", SUBSCRIBER)])
    told = [body["notification_mnemonic"] for body in connected.receiver.bodies]
    assert told == [
        "out_call_session",
        "call_proceeding",
        "call_connected",
        "call_disconnected",
        "call_session_finished",
        "call_record_ready",
    ]
    first = connected.receiver.bodies[0]
    assert (first["direction"], first["contact_phone_number"], first["virtual_phone_number"]) == ("out", CONTACT, MAIN)
    assert (first["employee_id"], first["employee_phone_number"]) == (connected.id_of("anna"), "100101")


async def test_nobody_leads_an_outgoing_call_on(office: Office) -> None:
    call = office.account.calls.place("out", office.id_of("anna"), CONTACT)
    with pytest.raises(Conflict) as refused:
        office.do(call, "ring", who=["boris"])
    assert "ring" not in refused.value.extra["allowed"]
    with pytest.raises(Conflict, match="the subscriber has no open line"):
        office.do(call, "answer", who="contact")


async def test_an_outgoing_call_can_be_transferred(office: Office) -> None:
    talk: Steps = [(0, "answer", ANNA), (5, "answer", SUBSCRIBER), (15, "transfer", {"by": "anna", "to": "boris"})]
    seen = await made(office, [*talk, (20, "answer", {"who": "boris"}), (30, "hangup", SUBSCRIBER)])
    assert (seen.is_lost, seen.talk) == (False, 25)
    assert seen.first_talked_employee_id == office.id_of("anna")


async def test_what_is_shown_and_recorded_goes_by_the_number(office: Office) -> None:
    call = office.account.calls.place("out", office.id_of("anna"), CONTACT, number=SILENT)
    await office.play(call, [(1, "answer", ANNA), (2, "answer", SUBSCRIBER), (9, "hangup", ANNA)])
    assert office.account.calls.get(call).recording is None
    row = (await office.report(fields=["virtual_phone_number", "source"]))[0]
    assert row == {"virtual_phone_number": SILENT.removeprefix("+"), "source": "amocrm"}
    with pytest.raises(BadRequest) as refused:
        office.account.calls.place("out", office.id_of("anna"), CONTACT, number="+74950000000")
    assert [each.path for each in refused.value.errors] == ["number"]


# callbacks


async def ordered(office: Office, steps: Steps) -> CallView:
    call = office.account.calls.place("in", CONTACT, MAIN, kind="callback")
    await office.play(call, steps)
    return office.account.calls.get(call)


RUNG: Steps = [(0, "ring", {"who": ["anna"]})]


async def test_a_callback_is_incoming_though_both_are_dialled(office: Office) -> None:
    seen = await ordered(office, [*RUNG, (5, "answer", ANNA), (12, "answer", SUBSCRIBER), (42, "hangup", ANNA)])
    assert (seen.kind, seen.direction, seen.from_, seen.to) == ("callback", "in", CONTACT, MAIN)
    assert rung(office, seen) == [("anna", "100101"), ("contact", CONTACT)]
    assert (seen.wait, seen.talk, seen.is_lost) == (12, 30, False)


async def test_a_callback_that_only_the_operator_answers_is_not_lost_and_nobody_talked(office: Office) -> None:
    seen = await ordered(office, [*RUNG, (5, "answer", ANNA), (25, "no_answer", SUBSCRIBER)])
    assert (seen.state, seen.is_lost, seen.finish_reason) == ("ended", False, "no_success_subscriber_call")
    assert (seen.first_answered_employee_id, seen.first_talked_employee_id) == (office.id_of("anna"), None)


async def test_a_callback_that_no_operator_answers_is_lost(office: Office) -> None:
    steps: Steps = [*RUNG, (5, "no_answer", ANNA), (6, "busy", ANNA), (9, "hangup", SUBSCRIBER)]
    seen = await ordered(office, steps)
    assert (seen.state, seen.is_lost, seen.finish_reason) == ("ended", True, "no_success_operator_call")
    assert all(leg.employee_id for leg in seen.legs), "the subscriber was never dialled"


@pytest.mark.parametrize(
    ("steps", "verb", "people"),
    [
        ([], "voicemail", {}),
        (RUNG, "voicemail", {}),
        ([*RUNG, (5, "answer", ANNA)], "ring", {"who": ["boris"]}),
        ([*RUNG, (5, "answer", ANNA)], "voicemail", {}),
    ],
    ids=[
        "message of nobody",
        "message of nobody, rung",
        "a second employee for the first",
        "a message of the employee",
    ],
)
async def test_nobody_is_rung_and_no_message_left_without_the_subscriber(
    office: Office, steps: Steps, verb: str, people: dict[str, Any]
) -> None:
    before = await ordered(office, steps)
    with pytest.raises(Conflict, match="the subscriber is"):
        office.do(before.id, verb, **people)
    assert office.account.calls.get(before.id) == before


async def test_a_callback_needs_a_number(office: Office) -> None:
    with pytest.raises(BadRequest) as refused:
        office.account.calls.place("in", None, MAIN, kind="callback")
    assert [each.path for each in refused.value.errors] == ["from"]
    with pytest.raises(BadRequest) as refused:
        office.account.calls.place("out", office.id_of("anna"), CONTACT, kind="callback")
    assert [each.path for each in refused.value.errors] == ["kind"]
