"""A scenario's JSON, for people to write and read, checked as a whole before anything is stored.

    {"numbers": ["+74951112233"], "first": "hello", "operations": {
        "hello": {"greeting": {"seconds": 4}, "next": "keys"},
        "keys": {"menu": {"wait": 5}, "exits": {"1": "sales", "wait": "sales", "incorrect": "sales"}},
        "sales": {"employees": [81, 82], "exits": {"failed": "mail"}},
        "mail": {"voice_mail": {}}}}

An operation is one kind with its settings; exits lead to other operations by name, and `next` is short for the exit of
that name. A list in place of settings is short for whom to ring. Refusals name the dotted path.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from emulator.core.errors import BadRequest, nearest
from emulator.core.parsing import parse
from emulator.telephony.scenarios.kinds import KINDS
from emulator.telephony.scenarios.kinds.base import NEXT, AnyKind, refuse
from emulator.telephony.scenarios.model import OperationSpec, Scenario, ScenarioSpec
from emulator.telephony.scenarios.run import Tools

_LISTS = {"employees": "who", "groups": "groups"}
"""The setting that a list stands for."""


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The outside of a scenario's JSON. `id` and `name` are there when it was read before, and not to be changed."""

    first: str
    operations: dict[str, Any]
    numbers: list[str] = []
    id: int | None = None
    name: str | None = None


def read(document: Any, tools: Tools) -> ScenarioSpec:
    """The scenario in `document`. Raises BadRequest naming the first field that does not fit."""
    outside = parse(Document, document)
    if not outside.operations:
        raise refuse("operations", {}, "at least one operation")
    operations = {name: _operation(name, raw, tools) for name, raw in outside.operations.items()}
    _must_be(outside.first, "first", operations)
    for name, spec in operations.items():
        for exit_, target in spec.exits.items():
            _must_be(target, _exit_path(name, exit_, outside.operations[name]), operations)
    return ScenarioSpec(outside.numbers, outside.first, operations, outside.id, outside.name)


def written(scenario: Scenario) -> dict[str, Any]:
    """The JSON of a stored scenario, with all settings; it can be stored again as it is."""
    return {
        "id": scenario.id,
        "name": scenario.name,
        "numbers": [number.number for number in scenario.numbers],
        "first": scenario.named(scenario.first_id),
        "operations": {
            each.name: {
                each.kind: msgspec.to_builtins(each.settings),
                **({"exits": {name: scenario.named(id_) for name, id_ in each.exits.items()}} if each.exits else {}),
            }
            for each in scenario.operations
        },
    }


def _operation(name: str, document: Any, tools: Tools) -> OperationSpec:
    path = f"operations.{name}"
    if not name:
        raise refuse("operations", name, "a name for each operation")
    raw = parse(dict[str, Any], document, path)
    kind = _kind(raw, path)
    at = f"{path}.{kind.name}"
    given = raw[kind.name]
    listed = _LISTS.get(kind.name)
    settings = parse(kind.settings, {listed: given} if listed and isinstance(given, list) else given, at)
    kind.check(settings, tools, at)
    exits = _exits(raw, path)
    for exit_ in exits:
        if not kind.has_exit(settings, exit_):
            known = ", ".join(kind.exits(settings)) or "none"
            raise refuse(_exit_path(name, exit_, raw), exits[exit_], f"one of the exits of {kind.name}: {known}")
    return OperationSpec(kind.name, settings, exits)


def _kind(raw: Mapping[str, Any], path: str) -> AnyKind:
    """The one key of an operation that is neither `exits` nor `next`."""
    chosen = [key for key in raw if key not in ("exits", NEXT)]
    if len(chosen) != 1:
        raise refuse(path, chosen, f"exactly one kind of {', '.join(KINDS)}")
    if chosen[0] not in KINDS:
        near = nearest(chosen[0], list(KINDS))
        hint = f"; did you mean `{near}`?" if near else ""
        raise refuse(f"{path}.{chosen[0]}", raw[chosen[0]], f"one of the known kinds: {', '.join(KINDS)}{hint}")
    return KINDS[chosen[0]]


def _exits(raw: Mapping[str, Any], path: str) -> dict[str, str]:
    linked = parse(dict[str, Any], raw.get("exits", {}), f"{path}.exits")
    exits = {name: parse(str, target, f"{path}.exits.{name}") for name, target in linked.items()}
    if NEXT not in raw:
        return exits
    following = parse(str, raw[NEXT], f"{path}.{NEXT}")
    if exits.get(NEXT, following) != following:
        raise refuse(f"{path}.{NEXT}", following, f"the same as in `exits`: {exits[NEXT]}")
    return {NEXT: following, **exits}


def _exit_path(name: str, exit_: str, raw: Mapping[str, Any]) -> str:
    return f"operations.{name}.{NEXT}" if exit_ == NEXT and NEXT in raw else f"operations.{name}.exits.{exit_}"


def _must_be(target: str, path: str, operations: Mapping[str, OperationSpec]) -> None:
    if target not in operations:
        near = nearest(target, list(operations))
        hint = f" (did you mean {near}?)" if near else ""
        raise BadRequest.field(path, target, f"an operation of this scenario: {', '.join(operations)}{hint}")
