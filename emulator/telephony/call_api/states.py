"""In which state of a call which method may be called: the vendor's diagram (facts §2.2) on the engine's states.

    session ──▸ talk ◂──unhold.call── hold ──make.call──▸ dialing ──answered──▸ operator_talk
                  └────hold.call───────▸ ▴                 │ │ └─transfer.talk─▸ talk, or the end
                                         └─nobody answers──┘ └───restore.talk──▸ talk
    operator_talk ──transfer.talk──▸ talk with the colleague, ──restore.talk──▸ talk as before

`session` is a call that goes on in which no employee talks with the contact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from emulator.core.errors import BadRequest, Conflict, NotFound
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.engine.records import Call, Leg
from emulator.telephony.engine.states import LegState, SessionState
from emulator.telephony.engine.step import Step
from emulator.telephony.rpc import Refusal


class State(StrEnum):
    SESSION = "session"
    TALK = "talk"
    HOLD = "hold"
    DIALING = "dialing"
    OPERATOR_TALK = "operator_talk"


_CONSULTING = (State.DIALING, State.OPERATOR_TALK)
_ON_THE_LINE = (State.TALK, State.HOLD, *_CONSULTING)

ALLOWED: Mapping[str, tuple[State, ...]] = {
    "hold.call": (State.TALK,),
    "unhold.call": (State.HOLD,),
    "make.call": (State.HOLD,),
    "transfer.talk": _CONSULTING,
    "restore.talk": _CONSULTING,
    "record.call": (State.TALK,),
    "send.dtmf": _ON_THE_LINE,
    "call.talk_option": _ON_THE_LINE,
    "release.call": tuple(State),
    "disconnect.leg": tuple(State),
    "tag.call": tuple(State),
}


@dataclass(frozen=True)
class Going:
    """A call that goes on, in a state in which the method may be called. `operator`: in whose name it is, where an
    employee or operator is on the line."""

    account: TelephonyAccount
    call: Call
    operator: Leg | None

    @contextmanager
    def step(self, did: str, **said: Any) -> Iterator[tuple[Step, Leg]]:
        """A step of the engine, and the operator's leg in it."""
        assert self.operator is not None
        with refusals(), self.account.engine.stepping(self.call.id, did, by=self.operator.id, **said) as step:
            yield step, step.call.leg(self.operator.id)


def state_of(call: Call) -> State:
    match call.session.state:
        case SessionState.TALKING:
            return State.TALK
        case SessionState.HELD:
            return State.HOLD
        case SessionState.CONSULTING:
            asked = [leg for leg in call.open_legs() if leg.consulted_by is not None]
            return State.DIALING if any(leg.state is LegState.RINGING for leg in asked) else State.OPERATOR_TALK
        case _:
            return State.SESSION


def going(account: TelephonyAccount, call_id: int, method: str) -> Going:
    """Raises Refusal `call_session_not_found` (also for a call that has ended) and `invalid_state`."""
    with refusals():
        call = account.store.load(call_id)
    if call.session.ended_at is not None:
        raise Refusal("call_session_not_found", "call_session_id", call_id)
    state = state_of(call)
    if state not in ALLOWED[method]:
        hint = f"the call is in {state}, {method} is for {', '.join(ALLOWED[method])}"
        raise Refusal("invalid_state", "call_session_id", call_id, hint)
    return Going(account, call, _operator(call))


def _operator(call: Call) -> Leg | None:
    """Who holds the others or asks a colleague; else the employee or operator who is in the talk first."""
    active = [leg for leg in call.open_legs() if leg.is_operator and leg.consulted_by is None]
    for states in ((LegState.HOLDING, LegState.CONSULTING), (LegState.TALKING,)):
        if found := next((leg for leg in active if leg.state in states), None):
            return found
    return None


@contextmanager
def refusals() -> Iterator[None]:
    """What the engine refuses, in the vendor's words."""
    try:
        yield
    except Conflict as problem:
        raise Refusal("invalid_state", "call_session_id", hint=problem.detail) from None
    except NotFound:
        raise Refusal("call_session_not_found", "call_session_id") from None
    except BadRequest as problem:
        error = problem.errors[0]
        raise Refusal("invalid_parameter_value", error.path, error.got, error.expected) from None
