"""What a call amounts to: wait, talk and total, whether it was lost, and its recording's length. Pure functions.

Durations are spans in microseconds here; the wire shows whole seconds, truncated (GAP-22).
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator.core.instants import whole_seconds
from emulator.telephony.engine.records import Call, Session


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
    """No operator leg was answered (TERM-05); voice mail counts as not lost (GAP-18).

    In an internal call the caller's own leg does not count: lost means that the called party did not answer.
    """
    if call.session.is_voice_mail:
        return False
    return not any(leg.was_rung and leg.connected_at is not None for leg in call.legs)


def recorded_talk(call: Call) -> int:
    """The length of the recording in whole seconds: the talk of the lines that are recorded."""
    return whole_seconds(sum(each.ended_at - each.started_at for each in call.segments if each.is_recorded))


def clean_talk(call: Call, now: int) -> int:
    """Whole seconds of talk without the pauses of transfers."""
    done = sum(segment.ended_at - segment.started_at for segment in call.segments)
    going_on = sum(now - leg.talking_since for leg in call.legs if leg.talking_since is not None)
    return whole_seconds(done + going_on)
