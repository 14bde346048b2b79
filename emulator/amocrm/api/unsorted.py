"""/leads/unsorted (facts §3.12)."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import ACCOUNT, list_query, page_response
from emulator.amocrm.api.takes import Listing
from emulator.amocrm.unsorted import FILTERS
from emulator.core.database import Row


async def get_list(request: web.Request) -> web.Response:
    page = request[ACCOUNT].unsorted.page(list_query(request))
    return page_response(request, "unsorted", page, lambda rows: [_formatted(request, row) for row in rows])


def _formatted(request: web.Request, item: Row) -> dict[str, Any]:
    fields = {
        "uid": item["uid"],
        "source_uid": item["source_uid"],
        "source_name": item["source_name"],
        "category": item["category"],
        "pipeline_id": item["pipeline_id"],
        "created_at": item["created_at"] // 1_000_000,
        "metadata": orjson.Fragment(item["metadata"]),
        "account_id": request[ACCOUNT].id,
    }
    base = hal.base(request)
    embedded = {
        "contacts": [hal.entity(base, f"contacts/{item['contact_id']}", {"id": item["contact_id"]})],
        "leads": [hal.entity(base, f"leads/{item['lead_id']}", {"id": item["lead_id"]})],
        "companies": [],
    }
    return hal.entity(base, f"leads/unsorted/{item['uid']}", fields, embedded)


ROUTES = [web.get("/api/v4/leads/unsorted", get_list)]

TAKES = {"GET /api/v4/leads/unsorted": Listing(FILTERS)}
