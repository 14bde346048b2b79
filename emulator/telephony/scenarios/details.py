"""Call details: the way of a call through its scenario, each operation with when and why it was left (PM-08).

Employees are ids, instants are aware datetimes; the reasons are the vendor's where there are any.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emulator.core.database import Database, Row
from emulator.core.instants import from_micros
from emulator.telephony.scenarios.kinds import KINDS
from emulator.telephony.scenarios.passages import Passage, Passages
from emulator.telephony.scenarios.run import TALK

RINGS = "rings"
_ANSWERS = ("manager", "request", "late_answer")
_INSTANTS = ("answered_at", "asked_at", "queued_at")


@dataclass(frozen=True)
class Dialled:
    """A number that an operation rang, or passed over: then there is no leg. `result` is talk, rings, or a reason."""

    at: datetime
    employee_id: int | None
    number: str | None
    leg_id: int | None
    result: str


@dataclass(frozen=True)
class OperationDetails:
    """`said` is what the operation says of itself: the answer about the manager, keys, the request to a server."""

    id: int
    name: str
    kind: str
    title: str
    entered_at: datetime
    left_at: datetime | None
    exit: str | None
    reason: str | None
    said: dict[str, Any]
    dialled: list[Dialled]


@dataclass(frozen=True)
class Details:
    """The way of one call."""

    scenario_id: int
    scenario_name: str
    operations: list[OperationDetails]


class CallDetails:
    """The call details of one account."""

    def __init__(self, database: Database, passages: Passages) -> None:
        self._database = database
        self._passages = passages

    def of(self, session_id: int) -> Details | None:
        """None for a call that no scenario led."""
        journey = self._passages.journey(session_id)
        if journey is None:
            return None
        legs = self._database.all(
            "SELECT id, operation_id, employee_id, number, started_at, connected_at, finish_reason FROM legs"
            " WHERE session_id = ? AND operation_id IS NOT NULL ORDER BY id",
            session_id,
        )
        passed = self._passages.of(session_id)
        ends = [each.last_leg_id for each in passed[1:]] + [max((leg["id"] for leg in legs), default=0)]
        operations = [
            _operation(each, [leg for leg in legs if each.last_leg_id < leg["id"] <= end])
            for each, end in zip(passed, ends, strict=True)
        ]
        return Details(journey.scenario_id, journey.scenario_name, operations)


def _operation(passage: Passage, legs: list[Row]) -> OperationDetails:
    said = dict(passage.details)
    dialled = [_skipped(entry) for entry in said.pop("skipped", [])] + [_dialled(leg) for leg in legs]
    return OperationDetails(
        id=passage.operation_id,
        name=passage.operation_name,
        kind=passage.kind,
        title=KINDS[passage.kind].title,
        entered_at=from_micros(passage.entered_at),
        left_at=from_micros(passage.left_at) if passage.left_at is not None else None,
        exit=passage.exit,
        reason=passage.reason,
        said=_readable(said),
        dialled=sorted(dialled, key=lambda each: each.at),
    )


def _skipped(entry: dict[str, Any]) -> Dialled:
    return Dialled(from_micros(entry["at"]), entry["employee_id"], entry["number"], None, entry["reason"])


def _dialled(leg: Row) -> Dialled:
    result = TALK if leg["connected_at"] is not None else leg["finish_reason"] or RINGS
    return Dialled(from_micros(leg["started_at"]), leg["employee_id"], leg["number"], leg["id"], result)


def _readable(said: dict[str, Any]) -> dict[str, Any]:
    """Instants as ISO 8601 text, those of the answers too."""
    answers = {key: _with_instants(said[key]) for key in _ANSWERS if key in said}
    return {**_with_instants(said), **answers}


def _with_instants(said: dict[str, Any]) -> dict[str, Any]:
    return {key: from_micros(value).isoformat() if key in _INSTANTS else value for key, value in said.items()}
