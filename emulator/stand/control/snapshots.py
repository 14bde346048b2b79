"""Copies of a world: snapshots by name, which bring it back, and forks, which go their own way."""

from __future__ import annotations

import msgspec
from aiohttp import web

from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, stand_of, world_of
from emulator.stand.snapshots import Snapshots


class ForkRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/fork, which may be absent."""

    name: str | None = None


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body without keys, or none."""


async def take(request: web.Request) -> web.Response:
    await _no_body(request)
    snapshot = await stand_of(request).changes.to_the_end(_snapshots(request).take(request.match_info["snapshot"]))
    return json_response(snapshot.body(), 201)


async def restore(request: web.Request) -> web.Response:
    await _no_body(request)
    world = world_of(request)
    snapshot = await stand_of(request).changes.to_the_end(_snapshots(request).restore(request.match_info["snapshot"]))
    return json_response({**snapshot.body(), "now": world.ground.clock.now().isoformat()})


async def listing(request: web.Request) -> web.Response:
    return json_response({"snapshots": _snapshots(request).listing()})


async def fork(request: web.Request) -> web.Response:
    asked = await body_as(request, ForkRequest) if request.body_exists else ForkRequest()
    stand = stand_of(request)
    world = await stand.changes.to_the_end(stand.fork(world_of(request), asked.name))
    return json_response(world.body(), 201)


def _snapshots(request: web.Request) -> Snapshots:
    return stand_of(request).snapshots_of(world_of(request))


async def _no_body(request: web.Request) -> None:
    if request.body_exists:
        await body_as(request, Nothing)


ROUTES: Routes = [
    ("GET", "/worlds/{world}/snapshots", listing),
    ("POST", "/worlds/{world}/snapshots/{snapshot}", take),
    ("POST", "/worlds/{world}/snapshots/{snapshot}/restore", restore),
    ("POST", "/worlds/{world}/fork", fork),
]
