"""One step of one call: what a verb changes, whom the terminals are told about, which events it causes.

Operations here assume that the verb is legal. Changes are made on records and written at the end of the step, so a
step that is refused half way leaves nothing behind. Terminals are told after the rows are stored. What colleagues do
among themselves (hold, consultation, conference, transfer) is built from these operations in `colleagues.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from emulator.core.instants import from_micros
from emulator.core.timers import Timers
from emulator.telephony.engine import reasons
from emulator.telephony.engine.figures import is_lost
from emulator.telephony.engine.notices import Notices
from emulator.telephony.engine.preludes import Preludes
from emulator.telephony.engine.reasons import Reason
from emulator.telephony.engine.records import Call, Leg, Segment
from emulator.telephony.engine.routing import Routing
from emulator.telephony.engine.states import LegState, Role, SessionState, phase
from emulator.telephony.engine.store import CallStore
from emulator.telephony.engine.terminals import Terminal, Terminals
from emulator.telephony.staff import Phone, Staff

RINGING = "ringing"
"""The kind of the timer that ends the ringing of a leg; its key is the leg's id."""

OUTSIDE_DIAL_TIME = 60
"""Seconds that a telephone outside rings in a call that nobody drives."""


@dataclass(frozen=True)
class Hands:
    """What every step of one account works with."""

    store: CallStore
    staff: Staff
    terminals: Terminals
    notices: Notices
    timers: Timers
    preludes: Preludes


class Step:
    """The call as it is now; `now` in microseconds."""

    def __init__(self, call: Call, now: int, hands: Hands, routing: Routing) -> None:
        self.call = call
        self.session = call.session
        self.now = now
        self.staff = hands.staff
        self._store = hands.store
        self._terminals = hands.terminals
        self._notices = hands.notices
        self._timers = hands.timers
        self._preludes = hands.preludes
        self.routing = routing
        self._moved: dict[int, Leg] = {}
        self._tellings: list[tuple[Terminal, Callable[[], None]]] = []

    # lines that come and go

    def join(self, role: Role, number: str | None, employee_id: int | None = None, *, records: bool = True) -> Leg:
        """A party that is on the line from now on without having been rung: subscriber, caller, voice mail."""
        return self._add(role, number, LegState.WAITING, employee_id=employee_id, records=records)

    def dial(
        self,
        phone: Phone,
        *,
        role: Role = Role.OPERATOR,
        transferred: bool = False,
        dials_on: bool = True,
        rings_out: bool = False,
        operation_id: int | None = None,
        consulted_by: int | None = None,
        ends_call: bool = False,
    ) -> Leg:
        """Ring an employee at `phone`; with `rings_out` for no longer than the dial time of the number."""
        leg = self._add(
            role,
            phone.number,
            LegState.RINGING,
            employee_id=phone.employee_id,
            phone_id=phone.id,
            protocol=phone.protocol,
            records=phone.is_recorded_in(self.session.direction),
            is_transferred=transferred,
            dials_on=dials_on,
            rings_out=rings_out,
            operation_id=operation_id,
            consulted_by=consulted_by,
            ends_call=ends_call,
        )
        terminal = self._terminals.behind(leg) if phone.is_registered else self._terminals.offline
        return self._ring(leg, terminal, self._caller_shown(), phone.dial_time)

    def dial_outside(
        self,
        role: Role,
        number: str,
        *,
        transferred: bool = False,
        consulted_by: int | None = None,
        rings_out: bool = False,
        operation_id: int | None = None,
    ) -> Leg:
        """Ring a telephone outside: the subscriber, or somebody who takes the call without being an employee.

        With `rings_out`, and in a call that nobody drives, for no longer than `OUTSIDE_DIAL_TIME`.
        """
        leg = self._add(
            role,
            number,
            LegState.RINGING,
            rings_out=rings_out or self.session.is_automatic,
            is_transferred=transferred,
            consulted_by=consulted_by,
            operation_id=operation_id,
        )
        return self._ring(leg, self._terminals.behind(leg), self.session.virtual_phone, OUTSIDE_DIAL_TIME)

    def _add(
        self,
        role: Role,
        number: str | None,
        state: LegState,
        *,
        employee_id: int | None = None,
        phone_id: int | None = None,
        protocol: str = "PSTN",
        records: bool = True,
        is_transferred: bool = False,
        dials_on: bool = False,
        rings_out: bool = False,
        operation_id: int | None = None,
        consulted_by: int | None = None,
        ends_call: bool = False,
    ) -> Leg:
        leg = self._store.add_leg(
            session_id=self.session.id,
            role=role,
            employee_id=employee_id,
            phone_id=phone_id,
            number=number,
            protocol=protocol,
            records=self.session.records and records,
            is_recording=self.session.records and records,
            is_transferred=is_transferred,
            dials_on=dials_on,
            rings_out=rings_out,
            operation_id=operation_id,
            consulted_by=consulted_by,
            ends_call=ends_call,
            started_at=self.now,
            state=state,
        )
        self.call.legs.append(leg)
        return leg

    def _ring(self, leg: Leg, terminal: Terminal, shown: str | None, dial_time: int) -> Leg:
        if leg.rings_out:
            self._timers.set(RINGING, str(leg.id), from_micros(self.now) + timedelta(seconds=dial_time))
        if terminal is not self._terminals.driven:
            self._tellings.append((terminal, lambda: terminal.ring(leg, shown)))
        if leg.was_rung:
            self._notices.of_leg("call_proceeding", self.session, leg, self.now)
        return leg

    def end(self, leg: Leg, reason: Reason) -> None:
        """A leg is over."""
        was_ringing = leg.state is LegState.RINGING
        self._stop_talk(leg)
        self._stop_clock(leg)
        self._tell(leg, "stop_ringing" if was_ringing else "end")
        leg.state = LegState.ENDED
        leg.ended_at = self.now
        leg.finish_reason = reason.value
        if leg.was_rung:
            self._notices.of_leg("call_disconnected", self.session, leg, self.now)
        if leg.is_operator:
            self.routing.freed(self)

    # answers

    def answer(self, leg: Leg) -> None:
        """The ringing leg is taken: it talks with whoever waits, or the other party is dialled next.

        Other ringing legs end, for one is enough. In a call of the Call API a key or a message may come first.
        """
        if self._asks_for_a_key(leg):
            return
        self._take(leg)
        for other in self.call.legs_in(LegState.RINGING):
            self.end(other, Reason.ANOTHER_OPERATOR_ANSWER)
        if leg.was_rung and self.session.is_routed:
            self.routing.answered(self, leg)
        if not self._preludes.hold_up(self.session, leg, self.now):
            self.go_on(leg)

    def _asks_for_a_key(self, leg: Leg) -> bool:
        if leg.state is not LegState.RINGING or not self._preludes.ask(self.session, leg, self.now):
            return False
        self._stop_clock(leg)
        leg.state = LegState.WAITING
        self._moved[leg.id] = leg
        return True

    def go_on(self, leg: Leg) -> None:
        """Who answered has heard what there was to hear: dial the other party, or begin the talk."""
        if self._dials_next():
            return
        self.connect(leg)
        for other in self.call.legs_in(LegState.WAITING):
            self.connect(other)

    def answer_consultation(self, leg: Leg, by: Leg) -> None:
        """A colleague takes the call of another one, while the other party waits."""
        self._take(leg)
        for each in (leg, by):
            self._tell(each, "bridge")
            each.state = LegState.CONSULTING

    def _take(self, leg: Leg) -> None:
        """The telephone is off the hook, whoever is to be heard."""
        self._stop_clock(leg)
        leg.state = LegState.WAITING
        leg.connected_at = self.now
        self._moved[leg.id] = leg
        if leg.was_rung:
            session, who = self.session, leg.employee_id
            session.first_answered_employee_id = session.first_answered_employee_id or who
            session.last_answered_employee_id = who or session.last_answered_employee_id
            self._notices.of_leg("call_connected", session, leg, self.now)

    def _dials_next(self) -> bool:
        """Where the telephony calls both parties: the first one is there, so the second one is dialled."""
        session, following = self.session, self.session.dials_next
        if following is None:
            return False
        session.dials_next = None
        if following == "contact" and session.contact_phone is not None:
            self.dial_outside(Role.CONTACT, session.contact_phone)
        elif following == "operator" and session.operator_number is not None:
            self.dial_outside(Role.OPERATOR, session.operator_number)
        elif following == "employee" and session.called_employee_id is not None:
            only = session.called_phone_id
            phone = self.staff.phone(only) if only else self.staff.active_phone(session.called_employee_id)
            if phone is None:
                self.finish(Reason.EMPLOYEE_WITHOUT_PHONES)
                return True
            self.dial(phone, dials_on=only is None, rings_out=session.is_automatic)
        else:
            self.routing.arrived(self)
        return True

    # talk

    def connect(self, leg: Leg) -> None:
        """Join the talk of the session."""
        leg.state = LegState.TALKING
        leg.consulted_by = None
        if leg.connected_at is None:
            leg.connected_at = self.now
        if leg.talked_at is None:
            leg.talked_at = self.now
        if self._speaks(leg):
            leg.talking_since = self.now
            self._has_talked(leg)
        if self.session.first_talk_at is None:
            self.session.first_talk_at = self.now
        self._tell(leg, "bridge")

    def set_aside(self, leg: Leg, state: LegState) -> None:
        """Out of the talk and still on the line: `state` is held, holding or waiting."""
        self._stop_talk(leg)
        leg.state = state
        self._tell(leg, "hold")

    def record(self, leg: Leg, on: bool) -> None:
        """From now on the talk of the leg is recorded, or not."""
        talks = leg.talking_since is not None
        self._stop_talk(leg)
        leg.is_recording = on
        leg.talking_since = self.now if talks else None
        self._moved[leg.id] = leg

    def _speaks(self, leg: Leg) -> bool:
        """Whose talk with the other party is what a recording is made of."""
        if leg.role is Role.CALLER:
            return not self.session.is_internal
        return leg.role is not Role.CONTACT

    def _has_talked(self, leg: Leg) -> None:
        """Of several who talk at once, the one who talks on when the others have left talked last."""
        session, who = self.session, leg.employee_id
        if who is None:
            return
        if leg.role is Role.CALLER and session.first_answered_employee_id is None:
            session.first_answered_employee_id = session.last_answered_employee_id = who
        session.first_talked_employee_id = session.first_talked_employee_id or who
        session.last_talked_employee_id = who

    def _stop_talk(self, leg: Leg) -> None:
        """Close the leg's stretch of talk, if it is in one."""
        if leg.talking_since is None:
            return
        segment = Segment(self.session.id, leg.id, leg.employee_id, leg.talking_since, self.now, leg.is_recording)
        self._store.add_segment(segment)
        self.session.is_recorded = self.session.is_recorded or leg.is_recording
        leg.talking_since = None
        self._has_talked(leg)
        self._moved[leg.id] = leg

    def _stop_clock(self, leg: Leg) -> None:
        if leg.rings_out and leg.state is LegState.RINGING:
            self._timers.cancel(RINGING, str(leg.id))

    # the whole call

    def to_voice_mail(self) -> None:
        """The ringing legs end and the other party leaves a message. Who was not dialled yet cannot: the call ends."""
        for leg in self.call.legs_in(LegState.RINGING):
            self.end(leg, Reason.SCENARIO_DISCONNECTS)
        if not self.call.legs_in(LegState.WAITING):
            self.finish(Reason.NO_SUCCESS_OPERATOR_CALL)
            return
        self.connect(self.join(Role.VOICE_MAIL, self.session.virtual_phone))
        for leg in self.call.legs_in(LegState.WAITING):
            self.connect(leg)
        self.session.is_voice_mail = True

    def finish(self, ended_by: Reason) -> None:
        """The session is over because somebody hung up, or had to: all legs end with it."""
        call, session = self.call, self.session
        for leg in list(call.open_legs()):
            self.end(leg, ended_by)
        session.state = SessionState.ENDED
        session.ended_at = self.now
        session.is_lost = is_lost(call)
        session.finish_reason = reasons.of_session(call, ended_by).value
        if session.is_recorded:
            call.segments = self._store.segments_of(call.id)
        self._preludes.over(session, call.legs)
        self.routing.ended(self)
        self._notices.finished(call, self.now)

    def store(self) -> None:
        """Write the step; the state of the session follows from its legs."""
        if self.session.ended_at is None:
            is_queued = self.session.state is SessionState.WAITING
            self.session.state = phase(self.call.legs, is_queued or self.call.anybody_dialled())
        self._store.save(self.call, self._moved.values())

    def tell(self, *, rehearsing: bool = False) -> None:
        """Pass on to the terminals what the step means for them; in a rehearsal nobody hears of it, but a line without
        a telephone fails as it would."""
        for terminal, telling in self._tellings:
            if not rehearsing or terminal is self._terminals.offline:
                telling()

    def drive(self) -> None:
        """From now on somebody drives the call: nothing rings out by itself any more, and nobody acts by themselves."""
        for leg in self.call.legs_in(LegState.RINGING):
            self._stop_clock(leg)
            if self._terminals.behind(leg) is self._terminals.automatic:
                self._tell(leg, "stop_ringing")
            leg.rings_out = False
            self._moved[leg.id] = leg

    def touch(self, leg: Leg) -> None:
        """Something of the leg was changed from outside of these operations."""
        self._moved[leg.id] = leg

    def _tell(self, leg: Leg, what: str) -> None:
        self._moved[leg.id] = leg
        terminal = self._terminals.behind(leg)
        if terminal is not self._terminals.driven:
            self._tellings.append((terminal, lambda: getattr(terminal, what)(leg)))

    def _caller_shown(self) -> str | None:
        """What the rung person sees: the subscriber or the virtual number; the colleague in an internal call."""
        session = self.session
        caller = next((leg for leg in self.call.legs if leg.role is Role.CALLER), None)
        if caller and session.is_internal:
            return caller.number
        return session.virtual_phone if session.shows_virtual else session.contact_phone
