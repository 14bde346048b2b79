"""The rows of calls: few statements a step, since thousands of scripted calls a second go through here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any, TypeVar

from emulator.core.database import Database
from emulator.core.errors import NotFound
from emulator.telephony.engine.reading import Reading
from emulator.telephony.engine.records import Call, Leg, Segment, Session
from emulator.telephony.engine.states import LegState, Role, SessionState

R = TypeVar("R")

_SESSION_FLAGS = (
    "is_internal",
    "records",
    "is_automatic",
    "shows_virtual",
    "is_voice_mail",
    "is_transfer",
    "is_recorded",
    "is_lost",
    "is_routed",
)
_LEG_FLAGS = ("records", "is_recording", "is_transferred", "dials_on", "rings_out", "ends_call")

_MOVING = (
    "state",
    "dials_next",
    "is_automatic",
    "first_talk_at",
    "ended_at",
    "finish_reason",
    "is_lost",
    "is_voice_mail",
    "is_transfer",
    "is_recorded",
    "first_answered_employee_id",
    "last_answered_employee_id",
    "first_talked_employee_id",
    "last_talked_employee_id",
    "is_routed",
    "scenario_id",
    "events",
)
_LEG_MOVING = (
    "state",
    "rings_out",
    "is_recording",
    "is_transferred",
    "consulted_by",
    "ends_call",
    "connected_at",
    "talked_at",
    "talking_since",
    "ended_at",
    "finish_reason",
    "keys",
)

_SESSION = Reading(Session, "sessions", _SESSION_FLAGS, state=SessionState)
_LEG = Reading(Leg, "legs", _LEG_FLAGS, state=LegState, role=Role)
_SEGMENT = Reading(Segment, "segments", ("is_recorded",))

_session_moving: Callable[[Session], tuple[Any, ...]] = attrgetter(*_MOVING)
_leg_moving: Callable[[Leg], tuple[Any, ...]] = attrgetter(*_LEG_MOVING)

_AT_HAND = 4096
"""Calls under way that are kept ready, so that a step need not read them again."""

_END_OF_TIME = 2**63 - 1


class CallStore:
    """Calls in and out of their rows."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._at_hand: dict[int, Call] = {}
        database.on_restore.append(self.forget)
        database.on_rollback.append(self.forget)

    def add_session(self, **columns: Any) -> Session:
        session = Session(id=self.database.insert("sessions", columns), **columns)
        session.stored = _session_moving(session)
        return session

    def add_leg(self, **columns: Any) -> Leg:
        leg = Leg(id=self.database.insert("legs", columns), **columns)
        leg.stored = _leg_moving(leg)
        return leg

    def add_segment(self, segment: Segment) -> None:
        row = {
            "session_id": segment.session_id,
            "leg_id": segment.leg_id,
            "employee_id": segment.employee_id,
            "started_at": segment.started_at,
            "ended_at": segment.ended_at,
            "is_recorded": segment.is_recorded,
        }
        self.database.insert("segments", row)

    def segments_of(self, call_id: int) -> list[Segment]:
        """The talk of a call, in order."""
        rows = self.database.execute(
            f"SELECT {_SEGMENT.columns} FROM segments WHERE session_id = ? ORDER BY id", call_id
        )
        return [_SEGMENT.record(row) for row in rows]

    def save(self, call: Call, moved: Iterable[Leg]) -> None:
        """Write what a step changed: the columns of the session and of the legs that are not as they were stored."""
        session = call.session
        now = _session_moving(session)
        self.database.update("sessions", session.id, _changed(_MOVING, session.stored, now))
        session.stored = now
        for leg in moved:
            now = _leg_moving(leg)
            self.database.update("legs", leg.id, _changed(_LEG_MOVING, leg.stored, now))
            leg.stored = now

    def load(self, call_id: int) -> Call:
        """Raises NotFound for an unknown call."""
        row = self.database.execute(f"SELECT {_SESSION.columns} FROM sessions WHERE id = ?", call_id).fetchone()
        if row is None:
            raise NotFound(f"no call {call_id}")
        legs = self.database.execute(f"SELECT {_LEG.columns} FROM legs WHERE session_id = ? ORDER BY id", call_id)
        call = Call(_SESSION.record(row), [_LEG.record(leg) for leg in legs])
        call.session.stored = _session_moving(call.session)
        for leg in call.legs:
            leg.stored = _leg_moving(leg)
        return call

    def take(self, call_id: int) -> Call:
        """The call for a step that changes it. Whoever has stored it puts it back with `keep`: a step that fails does
        not, so that what it had changed by then is read anew. Raises NotFound for an unknown call."""
        return self._at_hand.pop(call_id, None) or self.load(call_id)

    def keep(self, call: Call) -> None:
        """The step is stored: what the next one begins with."""
        if call.session.ended_at is None:
            if len(self._at_hand) >= _AT_HAND:
                self.forget()
            self._at_hand[call.id] = call

    def forget(self) -> None:
        """The rows may be other ones."""
        self._at_hand.clear()

    def call_of_leg(self, leg_id: int) -> int:
        """Raises NotFound for an unknown leg."""
        call_id: int | None = self.database.value("SELECT session_id FROM legs WHERE id = ?", leg_id)
        if call_id is None:
            raise NotFound(f"no leg {leg_id}")
        return call_id

    def open_calls(self) -> list[Call]:
        """The calls that go on, oldest first."""
        rows = self.database.all("SELECT id FROM sessions WHERE ended_at IS NULL ORDER BY id")
        return [self.load(row["id"]) for row in rows]

    def all(self, since: int = 0, until: int = _END_OF_TIME) -> list[Call]:
        """The calls that arrived from `since` to before `until`, oldest first, with legs and segments; to be looked at
        and not to be changed.
        """
        calls = {session.id: Call(session, []) for session in self._read(_SESSION, "sessions", since, until)}
        for leg in self._read(_LEG, "legs", since, until):
            calls[leg.session_id].legs.append(leg)
        for segment in self._read(_SEGMENT, "segments", since, until):
            calls[segment.session_id].segments.append(segment)
        return list(calls.values())

    def _read(self, reading: Reading[R], table: str, since: int, until: int) -> Iterator[R]:
        """The records of those calls in `table`, call by call."""
        joined = "" if table == "sessions" else f"JOIN {table} ON {table}.session_id = sessions.id"
        span = "sessions.started_at >= ? AND sessions.started_at < ?"
        order = f"sessions.started_at, sessions.id, {table}.id"
        question = f"SELECT {reading.columns} FROM sessions {joined} WHERE {span} ORDER BY {order}"
        return map(reading.record, self.database.execute(question, since, until))


def _changed(columns: tuple[str, ...], stored: tuple[Any, ...], now: tuple[Any, ...]) -> dict[str, Any]:
    if stored == now:
        return {}
    return {column: new for column, old, new in zip(columns, stored, now, strict=True) if old != new}
