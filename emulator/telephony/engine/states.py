"""The states of a call and of its legs, and which verb is legal in which: the one table of the engine.

    session   arrived ──ring──▸ ringing ──answer──▸ talking ◂──resume── held ◂──nobody── consulting
                 │                 │ ▴                │ │ └───hold───────▸ │ ──consult──────▸ │ │ │
                 │     nobody left ▾ │ ring           │ └─consult────────────────────────────┘ │ │
                 │              waiting ◂─transfer────┘◂────────────conference, resume─────────┘ │
                 └──voicemail──▸ voice_mail                 talking or ringing ◂────transfer─────┘
                                   └──── hangup, from everywhere ────▸ ended

The state of a session follows from its legs (`phase`); it is stored because reports and people ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from emulator.core.errors import BadRequest, Conflict, nearest

if TYPE_CHECKING:
    from emulator.telephony.engine.records import Call, Leg


class SessionState(StrEnum):
    """arrived: nobody was dialled yet; waiting: somebody was, and nobody rings or talks now; held: the other party
    waits for an employee who is alone; consulting: and that employee dials a colleague or talks to them.
    """

    ARRIVED = "arrived"
    RINGING = "ringing"
    WAITING = "waiting"
    TALKING = "talking"
    HELD = "held"
    CONSULTING = "consulting"
    VOICE_MAIL = "voice_mail"
    ENDED = "ended"


class LegState(StrEnum):
    """waiting: on the line without anybody to talk to (the subscriber before the answer and during a transfer, the
    employee while the other party is dialled); held: put on hold by somebody, who is holding; consulting: two
    colleagues among themselves.
    """

    RINGING = "ringing"
    WAITING = "waiting"
    TALKING = "talking"
    HELD = "held"
    HOLDING = "holding"
    CONSULTING = "consulting"
    ENDED = "ended"


class Role(StrEnum):
    """Who is at the other end of a leg. A caller is the employee who dialled by himself: his leg never rang."""

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
    HOLD = "hold"
    RESUME = "resume"
    CONSULT = "consult"
    TRANSFER = "transfer"
    CONFERENCE = "conference"
    VOICEMAIL = "voicemail"
    DTMF = "dtmf"
    HANGUP = "hangup"


FAILURES = (Verb.DECLINE, Verb.NO_ANSWER, Verb.BUSY, Verb.UNREACHABLE)
_OF_A_RINGING_LEG = (Verb.ANSWER, *FAILURES)

LEGAL: dict[SessionState, tuple[Verb, ...]] = {
    SessionState.ARRIVED: (Verb.RING, Verb.VOICEMAIL, Verb.DTMF, Verb.HANGUP),
    SessionState.RINGING: (Verb.RING, *_OF_A_RINGING_LEG, Verb.VOICEMAIL, Verb.DTMF, Verb.HANGUP),
    SessionState.WAITING: (Verb.RING, Verb.VOICEMAIL, Verb.DTMF, Verb.HANGUP),
    SessionState.TALKING: (Verb.HOLD, Verb.CONSULT, Verb.TRANSFER, Verb.DTMF, Verb.HANGUP),
    SessionState.HELD: (Verb.RESUME, Verb.CONSULT, Verb.TRANSFER, Verb.DTMF, Verb.HANGUP),
    SessionState.CONSULTING: (
        *_OF_A_RINGING_LEG,
        Verb.RESUME,
        Verb.TRANSFER,
        Verb.CONFERENCE,
        Verb.DTMF,
        Verb.HANGUP,
    ),
    SessionState.VOICE_MAIL: (Verb.DTMF, Verb.HANGUP),
    SessionState.ENDED: (),
}

_OF_INCOMING_CALLS = (Verb.RING, Verb.VOICEMAIL)
"""Nobody leads an outgoing call from one employee to the next, or to voice mail."""

LEG_STATES: dict[Verb, tuple[LegState, ...]] = {
    **dict.fromkeys(_OF_A_RINGING_LEG, (LegState.RINGING,)),
    Verb.HOLD: (LegState.TALKING,),
    Verb.RESUME: (LegState.HOLDING, LegState.CONSULTING),
    Verb.CONSULT: (LegState.TALKING, LegState.HOLDING),
    Verb.TRANSFER: (LegState.TALKING, LegState.HOLDING, LegState.CONSULTING),
    Verb.CONFERENCE: (LegState.CONSULTING,),
    Verb.DTMF: (LegState.WAITING, LegState.TALKING, LegState.HELD, LegState.HOLDING, LegState.CONSULTING),
    Verb.HANGUP: (
        LegState.TALKING,
        LegState.WAITING,
        LegState.HELD,
        LegState.HOLDING,
        LegState.CONSULTING,
    ),
}
"""In which state the leg of the person must be for the verbs that are done by somebody on the line."""


def legal(state: SessionState, direction: str) -> tuple[Verb, ...]:
    """What can be done to a call of that direction (`in` or `out`) now."""
    verbs = LEGAL[state]
    return verbs if direction == "in" else tuple(verb for verb in verbs if verb not in _OF_INCOMING_CALLS)


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


def possible(call: Call) -> list[Verb]:
    """The legal verbs for which there is somebody on the line who can do them now. Whether anybody is left to be rung
    is not looked at."""
    return [verb for verb in legal(call.session.state, call.session.direction) if _is_possible(verb, call)]


def _is_possible(verb: Verb, call: Call) -> bool:
    match verb:
        case Verb.RING:
            return call.contact_waits() or call.is_only_ordered()
        case Verb.VOICEMAIL:
            return call.contact_waits()
        case Verb.HANGUP if call.is_only_ordered():
            return True
        case Verb.HOLD | Verb.RESUME | Verb.CONSULT | Verb.TRANSFER | Verb.CONFERENCE:
            return any(_can(verb, leg, call) for leg in call.legs_in(*LEG_STATES[verb]))
    return bool(call.legs_in(*LEG_STATES[verb]))


def _can(verb: Verb, leg: Leg, call: Call) -> bool:
    """Whether somebody whose leg is in the right state is one who can do it: an employee who was not only asked."""
    if leg.employee_id is None or leg.consulted_by is not None:
        return False
    asked = call.consulted_by(leg)
    if verb is not Verb.TRANSFER or (asked and asked.state is LegState.CONSULTING):
        return True
    return len(call.others(leg)) == 1


def illegal(verb: Verb, call: Call, why: str = "") -> Conflict:
    """The refusal of a verb, with the verbs that are possible now."""
    detail = why or f"call {call.id} is {call.session.state.value}: {verb.value} is not possible"
    return Conflict(detail, allowed=[each.value for each in possible(call)])


def phase(legs: Iterable[Leg], dialled: bool) -> SessionState:
    """The state of a session that has not ended, from its legs; `dialled`: somebody was rung already."""
    states = {leg.state for leg in legs}
    if any(leg.role is Role.VOICE_MAIL and leg.is_open for leg in legs):
        return SessionState.VOICE_MAIL
    if LegState.CONSULTING in states or any(leg.consulted_by and leg.state is LegState.RINGING for leg in legs):
        return SessionState.CONSULTING
    if LegState.HOLDING in states:
        return SessionState.HELD
    if LegState.TALKING in states:
        return SessionState.TALKING
    if LegState.RINGING in states:
        return SessionState.RINGING
    return SessionState.WAITING if dialled else SessionState.ARRIVED
