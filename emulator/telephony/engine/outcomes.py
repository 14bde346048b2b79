"""What comes of what people and terminals do: an answer, a number that was not taken, a hang-up, keys.

A telephone that is not taken passes the call on to the person's next number, then to the scenario that dialled it;
where nothing is left the call ends. The verb is legal and the line in a state for it: the engine has seen to that.
"""

from __future__ import annotations

from emulator.telephony.communications.tags import Tags
from emulator.telephony.engine import colleagues, options
from emulator.telephony.engine.colleagues import Target
from emulator.telephony.engine.options import TalkOptions
from emulator.telephony.engine.reasons import Reason, of_failed_leg, of_hang_up
from emulator.telephony.engine.records import Leg
from emulator.telephony.engine.states import LegState, Role, Verb
from emulator.telephony.engine.step import Hands, Step


class Outcomes:
    """For the calls of one account."""

    def __init__(self, hands: Hands, talk_options: TalkOptions, tags: Tags) -> None:
        self._staff = hands.staff
        self._preludes = hands.preludes
        self._options = talk_options
        self._tags = tags

    def act(self, step: Step, verb: Verb, leg: Leg) -> None:
        if verb is Verb.HANGUP:
            self.hang_up(step, leg)
        elif verb is not Verb.ANSWER:
            self.failed(step, leg, of_failed_leg(verb, leg))
        elif leg.consulted_by is not None:
            colleagues.answered(step, leg)
        else:
            step.answer(leg)

    def hang_up(self, step: Step, leg: Leg) -> None:
        """One of several leaves; else the call is over. In a consultation the colleague takes it over."""
        several = leg.role is not Role.CONTACT and len(step.call.others(leg)) > 1
        asked = step.call.consulted_by(leg)
        if leg.consulted_by is not None:
            step.end(leg, Reason.OPERATOR_DISCONNECTS)
            colleagues.consultation_over(step, leg.consulted_by)
        elif asked and not (several and asked.state is LegState.RINGING):
            colleagues.hand_over(step, leg)
        elif several:
            colleagues.leave(step, leg)
        else:
            step.finish(of_hang_up(leg))

    def failed(self, step: Step, leg: Leg, reason: Reason, *, dials_on: bool = True) -> None:
        """The number was not taken: ring the person's next active one; where there is none, see what is left."""
        step.end(leg, reason)
        if dials_on and leg.dials_on and leg.phone_id is not None and self._dial_on(step, leg, leg.phone_id):
            return
        if leg.consulted_by is not None:
            colleagues.consultation_over(step, leg.consulted_by)
        elif leg.ends_call:
            step.finish(reason)
        elif step.session.is_routed:
            step.routing.rang_out(step, leg)
        elif self._nobody_left(step, leg):
            step.finish(reason)

    def _dial_on(self, step: Step, leg: Leg, phone_id: int) -> bool:
        tried = self._staff.phone(phone_id)
        following = self._staff.active_phone(tried.employee_id, tried.position)
        if following is None:
            return False
        step.dial(
            following,
            transferred=leg.is_transferred,
            rings_out=leg.rings_out,
            operation_id=leg.operation_id,
            consulted_by=leg.consulted_by,
            role=leg.role,
            ends_call=leg.ends_call,
        )
        return True

    def _nobody_left(self, step: Step, leg: Leg) -> bool:
        """Whether nothing else can become of the call: the other party of an outgoing one or of a callback cannot be
        had, or nobody drives it."""
        if step.call.legs_in(LegState.RINGING, LegState.TALKING) or step.session.ended_at is not None:
            return False
        leads_nowhere = step.session.direction == "out" and not step.session.is_internal
        return leg.role is Role.CONTACT or leads_nowhere or step.session.is_automatic

    def press(self, step: Step, leg: Leg, digits: str) -> None:
        """Keys on a line: the one that is asked for, those of a menu, or of a talk option."""
        if self._preludes.is_asked(step.session, leg):
            if self._preludes.confirmed(step.session, digits):
                step.answer(leg)
            return
        if not leg.is_operator:
            if step.session.is_routed:
                step.routing.pressed(step, digits)
            return
        for key in digits:
            if leg.is_open and (option := self._options.pressed(step, leg, key)):
                options.carry_out(step, leg, option, self._option_target, self._tags)

    def _option_target(self, step: Step, number: str) -> Target | None:
        """Whom a number typed for a talk option means: a colleague by extension or number, or a telephone outside."""
        phone = self._staff.phone_with(number)
        employee_id = phone.employee_id if phone else self._staff.employee_by_extension(number)
        if employee_id is None:
            outside = self._options.outside(number)
            return None if outside and step.call.open_leg_with(outside) else outside
        return None if step.call.open_leg_of(employee_id) else self._staff.active_phone(employee_id)
