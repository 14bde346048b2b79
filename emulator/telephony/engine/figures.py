"""What a call amounts to: wait, talk and total, whether it was lost, and its recording's length. Pure functions.

Durations are spans in microseconds here; the wire shows whole seconds, truncated (GAP-22).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from emulator.core.instants import whole_seconds
from emulator.telephony.engine.records import Call, Session
from emulator.telephony.engine.states import Role


@dataclass(frozen=True)
class Figures:
    """Whole seconds.

    wait: arrival to the first talk with an employee or voice mail, or the whole call without one; talk: first talk to
    the end, whatever happened in between; total: arrival to the end.
    """

    wait: int
    talk: int
    total: int


def figures(session: Session, now: int) -> Figures:
    """The figures of a call; those of one that goes on stand as of `now`."""
    end = now if session.ended_at is None else session.ended_at
    talk_from = end if session.first_talk_at is None else session.first_talk_at
    return Figures(
        wait=whole_seconds(talk_from - session.started_at),
        talk=whole_seconds(end - talk_from),
        total=whole_seconds(end - session.started_at),
    )


def is_lost(call: Call) -> bool:
    """Whether the called party was missed.

    A call from outside: no operator's leg was answered (TERM-05, callbacks included: TERM-08); voice mail counts as
    not lost (GAP-18). Outgoing: the subscriber's leg was not answered (TERM-10). Internal: the called employee's was
    not; the caller's own leg never counts.
    """
    if call.session.is_voice_mail:
        return False
    outgoing = call.session.direction == "out" and not call.session.is_internal
    called = Role.CONTACT if outgoing else Role.OPERATOR
    return not any(leg.role is called and leg.connected_at is not None for leg in call.legs)


def recorded_talk(call: Call) -> int:
    """The length of the recording in whole seconds: the time in which anybody was recorded."""
    return whole_seconds(covered((each.started_at, each.ended_at) for each in call.segments if each.is_recorded))


def clean_talk(call: Call, now: int) -> int:
    """Whole seconds of talk with the other party, without the pauses of hold, consultation and transfer."""
    done = [(segment.started_at, segment.ended_at) for segment in call.segments]
    going_on = [(leg.talking_since, now) for leg in call.legs if leg.talking_since is not None]
    return whole_seconds(covered([*done, *going_on]))


def covered(stretches: Iterable[tuple[int, int]]) -> int:
    """How long at least one of the stretches lasts."""
    length, until = 0, 0
    for start, end in sorted(stretches):
        length += max(0, end - max(start, until))
        until = max(until, end)
    return length
