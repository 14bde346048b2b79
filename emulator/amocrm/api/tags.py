"""/contacts/tags and /leads/tags (facts §3.6)."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import ACCOUNT, items, list_query, page_response
from emulator.amocrm.validation import Item, refuse_flawed
from emulator.core.database import Row

COLORS = frozenset(
    [
        "EBEBEB",
        "D0D0D0",
        "F2DDF7",
        "D1A4DC",
        "FF8F92",
        "FFC8C8",
        "C7DB8C",
        "DDEBB5",
        "8699DA",
        "AABDFF",
        "FFCE5A",
        "FFE193",
        "90CDB0",
        "C6F4DE",
        "A9A5D7",
        "D8D5FF",
        "86C0FC",
        "832161",
        "6A0F49",
        "0C7C59",
        "10599D",
        "9D2B32",
        "247BA0",
    ]
)


class TagRoutes:
    """The handlers for the tags of one kind of card."""

    def __init__(self, table: str) -> None:
        self._table = table

    def routes(self) -> list[web.RouteDef]:
        path = f"/api/v4/{self._table}/tags"
        return [web.get(path, self.get_list), web.post(path, self.post)]

    async def get_list(self, request: web.Request) -> web.StreamResponse:
        page = request[ACCOUNT].tags.page(self._table, list_query(request))
        return page_response(request, "tags", page, lambda rows: [_shown(row) for row in rows])

    async def post(self, request: web.Request) -> web.StreamResponse:
        account = request[ACCOUNT]
        asked = await items(request)
        drafts = [self._read(item) for item in asked]
        refuse_flawed(asked)
        with account.database.transaction():
            rows = [account.tags.ensure(self._table, name, color) for name, color in drafts]
        written = [{**_shown(row), "request_id": item.request_id} for item, row in zip(asked, rows, strict=True)]
        return hal.response(hal.written(request, "tags", written))

    def _read(self, item: Item) -> tuple[str, str | None]:
        item.require("name")
        color = item.text("color")
        if color is not None and (self._table != "leads" or color not in COLORS):
            item.refuse("NotSupportedChoice", "color")
        return item.text("name") or "", color


def _shown(row: Row) -> dict[str, Any]:
    return {key: row[key] for key in ("id", "name", "color")}


ROUTES = [route for table in ("contacts", "companies", "leads") for route in TagRoutes(table).routes()]
