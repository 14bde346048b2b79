"""The limits of a world's amoCRM: read, changed, and taken back to where they began, which lifts bans."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, world_of

Number = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class LimitsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PATCH …/limits: what is to change."""

    limits: Literal["off", "on"] | UnsetType = UNSET
    per_second: Number | UnsetType = UNSET
    per_second_account: Number | UnsetType = UNSET
    ban_after: Number | UnsetType = UNSET
    unpaid: bool | UnsetType = UNSET
    banned: bool | UnsetType = UNSET


async def read(request: web.Request) -> web.Response:
    return json_response(world_of(request).amocrm.limits.body())


async def change(request: web.Request) -> web.Response:
    limits = world_of(request).amocrm.limits
    limits.change(**msgspec.to_builtins(await body_as(request, LimitsRequest)))
    return json_response(limits.body())


async def reset(request: web.Request) -> web.Response:
    world_of(request).amocrm.limits.reset()
    return web.Response(status=204)


ROUTES: Routes = [
    ("GET", "/worlds/{world}/limits", read),
    ("PATCH", "/worlds/{world}/limits", change),
    ("DELETE", "/worlds/{world}/limits", reset),
]
