"""What people do with the world's integration: an administrator connects it anew."""

from __future__ import annotations

import msgspec
from aiohttp import web

from emulator.core.errors import BadRequest, Conflict
from emulator.core.web import json_response
from emulator.stand.building import introduce
from emulator.stand.control.context import Routes, body_as, world_of


class ConnectRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/integration/connect: the key of an administrator of amoCRM."""

    by: str


async def connect(request: web.Request) -> web.Response:
    """The integration gets a fresh code of that administrator, who is the connecting one from now on."""
    world, asked = world_of(request), await body_as(request, ConnectRequest)
    if not world.has_integration:
        raise Conflict("the fakes of this world are alone: it has no integration")
    user_id = world.people.user_of(asked.by, "by")
    user = world.amocrm.users.get(user_id)
    if user is None or not user["is_admin"] or not user["is_active"]:
        raise BadRequest.field("by", asked.by, "an administrator who works in amoCRM")
    await introduce(world, user_id)
    await world.settle()
    return json_response({"by": asked.by, "connecting_user": user_id})


ROUTES: Routes = [
    ("POST", "/worlds/{world}/integration/connect", connect),
]
