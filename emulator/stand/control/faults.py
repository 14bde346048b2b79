"""Faults of a world: set, read, taken back."""

from __future__ import annotations

from aiohttp import web

from emulator.core.errors import BadRequest
from emulator.core.faults import FaultRequest
from emulator.core.parsing import number_in
from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, world_of


async def create(request: web.Request) -> web.Response:
    fault = world_of(request).ground.faults.add(await body_as(request, FaultRequest))
    return json_response(fault.body(), 201)


async def listing(request: web.Request) -> web.Response:
    return json_response({"faults": [fault.body() for fault in world_of(request).ground.faults.entries]})


async def delete(request: web.Request) -> web.Response:
    world_of(request).ground.faults.remove(_identifier(request))
    return web.Response(status=204)


async def clear(request: web.Request) -> web.Response:
    world_of(request).ground.faults.clear()
    return web.Response(status=204)


def _identifier(request: web.Request) -> int:
    number = number_in(request.match_info["fault"])
    if number is None:
        raise BadRequest.field("fault", request.match_info["fault"][:40], "the number of a fault")
    return number


ROUTES: Routes = [
    ("POST", "/worlds/{world}/faults", create),
    ("GET", "/worlds/{world}/faults", listing),
    ("DELETE", "/worlds/{world}/faults", clear),
    ("DELETE", "/worlds/{world}/faults/{fault}", delete),
]
