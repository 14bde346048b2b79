"""The call engine: calls begin here, and what people and terminals do to them comes in here.

Each method is one step: it checks that the verb is legal (`states.legal`), changes the call, stores rows and events in
one transaction, and then tells the terminals and sends the events. A refusal changes nothing: Conflict with `allowed`
for an illegal transition, BadRequest naming the field, NotFound for an unknown call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from emulator.core.errors import BadRequest, Conflict, NotFound
from emulator.core.ground import Ground
from emulator.core.instants import micros
from emulator.telephony.communications.ledger import Communications
from emulator.telephony.communications.tags import Tags
from emulator.telephony.engine import colleagues, options
from emulator.telephony.engine.colleagues import Target
from emulator.telephony.engine.openings import Opening
from emulator.telephony.engine.options import TalkOptions
from emulator.telephony.engine.preludes import CONFIRMATION, MESSAGE, Prelude
from emulator.telephony.engine.reasons import Reason, of_failed_leg, of_hang_up
from emulator.telephony.engine.records import Call, Leg
from emulator.telephony.engine.routing import Routing, Undirected
from emulator.telephony.engine.states import LEG_STATES, LegState, Role, Verb, illegal, legal
from emulator.telephony.engine.step import RINGING, Hands, Step
from emulator.telephony.marketing.marketing import Marketing
from emulator.telephony.marketing.origin import UNKNOWN
from emulator.telephony.staff import Phone, VirtualNumber

Who = int | str
"""An employee by id, `contact`, or a telephone outside by its number."""

CONTACT = "contact"


class _RehearsalOver(Exception):
    """Takes a rehearsal back."""


class Engine:
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
        self._ground = ground
        self._hands = hands
        self._store = hands.store
        self._staff = hands.staff
        self._communications = communications
        self._marketing = marketing
        self._options = talk_options
        self._tags = tags
        self.routing: Routing = Undirected()
        self._rehearsing = False
        self._at: int | None = None
        hands.timers.on(RINGING, lambda leg_id, _payload: self.no_answer(int(leg_id)))
        hands.timers.on(MESSAGE, lambda leg_id, _payload: self._heard(int(leg_id)))
        hands.timers.on(CONFIRMATION, lambda leg_id, _payload: self._unconfirmed(int(leg_id)))

    # how calls begin

    def arrive(self, opening: Opening, number: VirtualNumber, *, is_led: bool = True) -> int:
        """Somebody outside dials `number`, or orders a callback. Returns the call session's id.

        `is_led`: the number's scenario leads the call, if it has one.
        """
        with self._beginning(opening, number) as step:
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
        with self._step(call_id, Verb.RING, who=employees) as step:
            if not step.call.contact_waits() and not step.call.is_only_ordered():
                raise illegal(Verb.RING, step.call, "ring: an employee is there, whom the subscriber is to talk to")
            self._take_over(step)
            for employee_id in employees:
                step.dial(self._first_phone(step.call, Verb.RING, employee_id, "who"))

    def voicemail(self, call_id: int) -> None:
        """Let voice mail take the call."""
        with self._step(call_id, Verb.VOICEMAIL) as step:
            if not step.call.contact_waits():
                raise illegal(Verb.VOICEMAIL, step.call, "voicemail: the subscriber is not waiting for somebody")
            self._take_over(step)
            step.to_voice_mail()

    # what people do

    def hold(self, call_id: int, by: int) -> None:
        """The others hear nobody until `resume`."""
        with self._step(call_id, Verb.HOLD, who=by) as step:
            colleagues.hold(step, self._leg_of(step.call, Verb.HOLD, by, "who"))

    def resume(self, call_id: int, by: int) -> None:
        """Back to the talk; whoever is consulted or dialled for it leaves."""
        with self._step(call_id, Verb.RESUME, who=by) as step:
            colleagues.resume(step, self._leg_of(step.call, Verb.RESUME, by, "who"))

    def consult(self, call_id: int, by: int, to: Who) -> None:
        """`by` puts the others on hold and dials `to`."""
        with self._step(call_id, Verb.CONSULT, by=by, to=to) as step:
            leg = self._leg_of(step.call, Verb.CONSULT, by, "by")
            colleagues.consult(step, leg, self._target(step.call, Verb.CONSULT, to))

    def conference(self, call_id: int, by: int) -> None:
        """Whom `by` consults joins the talk with the other party."""
        with self._step(call_id, Verb.CONFERENCE, who=by) as step:
            colleagues.conference(step, self._leg_of(step.call, Verb.CONFERENCE, by, "who"))

    def transfer(self, call_id: int, by: int, to: Who) -> None:
        """Blind: `by` leaves the talk and `to` is rung while the other party waits."""
        with self._step(call_id, Verb.TRANSFER, by=by, to=to) as step:
            leg = self._leg_of(step.call, Verb.TRANSFER, by, "by")
            if step.call.consulted_by(leg) or leg.consulted_by:
                why = "transfer: a consultation goes on, which ends by an attended transfer, a conference or resume"
                raise illegal(Verb.TRANSFER, step.call, why)
            colleagues.give_away(step, leg, self._target(step.call, Verb.TRANSFER, to))

    def hand_over(self, call_id: int, by: int, to: Who) -> None:
        """Attended: `by` leaves, and `to`, whom `by` consults or dials for it, goes on."""
        with self._step(call_id, Verb.TRANSFER, by=by, to=to) as step:
            leg = self._leg_of(step.call, Verb.TRANSFER, by, "by")
            asked = step.call.consulted_by(leg)
            if asked is None or asked is not self._open_leg(step.call, to):
                raise illegal(Verb.TRANSFER, step.call, "transfer: an attended one comes after `consult` of the same")
            colleagues.hand_over(step, leg)

    def person_does(self, call_id: int, verb: Verb, who: Who) -> None:
        """`answer`, `decline`, `no_answer`, `busy`, `unreachable` or `hangup` of the line that `who` is on."""
        with self._step(call_id, verb, who=who) as step:
            if who == CONTACT and verb is Verb.HANGUP and step.call.is_only_ordered():
                step.finish(Reason.SUBSCRIBER_DISCONNECTS)
            else:
                self._act(step, verb, self._leg_of(step.call, verb, who, "who"))

    def dtmf_of(self, call_id: int, who: Who, digits: str) -> None:
        """`who` presses keys: the subscriber in a menu, an employee for a talk option (PHONE-12)."""
        with self._step(call_id, Verb.DTMF, who=who, digits=digits) as step:
            self.press(step, self._leg_of(step.call, Verb.DTMF, who, "who"), digits)

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
                self._failed(step, leg, Reason.OPERATOR_DISCONNECTS, dials_on=False)
            else:
                self._hang_up(step, leg)

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
        with self._step(self._store.call_of_leg(leg_id), verb, leg=leg_id) as step:
            leg = step.call.leg(leg_id)
            if leg.state not in LEG_STATES[verb]:
                raise illegal(verb, step.call, f"leg {leg_id} is {leg.state.value}")
            if verb is Verb.DTMF:
                self.press(step, leg, digits)
            else:
                self._act(step, verb, leg)

    # messages before the talk

    def _heard(self, leg_id: int) -> None:
        with self.stepping(self._store.call_of_leg(leg_id), "message_over", leg=leg_id) as step:
            leg = step.call.leg(leg_id)
            if leg.state is LegState.WAITING:
                step.go_on(leg)

    def _unconfirmed(self, leg_id: int) -> None:
        with self.stepping(self._store.call_of_leg(leg_id), "no_confirmation", leg=leg_id) as step:
            self._failed(step, step.call.leg(leg_id), Reason.NO_OPERATOR_CONFIRMATION)

    # what it comes to

    def _act(self, step: Step, verb: Verb, leg: Leg) -> None:
        if verb is Verb.HANGUP:
            self._hang_up(step, leg)
        elif verb is not Verb.ANSWER:
            self._failed(step, leg, of_failed_leg(verb, leg))
        elif leg.consulted_by is not None:
            colleagues.answered(step, leg)
        else:
            step.answer(leg)

    def _hang_up(self, step: Step, leg: Leg) -> None:
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

    def _failed(self, step: Step, leg: Leg, reason: Reason, *, dials_on: bool = True) -> None:
        """The number was not taken: ring the person's next active one; where there is none, see what is left."""
        step.end(leg, reason)
        if dials_on and leg.dials_on and leg.phone_id is not None and self._dial_on(step, leg, leg.phone_id):
            return
        if leg.consulted_by is not None:
            colleagues.consultation_over(step, leg.consulted_by)
        elif leg.ends_call:
            step.finish(reason)
        elif step.session.is_routed:
            self.routing.rang_out(step, leg)
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
        if self._hands.preludes.is_asked(step.session, leg):
            if self._hands.preludes.confirmed(step.session, digits):
                step.answer(leg)
            return
        if not leg.is_operator:
            if step.session.is_routed:
                self.routing.pressed(step, digits)
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

    # looking up

    def _target(self, call: Call, verb: Verb, to: Who) -> Target:
        if not isinstance(to, str):
            return self._first_phone(call, verb, to, "to")
        if call.open_leg_with(to):
            raise illegal(verb, call, f"{to} is on call {call.id} already")
        return to

    def _first_phone(self, call: Call, verb: Verb, employee_id: int, path: str) -> Phone:
        """Where to ring that person now. Raises Conflict when there is nowhere."""
        if call.open_leg_of(employee_id):
            raise illegal(verb, call, f"{self._staff.name_of(employee_id, path)} is on call {call.id} already")
        phone = self._staff.active_phone(employee_id)
        if phone is None:
            name = self._staff.name_of(employee_id, path)
            allowed = legal(call.session.state, call.session.direction)
            raise Conflict(f"{name} has no active number", allowed=[each.value for each in allowed])
        return phone

    def _open_leg(self, call: Call, who: Who) -> Leg | None:
        if who == CONTACT:
            leg = call.contact_leg()
            return leg if leg and leg.is_open else None
        return call.open_leg_with(who) if isinstance(who, str) else call.open_leg_of(who)

    def _leg_of(self, call: Call, verb: Verb, who: Who, path: str) -> Leg:
        """The leg the verb is about. Raises Conflict when that person's line is in another state."""
        if who == CONTACT and call.session.is_internal:
            raise BadRequest.field(path, who, "an employee: nobody from outside is in an internal call")
        leg = self._open_leg(call, who)
        needed = LEG_STATES[verb]
        if leg is None or leg.state not in needed:
            name = "the subscriber" if who == CONTACT else who
            name = name if isinstance(name, str) else self._staff.name_ever(name, path)
            now = f"is {leg.state.value}" if leg else "has no open line"
            wanted = " or ".join(needed)
            raise illegal(verb, call, f"{verb.value}: {name} {now} in call {call.id}, which takes somebody {wanted}")
        return leg

    def _take_over(self, step: Step) -> None:
        """Somebody drives a call that a scenario has led until now."""
        if step.session.is_routed:
            self.routing.taken_over(step)
            step.session.is_routed = False
            step.drive()

    # steps

    @contextmanager
    def routed(self, call_id: int, did: str) -> Iterator[Step | None]:
        """A step of the routing's own, under the name `did` in the journal; None when it does not lead the call."""
        session = self._store.load(call_id).session
        if not session.is_routed or session.ended_at is not None:
            yield None
            return
        with self.stepping(call_id, did) as step:
            yield step

    @contextmanager
    def stepping(self, call_id: int, did: str, **said: Any) -> Iterator[Step]:
        """A step on a call that goes on, under the name `did` in the journal. Raises Conflict when it has ended."""
        with self._stepping(call_id, did, said, self._must_go_on) as step:
            yield step

    @contextmanager
    def _step(self, call_id: int, verb: Verb, **said: Any) -> Iterator[Step]:
        def check(call: Call) -> None:
            if verb not in legal(call.session.state, call.session.direction):
                raise illegal(verb, call)

        with self._stepping(call_id, verb.value, said, check) as step:
            yield step

    def _must_go_on(self, call: Call) -> None:
        if call.session.ended_at is not None:
            raise Conflict(f"call {call.id} has ended", allowed=[])

    @contextmanager
    def _stepping(self, call_id: int, did: str, said: dict[str, Any], check: Callable[[Call], None]) -> Iterator[Step]:
        with self._store.database.transaction():
            call = self._store.take(call_id)
            check(call)
            step = Step(call, self._now(), self._hands, self.routing)
            yield step
            step.store()
        self._over(step, did, said)

    @contextmanager
    def _beginning(self, opening: Opening, number: VirtualNumber | None = None) -> Iterator[Step]:
        now = self._now()
        with self._store.database.transaction():
            origin = self._marketing.origin_of_call(number, opening.contact_phone, now) if number else UNKNOWN
            phone = None if opening.is_internal else opening.contact_phone
            communication_id = self._communications.begin("call", now, phone=phone, origin=origin)
            session = self._store.add_session(communication_id=communication_id, started_at=now, **opening.row())
            step = Step(Call(session, []), now, self._hands, self.routing)
            yield step
            step.store()
        said = {"from": opening.caller_employee_id or opening.contact_phone, "to": _called(opening)}
        self._over(step, "arrive", said)

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """What is done inside is checked and taken back: nobody is told, nothing is sent or kept."""
        self._rehearsing = True
        try:
            with self._store.database.transaction():
                yield
                raise _RehearsalOver
        except _RehearsalOver:
            pass
        finally:
            self._rehearsing = False
            self._store.forget()

    @contextmanager
    def at(self, instant: datetime) -> Iterator[None]:
        """Steps inside are of `instant`: those of a script whose clock goes on really."""
        self._at = micros(instant)
        try:
            yield
        finally:
            self._at = None

    def _now(self) -> int:
        return micros(self._ground.clock.now()) if self._at is None else self._at

    def _over(self, step: Step, did: str, said: dict[str, Any]) -> None:
        self._store.keep(step.call)
        if not self._rehearsing:
            self._hands.notices.send(step.session, did, said, step.now)
        step.tell(rehearsing=self._rehearsing)


def _called(opening: Opening) -> int | str | None:
    """Who is called, for the journal."""
    if opening.direction == "in":
        return opening.virtual_phone
    return opening.called_employee_id if opening.is_internal else opening.contact_phone
