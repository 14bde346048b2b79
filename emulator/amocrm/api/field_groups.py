"""/{cards}/custom_fields/groups (facts §3.5)."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import ACCOUNT, administrators_only, items, no_content, single
from emulator.amocrm.api.takes import NOTHING, Items, One, Table
from emulator.amocrm.validation import refuse_flawed
from emulator.core.database import Row
from emulator.core.errors import BadRequest, NotFound

_GROUP = r"{group:[a-z0-9_]{1,60}}"


class FieldGroupRoutes:
    """The handlers for the groups of one kind of card."""

    def __init__(self, table: str) -> None:
        self._table = table

    def routes(self) -> list[web.RouteDef]:
        path = f"/api/v4/{self._table}/custom_fields/groups"
        return [
            web.get(path, self.get_list),
            web.post(path, self.post),
            web.get(f"{path}/{_GROUP}", self.get_one),
            web.patch(f"{path}/{_GROUP}", self.patch_one),
            web.delete(f"{path}/{_GROUP}", self.delete_one),
        ]

    async def get_list(self, request: web.Request) -> web.StreamResponse:
        groups = [self._shown(request, group) for group in request[ACCOUNT].field_groups.all(self._table)]
        return hal.response({"_total_items": len(groups), **hal.written(request, "custom_field_groups", groups)})

    async def get_one(self, request: web.Request) -> web.StreamResponse:
        return hal.response(self._shown(request, self._group(request)))

    async def post(self, request: web.Request) -> web.StreamResponse:
        administrators_only(request)
        groups, asked = request[ACCOUNT].field_groups, await items(request)
        drafts = [groups.read(item, self._table) for item in asked]
        refuse_flawed(asked)
        written = [
            {**self._shown(request, group), "request_id": draft.item.request_id}
            for draft, group in zip(drafts, groups.create(self._table, drafts), strict=True)
        ]
        return hal.response({"_total_items": len(written), **hal.written(request, "custom_field_groups", written)})

    async def patch_one(self, request: web.Request) -> web.StreamResponse:
        administrators_only(request)
        groups, group, item = request[ACCOUNT].field_groups, self._own(request), await single(request)
        draft = groups.read(item, self._table, group)
        refuse_flawed([item])
        return hal.response(self._shown(request, groups.change(draft)))

    async def delete_one(self, request: web.Request) -> web.StreamResponse:
        administrators_only(request)
        request[ACCOUNT].field_groups.delete(self._own(request))
        return no_content()

    def _group(self, request: web.Request) -> Row:
        group = request[ACCOUNT].field_groups.get(self._table, request.match_info["group"])
        if group is None:
            raise NotFound("Custom field group not found")
        return group

    def _own(self, request: web.Request) -> Row:
        """A group that may be changed."""
        group = self._group(request)
        if group["is_predefined"]:
            raise BadRequest("A predefined group can not be changed")
        return group

    def _shown(self, request: web.Request, group: Row) -> dict[str, Any]:
        fields = {**group, "type": "custom_field_group"}
        fields["fields"] = request[ACCOUNT].field_groups.fields(self._table, group["id"])
        return hal.entity(hal.base(request), f"{self._table}/custom_fields/groups/{group['id']}", fields)


ROUTES = [route for table in ("contacts", "companies", "leads") for route in FieldGroupRoutes(table).routes()]

_SHAPE = {"name": str, "sort": int, "fields": [int]}


def _takes(table: str) -> Table:
    path = f"/api/v4/{table}/custom_fields/groups"
    return {
        f"GET {path}": NOTHING,
        f"POST {path}": Items(_SHAPE, ("name",)),
        f"PATCH {path}/{{group}}": One(_SHAPE),
        f"DELETE {path}/{{group}}": NOTHING,
    }


TAKES = {name: takes for table in ("contacts", "companies", "leads") for name, takes in _takes(table).items()}
