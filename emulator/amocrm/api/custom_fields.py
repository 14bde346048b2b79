"""/contacts/custom_fields and /leads/custom_fields (facts §3.5)."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import ACCOUNT, ID, identifier, items, list_query, page_response
from emulator.amocrm.custom_fields import FIELD_TYPES, WITH_ENUMS
from emulator.amocrm.validation import Item, refuse_flawed
from emulator.core.database import Row
from emulator.core.errors import NotFound

Option = tuple[str, str | None, int]


class CustomFieldRoutes:
    """The handlers for the fields of one kind of card."""

    def __init__(self, table: str) -> None:
        self._table = table

    def routes(self) -> list[web.RouteDef]:
        path = f"/api/v4/{self._table}/custom_fields"
        return [web.get(path, self.get_list), web.post(path, self.post), web.get(f"{path}/{ID}", self.get_one)]

    async def get_list(self, request: web.Request) -> web.StreamResponse:
        page = request[ACCOUNT].custom_fields.page(self._table, list_query(request))
        return page_response(request, "custom_fields", page, lambda rows: self._formatted(request, rows))

    async def get_one(self, request: web.Request) -> web.StreamResponse:
        row = request[ACCOUNT].custom_fields.get(self._table, identifier(request))
        if row is None:
            raise NotFound("Custom field not found")
        return hal.response(self._formatted(request, [row])[0])

    async def post(self, request: web.Request) -> web.StreamResponse:
        account = request[ACCOUNT]
        asked = await items(request)
        drafts = [(self._read(item), _options(item)) for item in asked]
        refuse_flawed(asked)
        with account.database.transaction():
            rows = [account.custom_fields.add(row, options) for row, options in drafts]
        written = self._formatted(request, rows)
        for item, shown in zip(asked, written, strict=True):
            shown["request_id"] = item.request_id
        return hal.response({"_total_items": len(rows), **hal.written(request, "custom_fields", written)}, 201)

    def _read(self, item: Item) -> Row:
        item.require("name")
        item.require("type")
        kind = item.text("type")
        if kind and kind not in FIELD_TYPES:
            item.refuse("NotSupportedChoice", "type")
        sort = item.integer("sort")
        row = {"entity_type": self._table, "name": item.text("name"), "code": item.text("code"), "type": kind}
        return {**row, "sort": 500 if sort is None else sort}

    def _formatted(self, request: web.Request, rows: list[Row]) -> list[dict[str, Any]]:
        account, base = request[ACCOUNT], hal.base(request)
        enums = account.custom_fields.enums_of([row["id"] for row in rows if row["type"] in WITH_ENUMS])
        return [
            hal.entity(base, f"{self._table}/custom_fields/{row['id']}", _shown(row, enums.get(row["id"]), account.id))
            for row in rows
        ]


def _options(item: Item) -> list[Option]:
    """The options of a new field: (value, code, sort)."""
    options: list[Option] = []
    for index, given in enumerate(item.list_of("enums") or []):
        value, code, sort = (
            (given.get(key) for key in ("value", "code", "sort")) if isinstance(given, dict) else ("", "", 0)
        )
        if not isinstance(value, str) or not value:
            item.refuse("NotBlank", f"enums.{index}.value")
        else:
            options.append((value, code if isinstance(code, str) else None, sort if isinstance(sort, int) else index))
    return options


def _shown(row: Row, enums: list[Row] | None, account_id: int) -> dict[str, Any]:
    predefined = row["is_predefined"] == 1
    return {
        "id": row["id"],
        "name": row["name"],
        "code": row["code"],
        "type": row["type"],
        "sort": row["sort"],
        "entity_type": row["entity_type"],
        "account_id": account_id,
        "is_api_only": False,
        "is_predefined": predefined,
        "is_deletable": not predefined,
        "is_required": False,
        "is_visible": True,
        "is_computed": False,
        "group_id": "statistic" if row["type"] == "tracking_data" else None,
        "enums": enums and [{key: option[key] for key in ("id", "value", "sort", "code")} for option in enums],
        "required_statuses": [],
        "hidden_statuses": [],
        "remind": None,
        "currency": None,
        "settings": None,
        "nested": None,
        "chained_lists": None,
        "tracking_callback": None,
        "search_in": None,
        "triggers": [],
    }


ROUTES = [route for table in ("contacts", "companies", "leads") for route in CustomFieldRoutes(table).routes()]
