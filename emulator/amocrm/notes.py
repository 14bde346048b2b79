"""Notes of cards (facts §3.8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from emulator.amocrm.changes import SINGULAR, Change
from emulator.amocrm.query import ListQuery, Page, fetch, instants, integers, texts
from emulator.amocrm.validation import Item
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

PARAMS: dict[str, tuple[str, ...]] = {
    "common": ("text",),
    "call_in": (),
    "call_out": (),
    "service_message": ("service", "text"),
    "extended_service_message": ("service", "text"),
    "message_cashier": ("status", "text"),
    "geolocation": ("text", "address", "longitude", "latitude"),
    "sms_in": ("text", "phone"),
    "sms_out": ("text", "phone"),
    "invoice_paid": ("service", "text", "icon_url"),
    "site_visit": ("url",),
}
"""Types that can be written, each with the params it must have."""

_CALLS = ("call_in", "call_out")
_NOT_NULL_IN_CALLS = ("link", "call_result", "call_status")

_FILTERS = {
    "id": integers("id"),
    "note_type": texts("note_type"),
    "entity_id": integers("entity_id"),
    "updated_at": instants("updated_at"),
}


@dataclass
class NoteDraft:
    """One note of a request, checked."""

    item: Item
    row: Row


class Notes:
    """The notes of an account's cards."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def get(self, entity_type: str, note_id: int) -> Row | None:
        return self._database.one("SELECT * FROM notes WHERE id = ? AND entity_type = ?", note_id, entity_type)

    def page(self, entity_type: str, entity_id: int | None, query: ListQuery) -> Page:
        """Notes of one card, or of all cards of its kind that can be found."""
        conditions = query.conditions(_FILTERS)
        conditions.add("entity_type = ?", entity_type)
        visible = f"SELECT 1 FROM {entity_type} c WHERE c.id = entity_id AND c.visible_at IS NOT NULL"
        conditions.add(f"EXISTS ({visible} AND NOT c.is_deleted)")
        if entity_id is not None:
            conditions.add("entity_id = ?", entity_id)
        return fetch(self._database, "notes", query, conditions, query.order(("updated_at", "id")))

    def read(self, item: Item, entity_type: str, entity_id: int | None, user_id: int) -> NoteDraft:
        """`item` as a draft for the card of the path or the one it names; flaws are noted in the item."""
        item.require("note_type")
        if entity_id is None:
            item.require("entity_id")
            entity_id = item.integer("entity_id")
        card = self._account.cards[entity_type].get(entity_id) if entity_id is not None else None
        if card is None and entity_id is not None:
            item.refuse("NotSupportedChoice", "entity_id")
        note_type = item.text("note_type")
        params = self._params(item, note_type)
        now, created_at = self._account.now(), item.instant("created_at")
        author = item.integer("created_by")
        if author is not None and not self._account.users.exists(author):
            item.refuse("NotSupportedChoice", "created_by")
        responsible = self._responsible(item, card)
        row = {
            "entity_type": entity_type,
            "entity_id": entity_id,
            "note_type": note_type,
            "params": orjson.dumps(params).decode(),
            **responsible,
            "created_by": user_id if author is None else author,
            "updated_by": user_id,
            "created_at": now if created_at is None else created_at,
            "updated_at": now,
        }
        return NoteDraft(item, row)

    def _params(self, item: Item, note_type: str | None) -> dict[str, Any]:
        params = item.object("params") or {}
        if not note_type:
            return params
        if note_type not in PARAMS:
            item.refuse("NotSupportedChoice", "note_type")
            return params
        for key in PARAMS[note_type]:
            if params.get(key) is None:
                item.refuse("NotNullable" if key in params else "FieldMissing", f"params.{key}")
        if note_type in _CALLS:
            for key in _NOT_NULL_IN_CALLS:
                if key in params and params[key] is None:
                    item.refuse("NotNullable", f"params.{key}")
        return params

    def _responsible(self, item: Item, card: Row | None) -> Row:
        user_id = item.integer("responsible_user_id")
        if user_id is None:
            keys = ("responsible_user_id", "group_id")
            return {key: card[key] for key in keys} if card else {}
        group = self._account.users.group_of(user_id)
        if group is None:
            item.refuse("NotSupportedChoice", "responsible_user_id")
        return {"responsible_user_id": user_id, "group_id": group}

    def create(self, drafts: list[NoteDraft]) -> list[Row]:
        with self._database.transaction():
            return [self._insert(draft.row) for draft in drafts]

    def add(
        self,
        card: tuple[str, int],
        note_type: str,
        params: dict[str, Any],
        *,
        author: int,
        created_at: int,
        responsible: int,
    ) -> Row:
        """A note that amoCRM itself puts on a card, such as that of a call."""
        return self._insert(
            {
                "entity_type": card[0],
                "entity_id": card[1],
                "note_type": note_type,
                "params": orjson.dumps(params).decode(),
                "responsible_user_id": responsible,
                "group_id": self._account.users.group_of(responsible) or 0,
                "created_by": author,
                "updated_by": author,
                "created_at": created_at,
                "updated_at": self._account.now(),
            }
        )

    def _insert(self, row: Row) -> Row:
        note_id = self._database.insert("notes", row)
        note = {"id": note_id, "is_pinned": 0, **row}
        said = {"note_type": row["note_type"], "card": f"{SINGULAR[row['entity_type']]}:{row['entity_id']}"}
        self._account.changes.announce(
            Change("note", "added", note_id, author=row["created_by"], after=note, said=said)
        )
        return note
