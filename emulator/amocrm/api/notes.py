"""/{contacts|leads}/notes and /{contacts|leads}/{id}/notes (facts §3.8)."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import ACCOUNT, ID, PRINCIPAL, identifier, items, list_query, no_content, page_response
from emulator.amocrm.validation import refuse_flawed
from emulator.core.database import Row

_NOTE = r"{note:\d{1,18}}"


class NoteRoutes:
    """The handlers for the notes of one kind of card."""

    def __init__(self, table: str) -> None:
        self._table = table

    def routes(self) -> list[web.RouteDef]:
        path = f"/api/v4/{self._table}"
        return [
            web.get(f"{path}/notes", self.get_list),
            web.post(f"{path}/notes", self.post),
            web.get(f"{path}/notes/{_NOTE}", self.get_one),
            web.get(f"{path}/{ID}/notes", self.get_list),
            web.post(f"{path}/{ID}/notes", self.post),
            web.get(f"{path}/{ID}/notes/{_NOTE}", self.get_one),
        ]

    def _card_id(self, request: web.Request) -> int | None:
        return identifier(request) if "id" in request.match_info else None

    async def get_list(self, request: web.Request) -> web.StreamResponse:
        page = request[ACCOUNT].notes.page(self._table, self._card_id(request), list_query(request))
        return page_response(request, "notes", page, lambda rows: [self._formatted(request, row) for row in rows])

    async def get_one(self, request: web.Request) -> web.StreamResponse:
        note = request[ACCOUNT].notes.get(self._table, identifier(request, "note"))
        if note is None or self._card_id(request) not in (None, note["entity_id"]):
            return no_content()
        return hal.response(self._formatted(request, note))

    async def post(self, request: web.Request) -> web.StreamResponse:
        notes, user_id, card_id = request[ACCOUNT].notes, request[PRINCIPAL].user_id, self._card_id(request)
        drafts = [notes.read(item, self._table, card_id, user_id) for item in await items(request)]
        refuse_flawed(draft.item for draft in drafts)
        base = hal.base(request)
        written = [
            hal.entity(
                base,
                f"{self._table}/{note['entity_id']}/notes/{note['id']}",
                {"id": note["id"], "entity_id": note["entity_id"], "request_id": draft.item.request_id},
            )
            for draft, note in zip(drafts, notes.create(drafts), strict=True)
        ]
        return hal.response(hal.written(request, "notes", written))

    def _formatted(self, request: web.Request, note: Row) -> dict[str, Any]:
        keys = ("id", "entity_id", "created_by", "updated_by")
        fields = {key: note[key] for key in keys}
        fields.update(
            created_at=note["created_at"] // 1_000_000,
            updated_at=note["updated_at"] // 1_000_000,
            responsible_user_id=note["responsible_user_id"],
            group_id=note["group_id"],
            note_type=note["note_type"],
            params=orjson.Fragment(note["params"]),
            account_id=request[ACCOUNT].id,
            is_pinned=note["is_pinned"] == 1,
        )
        return hal.entity(hal.base(request), f"{self._table}/{note['entity_id']}/notes/{note['id']}", fields)


ROUTES = [route for table in ("contacts", "companies", "leads") for route in NoteRoutes(table).routes()]
