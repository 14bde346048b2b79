"""/webhooks: administrators only (facts §3.16)."""

from __future__ import annotations

from typing import Any, Literal

import orjson
from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import ACCOUNT, PRINCIPAL, list_query, no_content, single
from emulator.amocrm.api.takes import Listing, One
from emulator.amocrm.errors import Forbidden
from emulator.amocrm.validation import refuse_flawed
from emulator.amocrm.webhook_codes import CODES
from emulator.core.database import Row
from emulator.core.errors import NotFound
from emulator.core.instants import unix


async def get_list(request: web.Request) -> web.StreamResponse:
    """200 with an empty list when there is none: a published client does not take 204 here."""
    _administrators_only(request)
    page = request[ACCOUNT].webhooks.page(list_query(request))
    return hal.response(hal.listed(request, "webhooks", [_shown(request, row) for row in page.rows], page))


async def post(request: web.Request) -> web.StreamResponse:
    _administrators_only(request)
    webhooks, item = request[ACCOUNT].webhooks, await single(request)
    row = webhooks.read(item)
    refuse_flawed([item])
    return hal.response(_shown(request, webhooks.subscribe(row, request[PRINCIPAL].user_id)))


async def delete(request: web.Request) -> web.StreamResponse:
    _administrators_only(request)
    item = await single(request)
    item.require("destination")
    destination = item.text("destination")
    refuse_flawed([item])
    if not request[ACCOUNT].webhooks.unsubscribe(destination or "", request[PRINCIPAL].user_id):
        raise NotFound("Webhook not found")
    return no_content()


def _administrators_only(request: web.Request) -> None:
    if not request[PRINCIPAL].is_admin:
        raise Forbidden("Only an administrator may see and change webhooks")


def _shown(request: web.Request, webhook: Row) -> dict[str, Any]:
    return {
        "id": webhook["id"],
        "destination": webhook["destination"],
        "created_at": unix(webhook["created_at"]),
        "updated_at": unix(webhook["updated_at"]),
        "account_id": request[ACCOUNT].id,
        "created_by": webhook["created_by"],
        "sort": webhook["sort"],
        "disabled": webhook["disabled"] == 1,
        "settings": orjson.loads(webhook["settings"]),
    }


ROUTES = [
    web.get("/api/v4/webhooks", get_list),
    web.post("/api/v4/webhooks", post),
    web.delete("/api/v4/webhooks", delete),
]

TAKES = {
    "GET /api/v4/webhooks": Listing(("destination",), answers=(200,)),
    "POST /api/v4/webhooks": One(
        {"destination": str, "settings": [Literal[*sorted(CODES)]], "sort": int}, ("destination", "settings")
    ),
    "DELETE /api/v4/webhooks": One({"destination": str}, ("destination",), answers=(204,)),
}
