"""/{cards}/tags (facts §3.6). Only tags of leads have colours and, as in the official SDK, can be changed."""

from __future__ import annotations

from typing import Any, Literal

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import (
    ACCOUNT,
    ID,
    existing,
    identifier,
    items,
    list_query,
    named,
    page_response,
    single,
    with_request_ids,
)
from emulator.amocrm.api.takes import Items, Listing, One, Takes
from emulator.amocrm.tags import FILTERS, LONGEST_NAME
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
        routes = [web.get(path, self.get_list), web.post(path, self.post)]
        if self._table == "leads":
            routes += [web.patch(path, self.patch), web.patch(f"{path}/{ID}", self.patch_one)]
        return routes

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
        written = with_request_ids(asked, [_shown(row) for row in rows])
        return hal.response(hal.written(request, "tags", written))

    def _read(self, item: Item) -> tuple[str, str | None]:
        item.require("name")
        return self._name(item) or "", item.choice("color", self._colors)

    @property
    def _colors(self) -> frozenset[str]:
        return COLORS if self._table == "leads" else frozenset()

    def _name(self, item: Item) -> str | None:
        name = item.text("name")
        if name is not None and len(name) > LONGEST_NAME:
            item.refuse("TooLong", "name")
        return name

    async def patch(self, request: web.Request) -> web.StreamResponse:
        tags, asked = request[ACCOUNT].tags, await items(request)
        names: set[str] = set()
        found = [(item, named(item, lambda tag_id: tags.get(self._table, tag_id))) for item in asked]
        changes = [(before, self._read_change(request, item, before, names)) for item, before in found if before]
        refuse_flawed(asked)
        written = with_request_ids(asked, [_shown(row) for row in tags.change(changes)])
        return hal.response(hal.written(request, "tags", written))

    async def patch_one(self, request: web.Request) -> web.StreamResponse:
        tags, item = request[ACCOUNT].tags, await single(request)
        before = existing(tags.get(self._table, identifier(request)), "Tag")
        columns = self._read_change(request, item, before, set())
        refuse_flawed([item])
        [row] = tags.change([(before, columns)])
        return hal.response(_shown(row))

    def _read_change(self, request: web.Request, item: Item, before: Row, names: set[str]) -> Row:
        """The columns that an item changes; `names` are those that earlier items of the batch take."""
        name, color = self._name(item), item.choice("color", self._colors)
        if name == "":
            item.refuse("NotBlank", "name")
        elif name is not None and name != before["name"]:
            if name in names or request[ACCOUNT].tags.called(self._table, name):
                item.refuse("NotUnique", "name")
            names.add(name)
        return {key: value for key, value in (("name", name), ("color", color)) if value is not None}


def _shown(row: Row) -> dict[str, Any]:
    return {key: row[key] for key in ("id", "name", "color")}


ROUTES = [route for table in ("contacts", "companies", "leads") for route in TagRoutes(table).routes()]

_NAME = {"name": str}
_OF_LEADS = {**_NAME, "color": Literal[*sorted(COLORS)]}

TAKES: dict[str, Takes] = {
    **{f"GET /api/v4/{table}/tags": Listing(FILTERS) for table in ("contacts", "companies", "leads")},
    **{f"POST /api/v4/{table}/tags": Items(_NAME, ("name",)) for table in ("contacts", "companies")},
    "POST /api/v4/leads/tags": Items(_OF_LEADS, ("name",)),
    "PATCH /api/v4/leads/tags": Items({"id": int, **_OF_LEADS}, ("id",)),
    "PATCH /api/v4/leads/tags/{id}": One(_OF_LEADS),
}
