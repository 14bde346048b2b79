"""The way of calls through scenarios, as rows: which scenario, which operations, when and why each was left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from emulator.core.database import Database, Row
from emulator.telephony.scenarios.model import Operation

_MOVING = ("left_at", "exit", "reason")


@dataclass
class Passage:
    """One operation passed by a call; instants in microseconds. `state` and `details` are JSON values."""

    id: int
    session_id: int
    operation_id: int
    operation_name: str
    kind: str
    entered_at: int
    last_leg_id: int
    left_at: int | None = None
    exit: str | None = None
    reason: str | None = None
    state: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Journey:
    """The scenario that leads a call, or led it. `passage_id` is where it is now."""

    session_id: int
    scenario_id: int
    scenario_name: str
    passage_id: int | None
    transitions: int


@dataclass(frozen=True)
class Way:
    """What reports say of a call: its scenario, and (id, name) of the operations passed, in order."""

    scenario_id: int
    scenario_name: str
    operations: list[tuple[int, str]]


class Passages:
    """The journeys of one account's calls."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, session_id: int, scenario_id: int, scenario_name: str) -> None:
        row = {"session_id": session_id, "scenario_id": scenario_id, "scenario_name": scenario_name}
        self._database.insert("runs", row)

    def journey(self, session_id: int) -> Journey | None:
        row = self._database.one("SELECT * FROM runs WHERE session_id = ?", session_id)
        return Journey(**row) if row else None

    def enter(self, session_id: int, operation: Operation, now: int, last_leg_id: int) -> Passage:
        """The call comes into `operation`."""
        columns = {
            "session_id": session_id,
            "operation_id": operation.id,
            "operation_name": operation.name,
            "kind": operation.kind,
            "entered_at": now,
            "last_leg_id": last_leg_id,
        }
        passage_id = self._database.insert("passages", {**columns, "state": b"{}", "details": b"{}"})
        self._database.execute(
            "UPDATE runs SET passage_id = ?, transitions = transitions + 1 WHERE session_id = ?",
            passage_id,
            session_id,
        )
        return Passage(passage_id, **columns)  # type: ignore[arg-type]

    def save(self, passage: Passage) -> None:
        changes = {column: getattr(passage, column) for column in _MOVING}
        stored = {"state": orjson.dumps(passage.state), "details": orjson.dumps(passage.details)}
        self._database.update("passages", passage.id, {**changes, **stored})

    def leave_scenario(self, session_id: int) -> None:
        """The scenario has done its part for this call."""
        self._database.execute("UPDATE runs SET passage_id = NULL WHERE session_id = ?", session_id)

    def get(self, passage_id: int) -> Passage:
        row = self._database.one("SELECT * FROM passages WHERE id = ?", passage_id)
        assert row is not None
        return _passage(row)

    def of(self, session_id: int) -> list[Passage]:
        """What a call has passed, in order."""
        rows = self._database.all("SELECT * FROM passages WHERE session_id = ? ORDER BY id", session_id)
        return [_passage(row) for row in rows]

    def ways(self, since: int, until: int) -> dict[int, Way]:
        """Of calls that began in [since, until), by call."""
        led = self._database.all(
            "SELECT session_id, runs.scenario_id, scenario_name FROM runs JOIN sessions ON sessions.id = session_id"
            " WHERE started_at >= ? AND started_at < ?",
            *(since, until),
        )
        ways = {row["session_id"]: Way(row["scenario_id"], row["scenario_name"], []) for row in led}
        passed = self._database.all(
            "SELECT session_id, operation_id, operation_name FROM passages JOIN sessions ON sessions.id = session_id"
            " WHERE started_at >= ? AND started_at < ? ORDER BY passages.id",
            *(since, until),
        )
        for row in passed:
            ways[row["session_id"]].operations.append((row["operation_id"], row["operation_name"]))
        return ways


def _passage(row: Row) -> Passage:
    return Passage(**{**row, "state": orjson.loads(row["state"]), "details": orjson.loads(row["details"])})
