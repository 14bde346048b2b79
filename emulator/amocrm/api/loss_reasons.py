"""/leads/loss_reasons (facts §3.3). Writing is for administrators."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import (
    ACCOUNT,
    ID,
    administrators_only,
    identifier,
    items,
    list_query,
    no_content,
    page_response,
    single,
)
from emulator.amocrm.api.takes import NOTHING, Items, Listing, One
from emulator.amocrm.validation import refuse_flawed
from emulator.core.database import Row
from emulator.core.errors import NotFound

_PATH = "leads/loss_reasons"


async def get_list(request: web.Request) -> web.Response:
    page, base = request[ACCOUNT].loss_reasons.page(list_query(request)), hal.base(request)
    return page_response(request, "loss_reasons", page, lambda rows: [shown_reason(base, row) for row in rows])


async def get_one(request: web.Request) -> web.Response:
    return hal.response(shown_reason(hal.base(request), _reason(request)))


async def post(request: web.Request) -> web.Response:
    administrators_only(request)
    reasons, asked, base = request[ACCOUNT].loss_reasons, await items(request), hal.base(request)
    rows = [reasons.read(item, is_new=True) for item in asked]
    refuse_flawed(asked)
    written = [
        {**shown_reason(base, row), "request_id": item.request_id}
        for item, row in zip(asked, reasons.create(rows), strict=True)
    ]
    return hal.response(hal.written(request, "loss_reasons", written))


async def patch_one(request: web.Request) -> web.Response:
    administrators_only(request)
    reasons, before, item = request[ACCOUNT].loss_reasons, _reason(request), await single(request)
    row = reasons.read(item, is_new=False)
    refuse_flawed([item])
    return hal.response(shown_reason(hal.base(request), reasons.change(before["id"], row)))


async def delete_one(request: web.Request) -> web.Response:
    administrators_only(request)
    request[ACCOUNT].loss_reasons.delete(_reason(request)["id"])
    return no_content()


def _reason(request: web.Request) -> Row:
    reason = request[ACCOUNT].loss_reasons.get(identifier(request))
    if reason is None:
        raise NotFound("Loss reason not found")
    return reason


def shown_reason(base: str, reason: Row) -> dict[str, Any]:
    """A loss reason as shown, by itself and inside a lead."""
    times = {key: reason[key] // 1_000_000 for key in ("created_at", "updated_at")}
    fields = {"id": reason["id"], "name": reason["name"], "sort": reason["sort"], **times}
    return hal.entity(base, f"{_PATH}/{reason['id']}", fields)


ROUTES = [
    web.get(f"/api/v4/{_PATH}", get_list),
    web.post(f"/api/v4/{_PATH}", post),
    web.get(f"/api/v4/{_PATH}/{ID}", get_one),
    web.patch(f"/api/v4/{_PATH}/{ID}", patch_one),
    web.delete(f"/api/v4/{_PATH}/{ID}", delete_one),
]

_SHAPE = {"name": str, "sort": int}

TAKES = {
    f"GET /api/v4/{_PATH}": Listing(),
    f"POST /api/v4/{_PATH}": Items(_SHAPE, ("name",)),
    f"PATCH /api/v4/{_PATH}/{{id}}": One(_SHAPE),
    f"DELETE /api/v4/{_PATH}/{{id}}": NOTHING,
}
