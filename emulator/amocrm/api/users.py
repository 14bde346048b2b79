"""/users: administrators only (facts §3.2)."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.account import Account
from emulator.amocrm.api.common import (
    ACCOUNT,
    ID,
    PRINCIPAL,
    administrators_only,
    identifier,
    items,
    list_query,
    named,
    no_content,
    page_response,
    with_,
)
from emulator.amocrm.api.takes import Items, Listing
from emulator.amocrm.errors import Unprocessable
from emulator.amocrm.rights import CARD_RIGHTS, TASK_RIGHTS
from emulator.amocrm.users import FILTERS, LANGUAGES
from emulator.amocrm.validation import Item, refuse_flawed
from emulator.core.database import Row
from emulator.core.errors import NotFound

BATCH = 10


async def get_list(request: web.Request) -> web.Response:
    administrators_only(request)
    page = request[ACCOUNT].users.page(list_query(request))
    return page_response(request, "users", page, lambda rows: shown_users(request, rows))


async def get_one(request: web.Request) -> web.Response:
    administrators_only(request)
    user = request[ACCOUNT].users.get(identifier(request))
    if user is None:
        raise NotFound("User not found")
    return hal.response(shown_users(request, [user])[0])


async def post(request: web.Request) -> web.Response:
    administrators_only(request)
    users, asked = request[ACCOUNT].users, await _few(request)
    rows = users.read(asked)
    refuse_flawed(asked)
    written = shown_users(request, users.create(rows, request[PRINCIPAL].user_id))
    for item, shown in zip(asked, written, strict=True):
        shown["request_id"] = item.request_id
    return hal.response({"_total_items": len(written), **hal.written(request, "users", written)}, 201)


async def activate(request: web.Request) -> web.Response:
    await _set_active(request, is_active=True)
    return web.Response(status=202)


async def deactivate(request: web.Request) -> web.Response:
    await _set_active(request, is_active=False)
    return no_content()


async def _set_active(request: web.Request, *, is_active: bool) -> None:
    administrators_only(request)
    users, asked = request[ACCOUNT].users, await _few(request)
    found = [(item, named(item, users.get)) for item in asked]
    for item, user in found:
        if user and user["is_admin"]:
            item.refuse("NotSupportedChoice", "id")
    refuse_flawed(asked)
    user_ids = [user["id"] for _, user in found if user]
    users.set_active(user_ids, request[PRINCIPAL].user_id, is_active=is_active)


async def _few(request: web.Request) -> list[Item]:
    asked = await items(request)
    if len(asked) > BATCH:
        raise Unprocessable(f"Limit {BATCH} per request")
    return asked


def shown_users(request: web.Request, rows: list[Row]) -> list[dict[str, Any]]:
    """Users as shown, with their roles and groups."""
    base, account, wanted = hal.base(request), request[ACCOUNT], with_(request)
    groups = {group["id"]: group["name"] for group in account.users.groups()}
    return [
        hal.entity(
            base,
            f"users/{user['id']}",
            {**_shown(account, user), **_asked_for(account, user, wanted)},
            {
                "roles": _roles(account, base, user),
                "groups": [{"id": user["group_id"], "name": groups[user["group_id"]]}],
            },
        )
        for user in rows
    ]


def _shown(account: Account, user: Row) -> dict[str, Any]:
    return {
        "id": user["id"],
        "name": user["name"],
        "email": user["email"],
        "lang": user["lang"],
        "rights": {
            **account.users.rights(user),
            "is_admin": user["is_admin"] == 1,
            "is_free": user["is_free"] == 1,
            "is_active": user["is_active"] == 1,
            "group_id": user["group_id"],
            "role_id": user["role_id"],
        },
    }


def _asked_for(account: Account, user: Row, wanted: frozenset[str]) -> dict[str, Any]:
    """What is shown only when `with` names it. Nobody here has a phone or a rank of their own."""
    extra = {
        "uuid": _uuid(account, "user uuid", user["id"]),
        "amojo_id": _uuid(account, "user amojo", user["id"]),
        "user_rank": "newbie",
        "phone_number": None,
    }
    return {key: value for key, value in extra.items() if key in wanted}


def _uuid(account: Account, kind: str, number: int) -> str:
    return str(UUID(account.ground.ids.token(kind, number, 16)))


def _roles(account: Account, base: str, user: Row) -> list[dict[str, Any]]:
    role = account.roles.get(user["role_id"]) if user["role_id"] is not None else None
    return [hal.entity(base, f"roles/{role['id']}", {"id": role["id"], "name": role["name"]})] if role else []


ROUTES = [
    web.get("/api/v4/users", get_list),
    web.post("/api/v4/users", post),
    web.post("/api/v4/users/activate", activate),
    web.post("/api/v4/users/deactivate", deactivate),
    web.get(f"/api/v4/users/{ID}", get_one),
]

_LETTER = Literal["A", "G", "M", "D", "L"]
_OF_CARD = dict.fromkeys(CARD_RIGHTS, _LETTER)
_OF_STATUS = {"entity_type": Literal["leads"], "pipeline_id": int, "status_id": int, "rights": _OF_CARD}
RIGHTS = {
    **dict.fromkeys(("leads", "contacts", "companies"), _OF_CARD),
    "tasks": dict.fromkeys(TASK_RIGHTS, _LETTER),
    "mail_access": bool,
    "catalog_access": bool,
    "status_rights": [_OF_STATUS],
    "catalog_rights": list,
}
"""The shape of the rights of roles and users."""

_RIGHTS = {**RIGHTS, "is_free": bool, "group_id": int, "role_id": int}
_SHAPE = {"name": str, "email": str, "password": str, "lang": Literal[*sorted(LANGUAGES)], "rights": _RIGHTS}
_NAMED = {"id": int}

TAKES = {
    "GET /api/v4/users": Listing(FILTERS, ("id",)),
    "POST /api/v4/users": Items(_SHAPE, ("name", "email"), BATCH, answers=(201,)),
    "POST /api/v4/users/activate": Items(_NAMED, ("id",), BATCH, answers=(202,), content=None),
    "POST /api/v4/users/deactivate": Items(_NAMED, ("id",), BATCH, answers=(204,)),
}
