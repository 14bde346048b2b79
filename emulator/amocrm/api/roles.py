"""/roles: administrators only (facts §3.2)."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import (
    ACCOUNT,
    ID,
    administrators_only,
    identifier,
    items,
    list_query,
    named,
    no_content,
    page_response,
    single,
    with_,
)
from emulator.amocrm.api.takes import Items, Listing, One, Takes
from emulator.amocrm.api.users import RIGHTS, shown_users
from emulator.amocrm.rights import ALL
from emulator.amocrm.roles import RoleDraft
from emulator.amocrm.validation import refuse_flawed
from emulator.core.database import Row
from emulator.core.errors import NotFound


async def get_list(request: web.Request) -> web.Response:
    administrators_only(request)
    page = request[ACCOUNT].roles.page(list_query(request))
    return page_response(request, "roles", page, lambda rows: [_formatted(request, row) for row in rows])


async def get_one(request: web.Request) -> web.Response:
    administrators_only(request)
    return hal.response(_formatted(request, _role(request)))


async def post(request: web.Request) -> web.Response:
    administrators_only(request)
    roles, asked = request[ACCOUNT].roles, await items(request)
    drafts = [roles.read(item) for item in asked]
    refuse_flawed(asked)
    return _written(request, drafts, roles.create(drafts))


async def patch(request: web.Request) -> web.Response:
    administrators_only(request)
    roles, asked = request[ACCOUNT].roles, await items(request)
    found = [(item, named(item, roles.get)) for item in asked]
    drafts = [roles.read(item, before) for item, before in found if before]
    refuse_flawed(asked)
    return _written(request, drafts, roles.change(drafts))


async def patch_one(request: web.Request) -> web.Response:
    administrators_only(request)
    roles, before, item = request[ACCOUNT].roles, _role(request), await single(request)
    draft = roles.read(item, before)
    refuse_flawed([item])
    [role] = roles.change([draft])
    return hal.response(_formatted(request, role))


async def delete_one(request: web.Request) -> web.Response:
    administrators_only(request)
    request[ACCOUNT].roles.delete(_role(request)["id"])
    return no_content()


def _role(request: web.Request) -> Row:
    role = request[ACCOUNT].roles.get(identifier(request))
    if role is None:
        raise NotFound("Role not found")
    return role


def _written(request: web.Request, drafts: list[RoleDraft], rows: list[Row]) -> web.Response:
    written = [
        {**_formatted(request, role), "request_id": draft.item.request_id}
        for draft, role in zip(drafts, rows, strict=True)
    ]
    return hal.response({"_total_items": len(written), **hal.written(request, "roles", written)})


def _formatted(request: web.Request, role: Row) -> dict[str, Any]:
    rights = {**ALL, **orjson.loads(role["rights"])}
    fields = {"id": role["id"], "name": role["name"], "rights": rights}
    users = request[ACCOUNT].roles.users_of(role["id"]) if "users" in with_(request) else []
    embedded = {"users": shown_users(request, users)}
    return hal.entity(hal.base(request), f"roles/{role['id']}", fields, embedded)


ROUTES = [
    web.get("/api/v4/roles", get_list),
    web.post("/api/v4/roles", post),
    web.patch("/api/v4/roles", patch),
    web.get(f"/api/v4/roles/{ID}", get_one),
    web.patch(f"/api/v4/roles/{ID}", patch_one),
    web.delete(f"/api/v4/roles/{ID}", delete_one),
]

_SHAPE = {"name": str, "rights": RIGHTS}
TAKES = {
    "GET /api/v4/roles": Listing(order=("id",)),
    "POST /api/v4/roles": Items(_SHAPE, ("name",)),
    "PATCH /api/v4/roles": Items({"id": int, **_SHAPE}, ("id",)),
    "PATCH /api/v4/roles/{id}": One(_SHAPE),
    "DELETE /api/v4/roles/{id}": Takes(),
}
