"""A scenario as it is stored and as somebody wants it to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from emulator.telephony.staff import VirtualNumber


@dataclass(frozen=True)
class OperationSpec:
    """An operation to be: `settings` of its kind's shape, exits by the names of the operations they lead to."""

    kind: str
    settings: msgspec.Struct
    exits: dict[str, str]


@dataclass(frozen=True)
class ScenarioSpec:
    """A scenario to be, checked in itself. `numbers` are virtual numbers as they are written.

    `id` and `name` are of the scenario that the document says it is, if it does.
    """

    numbers: list[str]
    first: str
    operations: dict[str, OperationSpec]
    id: int | None = None
    name: str | None = None


@dataclass(frozen=True)
class Operation:
    """One step of a scenario; `exits` lead to ids of operations."""

    id: int
    scenario_id: int
    name: str
    kind: str
    settings: Any
    exits: dict[str, int]


@dataclass(frozen=True)
class Scenario:
    """A scenario with its numbers and operations; `first_id` is where calls come in."""

    id: int
    name: str
    first_id: int
    numbers: list[VirtualNumber]
    operations: list[Operation]

    def named(self, operation_id: int) -> str:
        return next(each.name for each in self.operations if each.id == operation_id)
