"""The states of a call and of its legs, and which verb is legal in which: the one table of the engine.

    session   arrived ──ring──▸ ringing ──answer──▸ talking ──transfer (blind)──▸ ringing
                 │                 │ ▴                 │
                 │     nobody left ▾ │ ring            │
                 │              waiting                │
                 └──voicemail──▸ voice_mail            │
                                   └──── hangup ───────┴──▸ ended

The state of a session follows from its legs (`phase`); it is stored because reports and people ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from emulator.core.errors import BadRequest, Conflict, nearest


class SessionState(StrEnum):
    """arrived: nobody was dialled yet; waiting: somebody was, and nobody rings or talks now."""

    ARRIVED = "arrived"
    RINGING = "ringing"
    WAITING = "waiting"
    TALKING = "talking"
    VOICE_MAIL = "voice_mail"
    ENDED = "ended"


class LegState(StrEnum):
    """waiting: on the line without anybody to talk to (the subscriber before the answer and during a transfer)."""

    RINGING = "ringing"
    WAITING = "waiting"
    TALKING = "talking"
    ENDED = "ended"


class Role(StrEnum):
    """Who is at the other end of a leg. A caller is the employee who began an internal call: his leg never rang."""

    OPERATOR = "operator"
    CALLER = "caller"
    CONTACT = "contact"
    VOICE_MAIL = "voice_mail"


class Verb(StrEnum):
    """What people do to a call."""

    RING = "ring"
    ANSWER = "answer"
    DECLINE = "decline"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    TRANSFER = "transfer"
    VOICEMAIL = "voicemail"
    HANGUP = "hangup"


_OF_A_RINGING_LEG = (Verb.ANSWER, Verb.DECLINE, Verb.NO_ANSWER, Verb.BUSY, Verb.UNREACHABLE)

LEGAL: dict[SessionState, tuple[Verb, ...]] = {
    SessionState.ARRIVED: (Verb.RING, Verb.VOICEMAIL, Verb.HANGUP),
    SessionState.RINGING: (Verb.RING, *_OF_A_RINGING_LEG, Verb.VOICEMAIL, Verb.HANGUP),
    SessionState.WAITING: (Verb.RING, Verb.VOICEMAIL, Verb.HANGUP),
    SessionState.TALKING: (Verb.TRANSFER, Verb.HANGUP),
    SessionState.VOICE_MAIL: (Verb.HANGUP,),
    SessionState.ENDED: (),
}

LEG_STATES: dict[Verb, tuple[LegState, ...]] = {
    **dict.fromkeys(_OF_A_RINGING_LEG, (LegState.RINGING,)),
    Verb.TRANSFER: (LegState.TALKING,),
    Verb.HANGUP: (LegState.TALKING, LegState.WAITING),
}
"""In which state the leg of the person must be for the verbs that are done by somebody on the line."""


def verb_named(name: str) -> Verb:
    """The verb called `name`. Raises BadRequest that lists the verbs and names the nearest one."""
    try:
        return Verb(name)
    except ValueError:
        known = [verb.value for verb in Verb]
        near = nearest(name, known)
        problem = BadRequest.field("verb", name, f"one of {', '.join(known)}")
        problem.extra["nearest"] = near
        raise problem from None


def illegal(verb: Verb, call_id: int, state: SessionState, why: str = "") -> Conflict:
    """The refusal of a verb, with the verbs that are legal now."""
    detail = why or f"call {call_id} is {state.value}: {verb.value} is not possible"
    return Conflict(detail, allowed=[each.value for each in LEGAL[state]])


def phase(roles_and_states: Iterable[tuple[Role, LegState]], dialled: bool) -> SessionState:
    """The state of a session that has not ended, from its legs; `dialled`: somebody was rung already."""
    open_legs = [(role, state) for role, state in roles_and_states if state is not LegState.ENDED]
    if any(role is Role.VOICE_MAIL for role, _ in open_legs):
        return SessionState.VOICE_MAIL
    if any(state is LegState.TALKING for _, state in open_legs):
        return SessionState.TALKING
    if any(state is LegState.RINGING for _, state in open_legs):
        return SessionState.RINGING
    return SessionState.WAITING if dialled else SessionState.ARRIVED


def as_flag(value: Any) -> bool | None:
    """A flag of a row: 0, 1 or null."""
    return None if value is None else bool(value)
