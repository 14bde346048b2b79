"""GET /users and /users/{id}: administrators only (facts §3.2)."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import ACCOUNT, ID, PRINCIPAL, identifier, list_query, page_response
from emulator.amocrm.api.takes import Listing
from emulator.amocrm.errors import Forbidden
from emulator.core.database import Row
from emulator.core.errors import NotFound

_CARD_RIGHTS = ("view", "edit", "add", "delete", "export")


async def get_list(request: web.Request) -> web.Response:
    _administrators_only(request)
    page = request[ACCOUNT].users.page(list_query(request))
    return page_response(request, "users", page, lambda rows: _formatted(request, rows))


async def get_one(request: web.Request) -> web.Response:
    _administrators_only(request)
    user = request[ACCOUNT].users.get(identifier(request))
    if user is None:
        raise NotFound("User not found")
    return hal.response(_formatted(request, [user])[0])


def _administrators_only(request: web.Request) -> None:
    if not request[PRINCIPAL].is_admin:
        raise Forbidden("Only an administrator may see users")


def _formatted(request: web.Request, rows: list[Row]) -> list[dict[str, Any]]:
    base = hal.base(request)
    groups = {group["id"]: group["name"] for group in request[ACCOUNT].users.groups()}
    return [
        hal.entity(
            base,
            f"users/{user['id']}",
            _shown(user),
            {"roles": [], "groups": [{"id": user["group_id"], "name": groups[user["group_id"]]}]},
        )
        for user in rows
    ]


def _shown(user: Row) -> dict[str, Any]:
    cards = {kind: dict.fromkeys(_CARD_RIGHTS, "A") for kind in ("leads", "contacts", "companies")}
    return {
        "id": user["id"],
        "name": user["name"],
        "email": user["email"],
        "lang": user["lang"],
        "rights": {
            **cards,
            "tasks": {"edit": "A", "delete": "A"},
            "mail_access": False,
            "catalog_access": False,
            "status_rights": None,
            "is_admin": user["is_admin"] == 1,
            "is_free": False,
            "is_active": user["is_active"] == 1,
            "group_id": user["group_id"],
            "role_id": None,
        },
    }


ROUTES = [web.get("/api/v4/users", get_list), web.get(f"/api/v4/users/{ID}", get_one)]

TAKES = {"GET /api/v4/users": Listing()}
