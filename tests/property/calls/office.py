"""The account that a machine drives: on its own ground for each example, with events counted here or sent over TCP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import aiohttp
import orjson

from emulator.core.clock import ManualClock
from emulator.core.copies import Copy, Source
from emulator.core.database import Databases
from emulator.core.ground import Ground
from emulator.core.instants import from_micros, micros
from emulator.core.sender import Destination
from emulator.core.settle import settle
from emulator.telephony import EmployeeSpec, NumberOfEmployee, NumberSpec, TelephonyAccount
from emulator.telephony.data_api.methods import METHODS
from emulator.telephony.engine.openings import Opening as EngineOpening
from emulator.telephony.engine.readiness import Readiness as EngineReadiness
from emulator.telephony.engine.records import Call, Leg
from emulator.telephony.engine.states import Role
from emulator.telephony.engine.views import CallView, view
from tests.property.calls.house import CONTACT, INACTIVE, MAIN, SILENT, STAFF, Number, Opening, Readiness
from tests.property.calls.moves import Move
from tests.property.calls.wire import Body, Wire

ARRIVAL = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
T = TypeVar("T")


def _number(number: Number, *, active: bool = True) -> NumberOfEmployee:
    return NumberOfEmployee(number.number, number.protocol, active, number.dial_time, number.is_recorded)  # type: ignore[arg-type]


EMPLOYEES = [
    EmployeeSpec(
        name.title(), f"{name}@house.test", [_number(each) for each in numbers] or [_number(INACTIVE, active=False)]
    )
    for name, numbers in STAFF.items()
]
NUMBERS = [NumberSpec(MAIN, "main"), NumberSpec(SILENT, "silent", "call_tracking", is_recorded=False)]


@dataclass(frozen=True)
class Kept:
    """A snapshot of the office: its rows, the time, how many events had been taken."""

    copy: Copy
    at: datetime
    taken: int


class Office:
    """One account. Nothing of it is remembered here but who has which id, so that it can be closed and opened anew."""

    def __init__(self, loop: asyncio.AbstractEventLoop, databases: Databases, wire: Wire | None = None) -> None:
        self._loop = loop
        self._databases = databases
        self._wire = wire
        self._open(ManualClock(ARRIVAL), None)
        self.ids = {employee.full_name.lower(): employee.id for employee in self.account.employees}
        self.names = {employee_id: name for name, employee_id in self.ids.items()}

    def _open(self, clock: Any, source: Source | None) -> None:
        self.ground = Ground.lay("house", clock, 7, ZoneInfo("Europe/Moscow"), self._databases)
        self.account = TelephonyAccount.open(
            self.ground,
            name="House",
            employees=EMPLOYEES,
            virtual_numbers=NUMBERS,
            base_url=self._wire.url if self._wire else "http://telephony.test",
            integration=lambda: Destination(self._wire.events_url if self._wire else "http://nobody.test", {}),
            session=self._session,
            source=source,
        )
        if self._wire:
            self._wire.accounts.add(self.account)
        else:
            self.account.deliveries.wake = _let_lie  # type: ignore[method-assign,assignment]

    def _session(self) -> aiohttp.ClientSession:
        assert self._wire
        return self._wire.session

    def reopen(self) -> None:
        """Go on with another account that has nothing but the rows of this one."""
        old, clock = self.account, self.ground.clock.twin()
        if self._wire:
            self._wire.accounts.remove(old)
        self._loop.run_until_complete(self.ground.close())
        self._open(clock, old.database)
        self._loop.run_until_complete(old.close())

    def close(self) -> None:
        if self._wire:
            self._wire.accounts.remove(self.account)
            self._wire.taken.clear()
        self._loop.run_until_complete(self.ground.close())
        self._loop.run_until_complete(self.account.close())
        assert self.ground.work.failures == []

    # time

    @property
    def now(self) -> int:
        return micros(self.ground.clock.now())

    def advance(self, span: timedelta) -> None:
        self._loop.run_until_complete(self.ground.clock.advance(span, self._settled))

    def _carry_out(self, action: Callable[[], T]) -> T:
        """Do it, and let the events that it causes arrive."""
        if self._wire is None:
            return action()

        async def act() -> T:
            result = action()
            await self._settled()
            return result

        return self._loop.run_until_complete(act())

    async def _settled(self) -> None:
        if self._wire:
            await settle(self.ground.work, None, [])

    def keep(self) -> Kept:
        taken = len(self._wire.taken) if self._wire else 0
        return Kept(self.account.database.snapshot(), self.ground.clock.now(), taken)

    def restore(self, kept: Kept) -> None:
        self.ground.clock.put_back(kept.at)
        self.account.database.restore(kept.copy)
        if self._wire:
            del self._wire.taken[kept.taken :]

    # what is done

    def place(self, opening: Opening) -> int:
        return self._carry_out(lambda: self._placed(opening))

    def _placed(self, opening: Opening) -> int:
        place, contact, number = self.account.calls.place, opening.contact, opening.number
        caller, called = (self.ids.get(name) for name in (opening.from_, opening.to))
        if opening.is_automatic:
            return self._placed_automatically(opening)
        match opening.kind:
            case "incoming":
                return place("in", contact, number)
            case "callback":
                return place("in", contact, number, kind="callback")
            case "internal":
                return place("internal", caller, called)
            case "extension":
                return place("out", caller, STAFF[opening.to][1].number)
            case kind:
                return place("out", caller, contact, kind=kind, number=number)  # type: ignore[arg-type]

    def _placed_automatically(self, opening: Opening) -> int:
        """A call that nobody drives: telephones ring for their dial time and ready people act."""
        engine, first = self.account.engine, self.ids[opening.from_]
        phone = self.account.staff.active_phone(first)
        begun = EngineOpening(
            opening.kind,  # type: ignore[arg-type]
            "out",
            "amocrm",
            opening.contact,
            opening.number,
            caller_employee_id=None if opening.kind == "api" else first,
            is_automatic=True,
        )
        own = vars(begun)
        match opening.kind:
            case "click":
                return engine.call_both(EngineOpening(**{**own, "dials_next": "contact"}), phone, Role.OPERATOR)
            case "api":
                begun = EngineOpening(**{**own, "dials_next": "employee", "called_employee_id": first})
                return engine.call_both(begun, opening.contact, Role.CONTACT)
            case "dial":
                return engine.call_outside(begun)
        called = self.account.staff.active_phone(self.ids[opening.to])
        assert called
        ends = {"contact_phone": called.number, "virtual_phone": None, "called_employee_id": called.employee_id}
        return engine.call_inside(EngineOpening(**{**own, **ends, "is_internal": True}), called, dials_on=True)

    def do(self, call: int, move: Move, *, by_telephone: bool = False) -> None:
        """Carry a move out; `by_telephone`: the telephone tells the engine of it."""
        leg = self._open_leg(call, move.who) if by_telephone else None
        self._carry_out(lambda: self._told(leg, move) if leg else self._do(call, move))

    def _do(self, call: int, move: Move) -> None:
        engine = self.account.engine
        match move.verb:
            case "release":
                engine.release(call)
            case "disconnect":
                engine.disconnect(call, self._leg_id(call, move.who))
            case "record":
                leg = self._open_leg(call, move.who)
                assert leg
                engine.record(call, leg, move.on)
            case verb:
                self.account.calls.do(call, verb, **self._arguments(move))

    def _arguments(self, move: Move) -> Body:
        who: Any = [self._id(each) for each in move.who] if isinstance(move.who, tuple) else self._id(move.who)
        if move.verb in ("consult", "transfer"):
            given = {"by": who, "to": self._id(move.to)}
            return {**given, "kind": move.kind} if move.kind else given
        return {"who": who, "digits": move.digits} if move.digits else {"who": who}

    def _id(self, who: str) -> int | str:
        return self.ids.get(who, who)

    def _told(self, leg: Leg, move: Move) -> None:
        engine = self.account.engine
        tells = {"answer": "answered", "decline": "declined", "hangup": "hung_up"}
        if move.verb == "dtmf":
            engine.dtmf(leg.id, move.digits)
        else:
            getattr(engine, tells.get(move.verb, move.verb))(leg.id)

    def _open_leg(self, call: int, who: Any) -> Leg | None:
        return next((leg for leg in self.load(call).open_legs() if self.who(leg) == who), None)

    def _leg_id(self, call: int, who: Any) -> int:
        """That of the open line; of one that has ended where there is none, or of no line at all."""
        legs = [leg for leg in self.load(call).legs if self.who(leg) == who]
        return next((leg.id for leg in legs if leg.is_open), legs[0].id if legs else 0)

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        with self.account.engine.rehearsal():
            yield

    def make_ready(self, who: str, ready: Readiness | None) -> None:
        key = who if who == CONTACT else f"employee:{self.ids[who]}"
        self.account.people.set(key, ready and EngineReadiness(ready.does, ready.after, ready.talks))  # type: ignore[arg-type]

    def register(self, login: str, *, on: bool) -> None:
        """Plug a SIP line's telephone in, or out."""
        lines = self.account.staff.lines
        (lines.register if on else lines.unregister)(lines.with_login(login).id)

    # what is seen

    def who(self, leg: Leg) -> str:
        """As a flow names people."""
        if leg.role is Role.CONTACT:
            return CONTACT
        if leg.role is Role.VOICE_MAIL:
            return "voice mail"
        return self.names[leg.employee_id] if leg.employee_id else str(leg.number)

    def load(self, call: int) -> Call:
        """From the rows, whatever the engine has at hand."""
        found = self.account.store.load(call)
        found.segments = self.account.store.segments_of(call)
        return found

    def view(self, call: Call) -> CallView:
        """As the control plane shows it."""
        return view(call, self.now, self.account.recordings.link(call.session))

    def events(self, call: int) -> list[Body]:
        """What the integration was told of a call, in the order in which it was delivered or will be."""
        if self._wire:
            return [body for body in self._wire.taken if body["call_session_id"] == call]
        bodies = "SELECT body FROM deliveries JOIN delivery_bodies USING (id) WHERE stream = ? ORDER BY id"
        rows = self.account.database.all(bodies, f"call:{call}")
        return [orjson.loads(row["body"]) for row in rows]

    def fingerprint(self) -> list[Any]:
        """All rows of calls, and how many events there are."""
        database = self.account.database
        tables = ("sessions", "legs", "segments", "timers", "communications", "sqlite_sequence")
        rows: list[Any] = [database.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
        return [*rows, database.value("SELECT count(*) FROM deliveries")]

    def timers_of(self, call: Call) -> list[str]:
        """The kinds of timers that are set for a call."""
        keys = {str(leg.id) for leg in call.legs}
        rows = self.account.database.all("SELECT kind, key FROM timers")
        return [row["kind"] for row in rows if row["key"] in keys]

    def recording(self, call: int) -> tuple[bytes, dict[str, float]]:
        """The file of a recorded call that its link names, and the tone of each speaker: the name of a person and,
        after a space, what tells apart two lines of somebody outside."""
        recordings = self.account.recordings
        heard = recordings.heard(call)
        communication, name = heard.link.split("/")[-2:]
        file = recordings.find("full", int(communication), name)
        tones = {f"{self._named(who, heard.outsiders)} {who}": hertz for who, hertz in heard.tones.items()}
        return b"".join(file.read(0, file.size)), tones

    def _named(self, speaker: int, outsiders: dict[int, str]) -> str:
        return self.names.get(speaker) or outsiders.get(speaker, CONTACT)

    def report(self, method: str, fields: list[str]) -> list[Body]:
        """The rows of a report on all of the time of an example."""
        local = (from_micros(each).astimezone(self.ground.zone) for each in (micros(ARRIVAL), self.now))
        since, until = (each.strftime("%Y-%m-%d %H:%M:%S") for each in local)
        params = {"date_from": since, "date_till": until, "fields": fields}
        if self._wire is None:
            return list(METHODS[method](self.account, params).data)
        return self._loop.run_until_complete(self._asked(self._wire, method, params))

    async def _asked(self, wire: Wire, method: str, params: Body) -> list[Body]:
        token = self.account.issue_token("client")
        body = {"jsonrpc": "2.0", "id": "1", "method": method, "params": {"access_token": token, **params}}
        return list((await wire.ask(body))["result"]["data"])


def _let_lie(_stream: str) -> None:
    """Nobody is there to take events: they are read from the rows."""
