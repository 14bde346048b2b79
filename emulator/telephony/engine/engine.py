"""The call engine: calls begin here, and what people and terminals do to them comes in here.

Each method is one step: it checks that the verb is legal (`states.LEGAL`), changes the call, stores rows and events in
one transaction, and then tells the terminals and sends the events. A refusal changes nothing: Conflict with `allowed`
for an illegal transition, BadRequest naming the field, NotFound for an unknown call.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from emulator.core.errors import BadRequest, Conflict
from emulator.core.ground import Ground
from emulator.core.instants import micros
from emulator.core.timers import Timers
from emulator.telephony.communications.ledger import Communications
from emulator.telephony.engine.notices import Notices
from emulator.telephony.engine.reasons import Reason, of_failed_leg
from emulator.telephony.engine.records import Call, Leg
from emulator.telephony.engine.routing import Routing, Undirected
from emulator.telephony.engine.states import LEG_STATES, LEGAL, Role, Verb, illegal
from emulator.telephony.engine.step import RINGING, Step
from emulator.telephony.engine.store import CallStore
from emulator.telephony.engine.terminals import Terminals
from emulator.telephony.marketing.marketing import Marketing
from emulator.telephony.marketing.origin import UNKNOWN
from emulator.telephony.staff import Phone, Staff, VirtualNumber


class _RehearsalOver(Exception):
    """Takes a rehearsal back."""


class Engine:
    """The calls of one account."""

    def __init__(
        self,
        ground: Ground,
        store: CallStore,
        staff: Staff,
        terminals: Terminals,
        notices: Notices,
        timers: Timers,
        communications: Communications,
        marketing: Marketing,
    ) -> None:
        self._ground = ground
        self._store = store
        self._staff = staff
        self._terminals = terminals
        self._notices = notices
        self._timers = timers
        self._communications = communications
        self._marketing = marketing
        self.routing: Routing = Undirected()
        self._rehearsing = False
        timers.on(RINGING, lambda leg_id, _payload: self.no_answer(int(leg_id)))

    # how calls begin

    def arrive(self, contact: str | None, number: VirtualNumber) -> int:
        """Somebody outside dials `number`; None is a hidden caller. Returns the call session's id."""
        opening = {
            "direction": "in",
            "is_internal": False,
            "source": number.type,
            "contact_phone": contact,
            "virtual_phone": number.number,
            "caller_employee_id": None,
            "called_employee_id": None,
            "records": number.is_recorded,
        }
        with self._beginning(opening, {"from": contact, "to": number.number}, number) as step:
            step.join(Role.CONTACT, contact)
            self._notices.begun(step.session, step.now)
            self.routing.arrived(step)
        return step.session.id

    def call_inside(self, caller: int, called: Phone, *, dials_on: bool) -> int:
        """An employee dials another one, whose telephone rings at once. Returns the call session's id.

        `dials_on`: the person was called, so all active numbers are tried in order, not just `called`.
        """
        opening = {
            "direction": "out",
            "is_internal": True,
            "source": "sip",
            "contact_phone": called.number,
            "virtual_phone": None,
            "caller_employee_id": caller,
            "called_employee_id": called.employee_id,
            "records": True,
        }
        with self._beginning(opening, {"from": caller, "to": called.employee_id}) as step:
            own = self._staff.active_phone(caller)
            leg = step.join(Role.CALLER, own.number if own else None, caller)
            self._notices.begun(step.session, step.now, leg)
            step.dial(called, dials_on=dials_on)
        return step.session.id

    # what the scenario, or whoever drives the call, does

    def ring(self, call_id: int, employees: list[int]) -> None:
        """Dial the first active number of each of `employees`."""
        with self._step(call_id, Verb.RING, who=employees) as step:
            self._take_over(step)
            for employee_id in employees:
                step.dial(self._first_phone(step.call, Verb.RING, employee_id, "who"))

    def voicemail(self, call_id: int) -> None:
        """Let voice mail take the call."""
        with self._step(call_id, Verb.VOICEMAIL) as step:
            self._take_over(step)
            step.to_voice_mail()

    def transfer(self, call_id: int, by: int, to: int) -> None:
        """Blind: `by` leaves the talk and `to` is rung while the other party waits."""
        with self._step(call_id, Verb.TRANSFER, by=by, to=to) as step:
            leg = self._leg_of(step.call, Verb.TRANSFER, by, "by")
            phone = self._first_phone(step.call, Verb.TRANSFER, to, "to")
            step.leave(leg)
            step.dial(phone, transferred=True)

    def contact_hangs_up(self, call_id: int) -> None:
        with self._step(call_id, Verb.HANGUP, who="contact") as step:
            if step.call.contact_leg() is None:
                raise BadRequest.field("who", "contact", "an employee: nobody from outside is in an internal call")
            step.finish(Reason.SUBSCRIBER_DISCONNECTS)

    def person_does(self, call_id: int, verb: Verb, employee_id: int) -> None:
        """`answer`, `decline`, `no_answer`, `busy`, `unreachable` or `hangup` of the line that employee is on."""
        with self._step(call_id, verb, who=employee_id) as step:
            self._act(step, verb, self._leg_of(step.call, verb, employee_id, "who"))

    # what terminals tell

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

    def _told(self, leg_id: int, verb: Verb) -> None:
        with self._step(self._store.call_of_leg(leg_id), verb, leg=leg_id) as step:
            leg = next(each for each in step.call.legs if each.id == leg_id)
            if leg.state not in LEG_STATES[verb]:
                raise illegal(verb, step.call.id, step.session.state, f"leg {leg_id} is {leg.state.value}")
            self._act(step, verb, leg)

    def _act(self, step: Step, verb: Verb, leg: Leg) -> None:
        if verb is Verb.ANSWER:
            step.answer(leg)
        elif verb is Verb.HANGUP:
            by = Reason.SUBSCRIBER_DISCONNECTS if leg.role is Role.CONTACT else Reason.OPERATOR_DISCONNECTS
            step.finish(by)
        else:
            step.end(leg, of_failed_leg(verb, leg.protocol))
            self._dial_on(step, leg)

    def _dial_on(self, step: Step, leg: Leg) -> None:
        """The number was not taken: ring the person's next active one, if there is one."""
        if not leg.dials_on or leg.phone_id is None:
            if step.session.is_routed:
                self.routing.rang_out(step, leg)
            return
        tried = self._staff.phone(leg.phone_id)
        if following := self._staff.active_phone(tried.employee_id, tried.position):
            step.dial(
                following,
                transferred=leg.is_transferred,
                rings_out=leg.rings_out,
                operation_id=leg.operation_id,
            )
        elif step.session.is_routed:
            self.routing.rang_out(step, leg)

    def _first_phone(self, call: Call, verb: Verb, employee_id: int, path: str) -> Phone:
        """Where to ring that person now. Raises Conflict when there is nowhere."""
        name = self._staff.name_of(employee_id, path)
        if call.open_leg_of(employee_id):
            raise illegal(verb, call.id, call.session.state, f"{name} is on call {call.id} already")
        phone = self._staff.active_phone(employee_id)
        if phone is None:
            raise Conflict(f"{name} has no active number", allowed=[each.value for each in LEGAL[call.session.state]])
        return phone

    def _leg_of(self, call: Call, verb: Verb, employee_id: int, path: str) -> Leg:
        """The leg the verb is about. Raises Conflict when that person's line is in another state."""
        name = self._staff.name_of(employee_id, path)
        leg = call.open_leg_of(employee_id)
        needed = LEG_STATES[verb]
        if leg is None or leg.state not in needed:
            now = f"is {leg.state.value}" if leg else "has no open line"
            wanted = " or ".join(needed)
            why = f"{verb.value}: {name} {now} in call {call.id}, which takes somebody {wanted}"
            raise illegal(verb, call.id, call.session.state, why)
        return leg

    def _take_over(self, step: Step) -> None:
        """Somebody drives a call that a scenario has led until now."""
        if step.session.is_routed:
            self.routing.taken_over(step)
            step.session.is_routed = False

    @contextmanager
    def routed(self, call_id: int, did: str) -> Iterator[Step | None]:
        """A step of the routing's own, under the name `did` in the journal; None when it does not lead the call."""
        now = micros(self._ground.clock.now())
        step = None
        with self._store.database.transaction():
            call = self._store.load(call_id)
            if call.session.is_routed and call.session.ended_at is None:
                step = self._step_of(call, now)
            yield step
            if step:
                step.store()
        if step:
            self._over(step, did, {})

    def _step_of(self, call: Call, now: int) -> Step:
        return Step(call, now, self._store, self._terminals, self._notices, self._timers, self.routing)

    @contextmanager
    def _beginning(
        self, opening: dict[str, Any], who: dict[str, Any], number: VirtualNumber | None = None
    ) -> Iterator[Step]:
        now = micros(self._ground.clock.now())
        with self._store.database.transaction():
            origin = self._marketing.origin_of_call(number, opening["contact_phone"], now) if number else UNKNOWN
            outside = None if opening["is_internal"] else opening["contact_phone"]
            communication_id = self._communications.begin("call", now, phone=outside, origin=origin)
            row = {"communication_id": communication_id, **opening}
            call = Call(self._store.add_session(started_at=now, **row), [])
            step = self._step_of(call, now)
            yield step
            step.store()
        self._over(step, "arrive", who)

    @contextmanager
    def _step(self, call_id: int, verb: Verb, **who: Any) -> Iterator[Step]:
        now = micros(self._ground.clock.now())
        with self._store.database.transaction():
            call = self._store.load(call_id)
            if verb not in LEGAL[call.session.state]:
                raise illegal(verb, call_id, call.session.state)
            step = self._step_of(call, now)
            yield step
            step.store()
        self._over(step, verb.value, who)

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

    def _over(self, step: Step, did: str, who: dict[str, Any]) -> None:
        if self._rehearsing:
            return
        step.tell()
        self._notices.send(step.session, did, who, step.now)
