"""One call in one operation, for the length of a step: what an operation can do, and what it keeps meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import timedelta
from typing import Any, Protocol

import orjson

from emulator.core.database import Database
from emulator.core.ground import Ground
from emulator.core.instants import from_micros
from emulator.core.timers import Timers
from emulator.telephony.communications.tags import Tag
from emulator.telephony.engine.reasons import Reason
from emulator.telephony.engine.records import Leg
from emulator.telephony.engine.states import LegState, Role, SessionState
from emulator.telephony.engine.step import Step
from emulator.telephony.scenarios.crew import Crew
from emulator.telephony.scenarios.integration import IntegrationDoor
from emulator.telephony.scenarios.managers import Managers
from emulator.telephony.scenarios.model import Operation
from emulator.telephony.scenarios.passages import Passage
from emulator.telephony.scenarios.requests import INTEGRATION, OUTSIDE, Requests
from emulator.telephony.staff import Phone, Staff

TIMER = "scenario"
"""The kind of the timers of operations; the key is the passage's id."""

DEADLINE = "deadline"
"""What a timer is for that ends the wait for an answer."""

NOBODY_LISTENS = "nobody_listens"
"""Why an operation for the subscriber's ears was left at once."""

TALK = "talk"
"""The exit of a call that somebody answered; it leads to no operation."""


class TagList(Protocol):
    """The tags of communications, as an operation needs them."""

    def all(self) -> Sequence[Tag]: ...

    def id_of(self, name: str) -> int | None: ...

    def put(self, communication_id: int, tag_id: int) -> None: ...


@dataclass(frozen=True)
class Tools:
    """What operations work with; `tags` is None where the account has none."""

    ground: Ground
    database: Database
    timers: Timers
    staff: Staff
    crew: Crew
    door: IntegrationDoor
    managers: Managers
    requests: Requests
    tags: TagList | None = None


@dataclass(frozen=True)
class Left:
    """An operation is over: by this exit, for this reason if it is not the usual one."""

    exit: str
    reason: str | None


class Run:
    """What operations are given. `state` is kept between steps, `details` is shown in the call details."""

    def __init__(self, step: Step, operation: Operation, passage: Passage, tools: Tools) -> None:
        self.step = step
        self.operation = operation
        self.passage = passage
        self.tools = tools
        self.left: Left | None = None
        self.ended_by: Reason | None = None

    @property
    def now(self) -> int:
        """Microseconds."""
        return self.step.now

    @property
    def state(self) -> dict[str, Any]:
        return self.passage.state

    @property
    def details(self) -> dict[str, Any]:
        return self.passage.details

    def somebody_listens(self) -> bool:
        """Whether the subscriber is on the line. In a callback employees are rung first."""
        leg = self.step.call.contact_leg()
        return leg is not None and leg.is_open

    # going on

    def leave(self, exit_: str, reason: str | None = None) -> None:
        """Go on with the operation that `exit_` leads to, once this one has returned."""
        self.left = Left(exit_, reason)

    def end_call(self, reason: Reason) -> None:
        """End the call, once this operation has returned."""
        self.ended_by = reason

    # time

    def wake_after(self, seconds: float, what: str) -> None:
        """Have `elapsed(what)` called unless the operation is left before."""
        due = from_micros(self.now) + timedelta(seconds=seconds)
        self.tools.timers.set(TIMER, str(self.passage.id), due, {"what": what})

    def stop_waiting(self) -> None:
        """No timer of this operation is wanted any more."""
        self.tools.timers.cancel(TIMER, str(self.passage.id))

    # asking

    def ask_integration(self, purpose: str, path: str, body: Mapping[str, Any] | None, within: float) -> None:
        """Ask the integration; `replied` or, after `within` seconds, `silent` follows."""
        document = orjson.dumps(body) if body is not None else None
        self._ask(purpose, INTEGRATION, "GET" if body is None else "POST", path, document, within)

    def ask_outside(self, purpose: str, method: str, url: str, within: float) -> None:
        self._ask(purpose, OUTSIDE, method, url, None, within)

    def _ask(self, purpose: str, target: str, method: str, address: str, body: bytes | None, within: float) -> None:
        requests = self.tools.requests
        self.state["request"] = requests.ask(self.passage.id, self.step.call.id, purpose, target, method, address, body)
        self.wake_after(within, DEADLINE)

    # ringing

    def dial(self, phone: Phone, dial_time: int | None = None) -> Leg:
        """Ring a number for its dial time, or for `dial_time` seconds; `rang_out` follows when nobody takes it."""
        ringing = changed(phone, dial_time=dial_time) if dial_time else phone
        return self.step.dial(ringing, dials_on=False, rings_out=True, operation_id=self.operation.id)

    def dial_outside(self, number: str) -> Leg:
        """Ring a telephone that is nobody's here; whoever takes it there talks as an operator."""
        return self.step.dial_outside(Role.OPERATOR, number, rings_out=True, operation_id=self.operation.id)

    def rings(self) -> bool:
        """Whether a telephone rings now."""
        return bool(self.step.call.legs_in(LegState.RINGING))

    def has_dialled(self) -> bool:
        """Whether this operation has rung anybody since the call came into it."""
        newer = (leg for leg in self.step.call.legs if leg.id > self.passage.last_leg_id)
        return any(leg.operation_id == self.operation.id for leg in newer)

    def skip(self, reason: str, employee_id: int | None = None, number: str | None = None) -> None:
        """Note that somebody is not rung; the same is noted once."""
        entry = {"employee_id": employee_id, "number": number, "reason": reason}
        skipped: list[dict[str, Any]] = self.details.setdefault("skipped", [])
        if all({**each, "at": None} != {**entry, "at": None} for each in skipped):
            skipped.append({**entry, "at": self.now})

    def skipped_for(self) -> Sequence[str]:
        return [each["reason"] for each in self.details.get("skipped", [])]

    # waiting for somebody to be free

    def queue_up(self) -> None:
        """Wait until somebody is free: `freed` follows."""
        row = (self.step.call.id, self.now)
        self.tools.database.execute("INSERT OR IGNORE INTO scenario_queue (session_id, since) VALUES (?, ?)", *row)
        self.step.session.state = SessionState.WAITING

    def leave_queue(self) -> None:
        self.tools.database.execute("DELETE FROM scenario_queue WHERE session_id = ?", self.step.call.id)

    def is_queued(self) -> bool:
        place = "SELECT 1 FROM scenario_queue WHERE session_id = ?"
        return self.tools.database.value(place, self.step.call.id) is not None
