"""The clock of a world: read it, move it, wait for rest."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from aiohttp import web

from emulator.core.errors import BadRequest
from emulator.core.parsing import bounded, instant
from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, world_of


class ClockRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """{"advance": seconds} or {"to": ISO 8601}."""

    advance: float | None = None
    to: str | None = None


async def read(request: web.Request) -> web.Response:
    clock = world_of(request).ground.clock
    return json_response({"now": clock.now().isoformat(), "kind": clock.kind})


async def move(request: web.Request) -> web.Response:
    world = world_of(request)
    fired = await world.advance(_target(await body_as(request, ClockRequest)))
    return json_response(
        {
            "now": world.ground.clock.now().isoformat(),
            "fired": [{"at": each.at.isoformat(), "owner": each.owner, "what": each.what} for each in fired],
        }
    )


async def settle(request: web.Request) -> web.Response:
    world = world_of(request)
    await world.settle()
    return json_response({"now": world.ground.clock.now().isoformat()})


def _target(asked: ClockRequest) -> datetime | timedelta:
    if (asked.advance is None) == (asked.to is None):
        raise BadRequest.field("", None, "either `advance` in seconds or `to` as an ISO 8601 instant")
    if asked.to is not None:
        return instant(asked.to, "to")
    assert asked.advance is not None
    return timedelta(seconds=bounded(asked.advance, "advance"))


ROUTES: Routes = [
    ("GET", "/worlds/{world}/clock", read),
    ("POST", "/worlds/{world}/clock", move),
    ("POST", "/worlds/{world}/settle", settle),
]
