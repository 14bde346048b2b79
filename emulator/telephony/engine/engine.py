"""The call engine: calls begin here, and what people and terminals do to them comes in here.

Each method is one step (`steps.py`): it checks that the verb is legal (`states.legal`), finds the line that it is about
(`whom.py`), and changes the call by the operations of `step.py`, `colleagues.py` and `outcomes.py`. A refusal changes
nothing: Conflict with `allowed` for an illegal transition, BadRequest naming the field, NotFound for an unknown call.
"""

from __future__ import annotations

from emulator.core.errors import NotFound
from emulator.core.ground import Ground
from emulator.telephony.communications.ledger import Communications
from emulator.telephony.communications.tags import Tags
from emulator.telephony.engine import colleagues
from emulator.telephony.engine.openings import Opening
from emulator.telephony.engine.options import TalkOptions
from emulator.telephony.engine.outcomes import Outcomes
from emulator.telephony.engine.preludes import CONFIRMATION, MESSAGE, Prelude
from emulator.telephony.engine.reasons import Reason
from emulator.telephony.engine.records import Leg
from emulator.telephony.engine.states import LEG_STATES, LegState, Role, Verb, illegal
from emulator.telephony.engine.step import RINGING, Hands, Step
from emulator.telephony.engine.steps import Steps
from emulator.telephony.engine.whom import CONTACT, Who, first_phone, leg_of, open_leg, target
from emulator.telephony.marketing.marketing import Marketing
from emulator.telephony.staff import Phone, VirtualNumber


class Engine(Steps):
    """The calls of one account."""

    def __init__(
        self,
        ground: Ground,
        hands: Hands,
        communications: Communications,
        marketing: Marketing,
        talk_options: TalkOptions,
        tags: Tags,
    ) -> None:
        super().__init__(ground, hands, communications, marketing)
        self._staff = hands.staff
        self._outcomes = Outcomes(hands, talk_options, tags)
        hands.timers.on(RINGING, lambda leg_id, _payload: self.no_answer(int(leg_id)))
        hands.timers.on(MESSAGE, lambda leg_id, _payload: self._heard(int(leg_id)))
        hands.timers.on(CONFIRMATION, lambda leg_id, _payload: self._unconfirmed(int(leg_id)))

    # how calls begin

    def arrive(self, opening: Opening, number: VirtualNumber, *, is_led: bool = True, visit: int | None = None) -> int:
        """Somebody outside dials `number`, or orders a callback. Returns the call session's id.

        `is_led`: the number's scenario leads the call, if it has one. `visit` is where a callback was ordered; without
        one the number tells where the call comes from. Raises NotFound for a visit that is not there.
        """
        with self._beginning(opening, number, visit) as step:
            self._hands.notices.begun(step.session, step.now)
            if opening.kind == "incoming":
                step.join(Role.CONTACT, opening.contact_phone)
            if is_led:
                self.routing.arrived(step)
        return step.session.id

    def call_inside(self, opening: Opening, called: Phone, *, dials_on: bool) -> int:
        """An employee dials another one, whose telephone rings at once.

        `dials_on`: the person was called, so all active numbers are tried in order, not just `called`.
        """
        with self._beginning(opening) as step:
            self._caller_joins(step, opening)
            step.dial(called, dials_on=dials_on, rings_out=opening.is_automatic)
        return step.session.id

    def call_outside(self, opening: Opening) -> int:
        """An employee dials a telephone outside by his own."""
        assert opening.contact_phone is not None
        with self._beginning(opening) as step:
            self._caller_joins(step, opening)
            step.dial_outside(Role.CONTACT, opening.contact_phone)
        return step.session.id

    def call_both(
        self,
        opening: Opening,
        first: Phone | str | None,
        role: Role,
        *,
        dials_on: bool = True,
        prelude: Prelude | None = None,
    ) -> int:
        """The telephony dials the first party, and the second one once that has answered (`opening.dials_next`).

        `first` is an employee's number, or a telephone outside, in `role`; None leaves it to the scenario. `dials_on`:
        the employee's other numbers are tried as well. `prelude` is what comes before the talk.
        """
        with self._beginning(opening) as step:
            if prelude:
                self._hands.preludes.add(step.session, prelude)
            employee = first if isinstance(first, Phone) else None
            self._hands.notices.begun(step.session, step.now, phone=employee)
            if isinstance(first, str):
                step.dial_outside(role, first)
            elif employee:
                step.dial(employee, role=role, dials_on=dials_on, rings_out=opening.is_automatic)
            else:
                self.routing.arrived(step)
        return step.session.id

    def _caller_joins(self, step: Step, opening: Opening) -> None:
        assert opening.caller_employee_id is not None
        own = self._staff.active_phone(opening.caller_employee_id)
        records = own is None or opening.is_internal or own.is_recorded_in(opening.direction)
        leg = step.join(Role.CALLER, own.number if own else None, opening.caller_employee_id, records=records)
        self._hands.notices.begun(step.session, step.now, leg)

    # what the scenario, or whoever drives the call, does

    def ring(self, call_id: int, employees: list[int]) -> None:
        """Dial the first active number of each of `employees`."""
        with self._verb(call_id, Verb.RING, who=employees) as step:
            if not step.call.contact_waits() and not step.call.is_only_ordered():
                raise illegal(Verb.RING, step.call, "ring: an employee is there, whom the subscriber is to talk to")
            self._take_over(step)
            for employee_id in employees:
                step.dial(first_phone(self._staff, step.call, Verb.RING, employee_id, "who"))

    def voicemail(self, call_id: int) -> None:
        """Let voice mail take the call."""
        with self._verb(call_id, Verb.VOICEMAIL) as step:
            if not step.call.contact_waits():
                raise illegal(Verb.VOICEMAIL, step.call, "voicemail: the subscriber is not waiting for somebody")
            self._take_over(step)
            step.to_voice_mail()

    def _take_over(self, step: Step) -> None:
        """Somebody drives a call that a scenario has led until now."""
        if step.session.is_routed:
            self.routing.taken_over(step)
            step.session.is_routed = False
            step.drive()

    # what people do

    def hold(self, call_id: int, by: int) -> None:
        """The others hear nobody until `resume`."""
        with self._verb(call_id, Verb.HOLD, who=by) as step:
            colleagues.hold(step, leg_of(self._staff, step.call, Verb.HOLD, by, "who"))

    def resume(self, call_id: int, by: int) -> None:
        """Back to the talk; whoever is consulted or dialled for it leaves."""
        with self._verb(call_id, Verb.RESUME, who=by) as step:
            colleagues.resume(step, leg_of(self._staff, step.call, Verb.RESUME, by, "who"))

    def consult(self, call_id: int, by: int, to: Who) -> None:
        """`by` puts the others on hold and dials `to`."""
        with self._verb(call_id, Verb.CONSULT, by=by, to=to) as step:
            leg = leg_of(self._staff, step.call, Verb.CONSULT, by, "by")
            colleagues.consult(step, leg, target(self._staff, step.call, Verb.CONSULT, to))

    def conference(self, call_id: int, by: int) -> None:
        """Whom `by` consults joins the talk with the other party."""
        with self._verb(call_id, Verb.CONFERENCE, who=by) as step:
            colleagues.conference(step, leg_of(self._staff, step.call, Verb.CONFERENCE, by, "who"))

    def transfer(self, call_id: int, by: int, to: Who) -> None:
        """Blind: `by` leaves the talk and `to` is rung while the other party waits."""
        with self._verb(call_id, Verb.TRANSFER, by=by, to=to) as step:
            leg = leg_of(self._staff, step.call, Verb.TRANSFER, by, "by")
            if step.call.consulted_by(leg) or leg.consulted_by:
                why = "transfer: a consultation goes on, which ends by an attended transfer, a conference or resume"
                raise illegal(Verb.TRANSFER, step.call, why)
            colleagues.give_away(step, leg, target(self._staff, step.call, Verb.TRANSFER, to))

    def hand_over(self, call_id: int, by: int, to: Who) -> None:
        """Attended: `by` leaves, and `to`, whom `by` consults or dials for it, goes on."""
        with self._verb(call_id, Verb.TRANSFER, by=by, to=to) as step:
            leg = leg_of(self._staff, step.call, Verb.TRANSFER, by, "by")
            asked = step.call.consulted_by(leg)
            if asked is None or asked is not open_leg(step.call, to):
                raise illegal(Verb.TRANSFER, step.call, "transfer: an attended one comes after `consult` of the same")
            colleagues.hand_over(step, leg)

    def person_does(self, call_id: int, verb: Verb, who: Who) -> None:
        """`answer`, `decline`, `no_answer`, `busy`, `unreachable` or `hangup` of the line that `who` is on."""
        with self._verb(call_id, verb, who=who) as step:
            if who == CONTACT and verb is Verb.HANGUP and step.call.is_only_ordered():
                step.finish(Reason.SUBSCRIBER_DISCONNECTS)
            else:
                self._outcomes.act(step, verb, leg_of(self._staff, step.call, verb, who, "who"))

    def dtmf_of(self, call_id: int, who: Who, digits: str) -> None:
        """`who` presses keys: the subscriber in a menu, an employee for a talk option (PHONE-12)."""
        with self._verb(call_id, Verb.DTMF, who=who, digits=digits) as step:
            self.press(step, leg_of(self._staff, step.call, Verb.DTMF, who, "who"), digits)

    def press(self, step: Step, leg: Leg, digits: str) -> None:
        """Keys on a line, in a step that is going on."""
        self._outcomes.press(step, leg, digits)

    def record(self, call_id: int, leg: Leg, on: bool) -> None:
        """Switch the recording of a leg on or off; the caller has checked that it may be."""
        with self.stepping(call_id, "record", leg=leg.id, on=on) as step:
            step.record(step.call.leg(leg.id), on)

    def disconnect(self, call_id: int, leg_id: int) -> None:
        """Cut one line off; a ringing one too. Raises NotFound when the call has no such open line."""
        with self.stepping(call_id, "disconnect", leg=leg_id) as step:
            leg = next((each for each in step.call.open_legs() if each.id == leg_id), None)
            if leg is None:
                raise NotFound(f"no open leg {leg_id} in call {call_id}")
            if leg.state is LegState.RINGING:
                self._outcomes.failed(step, leg, Reason.OPERATOR_DISCONNECTS, dials_on=False)
            else:
                self._outcomes.hang_up(step, leg)

    def release(self, call_id: int) -> None:
        """End the call, whoever is on it."""
        with self.stepping(call_id, "release") as step:
            step.finish(Reason.OPERATOR_DISCONNECTS)

    # what terminals tell

    def ringing(self, leg_id: int) -> None:
        """The telephone rings; the leg does so for the engine since it was dialled."""

    def answered(self, leg_id: int) -> None:
        self._told(leg_id, Verb.ANSWER)

    def declined(self, leg_id: int) -> None:
        self._told(leg_id, Verb.DECLINE)

    def busy(self, leg_id: int) -> None:
        self._told(leg_id, Verb.BUSY)

    def unreachable(self, leg_id: int) -> None:
        self._told(leg_id, Verb.UNREACHABLE)

    def no_answer(self, leg_id: int) -> None:
        self._told(leg_id, Verb.NO_ANSWER)

    def hung_up(self, leg_id: int) -> None:
        self._told(leg_id, Verb.HANGUP)

    def dtmf(self, leg_id: int, digits: str) -> None:
        self._told(leg_id, Verb.DTMF, digits)

    def confirmed(self, leg_id: int) -> None:
        """Who answers because they are ready to also presses the key that is asked for, if one is."""
        if key := self._hands.preludes.key_asked_of(leg_id):
            self.dtmf(leg_id, key)

    def _told(self, leg_id: int, verb: Verb, digits: str = "") -> None:
        with self._verb(self._store.call_of_leg(leg_id), verb, leg=leg_id) as step:
            leg = step.call.leg(leg_id)
            if leg.state not in LEG_STATES[verb]:
                raise illegal(verb, step.call, f"leg {leg_id} is {leg.state.value}")
            if verb is Verb.DTMF:
                self.press(step, leg, digits)
            else:
                self._outcomes.act(step, verb, leg)

    # messages before the talk

    def _heard(self, leg_id: int) -> None:
        with self.stepping(self._store.call_of_leg(leg_id), "message_over", leg=leg_id) as step:
            leg = step.call.leg(leg_id)
            if leg.state is LegState.WAITING:
                step.go_on(leg)

    def _unconfirmed(self, leg_id: int) -> None:
        with self.stepping(self._store.call_of_leg(leg_id), "no_confirmation", leg=leg_id) as step:
            self._outcomes.failed(step, step.call.leg(leg_id), Reason.NO_OPERATOR_CONFIRMATION)
