"""Worlds: made, listed, read, deleted; and the health of the stand."""

from __future__ import annotations

from aiohttp import web

from emulator.core.web import json_response
from emulator.stand.building import WorldRequest
from emulator.stand.control.context import Routes, body_as, stand_of, world_of


async def health(request: web.Request) -> web.Response:
    stand = stand_of(request)
    said = {"status": "ok", "worlds": len(stand.worlds), "urls": stand.urls}
    return json_response({**said, "damaged": stand.damaged} if stand.damaged else said)


async def create(request: web.Request) -> web.Response:
    world = await stand_of(request).create(await body_as(request, WorldRequest))
    return json_response(world.body(), 201)


async def listing(request: web.Request) -> web.Response:
    return json_response({"worlds": [world.body() for world in stand_of(request).worlds.values()]})


async def read(request: web.Request) -> web.Response:
    return json_response(world_of(request).body())


async def delete(request: web.Request) -> web.Response:
    await stand_of(request).remove(request.match_info["world"])
    return web.Response(status=204)


ROUTES: Routes = [
    ("GET", "/health", health),
    ("POST", "/worlds", create),
    ("GET", "/worlds", listing),
    ("GET", "/worlds/{world}", read),
    ("DELETE", "/worlds/{world}", delete),
]
