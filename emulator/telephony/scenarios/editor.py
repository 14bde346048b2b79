"""Scenarios as rows: stored whole or not at all, found by name or by the number that was called.

An operation that keeps its name and kind keeps its id, so that calls that are in it go on and reports know it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import orjson

from emulator.core.database import Row
from emulator.core.errors import NotFound, nearest
from emulator.core.phones import match_key
from emulator.telephony.scenarios.kinds import KINDS
from emulator.telephony.scenarios.kinds.base import AnyKind, refuse
from emulator.telephony.scenarios.model import Operation, OperationSpec, Scenario, ScenarioSpec
from emulator.telephony.scenarios.reading import read
from emulator.telephony.scenarios.run import Tools
from emulator.telephony.staff import VirtualNumber


class Scenarios:
    """The scenarios of one account."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._database = tools.database

    def kinds(self) -> list[AnyKind]:
        """The kinds that the editor offers now (PM-01)."""
        return [kind for kind in KINDS.values() if kind.is_offered(self._tools)]

    def put(self, name: str, document: Any) -> Scenario:
        """Store the scenario in `document` (`reading.py`) as `name`, in place of one that has it.

        Raises BadRequest naming the field, with nothing stored: also for a kind that is not offered now, unless the
        operation is there already (PM-12), and for a number that another scenario has.
        """
        if not name.strip() or len(name) > 100:
            raise refuse("name", name[:120], "1 to 100 signs")
        spec = read(document, self._tools)
        with self._database.transaction():
            row = self._database.one("SELECT id FROM scenarios WHERE name = ?", name)
            old = self._operations_of(row["id"]) if row else []
            _check_is_that_one(spec, name, row)
            self._check_offered(spec, old)
            scenario_id = row["id"] if row else self._database.insert("scenarios", {"name": name})
            self._bind(scenario_id, spec.numbers)
            self._store_operations(scenario_id, spec, old)
        return self.named(name)

    def delete(self, name: str) -> None:
        """Raises NotFound naming the nearest. Calls that are in it end when they leave their operation."""
        scenario = self.named(name)
        with self._database.transaction():
            for operation in scenario.operations:
                self._drop(operation)
            self._database.execute("DELETE FROM scenario_numbers WHERE scenario_id = ?", scenario.id)
            self._database.execute("DELETE FROM scenarios WHERE id = ?", scenario.id)

    def all(self) -> list[Scenario]:
        """The oldest first."""
        return [self._scenario(row) for row in self._database.all("SELECT * FROM scenarios ORDER BY id")]

    def named(self, name: str) -> Scenario:
        """Raises NotFound naming the nearest."""
        row = self._database.one("SELECT * FROM scenarios WHERE name = ?", name)
        if row is None:
            names = [each["name"] for each in self._database.all("SELECT name FROM scenarios")]
            near = nearest(name, names)
            hint = f"; did you mean {near}?" if near else ""
            raise NotFound(f"no scenario {name[:100]}{hint}", nearest=near)
        return self._scenario(row)

    def first_of(self, scenario_id: int) -> tuple[str, Operation] | None:
        """The name of a scenario and where calls come in; None for one that is no more."""
        row = self._database.one("SELECT name, first_operation_id FROM scenarios WHERE id = ?", scenario_id)
        operation = self.operation(row["first_operation_id"]) if row else None
        return (row["name"], operation) if row and operation else None

    def of_number(self, number: str) -> int | None:
        """The scenario that a virtual number leads to."""
        scenario_id: int | None = self._database.value(
            "SELECT scenario_id FROM scenario_numbers JOIN virtual_numbers ON id = virtual_number_id"
            " WHERE match_key = ?",
            match_key(number),
        )
        return scenario_id

    def of_numbers(self) -> dict[int, tuple[int, str]]:
        """(id, name) of the scenario of each virtual number that has one, by the number's id."""
        rows = self._database.all(
            "SELECT virtual_number_id, scenario_id, name FROM scenario_numbers JOIN scenarios ON id = scenario_id"
        )
        return {row["virtual_number_id"]: (row["scenario_id"], row["name"]) for row in rows}

    def operation(self, operation_id: int) -> Operation | None:
        row = self._database.one("SELECT * FROM operations WHERE id = ?", operation_id)
        return self._operation(row) if row else None

    # rows

    def _scenario(self, row: Row) -> Scenario:
        bound = self._database.all(
            "SELECT virtual_number_id FROM scenario_numbers WHERE scenario_id = ? ORDER BY 1", row["id"]
        )
        ids = {each["virtual_number_id"] for each in bound}
        numbers = [each for each in self._tools.staff.virtual_numbers() if each.id in ids]
        return Scenario(row["id"], row["name"], row["first_operation_id"], numbers, self._operations_of(row["id"]))

    def _operations_of(self, scenario_id: int) -> list[Operation]:
        rows = self._database.all("SELECT * FROM operations WHERE scenario_id = ? ORDER BY id", scenario_id)
        return [self._operation(row) for row in rows]

    def _operation(self, row: Row) -> Operation:
        exits = self._database.all("SELECT name, target_id FROM operation_exits WHERE operation_id = ?", row["id"])
        return Operation(
            id=row["id"],
            scenario_id=row["scenario_id"],
            name=row["name"],
            kind=row["kind"],
            settings=msgspec.convert(orjson.loads(row["settings"]), KINDS[row["kind"]].settings),
            exits={each["name"]: each["target_id"] for each in exits},
        )

    def _check_offered(self, spec: ScenarioSpec, old: list[Operation]) -> None:
        offered = [kind.name for kind in self.kinds()]
        there = {(each.name, each.kind) for each in old}
        for name, operation in spec.operations.items():
            if operation.kind not in offered and (name, operation.kind) not in there:
                path = f"operations.{name}.{operation.kind}"
                given = msgspec.to_builtins(operation.settings)
                raise refuse(path, given, f"one of the kinds that can be put in now: {', '.join(offered)}")

    def _bind(self, scenario_id: int, numbers: list[str]) -> None:
        self._database.execute("DELETE FROM scenario_numbers WHERE scenario_id = ?", scenario_id)
        bound: dict[int, int] = {}
        for index, text in enumerate(numbers):
            number = self._number(text, f"numbers[{index}]")
            bound[number.id] = index
        taken = self.of_numbers()
        for number_id, index in bound.items():
            if number_id in taken:
                expected = f"a number without a scenario; this one leads to «{taken[number_id][1]}»"
                raise refuse(f"numbers[{index}]", numbers[index], expected)
            self._database.insert("scenario_numbers", {"virtual_number_id": number_id, "scenario_id": scenario_id})

    def _number(self, text: str, path: str) -> VirtualNumber:
        number = self._tools.staff.virtual_number(text)
        if number is None:
            known = ", ".join(each.number for each in self._tools.staff.virtual_numbers())
            raise refuse(path, text, f"a virtual number of this account: {known}")
        return number

    def _store_operations(self, scenario_id: int, spec: ScenarioSpec, old: list[Operation]) -> None:
        kept = {each.name: each for each in old if _keeps(each, spec.operations.get(each.name))}
        for operation in old:
            if operation.name not in kept:
                self._drop(operation)
        ids = {
            name: self._store_operation(scenario_id, name, operation, kept.get(name))
            for name, operation in spec.operations.items()
        }
        for name, wanted in spec.operations.items():
            self._link(ids[name], {exit_: ids[target] for exit_, target in wanted.exits.items()})
        self._database.update("scenarios", scenario_id, {"first_operation_id": ids[spec.first]})

    def _store_operation(self, scenario_id: int, name: str, spec: OperationSpec, kept: Operation | None) -> int:
        settings = msgspec.json.encode(spec.settings)
        if kept is not None:
            self._database.update("operations", kept.id, {"settings": settings})
            return kept.id
        row = {"scenario_id": scenario_id, "name": name, "kind": spec.kind, "settings": settings}
        return self._database.insert("operations", row)

    def _link(self, operation_id: int, exits: Mapping[str, int]) -> None:
        self._database.execute("DELETE FROM operation_exits WHERE operation_id = ?", operation_id)
        for name, target_id in exits.items():
            row = {"operation_id": operation_id, "name": name, "target_id": target_id}
            self._database.insert("operation_exits", row)

    def _drop(self, operation: Operation) -> None:
        self._database.execute("DELETE FROM operation_exits WHERE operation_id = ?", operation.id)
        self._database.execute("DELETE FROM operation_turns WHERE operation_id = ?", operation.id)
        self._database.execute("DELETE FROM operations WHERE id = ?", operation.id)


def _check_is_that_one(spec: ScenarioSpec, name: str, row: Row | None) -> None:
    """A document that was read from here is stored under its own name. Raises BadRequest naming `name` or `id`."""
    if spec.name not in (None, name):
        raise refuse("name", spec.name, f"the name under which it is stored: {name}")
    if spec.id is not None and (row is None or row["id"] != spec.id):
        raise refuse("id", spec.id, f"the id of the scenario {name}" if row else "nothing: the scenario is a new one")


def _keeps(operation: Operation, spec: OperationSpec | None) -> bool:
    """Whether an operation stays the one it was."""
    return spec is not None and spec.kind == operation.kind
