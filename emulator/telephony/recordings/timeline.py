"""Who is heard when on a recording (LOG-05), and its cuts: of one line, and of the first employee (UNS-04, GAP-21).

A recording is recorded talk joined together: the pauses of hold, consultation and transfer are not in it, nor is talk
that no line recorded. While any line records, everybody in the talk is heard. Instants and spans are microseconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import dropwhile, pairwise, takewhile

from emulator.telephony.engine.records import Call, Leg, Segment
from emulator.telephony.engine.states import Role

CONTACT = 0
"""The speaker at the far end of a call with somebody outside. Other speakers are the ids of employees, or, for somebody
outside who was called in as an employee is, the id of the leg below zero."""


@dataclass(frozen=True)
class Moment:
    """A time of the call in which the same people talk. `recorded_by` are the legs that record."""

    since: int
    until: int
    speakers: frozenset[int]
    recorded_by: frozenset[int]


@dataclass(frozen=True)
class Stretch:
    """Who is heard from `since` to `until` on the recording's own time."""

    since: int
    until: int
    speakers: frozenset[int]


def moments(call: Call) -> list[Moment]:
    """The talk of an ended call from change to change; its segments have to be there."""
    turns: dict[int, list[Segment]] = defaultdict(list)
    for segment in call.segments:
        turns[segment.started_at].append(segment)
        turns[segment.ended_at].append(segment)
    legs = {leg.id: leg for leg in call.legs}
    found: list[Moment] = []
    talking: list[Segment] = []
    for since, until in pairwise(sorted(turns)):
        begun = [each for each in turns[since] if each.started_at == since]
        talking = [each for each in (*talking, *begun) if each.ended_at > since]
        if talking:
            speakers = {_speaker(each, legs.get(each.leg_id)) for each in talking} | _far_end(call, since)
            recorded_by = frozenset(each.leg_id for each in talking if each.is_recorded)
            found.append(Moment(since, until, frozenset(speakers), recorded_by))
    return found


def _speaker(segment: Segment, leg: Leg | None) -> int:
    if segment.employee_id is not None:
        return segment.employee_id
    return CONTACT if leg is None or leg.role is Role.VOICE_MAIL else -leg.id


def _far_end(call: Call, at: int) -> frozenset[int]:
    """Whom the talking employees talk with: the subscriber, or the colleague who called, while he is on the line."""
    if not call.session.is_internal:
        return frozenset((CONTACT,))
    return frozenset(
        leg.employee_id
        for leg in call.legs
        if leg.role is Role.CALLER and leg.employee_id is not None and (leg.ended_at is None or leg.ended_at > at)
    )


def whole(talk: Iterable[Moment]) -> list[Moment]:
    """All that is recorded."""
    return [each for each in talk if each.recorded_by]


def of_leg(talk: Iterable[Moment], leg_id: int) -> list[Moment]:
    """What one line recorded."""
    return [each for each in talk if leg_id in each.recorded_by]


def of_first_employee(talk: Iterable[Moment], first: int | None) -> list[Moment]:
    """The recorded talk up to the moment at which `first` is out of it; all of it when no employee took the call.

    A consultation from which that employee comes back does not end it, nor does a conference.
    """
    if first is None:
        return whole(talk)
    since = dropwhile(lambda each: first not in each.speakers, talk)
    return whole(takewhile(lambda each: first in each.speakers, since))


def joined(cut: Iterable[Moment]) -> list[Stretch]:
    """The moments one after the other, without what lies between them; those with the same speakers are one stretch."""
    line: list[Stretch] = []
    end = 0
    for each in cut:
        start, end = end, end + each.until - each.since
        if line and line[-1].speakers == each.speakers:
            start = line.pop().since
        line.append(Stretch(start, end, each.speakers))
    return line
