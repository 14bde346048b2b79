"""/widgets (facts §3.17). Installing is for administrators."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import (
    ACCOUNT,
    administrators_only,
    list_query,
    no_content,
    page_response,
    single_or_empty,
)
from emulator.amocrm.api.takes import NOTHING, Listing, One
from emulator.amocrm.validation import refuse_flawed
from emulator.core.database import Row
from emulator.core.errors import NotFound

_CODE = r"{code:[A-Za-z0-9_.-]{1,80}}"


async def get_list(request: web.Request) -> web.Response:
    page = request[ACCOUNT].widgets.page(list_query(request))
    return page_response(request, "widgets", page, lambda rows: [_shown(request, row) for row in rows])


async def get_one(request: web.Request) -> web.Response:
    return hal.response(_shown(request, _widget(request)))


async def post(request: web.Request) -> web.Response:
    """Install, or change the settings; the body is the map of settings."""
    administrators_only(request)
    widgets, widget, item = request[ACCOUNT].widgets, _widget(request), await single_or_empty(request)
    settings = widgets.read(item, widget)
    refuse_flawed([item])
    return hal.response(_shown(request, widgets.install(widget["code"], settings)))


async def delete(request: web.Request) -> web.Response:
    administrators_only(request)
    request[ACCOUNT].widgets.uninstall(_widget(request)["code"])
    return no_content()


def _widget(request: web.Request) -> Row:
    widget = request[ACCOUNT].widgets.get(request.match_info["code"])
    if widget is None:
        raise NotFound("Widget not found")
    return widget


def _shown(request: web.Request, widget: Row) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": widget["id"],
        "code": widget["code"],
        "version": widget["version"],
        "rating": "0",
        "settings_template": orjson.Fragment(widget["settings_template"]),
        "is_lead_source": False,
        "is_work_with_dp": False,
        "is_crm_template": False,
        "client_uuid": widget["client_id"],
        "is_active_in_account": widget["settings"] is not None,
        "pipeline_id": None,
    }
    if widget["settings"] is not None:
        fields["settings"] = orjson.Fragment(widget["settings"])
    return hal.entity(hal.base(request), f"widgets/{widget['code']}", fields)


ROUTES = [
    web.get("/api/v4/widgets", get_list),
    web.get(f"/api/v4/widgets/{_CODE}", get_one),
    web.post(f"/api/v4/widgets/{_CODE}", post),
    web.delete(f"/api/v4/widgets/{_CODE}", delete),
]

TAKES = {
    "GET /api/v4/widgets": Listing(order=("id",)),
    "POST /api/v4/widgets/{code}": One(dict),
    "DELETE /api/v4/widgets/{code}": NOTHING,
}
