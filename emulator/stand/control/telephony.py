"""What an administrator sets in the telephony by hand: people's numbers and statuses, SIP lines, virtual numbers.

People are named by their keys, whom no key names by the id; lines by their logins; virtual numbers by name or number.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from emulator.core.errors import BadRequest, NotFound, nearest
from emulator.core.instants import from_micros
from emulator.core.parsing import number_in
from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, world_of
from emulator.stand.control.telephony_numbers import Number, arranged
from emulator.stand.control.tracking import find_number, number_in_path
from emulator.stand.world import World
from emulator.telephony.staff import STATUSES, Employee, Line, VirtualNumber

Extension = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,5}$")]


class PersonChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PATCH …/telephony/people/{key}. `numbers` are all of theirs, in dialling order."""

    status: str | UnsetType = UNSET
    numbers: Annotated[list[str | Number], msgspec.Meta(max_length=10)] | UnsetType = UNSET
    extension: Extension | UnsetType | None = UNSET
    call_recording: Literal["all", "in", "out", "off"] | UnsetType = UNSET


class LineChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PATCH …/telephony/lines/{login}. `number` is the virtual number that outside people see."""

    registered: bool | UnsetType = UNSET
    billing_state: Literal["active", "manual_lock", "limit_lock"] | UnsetType = UNSET
    outgoing_allowed: bool | UnsetType = UNSET
    number: str | UnsetType | None = UNSET
    record: bool | UnsetType = UNSET


class NumberChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PATCH …/telephony/numbers/{key}."""

    record: bool


async def people(request: web.Request) -> web.Response:
    world = world_of(request)
    return json_response(
        {"people": {str(world.people.key_of_employee(each.id)): _person(world, each) for each in _employees(world)}}
    )


async def change_person(request: web.Request) -> web.Response:
    """Change what is given, all of it or nothing."""
    world = world_of(request)
    employee, asked = _employee(world, request.match_info["key"]), await body_as(request, PersonChange)
    staff = world.telephony.staff
    changes = msgspec.to_builtins(asked)
    changes.pop("numbers", None)
    _check_card(world, employee, changes)
    with world.telephony.database.transaction():
        staff.cards.change(employee.id, changes)
        if asked.numbers is not UNSET:
            arranged(staff, employee, asked.numbers)
    world.telephony.staff_changed()
    await world.settle()
    changed = staff.employee(employee.id)
    assert changed is not None
    return json_response(_person(world, changed))


async def lines(request: web.Request) -> web.Response:
    world = world_of(request)
    return json_response({"lines": [_line(world, each) for each in world.telephony.staff.lines.all()]})


async def change_line(request: web.Request) -> web.Response:
    """Change what is given, all of it or nothing."""
    world = world_of(request)
    line, asked = _found_line(world, request.match_info["login"]), await body_as(request, LineChange)
    own = world.telephony.staff.lines
    changes: dict[str, Any] = {}
    if asked.billing_state is not UNSET:
        changes["billing_state"] = asked.billing_state
    if asked.outgoing_allowed is not UNSET:
        changes["is_outgoing_allowed"] = asked.outgoing_allowed
    if asked.record is not UNSET:
        changes["is_recorded"] = asked.record
    if asked.number is not UNSET:
        changes["virtual_number_id"] = None if asked.number is None else _seen(world, asked.number).id
    with world.telephony.database.transaction():
        own.change(line.id, changes)
        if asked.registered is not UNSET and asked.registered != line.is_registered:
            (own.register if asked.registered else own.unregister)(line.id)
    world.telephony.staff_changed()
    await world.settle()
    return json_response(_line(world, own.with_login(line.login)))


async def change_number(request: web.Request) -> web.Response:
    world = world_of(request)
    number, asked = number_in_path(request, world), await body_as(request, NumberChange)
    world.telephony.staff.numbers.set_recorded(number.id, asked.record)
    return json_response({"id": number.id, "name": number.name, "number": number.number, "record": asked.record})


def _employees(world: World) -> list[Employee]:
    return world.telephony.employees


def _employee(world: World, key: str) -> Employee:
    """Raises NotFound naming the nearest key."""
    known = {str(world.people.key_of_employee(each.id)): each for each in _employees(world)}
    if key in known:
        return known[key]
    by_id = next((each for each in known.values() if each.id == number_in(key)), None)
    if by_id:
        return by_id
    near = nearest(key, list(known))
    hint = f"; did you mean {near}?" if near else ""
    raise NotFound(f"no employee {key}; there are {', '.join(known)}{hint}", nearest=near)


def _check_card(world: World, employee: Employee, changes: dict[str, Any]) -> None:
    """Raises BadRequest for an unknown status and for an extension of somebody else."""
    status = changes.get("status", employee.status)
    if status not in STATUSES:
        near = nearest(status, list(STATUSES))
        hint = f" (did you mean {near}?)" if near else ""
        raise BadRequest.field("status", status, f"one of {', '.join(STATUSES)}{hint}")
    extension = changes.get("extension")
    if extension is None:
        return
    staff = world.telephony.staff
    if staff.employee_by_extension(extension) not in (None, employee.id) or staff.groups.with_extension(extension):
        raise BadRequest.field("extension", extension, "one that nobody else has")


def _found_line(world: World, login: str) -> Line:
    """Raises NotFound naming the nearest login."""
    known = [each.login for each in world.telephony.staff.lines.all()]
    if login in known:
        return world.telephony.staff.lines.with_login(login)
    near = nearest(login, known)
    hint = f"; did you mean {near}?" if near else ""
    raise NotFound(f"no SIP line {login}; there are {', '.join(known)}{hint}", nearest=near)


def _seen(world: World, key: str) -> VirtualNumber:
    number = find_number(world, key)
    if number is None:
        known = ", ".join(each.name or each.number for each in world.telephony.virtual_numbers)
        raise BadRequest.field("number", key, f"a virtual number of this account: {known}")
    return number


def _person(world: World, employee: Employee) -> dict[str, Any]:
    groups = {group.id: group.name for group in world.telephony.staff.groups.all()}
    return {
        "employee_id": employee.id,
        "name": employee.full_name,
        "status": employee.status,
        "extension": employee.extension.number if employee.extension else None,
        "call_recording": employee.call_recording,
        "groups": [groups[each] for each in employee.group_ids],
        "numbers": [
            {
                "number": phone.number,
                "protocol": phone.protocol,
                "active": phone.is_active,
                "dial_time": phone.dial_time,
                "registered": phone.is_registered,
            }
            for phone in employee.phones
        ],
    }


def _line(world: World, line: Line) -> dict[str, Any]:
    registered_at = None if line.registered_at is None else from_micros(line.registered_at).isoformat()
    return {
        "id": line.id,
        "login": line.login,
        "password": line.password,
        "who": world.people.key_of_employee(line.employee_id),
        "registered": line.is_registered,
        "registered_at": registered_at,
        "billing_state": line.billing_state,
        "outgoing_allowed": line.is_outgoing_allowed,
        "number": line.virtual_number,
        "record": line.is_recorded,
    }


ROUTES: Routes = [
    ("GET", "/worlds/{world}/telephony/people", people),
    ("PATCH", "/worlds/{world}/telephony/people/{key}", change_person),
    ("GET", "/worlds/{world}/telephony/lines", lines),
    ("PATCH", "/worlds/{world}/telephony/lines/{login}", change_line),
    ("PATCH", "/worlds/{world}/telephony/numbers/{number}", change_number),
]
