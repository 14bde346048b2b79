"""/sources of the integration that asks (facts §3.17)."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import (
    ACCOUNT,
    ID,
    PRINCIPAL,
    identifier,
    items,
    list_query,
    named,
    no_content,
    page_response,
    single,
)
from emulator.amocrm.api.takes import NOTHING, Items, Listing, One
from emulator.amocrm.sources import FILTERS, SourceDraft
from emulator.amocrm.validation import Item, refuse_flawed
from emulator.core.database import Row
from emulator.core.errors import NotFound


async def get_list(request: web.Request) -> web.Response:
    page = request[ACCOUNT].sources.page(request[PRINCIPAL].client_id, list_query(request))
    return page_response(request, "sources", page, lambda rows: [_shown(request, row) for row in rows])


async def get_one(request: web.Request) -> web.Response:
    return hal.response(_shown(request, _source(request)))


async def post(request: web.Request) -> web.Response:
    return _write(request, [(item, None) for item in await items(request)])


async def patch(request: web.Request) -> web.Response:
    return _write(request, await _named(request))


def _write(request: web.Request, asked: list[tuple[Item, Row | None]]) -> web.Response:
    sources = request[ACCOUNT].sources
    drafts = sources.read(asked, request[PRINCIPAL].client_id)
    refuse_flawed(item for item, _ in asked)
    return _written(request, drafts, sources.write(drafts))


async def patch_one(request: web.Request) -> web.Response:
    sources, before, item = request[ACCOUNT].sources, _source(request), await single(request)
    drafts = sources.read([(item, before)], request[PRINCIPAL].client_id)
    refuse_flawed([item])
    [source] = sources.write(drafts)
    return hal.response(_shown(request, source))


async def delete(request: web.Request) -> web.Response:
    """Body: items with `id`."""
    asked = await _named(request)
    refuse_flawed(item for item, _ in asked)
    request[ACCOUNT].sources.delete(source["id"] for _, source in asked if source)
    return no_content()


async def delete_one(request: web.Request) -> web.Response:
    request[ACCOUNT].sources.delete([_source(request)["id"]])
    return no_content()


async def _named(request: web.Request) -> list[tuple[Item, Row | None]]:
    sources, client_id = request[ACCOUNT].sources, request[PRINCIPAL].client_id
    return [(item, named(item, lambda source_id: sources.get(client_id, source_id))) for item in await items(request)]


def _source(request: web.Request) -> Row:
    source = request[ACCOUNT].sources.get(request[PRINCIPAL].client_id, identifier(request))
    if source is None:
        raise NotFound("Source not found")
    return source


def _written(request: web.Request, drafts: list[SourceDraft], rows: list[Row]) -> web.Response:
    written = [
        {**_shown(request, source), "request_id": draft.item.request_id}
        for draft, source in zip(drafts, rows, strict=True)
    ]
    return hal.response({"_total_items": len(written), **hal.written(request, "sources", written)})


def _shown(request: web.Request, source: Row) -> dict[str, Any]:
    fields = {
        "id": source["id"],
        "name": source["name"],
        "pipeline_id": source["pipeline_id"],
        "external_id": source["external_id"],
        "default": source["is_default"] == 1,
        "origin_code": source["origin_code"],
        "services": orjson.Fragment(source["services"]),
    }
    return hal.entity(hal.base(request), f"sources/{source['id']}", fields)


ROUTES = [
    web.get("/api/v4/sources", get_list),
    web.post("/api/v4/sources", post),
    web.patch("/api/v4/sources", patch),
    web.delete("/api/v4/sources", delete),
    web.get(f"/api/v4/sources/{ID}", get_one),
    web.patch(f"/api/v4/sources/{ID}", patch_one),
    web.delete(f"/api/v4/sources/{ID}", delete_one),
]

_SHAPE = {
    "name": str,
    "external_id": str,
    "origin_code": str,
    "pipeline_id": int,
    "default": bool,
    "services": [{"type": str}],
}
TAKES = {
    "GET /api/v4/sources": Listing(FILTERS, ("id",)),
    "POST /api/v4/sources": Items(_SHAPE, ("name", "external_id")),
    "PATCH /api/v4/sources": Items({"id": int, **_SHAPE}, ("id",)),
    "DELETE /api/v4/sources": Items({"id": int}, ("id",), answers=(204,)),
    "PATCH /api/v4/sources/{id}": One(_SHAPE),
    "DELETE /api/v4/sources/{id}": NOTHING,
}
