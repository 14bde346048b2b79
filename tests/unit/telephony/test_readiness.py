"""Calls that nobody drives: telephones stop ringing after their dial time, and who is ready acts by themselves."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from emulator.telephony.engine.openings import Opening
from emulator.telephony.engine.readiness import ANYBODY, Readiness
from emulator.telephony.engine.states import Role
from tests.unit.telephony.conftest import CONTACT, MAIN, Office


def click(office: Office) -> int:
    """A click of Anna's that nobody drives."""
    anna = office.id_of("anna")
    phone = office.account.staff.active_phone(anna)
    opening = Opening(
        "click", "out", "amocrm", CONTACT, MAIN, caller_employee_id=anna, dials_next="contact", is_automatic=True
    )
    return office.account.engine.call_both(opening, phone, Role.OPERATOR)


async def test_a_telephone_rings_for_its_dial_time_and_then_the_next_one(office: Office) -> None:
    call = click(office)
    await office.pass_time(59.999)
    assert [leg.number for leg in office.account.calls.get(call).legs] == ["100101"]
    await office.pass_time(0.001)
    assert [leg.number for leg in office.account.calls.get(call).legs] == ["100101", "+79030000001"]
    await office.pass_time(60)
    seen = office.account.calls.get(call)
    assert (seen.state, seen.total, seen.finish_reason) == ("ended", 120, "no_success_operator_call")
    assert [leg.finish_reason for leg in seen.legs] == ["operator_not_responsible"] * 2


async def test_ready_people_talk_by_themselves(office: Office) -> None:
    people = office.account.people
    people.set(f"employee:{office.id_of('anna')}", Readiness("answer", after=4))
    people.set(ANYBODY, Readiness("answer", after=6, talks=30))
    call = click(office)
    await office.pass_time(3600)
    seen = office.account.calls.get(call)
    assert (seen.wait, seen.talk, seen.total, seen.is_lost) == (10, 30, 40, False)
    assert seen.finish_reason == "subscriber_disconnects"


async def test_one_number_outside_can_be_ready_in_its_own_way(office: Office) -> None:
    people = office.account.people
    people.set(f"employee:{office.id_of('anna')}", Readiness("answer", after=1))
    people.set(ANYBODY, Readiness("answer", after=1))
    people.set(CONTACT, Readiness("busy", after=2))
    call = click(office)
    await office.pass_time(10)
    seen = office.account.calls.get(call)
    assert (seen.state, seen.total, seen.legs[-1].finish_reason) == ("ended", 3, "subscriber_busy")


async def test_an_answer_by_hand_is_as_good(office: Office) -> None:
    call = click(office)
    await office.play(call, [(7, "answer", {"who": "anna"})])
    await office.pass_time(200)
    seen = office.account.calls.get(call)
    assert (seen.finish_reason, seen.total) == ("no_success_subscriber_call", 67), "the subscriber rang for 60 s"


async def test_of_a_call_that_is_over_nothing_is_left_to_happen(office: Office) -> None:
    office.account.people.set(f"employee:{office.id_of('anna')}", Readiness("answer", after=30, talks=60))
    call = click(office)
    await office.play(call, [(1, "answer", {"who": "anna"}), (2, "hangup", {"who": "anna"})])
    assert office.account.database.value("SELECT count(*) FROM timers") == 0


async def test_in_a_driven_call_nothing_rings_out_and_nobody_acts(office: Office) -> None:
    office.account.people.set(f"employee:{office.id_of('anna')}", Readiness("answer", after=4))
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, [(0, "ring", {"who": ["anna"]})])
    await office.pass_time(3600)
    assert office.account.calls.get(call).state == "ringing"


async def test_readiness_is_taken_back(office: Office) -> None:
    people, anna = office.account.people, f"employee:{office.id_of('anna')}"
    people.set(anna, Readiness("decline", after=1))
    people.set(anna, None)
    assert people.all() == {}


async def test_people_hang_up_on_a_clock_that_never_stands_still(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, ticks = office.ground.clock, itertools.count(1)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + next(ticks) * timedelta(microseconds=1))
    people = office.account.people
    people.set(f"employee:{office.id_of('anna')}", Readiness("answer", after=4))
    people.set(ANYBODY, Readiness("answer", after=6, talks=30))
    call = click(office)
    await office.pass_time(3600)
    seen = office.account.calls.get(call)
    assert (seen.state, seen.wait, seen.talk) == ("ended", 10, 30)
