"""What colleagues do in a call among themselves: hold, consultation, conference, transfer (LOG-05, GAP-21).

    talking ─hold─▸ held ─consult─▸ consulting ─conference─▸ talking, the three of them
                                        ├─resume──▸ talking, as before
                                        └─transfer▸ talking, the colleague in place of the first employee

Each function takes a step and legs whose states are legal for it. The other party hears nobody while it is held, so
that nothing of a consultation is ever recorded. What is illegal here in spite of the table of states raises Conflict.
"""

from __future__ import annotations

from emulator.telephony.engine.reasons import Reason
from emulator.telephony.engine.records import Leg
from emulator.telephony.engine.states import LegState, Role, Verb, illegal
from emulator.telephony.engine.step import Step
from emulator.telephony.staff import Phone

Target = Phone | str
"""A number of an employee, or a telephone outside."""


def hold(step: Step, by: Leg) -> None:
    """Everybody else hears nobody, and `by` is alone."""
    for other in step.call.legs_in(LegState.TALKING):
        step.set_aside(other, LegState.HOLDING if other is by else LegState.HELD)


def resume(step: Step, by: Leg) -> None:
    """Back to the talk as it was; who was consulted or is being dialled for it leaves."""
    if by.consulted_by is not None:
        raise illegal(Verb.RESUME, step.call, f"resume: leg {by.id} was asked and holds nobody")
    if asked := step.call.consulted_by(by):
        step.end(asked, Reason.OPERATOR_DISCONNECTS)
    _talk(step, by)


def consult(step: Step, by: Leg, to: Target, *, dials_on: bool = True) -> Leg:
    """Dial a colleague while everybody else is held; with `dials_on` at their other numbers too."""
    if by.state is LegState.TALKING:
        hold(step, by)
    return _dial(step, to, consulted_by=by, dials_on=dials_on)


def answered(step: Step, leg: Leg) -> None:
    """The colleague who is asked takes the call."""
    assert leg.consulted_by is not None
    step.answer_consultation(leg, step.call.leg(leg.consulted_by))


def consultation_over(step: Step, by_id: int) -> None:
    """The colleague has gone: who asked is alone again, with the others still held."""
    by = step.call.leg(by_id)
    if by.state is LegState.CONSULTING:
        step.set_aside(by, LegState.HOLDING)


def conference(step: Step, by: Leg) -> None:
    """Who was consulted joins the talk with the other party."""
    asked = _asked_by(step, by, Verb.CONFERENCE)
    _talk(step, by)
    step.connect(asked)


def leave(step: Step, by: Leg) -> None:
    """One of several hangs up. Those whom `by` had put on hold hear each other again; whom `by` is dialling leaves."""
    if asked := step.call.consulted_by(by):
        step.end(asked, Reason.OPERATOR_DISCONNECTS)
    was_holding = by.state is LegState.HOLDING
    step.end(by, Reason.OPERATOR_DISCONNECTS)
    if was_holding:
        for leg in step.call.legs_in(LegState.HELD):
            step.connect(leg)


def hand_over(step: Step, by: Leg, *, ends_call: bool = False) -> None:
    """Attended: `by` leaves and the colleague goes on with the others, or rings for them still.

    `ends_call`: the call is over when the colleague does not take it.
    """
    asked = _asked_by(step, by, Verb.TRANSFER, also_ringing=True)
    if asked.state is LegState.RINGING and len(step.call.others(by)) > 1:
        raise illegal(Verb.TRANSFER, step.call, "transfer: a colleague talks as well; wait for the answer or hang up")
    step.session.is_transfer = True
    asked.is_transferred = True
    asked.consulted_by = None
    asked.ends_call = ends_call
    step.touch(asked)
    step.end(by, Reason.TRANSFER_DISCONNECTS)
    if asked.state is LegState.RINGING:
        for other in step.call.legs_in(LegState.HELD):
            step.set_aside(other, LegState.WAITING)
    else:
        _talk(step, asked)


def give_away(step: Step, by: Leg, to: Target) -> None:
    """Blind: `by` leaves and somebody else is rung while the others wait."""
    others = step.call.others(by)
    if len(others) > 1:
        raise illegal(Verb.TRANSFER, step.call, "transfer: a colleague talks as well; hang up instead")
    step.session.is_transfer = True
    step.end(by, Reason.TRANSFER_DISCONNECTS)
    for other in others:
        step.set_aside(other, LegState.WAITING)
    _dial(step, to, transferred=True)


def _talk(step: Step, by: Leg) -> None:
    """`by` and everybody who was held talk."""
    for leg in step.call.legs_in(LegState.HELD):
        step.connect(leg)
    step.connect(by)


def _dial(
    step: Step, to: Target, *, transferred: bool = False, consulted_by: Leg | None = None, dials_on: bool = True
) -> Leg:
    asked_by = consulted_by.id if consulted_by else None
    if isinstance(to, str):
        return step.dial_outside(Role.OPERATOR, to, transferred=transferred, consulted_by=asked_by)
    rings_out = step.session.is_automatic
    return step.dial(to, transferred=transferred, dials_on=dials_on, rings_out=rings_out, consulted_by=asked_by)


def _asked_by(step: Step, by: Leg, verb: Verb, also_ringing: bool = False) -> Leg:
    asked = step.call.consulted_by(by)
    if asked is None or (asked.state is LegState.RINGING and not also_ringing):
        raise illegal(verb, step.call, f"{verb.value}: nobody is being consulted by leg {by.id}")
    return asked
