"""Hold, consultation, conference and both transfers: who hears whom, who is on the line, what is counted (LOG-05)."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.core.errors import Conflict
from tests.unit.telephony.conftest import CONTACT, MAIN, Office

Steps = list[tuple[float, str, dict[str, Any]]]

TALK: Steps = [(0, "ring", {"who": ["anna"]}), (5, "answer", {"who": "anna"})]
CONSULTED: Steps = [*TALK, (45, "consult", {"by": "anna", "to": "boris"}), (50, "answer", {"who": "boris"})]
TO_BORIS = {"by": "anna", "to": "boris", "kind": "attended"}


async def played(office: Office, steps: Steps) -> int:
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, steps)
    return call


def segments(office: Office, call: int) -> list[tuple[str | None, int, int]]:
    """Who spoke with the subscriber, from when to when, in seconds of the call."""
    start = office.account.store.load(call).session.started_at
    return [
        (office.name_of(each.employee_id), (each.started_at - start) // 1_000_000, (each.ended_at - start) // 1_000_000)
        for each in office.account.store.segments_of(call)
    ]


def states(office: Office, call: int) -> dict[str | None, str]:
    seen = office.account.calls.get(call)
    return {office.name_of(leg.employee_id) or leg.role: leg.state for leg in seen.legs}


async def test_on_hold_nobody_is_heard(office: Office) -> None:
    call = await played(office, [*TALK, (15, "hold", {"who": "anna"})])
    assert office.account.calls.get(call).state == "held"
    assert states(office, call) == {"contact": "held", "anna": "holding"}
    await office.play(call, [(10, "resume", {"who": "anna"}), (20, "hangup", {"who": "contact"})])
    assert segments(office, call) == [("anna", 5, 15), ("anna", 25, 35)]
    seen = office.account.calls.get(call)
    assert (seen.wait, seen.talk, seen.total) == (5, 30, 35), "the talk runs from the first word to the end"
    assert (await office.report(fields=["clean_talk_duration"])) == [{"clean_talk_duration": 20}]


async def test_a_consultation_is_no_talk_with_the_subscriber(office: Office) -> None:
    call = await played(office, CONSULTED)
    assert office.account.calls.get(call).state == "consulting"
    assert states(office, call) == {"contact": "held", "anna": "consulting", "boris": "consulting"}
    await office.play(call, [(20, "transfer", TO_BORIS), (80, "hangup", {"who": "contact"})])
    assert segments(office, call) == [("anna", 5, 45), ("boris", 70, 130)]
    row = (await office.report(fields=["is_transfer", "first_talked_employee_id", "last_talked_employee_id"]))[0]
    assert row == {
        "is_transfer": True,
        "first_talked_employee_id": office.id_of("anna"),
        "last_talked_employee_id": office.id_of("boris"),
    }


async def test_without_a_transfer_the_first_employee_goes_on(office: Office) -> None:
    call = await played(office, [*CONSULTED, (60, "resume", {"who": "anna"}), (70, "hangup", {"who": "anna"})])
    assert segments(office, call) == [("anna", 5, 45), ("anna", 60, 70)]
    seen = office.account.calls.get(call)
    assert seen.first_talked_employee_id == office.id_of("anna")
    assert [(leg.role, leg.finish_reason) for leg in seen.legs if leg.employee_id == office.id_of("boris")] == [
        ("operator", "operator_disconnects")
    ]


async def test_a_conference_has_all_three(office: Office) -> None:
    call = await played(office, [*CONSULTED, (60, "conference", {"who": "anna"}), (80, "hangup", {"who": "anna"})])
    assert office.account.calls.get(call).state == "talking", "the two others go on"
    assert states(office, call) == {"contact": "talking", "anna": "ended", "boris": "talking"}
    await office.play(call, [(10, "hangup", {"who": "boris"})])
    assert segments(office, call) == [("anna", 5, 45), ("anna", 60, 80), ("boris", 60, 90)]
    assert (await office.report(fields=["clean_talk_duration"])) == [{"clean_talk_duration": 70}]


async def test_in_a_conference_the_subscriber_ends_it_for_all(office: Office) -> None:
    call = await played(office, [*CONSULTED, (60, "conference", {"who": "anna"}), (80, "hangup", {"who": "contact"})])
    assert office.account.calls.get(call).state == "ended"


CONFERENCE: Steps = [*CONSULTED, (60, "conference", {"who": "anna"})]


async def last(office: Office, call: int) -> tuple[str | None, str | None]:
    """Who answered and who talked last, in the report."""
    names = ("last_answered_employee_full_name", "last_talked_employee_full_name")
    [row] = await office.report(fields=list(names))
    return row[names[0]], row[names[1]]


@pytest.mark.parametrize(("leaves", "stays", "name"), [("anna", "boris", "Boris"), ("boris", "anna", "Anna")])
async def test_who_stays_in_a_conference_talked_last(office: Office, leaves: str, stays: str, name: str) -> None:
    call = await played(office, [*CONFERENCE, (70, "hangup", {"who": leaves}), (80, "hangup", {"who": stays})])
    assert await last(office, call) == ("Boris", name)


async def test_a_conference_that_ends_for_all_was_talked_last_by_who_came_last(office: Office) -> None:
    call = await played(office, [*CONFERENCE, (70, "hangup", {"who": "contact"})])
    assert await last(office, call) == ("Boris", "Boris")


async def test_who_called_himself_and_comes_back_to_the_talk_has_not_answered_again(office: Office) -> None:
    call = office.account.calls.place("out", office.id_of("anna"), CONTACT, kind="dial")
    await office.play(call, [(1, "answer", {"who": "contact"})])
    asked: Steps = [(10, "consult", {"by": "anna", "to": "boris"}), (15, "answer", {"who": "boris"})]
    await office.play(call, [*asked, (20, "resume", {"who": "anna"}), (30, "hangup", {"who": "anna"})])
    assert await last(office, call) == ("Boris", "Anna")


async def test_who_is_held_in_a_conference_leaves_alone(office: Office) -> None:
    call = await played(office, [*CONFERENCE, (70, "hold", {"who": "anna"}), (80, "hangup", {"who": "boris"})])
    assert states(office, call) == {"contact": "held", "anna": "holding", "boris": "ended"}
    await office.play(call, [(5, "resume", {"who": "anna"}), (10, "hangup", {"who": "anna"})])
    assert segments(office, call) == [("anna", 5, 45), ("anna", 60, 70), ("boris", 60, 70), ("anna", 85, 90)]


async def test_who_holds_a_conference_leaves_and_the_others_hear_each_other(office: Office) -> None:
    call = await played(office, [*CONFERENCE, (70, "hold", {"who": "anna"}), (80, "hangup", {"who": "anna"})])
    assert states(office, call) == {"contact": "talking", "anna": "ended", "boris": "talking"}


async def test_who_dials_a_fourth_and_leaves_takes_him_along(office: Office) -> None:
    """Else two who could talk would wait for somebody who only rings."""
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, CONFERENCE)
    office.account.calls.do(call, "consult", by=office.id_of("boris"), to="+79261112233")
    office.do(call, "hangup", who="boris")
    assert [leg.state for leg in office.account.calls.get(call).legs] == ["talking", "talking", "ended", "ended"]


async def test_two_who_talk_are_not_sent_to_wait_for_somebody_who_rings(office: Office) -> None:
    partner = "+79261112233"
    call = await played(office, CONFERENCE)
    office.account.calls.do(call, "consult", by=office.id_of("anna"), to=partner)
    before = office.account.calls.get(call)
    with pytest.raises(Conflict, match="a colleague talks as well"):
        office.account.calls.do(call, "transfer", by=office.id_of("anna"), to=partner, kind="attended")
    assert office.account.calls.get(call) == before
    office.account.calls.do(call, "answer", who=partner)
    office.account.calls.do(call, "transfer", by=office.id_of("anna"), to=partner, kind="attended")
    assert states(office, call) == {"contact": "talking", "anna": "ended", "boris": "talking", "operator": "talking"}


async def test_inside_too_nobody_leaves_two_waiting_by_a_blind_transfer(office: Office) -> None:
    call = office.account.calls.place("internal", office.id_of("boris"), office.id_of("anna"))
    office.do(call, "answer", who="anna")
    office.account.calls.do(call, "consult", by=office.id_of("anna"), to="+79261112233")
    office.account.calls.do(call, "answer", who="+79261112233")
    office.do(call, "conference", who="anna")
    with pytest.raises(Conflict, match="a colleague talks as well"):
        office.account.calls.do(call, "transfer", by=office.id_of("boris"), to="+79261112244")


async def test_who_hangs_up_while_consulting_hands_the_call_over(office: Office) -> None:
    call = await played(office, [*CONSULTED, (60, "hangup", {"who": "anna"})])
    assert states(office, call) == {"contact": "talking", "anna": "ended", "boris": "talking"}


async def test_who_was_asked_hangs_up_and_the_call_is_held_again(office: Office) -> None:
    call = await played(office, [*CONSULTED, (60, "hangup", {"who": "boris"})])
    assert office.account.calls.get(call).state == "held"
    assert states(office, call) == {"contact": "held", "anna": "holding", "boris": "ended"}


async def test_who_is_asked_and_does_not_answer_is_tried_at_every_number(office: Office) -> None:
    call = await played(office, [*TALK, (10, "consult", {"by": "anna", "to": "boris"})])
    await office.play(call, [(20, "no_answer", {"who": "boris"})])
    assert office.account.calls.get(call).state == "consulting", "the mobile rings"
    await office.play(call, [(5, "decline", {"who": "boris"})])
    assert office.account.calls.get(call).state == "held"
    await office.play(call, [(1, "resume", {"who": "anna"}), (2, "hangup", {"who": "contact"})])
    assert segments(office, call) == [("anna", 5, 10), ("anna", 36, 37)]


async def test_the_call_can_be_handed_over_while_the_colleague_still_rings(office: Office) -> None:
    call = await played(office, [*TALK, (10, "consult", {"by": "anna", "to": "boris"}), (12, "transfer", TO_BORIS)])
    assert office.account.calls.get(call).state == "ringing"
    assert states(office, call) == {"contact": "waiting", "anna": "ended", "boris": "ringing"}
    await office.play(call, [(3, "answer", {"who": "boris"}), (13, "hangup", {"who": "contact"})])
    assert segments(office, call) == [("anna", 5, 10), ("boris", 15, 25)]


async def test_the_subscriber_gives_up_on_hold(office: Office) -> None:
    call = await played(office, [*CONSULTED, (60, "hangup", {"who": "contact"})])
    seen = office.account.calls.get(call)
    assert (seen.state, seen.is_lost, seen.finish_reason) == ("ended", False, "subscriber_disconnects")
    assert segments(office, call) == [("anna", 5, 45)]


async def test_a_chain_of_employees(office: Office) -> None:
    chain: Steps = [
        *TALK,
        (20, "transfer", {"by": "anna", "to": "boris"}),
        (25, "answer", {"who": "boris"}),
        (40, "transfer", {"by": "boris", "to": "anna"}),
        (45, "answer", {"who": "anna"}),
        (60, "hangup", {"who": "anna"}),
    ]
    call = await played(office, chain)
    assert segments(office, call) == [("anna", 5, 20), ("boris", 25, 40), ("anna", 45, 60)]


async def test_somebody_outside_can_be_asked_too(office: Office) -> None:
    partner = "+79261112233"
    call = await played(office, [*TALK])
    office.account.calls.do(call, "consult", by=office.id_of("anna"), to=partner)
    office.account.calls.do(call, "answer", who=partner)
    office.account.calls.do(call, "transfer", by=office.id_of("anna"), to=partner, kind="attended")
    legs = {leg.number: leg.state for leg in office.account.calls.get(call).legs if leg.state != "ended"}
    assert legs == {CONTACT: "talking", partner: "talking"}


@pytest.mark.parametrize("to", ["+79261112233", CONTACT])
async def test_a_telephone_outside_is_on_the_line_once(office: Office, to: str) -> None:
    call = await played(office, TALK)
    for verb, people in (
        ("consult", {"by": office.id_of("anna"), "to": "+79261112233"}),
        ("answer", {"who": "+79261112233"}),
    ):
        office.account.calls.do(call, verb, **people)
    office.do(call, "conference", who="anna")
    before = office.account.calls.get(call)
    with pytest.raises(Conflict, match="already"):
        office.account.calls.do(call, "consult", by=office.id_of("anna"), to=to)
    await office.play(call, [(30, "dtmf", {"who": "anna", "digits": f"*3{to.replace('+7', '8')}#"})])
    assert office.account.calls.get(call).legs == before.legs


async def test_employees_hold_each_other_inside_too(office: Office) -> None:
    call = office.account.calls.place("internal", office.id_of("boris"), office.id_of("anna"))
    await office.play(call, [(1, "answer", {"who": "anna"}), (5, "hold", {"who": "boris"})])
    assert states(office, call) == {"boris": "holding", "anna": "held"}
    await office.play(call, [(1, "resume", {"who": "boris"}), (2, "hangup", {"who": "anna"})])
    assert segments(office, call) == [("anna", 1, 5), ("anna", 6, 7)]


@pytest.mark.parametrize(
    ("steps", "verb", "people", "allowed"),
    [
        (TALK, "resume", {"who": "anna"}, ["hold", "consult", "transfer", "dtmf", "hangup"]),
        (TALK, "transfer", TO_BORIS, ["hold", "consult", "transfer", "dtmf", "hangup"]),
        (TALK, "conference", {"who": "anna"}, ["hold", "consult", "transfer", "dtmf", "hangup"]),
        ([*TALK, (6, "hold", {"who": "anna"})], "hold", {"who": "anna"}, None),
        (CONSULTED, "resume", {"who": "boris"}, None),
        (CONSULTED, "conference", {"who": "boris"}, None),
        (CONSULTED, "transfer", {"by": "anna", "to": "boris", "kind": "blind"}, None),
        (CONSULTED, "transfer", {"by": "boris", "to": "anna", "kind": "attended"}, None),
        ([*TALK, (6, "consult", {"by": "anna", "to": "boris"})], "conference", {"who": "anna"}, None),
        ([*CONSULTED, (60, "conference", {"who": "anna"})], "transfer", {"by": "anna", "to": "boris"}, None),
    ],
    ids=str,
)
async def test_what_colleagues_cannot_do(
    office: Office, steps: Steps, verb: str, people: dict[str, Any], allowed: list[str] | None
) -> None:
    call = await played(office, steps)
    before = office.account.calls.get(call)
    with pytest.raises(Conflict) as refused:
        office.do(call, verb, **people)
    assert refused.value.extra["allowed"]
    assert allowed is None or refused.value.extra["allowed"] == allowed
    assert office.account.calls.get(call) == before
