"""/{cards}/notes and /{cards}/{id}/notes, pin and unpin (facts §3.8)."""

from __future__ import annotations

from typing import Any, Literal

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
    with_,
)
from emulator.amocrm.api.takes import Items, Listing, One, Table, Takes
from emulator.amocrm.note_types import WRITABLE
from emulator.amocrm.notes import FILTERS, NoteDraft
from emulator.amocrm.validation import refuse_flawed
from emulator.core.database import Row
from emulator.core.errors import NotFound

_NOTE = r"{note:\d+}"


class NoteRoutes:
    """The handlers for the notes of one kind of card."""

    def __init__(self, table: str) -> None:
        self._table = table

    def routes(self) -> list[web.RouteDef]:
        path = f"/api/v4/{self._table}"
        return [
            *self._at(f"{path}/notes"),
            *self._at(f"{path}/{ID}/notes"),
        ]

    def _at(self, path: str) -> list[web.RouteDef]:
        return [
            web.get(path, self.get_list),
            web.post(path, self.post),
            web.patch(path, self.patch),
            web.get(f"{path}/{_NOTE}", self.get_one),
            web.patch(f"{path}/{_NOTE}", self.patch_one),
            web.post(f"{path}/{_NOTE}/pin", self.pin),
            web.post(f"{path}/{_NOTE}/unpin", self.unpin),
        ]

    def _card_id(self, request: web.Request) -> int | None:
        return identifier(request) if "id" in request.match_info else None

    async def get_list(self, request: web.Request) -> web.StreamResponse:
        page = request[ACCOUNT].notes.page(self._table, self._card_id(request), list_query(request))
        return page_response(request, "notes", page, lambda rows: [self._formatted(request, row) for row in rows])

    async def get_one(self, request: web.Request) -> web.StreamResponse:
        note = self._find(request, identifier(request, "note"))
        return no_content() if note is None else hal.response(self._formatted(request, note))

    def _find(self, request: web.Request, note_id: int) -> Row | None:
        """The note, if it is one of the path's card."""
        note = request[ACCOUNT].notes.get(self._table, note_id)
        return note if note and self._card_id(request) in (None, note["entity_id"]) else None

    def _must_find(self, request: web.Request) -> Row:
        note = self._find(request, identifier(request, "note"))
        if note is None:
            raise NotFound("Note not found")
        return note

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

    async def patch(self, request: web.Request) -> web.StreamResponse:
        notes, user_id, asked = request[ACCOUNT].notes, request[PRINCIPAL].user_id, await items(request)
        found = [(item, named(item, lambda note_id: self._find(request, note_id))) for item in asked]
        drafts = [notes.read_change(item, before, user_id) for item, before in found if before is not None]
        refuse_flawed(asked)
        changed = zip(drafts, notes.change(drafts), strict=True)
        written = [self._thin(request, draft, note, with_request_id=True) for draft, note in changed]
        return hal.response(hal.written(request, "notes", written))

    async def patch_one(self, request: web.Request) -> web.StreamResponse:
        notes, before, item = request[ACCOUNT].notes, self._must_find(request), await single(request)
        draft = notes.read_change(item, before, request[PRINCIPAL].user_id)
        refuse_flawed([item])
        [note] = notes.change([draft])
        return hal.response(self._thin(request, draft, note, with_request_id="request_id" in item.data))

    def _thin(self, request: web.Request, draft: NoteDraft, note: Row, *, with_request_id: bool) -> dict[str, Any]:
        fields = {"id": note["id"], "entity_id": note["entity_id"], "updated_at": note["updated_at"] // 1_000_000}
        if with_request_id:
            fields["request_id"] = draft.item.request_id
        return hal.entity(hal.base(request), f"{self._table}/{note['entity_id']}/notes/{note['id']}", fields)

    async def pin(self, request: web.Request) -> web.StreamResponse:
        return self._pin(request, is_pinned=True)

    async def unpin(self, request: web.Request) -> web.StreamResponse:
        return self._pin(request, is_pinned=False)

    def _pin(self, request: web.Request, *, is_pinned: bool) -> web.StreamResponse:
        note = self._must_find(request)
        request[ACCOUNT].notes.pin(note, request[PRINCIPAL].user_id, is_pinned=is_pinned)
        return no_content()

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
        )
        if "is_pinned" in with_(request):
            fields["is_pinned"] = note["is_pinned"] == 1
        return hal.entity(hal.base(request), f"{self._table}/{note['entity_id']}/notes/{note['id']}", fields)


ROUTES = [route for table in ("contacts", "companies", "leads") for route in NoteRoutes(table).routes()]

_CHANGE = {"params": dict, "responsible_user_id": int}
_NEW = {"note_type": Literal[*WRITABLE], **_CHANGE, "created_by": int, "created_at": int}


def _takes(path: str, card: dict[str, Any]) -> Table:
    return {
        f"GET {path}": Listing(FILTERS, ("updated_at", "id")),
        f"POST {path}": Items({**card, **_NEW}, (*card, "note_type")),
        f"PATCH {path}": Items({"id": int, **_CHANGE}, ("id",)),
        f"GET {path}/{{note}}": Takes(answers=(200, 204)),
        f"PATCH {path}/{{note}}": One(_CHANGE),
        f"POST {path}/{{note}}/pin": Takes(answers=(204,)),
        f"POST {path}/{{note}}/unpin": Takes(answers=(204,)),
    }


TAKES: dict[str, Takes] = {}
for _table in ("contacts", "companies", "leads"):
    TAKES |= _takes(f"/api/v4/{_table}/notes", {"entity_id": int})
    TAKES |= _takes(f"/api/v4/{_table}/{{id}}/notes", {})
