"""Stories of calls: what they amount to, who was rung when, and which of them are lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.telephony.conftest import ARRIVAL, CONTACT, MAIN, SILENT, Office

Script = list[tuple[float, str, dict[str, Any]]]


def who(name: str) -> dict[str, Any]:
    return {"who": name}


def ring(*names: str) -> dict[str, Any]:
    return {"who": list(names)}


BLIND = {"by": "anna", "to": "boris", "kind": "blind"}

# story, script, (wait, talk, total), lost, finish reason, [(who, number, seconds to the answer, leg's finish reason)]
STORIES: list[tuple[str, Script, tuple[int, int, int], bool, str, list[tuple[str | None, str, float | None, str]]]] = [
    (
        "answered, the contact hangs up",
        [(0, "ring", ring("anna")), (8, "answer", who("anna")), (68, "hangup", who("contact"))],
        (8, 60, 68),
        False,
        "subscriber_disconnects",
        [("anna", "100101", 8, "subscriber_disconnects")],
    ),
    (
        "answered, the operator hangs up after 5.9 s: whole seconds, truncated",
        [(0, "ring", ring("anna")), (3.7, "answer", who("anna")), (9.6, "hangup", who("anna"))],
        (3, 5, 9),
        False,
        "operator_disconnects",
        [("anna", "100101", 3.7, "operator_disconnects")],
    ),
    (
        "declined on the SIP line, answered on the mobile",
        [
            (1, "ring", ring("anna")),
            (5, "decline", who("anna")),
            (9, "answer", who("anna")),
            (19, "hangup", who("contact")),
        ],
        (9, 10, 19),
        False,
        "subscriber_disconnects",
        [("anna", "100101", None, "operator_disconnects"), ("anna", "+79030000001", 4, "subscriber_disconnects")],
    ),
    (
        "all numbers tried: offline line, silent mobile",
        [
            (0, "ring", ring("anna")),
            (0, "unreachable", who("anna")),
            (30, "no_answer", who("anna")),
            (40, "hangup", who("contact")),
        ],
        (40, 0, 40),
        True,
        "no_success_operator_call",
        [("anna", "100101", None, "sip_offline"), ("anna", "+79030000001", None, "operator_not_responsible")],
    ),
    (
        "the second operator answers, an inactive number is passed over",
        [
            (0, "ring", ring("anna", "boris")),
            (2, "busy", who("boris")),
            (4, "answer", who("boris")),
            (14, "hangup", who("boris")),
        ],
        (4, 10, 14),
        False,
        "operator_disconnects",
        [
            ("anna", "100101", None, "another_operator_answer"),
            ("boris", "100202", None, "operator_busy"),
            ("boris", "+79030000002", 2, "operator_disconnects"),
        ],
    ),
    (
        "the contact gives up while the telephone rings",
        [(0, "ring", ring("anna")), (20, "hangup", who("contact"))],
        (20, 0, 20),
        True,
        "no_success_operator_call",
        [("anna", "100101", None, "subscriber_disconnects")],
    ),
    (
        "the contact hangs up before anybody is dialled",
        [(3, "hangup", who("contact"))],
        (3, 0, 3),
        True,
        "disconnect_before_call_processing",
        [],
    ),
    (
        "voice mail",
        [(0, "ring", ring("anna")), (15, "voicemail", {}), (40, "hangup", who("contact"))],
        (15, 25, 40),
        False,
        "subscriber_disconnects",
        [("anna", "100101", None, "scenario_disconnects"), (None, MAIN, 0, "subscriber_disconnects")],
    ),
    (
        "blind transfer",
        [
            (0, "ring", ring("anna")),
            (5, "answer", who("anna")),
            (45, "transfer", BLIND),
            (55, "answer", who("boris")),
            (115, "hangup", who("boris")),
        ],
        (5, 110, 115),
        False,
        "operator_disconnects",
        [("anna", "100101", 5, "transfer_disconnects"), ("boris", "100202", 10, "operator_disconnects")],
    ),
    (
        "blind transfer that nobody takes: not lost, somebody talked",
        [
            (0, "ring", ring("anna")),
            (5, "answer", who("anna")),
            (10, "transfer", BLIND),
            (20, "decline", who("boris")),
            (30, "no_answer", who("boris")),
            (35, "hangup", who("contact")),
        ],
        (5, 30, 35),
        False,
        "subscriber_disconnects",
        [
            ("anna", "100101", 5, "transfer_disconnects"),
            ("boris", "100202", None, "operator_disconnects"),
            ("boris", "+79030000002", None, "operator_not_responsible"),
        ],
    ),
]


@pytest.mark.parametrize(
    ("script", "figures", "lost", "reason", "legs"), [s[1:] for s in STORIES], ids=[s[0] for s in STORIES]
)
async def test_story(
    office: Office,
    script: Script,
    figures: tuple[int, int, int],
    lost: bool,
    reason: str,
    legs: list[tuple[str | None, str, float | None, str]],
) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, script)
    seen = office.account.calls.get(call)
    assert (seen.state, seen.is_lost, seen.finish_reason) == ("ended", lost, reason)
    assert (seen.wait, seen.talk, seen.total) == figures
    assert seen.started_at == ARRIVAL
    assert seen.legs[0].role == "contact"
    assert seen.legs[0].finish_reason == (
        "operator_disconnects" if reason == "operator_disconnects" else "subscriber_disconnects"
    )
    shown = [
        (
            office.name_of(leg.employee_id),
            leg.number,
            (leg.connected_at - leg.started_at).total_seconds() if leg.connected_at else None,
            leg.finish_reason,
        )
        for leg in seen.legs[1:]
    ]
    assert shown == legs
    assert (seen.recording is None) == (seen.talk == 0)


async def test_first_answered_stays_with_the_first_who_talked(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, STORIES[-2][1])
    seen = office.account.calls.get(call)
    assert seen.first_answered_employee_id == seen.first_talked_employee_id == office.id_of("anna")
    [row] = await office.report(fields=["last_talked_employee_full_name", "clean_talk_duration", "is_transfer"])
    assert row == {"last_talked_employee_full_name": "Boris", "clean_talk_duration": 100, "is_transfer": True}


async def test_a_blind_transfer_leaves_two_segments_of_talk(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, STORIES[-2][1])
    segments = office.account.store.segments_of(call)
    spans = [(office.name_of(each.employee_id), (each.ended_at - each.started_at) / 1e6) for each in segments]
    assert spans == [("anna", 40.0), ("boris", 60.0)]
    assert [each.is_recorded for each in segments] == [True, False], "Boris's line is not recorded"


async def test_others_may_be_rung_when_a_transfer_was_not_taken(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, STORIES[-1][1][:-1])
    assert office.account.calls.get(call).state == "waiting"
    await office.play(call, [(0, "ring", ring("anna")), (4, "answer", who("anna")), (8, "hangup", who("contact"))])
    assert office.account.calls.get(call).talk == 33


async def test_no_recording_where_it_is_off_for_the_line(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, SILENT)
    await office.play(call, STORIES[0][1])
    assert office.account.calls.get(call).recording is None
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, [(0, "ring", ring("boris")), (1, "answer", who("boris")), (9, "hangup", who("contact"))])
    assert office.account.calls.get(call).recording is None


async def test_a_hidden_number(office: Office) -> None:
    call = office.account.calls.place("in", None, MAIN)
    assert office.account.calls.get(call).from_ is None


async def test_numbers_are_written_in_one_form(office: Office) -> None:
    call = office.account.calls.place("in", "8 (916) 123-45-67", "8 495 111 22 33")
    seen = office.account.calls.get(call)
    assert (seen.from_, seen.to) == (CONTACT, MAIN)


async def test_figures_of_a_call_that_goes_on_stand_as_of_now(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, [(0, "ring", ring("anna")), (5, "answer", who("anna"))])
    await office.pass_time(7)
    seen = office.account.calls.get(call)
    assert (seen.wait, seen.talk, seen.total, seen.is_lost, seen.recording) == (5, 7, 12, None, None)
    assert [each.id for each in office.account.calls.list()] == [call]


async def test_an_internal_call_rings_at_once_and_tries_every_number(office: Office) -> None:
    anna, boris = office.id_of("anna"), office.id_of("boris")
    call = office.account.calls.place("internal", anna, boris)
    await office.play(call, [(3, "no_answer", who("boris")), (5, "answer", who("boris")), (25, "hangup", who("anna"))])
    seen = office.account.calls.get(call)
    assert (seen.direction, seen.from_, seen.to, seen.is_internal) == ("internal", anna, boris, True)
    assert (seen.wait, seen.talk, seen.total, seen.is_lost) == (5, 20, 25, False)
    assert [(leg.role, leg.number) for leg in seen.legs] == [
        ("caller", "100101"),
        ("operator", "100202"),
        ("operator", "+79030000002"),
    ]


async def test_an_outgoing_call_to_a_number_of_an_employee_is_internal(office: Office) -> None:
    anna = office.id_of("anna")
    call = office.account.calls.place("out", anna, "8 903 000 00 02")
    await office.play(call, [(10, "no_answer", who("boris")), (12, "hangup", who("anna"))])
    seen = office.account.calls.get(call)
    assert (seen.direction, seen.is_internal, seen.to) == ("internal", True, office.id_of("boris"))
    assert (seen.is_lost, seen.finish_reason) == (True, "no_success_subscriber_call")
    assert [leg.number for leg in seen.legs] == ["100101", "+79030000002"], "only the number that was dialled"


async def test_by_the_short_number_a_colleague_is_called_at_all_numbers(office: Office) -> None:
    office.account.staff.cards.change(office.id_of("boris"), {"extension": "12"})
    call = office.account.calls.place("out", office.id_of("anna"), "12", kind="dial")
    await office.play(call, [(10, "no_answer", who("boris")), (12, "answer", who("boris"))])
    seen = office.account.calls.get(call)
    assert (seen.direction, seen.to, seen.state) == ("internal", office.id_of("boris"), "talking")
    assert [leg.number for leg in seen.legs] == ["100101", "100202", "+79030000002"]


async def test_a_transfer_inside_leaves_the_colleague_on_the_line(office: Office) -> None:
    call = office.account.calls.place("internal", office.id_of("boris"), office.id_of("anna"))
    await office.play(call, [(1, "answer", who("anna"))])
    with pytest.raises(Exception, match="Viktor has no active number"):
        office.do(call, "transfer", by="anna", to="viktor", kind="blind")
    assert office.account.calls.get(call).state == "talking"


async def test_session_leg_and_communication_are_counted_apart(office: Office) -> None:
    first = office.account.calls.place("in", CONTACT, MAIN)
    seen = office.account.calls.get(first)
    ids = office.ground.ids
    assert seen.id == ids.first("call_session")
    assert seen.communication_id == ids.first("communication")
    assert seen.legs[0].id == ids.first("leg")
