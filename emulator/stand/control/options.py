"""From which second of a talk on talk options work, by direction of the call (PHONE-12)."""

from __future__ import annotations

from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, world_of
from emulator.telephony.engine.options import TalkOptions

Seconds = Annotated[int, msgspec.Meta(ge=0, le=86_400)]


class OptionsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PATCH …/options: what is to change."""

    block_in: Seconds | UnsetType = UNSET
    block_out: Seconds | UnsetType = UNSET


async def read(request: web.Request) -> web.Response:
    return json_response(_body(world_of(request).telephony.talk_options))


async def change(request: web.Request) -> web.Response:
    options = world_of(request).telephony.talk_options
    asked = await body_as(request, OptionsRequest)
    for direction, seconds in (("in", asked.block_in), ("out", asked.block_out)):
        if not isinstance(seconds, UnsetType):
            options.block(direction, seconds)
    return json_response(_body(options))


def _body(options: TalkOptions) -> dict[str, int]:
    return {f"block_{direction}": seconds for direction, seconds in options.blocked_seconds().items()}


ROUTES: Routes = [
    ("GET", "/worlds/{world}/telephony/options", read),
    ("PATCH", "/worlds/{world}/telephony/options", change),
]
