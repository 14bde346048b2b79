"""One step of one call: what a verb changes, whom the terminals are told about, which events it causes.

Operations here assume that the verb is legal. Changes are made on records and written at the end of the step, so a
step that is refused half way leaves nothing behind. Terminals are told after the rows are stored.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from emulator.core.instants import from_micros
from emulator.core.timers import Timers
from emulator.telephony.engine import reasons
from emulator.telephony.engine.figures import is_lost
from emulator.telephony.engine.notices import Notices
from emulator.telephony.engine.reasons import Reason
from emulator.telephony.engine.records import Call, Leg, Segment
from emulator.telephony.engine.routing import Routing
from emulator.telephony.engine.states import LegState, Role, SessionState, phase
from emulator.telephony.engine.store import CallStore
from emulator.telephony.engine.terminals import Terminals
from emulator.telephony.staff import Phone

RINGING = "ringing"
"""The kind of the timer that ends the ringing of a leg; its key is the leg's id."""


class Step:
    """The call as it is now; `now` in microseconds."""

    def __init__(
        self,
        call: Call,
        now: int,
        store: CallStore,
        terminals: Terminals,
        notices: Notices,
        timers: Timers,
        routing: Routing,
    ) -> None:
        self.call = call
        self.session = call.session
        self.now = now
        self._store = store
        self._terminals = terminals
        self._notices = notices
        self._timers = timers
        self._routing = routing
        self._moved: dict[int, Leg] = {}
        self._tellings: list[Callable[[], None]] = []

    def join(self, role: Role, number: str | None, employee_id: int | None = None) -> Leg:
        """A party that is on the line from now on without having been rung: subscriber, caller, voice mail."""
        leg = self._store.add_leg(
            session_id=self.session.id,
            role=role,
            employee_id=employee_id,
            phone_id=None,
            number=number,
            protocol="PSTN",
            records=True,
            is_transferred=False,
            dials_on=False,
            rings_out=False,
            operation_id=None,
            started_at=self.now,
            state=LegState.WAITING,
        )
        self.call.legs.append(leg)
        return leg

    def dial(
        self,
        phone: Phone,
        *,
        transferred: bool = False,
        dials_on: bool = True,
        rings_out: bool = False,
        operation_id: int | None = None,
    ) -> Leg:
        """Ring an employee at `phone`; with `rings_out` for no longer than the dial time of the number."""
        leg = self._store.add_leg(
            session_id=self.session.id,
            role=Role.OPERATOR,
            employee_id=phone.employee_id,
            phone_id=phone.id,
            number=phone.number,
            protocol=phone.protocol,
            records=phone.is_recorded,
            is_transferred=transferred,
            dials_on=dials_on,
            rings_out=rings_out,
            operation_id=operation_id,
            started_at=self.now,
            state=LegState.RINGING,
        )
        self.call.legs.append(leg)
        if rings_out:
            self._timers.set(RINGING, str(leg.id), from_micros(self.now) + timedelta(seconds=phone.dial_time))
        caller = self._caller_shown()
        self._tellings.append(lambda: self._terminals.behind(leg).ring(leg, caller))
        self._notices.of_leg("call_proceeding", self.session, leg, self.now)
        return leg

    def answer(self, leg: Leg) -> None:
        """The ringing leg talks with whoever waits; the other ringing legs end."""
        self._connect(leg)
        self._notices.of_leg("call_connected", self.session, leg, self.now)
        for other in self.call.legs_in(LegState.RINGING):
            self.end(other, Reason.ANOTHER_OPERATOR_ANSWER)
        self._connect_waiting()
        session, who = self.session, leg.employee_id
        session.first_answered_employee_id = session.first_answered_employee_id or who
        session.first_talked_employee_id = session.first_talked_employee_id or who
        session.last_answered_employee_id = session.last_talked_employee_id = who
        self._routing.answered(self, leg)

    def to_voice_mail(self) -> None:
        """The ringing legs end and the other party leaves a message."""
        for leg in self.call.legs_in(LegState.RINGING):
            self.end(leg, Reason.SCENARIO_DISCONNECTS)
        self._connect(self.join(Role.VOICE_MAIL, self.session.virtual_phone))
        self._connect_waiting()
        self.session.is_voice_mail = True

    def leave(self, leg: Leg) -> None:
        """A talking leg gives the call away; the others wait on the line."""
        self.session.is_transfer = True
        self.end(leg, Reason.TRANSFER_DISCONNECTS)
        for other in self.call.legs_in(LegState.TALKING):
            self._stop_talk(other)
            other.state = LegState.WAITING
            self._tell(other, "hold")

    def end(self, leg: Leg, reason: Reason) -> None:
        """A leg is over."""
        self._stop_talk(leg)
        if leg.state is LegState.RINGING:
            self._stop_clock(leg)
        self._tell(leg, "stop_ringing" if leg.state is LegState.RINGING else "end")
        leg.state = LegState.ENDED
        leg.ended_at = self.now
        leg.finish_reason = reason.value
        if leg.was_rung:
            self._notices.of_leg("call_disconnected", self.session, leg, self.now)
        if leg.is_operator:
            self._routing.freed(self)

    def finish(self, ended_by: Reason) -> None:
        """The session is over because somebody hung up: all legs end with it."""
        call, session = self.call, self.session
        for leg in list(call.open_legs()):
            self.end(leg, ended_by)
        session.state = SessionState.ENDED
        session.ended_at = self.now
        session.is_lost = is_lost(call)
        session.finish_reason = reasons.of_session(
            ended_by,
            is_lost=session.is_lost,
            is_internal=session.is_internal,
            anybody_dialled=call.anybody_dialled(),
        ).value
        if session.is_recorded:
            call.segments = self._store.segments_of(call.id)
        self._routing.ended(self)
        self._notices.finished(call, self.now)

    def store(self) -> None:
        """Write the step; the state of the session follows from its legs."""
        if self.session.ended_at is None:
            legs = ((leg.role, leg.state) for leg in self.call.legs)
            is_queued = self.session.state is SessionState.WAITING
            self.session.state = phase(legs, is_queued or self.call.anybody_dialled())
        self._store.save(self.call, self._moved.values())

    def tell(self) -> None:
        """Pass on to the terminals what the step means for them."""
        for telling in self._tellings:
            telling()

    def _connect_waiting(self) -> None:
        for leg in self.call.legs_in(LegState.WAITING):
            self._connect(leg)

    def _stop_clock(self, leg: Leg) -> None:
        if leg.rings_out:
            self._timers.cancel(RINGING, str(leg.id))

    def _connect(self, leg: Leg) -> None:
        self._stop_clock(leg)
        leg.state = LegState.TALKING
        if leg.connected_at is None:
            leg.connected_at = self.now
        if leg.role in (Role.OPERATOR, Role.VOICE_MAIL):
            leg.talking_since = self.now
        if self.session.first_talk_at is None:
            self.session.first_talk_at = self.now
        self._tell(leg, "bridge")

    def _stop_talk(self, leg: Leg) -> None:
        """Close the leg's stretch of talk, if it is in one."""
        if leg.talking_since is None:
            return
        recorded = self.session.records and leg.records
        segment = Segment(self.session.id, leg.id, leg.employee_id, leg.talking_since, self.now, recorded)
        self._store.add_segment(segment)
        self.session.is_recorded = self.session.is_recorded or recorded
        leg.talking_since = None

    def _tell(self, leg: Leg, what: str) -> None:
        self._moved[leg.id] = leg
        terminal = self._terminals.behind(leg)
        self._tellings.append(lambda: getattr(terminal, what)(leg))

    def _caller_shown(self) -> str | None:
        """What the rung person sees: the subscriber, or the colleague's number in an internal call."""
        caller = next((leg for leg in self.call.legs if leg.role is Role.CALLER), None)
        return caller.number if caller else self.session.contact_phone
