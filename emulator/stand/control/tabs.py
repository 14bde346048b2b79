"""Tabs of a world: opened, reloaded, closed or cut off, and what they received."""

from __future__ import annotations

from typing import get_args

import msgspec
from aiohttp import web

from emulator.core.errors import BadRequest
from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, known_query, world_of
from emulator.stand.wires import How


class TabRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/tabs: the key of a person."""

    user: str


async def create(request: web.Request) -> web.Response:
    world = world_of(request)
    tab = await world.tabs.open((await body_as(request, TabRequest)).user)
    await world.settle()
    return json_response(world.tabs.body(tab), 201)


async def listing(request: web.Request) -> web.Response:
    tabs = world_of(request).tabs
    return json_response({"tabs": [tabs.body(tab) for tab in tabs.all()]})


async def reload(request: web.Request) -> web.Response:
    world = world_of(request)
    tab = await world.tabs.reload(request.match_info["tab"])
    await world.settle()
    return json_response(world.tabs.body(tab))


async def delete(request: web.Request) -> web.Response:
    known_query(request, "how")
    how = request.query.get("how", "close")
    if how not in get_args(How):
        raise BadRequest.field("how", how, f"one of {', '.join(get_args(How))}")
    world = world_of(request)
    await world.tabs.close(request.match_info["tab"], how)  # type: ignore[arg-type]
    await world.settle()
    return web.Response(status=204)


async def frames(request: web.Request) -> web.Response:
    return json_response(world_of(request).tabs.find(request.match_info["tab"]).frames)


ROUTES: Routes = [
    ("POST", "/worlds/{world}/tabs", create),
    ("GET", "/worlds/{world}/tabs", listing),
    ("POST", "/worlds/{world}/tabs/{tab}/reload", reload),
    ("DELETE", "/worlds/{world}/tabs/{tab}", delete),
    ("GET", "/worlds/{world}/tabs/{tab}/frames", frames),
]
