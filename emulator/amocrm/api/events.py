"""/events and /events/types (facts §3.11)."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import ACCOUNT, list_query, no_content, page_response, with_
from emulator.amocrm.api.takes import Listing, Takes
from emulator.amocrm.changes import PLURAL
from emulator.amocrm.event_filters import filters
from emulator.amocrm.event_rows import about, values_of
from emulator.amocrm.event_types import TYPES
from emulator.amocrm.events import MOST
from emulator.core.database import Row
from emulator.core.instants import unix


async def get_list(request: web.Request) -> web.StreamResponse:
    page = request[ACCOUNT].events.page(list_query(request, MOST))
    return page_response(request, "events", page, lambda rows: [_formatted(request, row) for row in rows])


async def get_one(request: web.Request) -> web.StreamResponse:
    event = request[ACCOUNT].events.get(request.match_info["event"])
    return no_content() if event is None else hal.response(_formatted(request, event))


async def get_types(request: web.Request) -> web.StreamResponse:
    """In Russian, or in English when another language is asked for."""
    is_russian = request.query.get("language_code", "ru") == "ru"
    types = [{"key": each.key, "type": each.number, "lang": each.ru if is_russian else each.en} for each in TYPES]
    return hal.response({"_total_items": len(types), **hal.written(request, "events_types", types)})


def _formatted(request: web.Request, event: Row) -> dict[str, Any]:
    base, account = hal.base(request), request[ACCOUNT]
    type_, kind = about(event)
    before, after = values_of(event)
    fields = {
        "id": account.events.shown_id(event),
        "type": type_,
        "entity_id": event["entity_id"],
        "entity_type": kind,
        "created_by": event["created_by"],
        "created_at": unix(event["created_at"]),
        "value_after": after,
        "value_before": before,
        "account_id": account.id,
    }
    entity: dict[str, Any] = {"id": event["entity_id"]}
    if f"{kind}_name" in with_(request):
        entity["name"] = account.events.name_of(kind, event["entity_id"])
    path = f"{PLURAL.get(kind, 'tasks')}/{event['entity_id']}"
    return hal.entity(base, f"events/{fields['id']}", fields, {"entity": hal.entity(base, path, entity)})


ROUTES = [
    web.get("/api/v4/events", get_list),
    web.get("/api/v4/events/types", get_types),
    web.get(r"/api/v4/events/{event:[0-9A-Za-z]{1,64}}", get_one),
]

TAKES = {
    "GET /api/v4/events": Listing(filters(0), most=MOST),
    "GET /api/v4/events/{event}": Takes(answers=(200, 204)),
}
