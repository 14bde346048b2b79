"""Scenarios of the virtual PBX and call details, numbers and people by their keys (PM-01, PM-03, PM-08, UI-03).

A scenario is written as `emulator/telephony/scenarios/reading.py` says: `"numbers": ["main"]`, and employees are people
such as `anna`.
"""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from emulator.core.errors import NotFound
from emulator.core.parsing import load_json, number_in
from emulator.core.web import json_response, whole_body
from emulator.stand.control.context import Routes, world_of
from emulator.stand.world import World
from emulator.telephony.scenarios.details import OperationDetails
from emulator.telephony.scenarios.kinds.base import AnyKind
from emulator.telephony.scenarios.model import Scenario
from emulator.telephony.scenarios.reading import written


async def listing(request: web.Request) -> web.Response:
    """All scenarios, and the kinds of operations that the editor offers now."""
    world = world_of(request)
    scenarios = world.telephony.scenarios
    kinds = [_kind(kind) for kind in scenarios.kinds()]
    return json_response({"kinds": kinds, "scenarios": [_by_key(world, each) for each in scenarios.all()]})


async def read(request: web.Request) -> web.Response:
    world = world_of(request)
    return json_response(_by_key(world, world.telephony.scenarios.named(request.match_info["name"])))


async def put(request: web.Request) -> web.Response:
    """Store a scenario under the name in the path, whole or not at all."""
    world = world_of(request)
    document = _by_id(world, load_json(await whole_body(request)))
    return json_response(_by_key(world, world.telephony.scenarios.put(request.match_info["name"], document)))


async def delete(request: web.Request) -> web.Response:
    world_of(request).telephony.scenarios.delete(request.match_info["name"])
    return web.Response(status=204)


async def details(request: web.Request) -> web.Response:
    """The way of a call through its scenario; without one there are no operations."""
    world = world_of(request)
    call_id = number_in(request.match_info["call"])
    if call_id is None:
        raise NotFound("no such call: calls have numbers")
    world.telephony.calls.get(call_id)
    found = world.telephony.routing.details.of(call_id)
    scenario = {"id": found.scenario_id, "name": found.scenario_name} if found else None
    operations = [_operation(world, each) for each in found.operations] if found else []
    return json_response({"id": call_id, "scenario": scenario, "operations": operations})


def _kind(kind: AnyKind) -> dict[str, Any]:
    """A kind as the editor shows it; a setting without a default is null."""
    fields = msgspec.structs.fields(kind.settings)
    defaults = {each.encode_name: None if each.required else msgspec.to_builtins(each.default) for each in fields}
    return {
        "kind": kind.name,
        "title": kind.title,
        "mnemonic": kind.mnemonic,
        "action_type_id": kind.number,
        "settings": defaults,
        "exits": list(kind.fixed_exits),
        "labels": dict(kind.labels),
    }


def _by_id(world: World, document: Any) -> Any:
    """The document with numbers as they are written and employees as ids; what has another shape is left as it is."""
    if not isinstance(document, dict):
        return document
    numbers, operations = document.get("numbers"), document.get("operations")
    changed = dict(document)
    if isinstance(numbers, list):
        changed["numbers"] = [world.numbers.get(each, each) if isinstance(each, str) else each for each in numbers]
    if isinstance(operations, dict):
        changed["operations"] = {name: _operation_by_id(world, name, each) for name, each in operations.items()}
    return changed


def _operation_by_id(world: World, name: str, operation: Any) -> Any:
    settings = operation.get("employees") if isinstance(operation, dict) else None
    who = settings.get("who") if isinstance(settings, dict) else settings
    if not isinstance(who, list):
        return operation
    path = f"operations.{name}.employees.who"
    ids = [
        world.people.employee_id(each, f"{path}[{index}]") if isinstance(each, str) else each
        for index, each in enumerate(who)
    ]
    return {**operation, "employees": {**settings, "who": ids} if isinstance(settings, dict) else ids}


def _by_key(world: World, scenario: Scenario) -> dict[str, Any]:
    document = written(scenario)
    keys = {number: key for key, number in world.numbers.items()}
    document["numbers"] = [keys.get(number, number) for number in document["numbers"]]
    for operation in document["operations"].values():
        if settings := operation.get("employees"):
            settings["who"] = [world.people.key_of_employee(each) for each in settings["who"]]
    return document


def _operation(world: World, operation: OperationDetails) -> dict[str, Any]:
    """What an operation says of itself comes last, an employee in it with the key too."""
    return {
        "id": operation.id,
        "name": operation.name,
        "kind": operation.kind,
        "title": operation.title,
        "entered_at": operation.entered_at.isoformat(),
        "left_at": operation.left_at.isoformat() if operation.left_at else None,
        "exit": operation.exit,
        "reason": operation.reason,
        "dialled": [
            {
                "at": each.at.isoformat(),
                "who": world.people.key_of_employee(each.employee_id),
                "number": each.number,
                "leg": each.leg_id,
                "result": each.result,
            }
            for each in operation.dialled
        ],
        **{key: _with_key(world, value) for key, value in operation.said.items()},
    }


def _with_key(world: World, said: Any) -> Any:
    if isinstance(said, dict) and "employee_id" in said:
        return {**said, "who": world.people.key_of_employee(said["employee_id"])}
    return said


ROUTES: Routes = [
    ("GET", "/worlds/{world}/scenarios", listing),
    ("GET", "/worlds/{world}/scenarios/{name}", read),
    ("PUT", "/worlds/{world}/scenarios/{name}", put),
    ("DELETE", "/worlds/{world}/scenarios/{name}", delete),
    ("GET", "/worlds/{world}/calls/{call}/details", details),
]
