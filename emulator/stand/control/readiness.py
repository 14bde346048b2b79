"""How people take calls that nobody drives: those begun by the Call API and those that a scenario leads."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from aiohttp import web

from emulator.core.errors import BadRequest, NotFound
from emulator.core.parsing import LONGEST_SPAN
from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, world_of
from emulator.stand.world import World
from emulator.telephony.engine.readiness import ANYBODY, Does, Readiness
from emulator.telephony.numbers import written

Seconds = Annotated[float, msgspec.Meta(ge=0, le=LONGEST_SPAN)]

_EMPLOYEE = "employee:"


class ReadinessRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PUT …/readiness/{who}: what they do `after` seconds of ringing; `talks` seconds after that they hang
    up, null leaves it to the other side."""

    does: Does
    after: Seconds = 0
    talks: Seconds | None = None


async def listing(request: web.Request) -> web.Response:
    world = world_of(request)
    known = world.telephony.people.all()
    return json_response({_shown(world, key): _body(readiness) for key, readiness in known.items()})


async def change(request: web.Request) -> web.Response:
    world = world_of(request)
    key = _key(world, request.match_info["who"])
    asked = await body_as(request, ReadinessRequest)
    readiness = Readiness(asked.does, asked.after, asked.talks)
    world.telephony.people.set(key, readiness)
    return json_response(_body(readiness))


async def delete(request: web.Request) -> web.Response:
    """From now on their telephone rings until its dial time is over."""
    world = world_of(request)
    world.telephony.people.set(_key(world, request.match_info["who"]), None)
    return web.Response(status=204)


def _key(world: World, who: str) -> str:
    """The telephony's key of an employee by key or id, `contact`, or a telephone outside by its number.

    Raises NotFound, BadRequest for a number that is none.
    """
    if who == ANYBODY:
        return ANYBODY
    if who.startswith("+"):
        return written(who, "who")
    try:
        employee_id = world.people.employee_id(who.removeprefix(_EMPLOYEE), "who")
    except BadRequest as problem:
        raise NotFound(f"{problem.detail}; or {ANYBODY}, or a telephone outside such as +79161234567") from None
    if world.telephony.staff.employee(employee_id) is None:
        raise NotFound(f"no employee {who}")
    return f"{_EMPLOYEE}{employee_id}"


def _shown(world: World, key: str) -> str:
    if not key.startswith(_EMPLOYEE):
        return key
    return str(world.people.key_of_employee(int(key.removeprefix(_EMPLOYEE))))


def _body(readiness: Readiness) -> dict[str, Any]:
    return {"does": readiness.does, "after": readiness.after, "talks": readiness.talks}


ROUTES: Routes = [
    ("GET", "/worlds/{world}/telephony/readiness", listing),
    ("PUT", "/worlds/{world}/telephony/readiness/{who}", change),
    ("DELETE", "/worlds/{world}/telephony/readiness/{who}", delete),
]
