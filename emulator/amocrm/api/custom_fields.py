"""/{cards}/custom_fields (facts §3.5). Writing is for administrators."""

from __future__ import annotations

from typing import Any, Literal

import orjson
from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import (
    ACCOUNT,
    ID,
    PRINCIPAL,
    administrators_only,
    identifier,
    items,
    list_query,
    named,
    no_content,
    page_response,
    single,
)
from emulator.amocrm.api.takes import Items, Listing, One, Table, Takes
from emulator.amocrm.custom_fields import FIELD_TYPES, FILTERS, WITH_ENUMS
from emulator.amocrm.field_definitions import Definitions, FieldDraft
from emulator.amocrm.field_groups import DEFAULT, group_of
from emulator.amocrm.validation import refuse_flawed
from emulator.core.database import Row
from emulator.core.errors import BadRequest, NotFound

_UNLESS_SAID = {
    "is_api_only": False,
    "is_required": False,
    "is_visible": True,
    "required_statuses": [],
    "hidden_statuses": [],
    "remind": None,
    "currency": None,
    "settings": None,
    "chained_lists": None,
    "tracking_callback": None,
    "search_in": None,
}


class CustomFieldRoutes:
    """The handlers for the fields of one kind of card."""

    def __init__(self, table: str) -> None:
        self._table = table

    def routes(self) -> list[web.RouteDef]:
        path = f"/api/v4/{self._table}/custom_fields"
        return [
            web.get(path, self.get_list),
            web.post(path, self.post),
            web.patch(path, self.patch),
            web.get(f"{path}/{ID}", self.get_one),
            web.patch(f"{path}/{ID}", self.patch_one),
            web.delete(f"{path}/{ID}", self.delete_one),
        ]

    async def get_list(self, request: web.Request) -> web.StreamResponse:
        page = request[ACCOUNT].custom_fields.page(self._table, list_query(request))
        return page_response(request, "custom_fields", page, lambda rows: self._formatted(request, rows))

    async def get_one(self, request: web.Request) -> web.StreamResponse:
        return hal.response(self._formatted(request, [self._field(request)])[0])

    async def post(self, request: web.Request) -> web.StreamResponse:
        administrators_only(request)
        account, asked = request[ACCOUNT], await items(request)
        definitions = Definitions(account, self._table)
        drafts = [definitions.read(item) for item in asked]
        refuse_flawed(asked)
        return self._written(request, drafts, account.custom_fields.create(drafts), 201)

    async def patch(self, request: web.Request) -> web.StreamResponse:
        administrators_only(request)
        account, asked = request[ACCOUNT], await items(request)
        definitions, fields = Definitions(account, self._table), account.custom_fields
        found = [(item, named(item, lambda field_id: fields.get(self._table, field_id))) for item in asked]
        drafts = [definitions.read(item, before) for item, before in found if before]
        refuse_flawed(asked)
        return self._written(request, drafts, fields.change(drafts), 200)

    def _written(self, request: web.Request, drafts: list[FieldDraft], rows: list[Row], status: int) -> web.Response:
        written = self._formatted(request, rows)
        for draft, shown in zip(drafts, written, strict=True):
            shown["request_id"] = draft.item.request_id
        body = {"_total_items": len(rows), **hal.written(request, "custom_fields", written)}
        return hal.response(body, status)

    async def patch_one(self, request: web.Request) -> web.StreamResponse:
        administrators_only(request)
        account, before, item = request[ACCOUNT], self._field(request), await single(request)
        draft = Definitions(account, self._table).read(item, before)
        refuse_flawed([item])
        return hal.response(self._formatted(request, account.custom_fields.change([draft]))[0])

    async def delete_one(self, request: web.Request) -> web.StreamResponse:
        administrators_only(request)
        field = self._field(request)
        if field["is_predefined"]:
            raise BadRequest("A predefined field can not be deleted")
        request[ACCOUNT].custom_fields.delete(field, request[PRINCIPAL].user_id)
        return no_content()

    def _field(self, request: web.Request) -> Row:
        row = request[ACCOUNT].custom_fields.get(self._table, identifier(request))
        if row is None:
            raise NotFound("Custom field not found")
        return row

    def _formatted(self, request: web.Request, rows: list[Row]) -> list[dict[str, Any]]:
        account, base = request[ACCOUNT], hal.base(request)
        enums = account.custom_fields.enums_of([row["id"] for row in rows if row["type"] in WITH_ENUMS])
        return [
            hal.entity(base, f"{self._table}/custom_fields/{row['id']}", _shown(row, enums.get(row["id"]), account.id))
            for row in rows
        ]


def _shown(row: Row, enums: list[Row] | None, account_id: int) -> dict[str, Any]:
    predefined, group = row["is_predefined"] == 1, group_of(row)
    is_nested = row["type"] == "category"
    return {
        "id": row["id"],
        "name": row["name"],
        "code": row["code"],
        "type": row["type"],
        "sort": row["sort"],
        "entity_type": row["entity_type"],
        "account_id": account_id,
        "is_predefined": predefined,
        "is_deletable": not predefined,
        "is_computed": False,
        "group_id": None if group == DEFAULT else group,
        "enums": None if is_nested else _options(enums, "code"),
        "nested": _options(enums, "parent_id") if is_nested else None,
        "triggers": [],
        **_UNLESS_SAID,
        **orjson.loads(row["attributes"]),
    }


def _options(options: list[Row] | None, key: str) -> list[Row] | None:
    return options and [{name: option[name] for name in ("id", "value", "sort", key)} for option in options]


ROUTES = [route for table in ("contacts", "companies", "leads") for route in CustomFieldRoutes(table).routes()]

_STATUS = {"status_id": int, "pipeline_id": int}
_ATTRIBUTES = {
    "name": str,
    "type": Literal[*sorted(FIELD_TYPES)],
    "code": str,
    "sort": int,
    "group_id": str,
    **dict.fromkeys(("is_api_only", "is_required", "is_visible"), bool),
    **{key: [_STATUS] for key in ("required_statuses", "hidden_statuses")},
    "remind": Literal["never", "day", "week", "month"],
    "currency": str,
    "search_in": str | int,
    "settings": list | dict,
    "tracking_callback": str,
    "chained_lists": [{"title": str, "catalog_id": int, "parent_catalog_id": int}],
    "enums": [{"id": int, "value": str, "code": str, "sort": int}],
    "nested": [{"id": int, "value": str, "sort": int, "parent_id": int, "parent_request_id": str | int}],
}


def _takes(table: str) -> Table:
    path = f"/api/v4/{table}/custom_fields"
    return {
        f"GET {path}": Listing(FILTERS),
        f"POST {path}": Items(_ATTRIBUTES, ("name", "type"), answers=(201,)),
        f"PATCH {path}": Items({"id": int, **_ATTRIBUTES}, ("id",)),
        f"PATCH {path}/{{id}}": One(_ATTRIBUTES),
        f"DELETE {path}/{{id}}": Takes(answers=(204,)),
    }


TAKES = {name: takes for table in ("contacts", "companies", "leads") for name, takes in _takes(table).items()}
