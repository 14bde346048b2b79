"""Notes of cards (facts §3.8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from emulator.amocrm.changes import SINGULAR, Change
from emulator.amocrm.note_types import WRITABLE, check_params
from emulator.amocrm.query import ListQuery, Page, fetch, instants, integers, texts
from emulator.amocrm.validation import Item
from emulator.amocrm.visibility import CARD_FOUND
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

FILTERS = {
    "id": integers("id"),
    "note_type": texts("note_type"),
    "entity_id": integers("entity_id"),
    "updated_at": instants("updated_at"),
}


@dataclass
class NoteDraft:
    """One note of a request, checked. `before` is the note as it was; None for a new one.

    `params` are those that a change sets; the others of the note stay.
    """

    item: Item
    row: Row
    before: Row | None = None
    params: dict[str, Any] = field(default_factory=dict)


class Notes:
    """The notes of an account's cards."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def get(self, entity_type: str, note_id: int) -> Row | None:
        """The note, if its card can be found."""
        sql = f"SELECT * FROM notes WHERE id = ? AND entity_type = ? AND EXISTS ({CARD_FOUND.format(entity_type)})"
        return self._database.one(sql, note_id, entity_type)

    def page(self, entity_type: str, entity_id: int | None, query: ListQuery) -> Page:
        """Notes of one card, or of all cards of its kind that can be found."""
        conditions = query.conditions(FILTERS)
        conditions.add("entity_type = ?", entity_type)
        conditions.add(f"EXISTS ({CARD_FOUND.format(entity_type)})")
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
        note_type, params = item.choice("note_type", WRITABLE), item.object("params") or {}
        if note_type:
            check_params(item, note_type, params, partly=False)
        item.flag("is_need_to_trigger_digital_pipeline")
        now, created_at = self._account.now(), item.instant("created_at")
        row = {
            "entity_type": entity_type,
            "entity_id": entity_id,
            "note_type": note_type,
            "params": orjson.dumps(params).decode(),
            **self._responsible(item, card),
            "created_by": self._author(item, "created_by", user_id),
            "updated_by": user_id,
            "created_at": now if created_at is None else created_at,
            "updated_at": now,
        }
        return NoteDraft(item, row)

    def read_change(self, item: Item, before: Row, user_id: int) -> NoteDraft:
        """`item` as a change of the note `before`, which stays on its card and of its type."""
        for key in ("entity_id", "note_type"):
            if item.data.get(key) not in (None, before[key]):
                item.refuse("NotSupportedChoice", key)
        updated_at = item.instant("updated_at")
        row: Row = {
            "updated_by": self._author(item, "updated_by", user_id),
            "updated_at": self._account.now() if updated_at is None else updated_at,
            **self._responsible(item, None),
        }
        params = item.object("params") or {}
        if before["note_type"] in WRITABLE:
            check_params(item, before["note_type"], params, partly=True)
        return NoteDraft(item, row, before, params)

    def _author(self, item: Item, key: str, user_id: int) -> int:
        author = item.integer(key)
        if author is not None and not self._account.users.exists(author):
            item.refuse("NotSupportedChoice", key)
        return user_id if author is None else author

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

    def change(self, drafts: list[NoteDraft]) -> list[Row]:
        """The notes as they are after the changes."""
        with self._database.transaction():
            return [self._update(draft.before["id"], draft.row, draft.params) for draft in drafts if draft.before]

    def pin(self, note: Row, author: int, *, is_pinned: bool) -> None:
        """Keep a note at the top of its card, or not any more."""
        if note["is_pinned"] != is_pinned:
            with self._database.transaction():
                self._update(note["id"], {"is_pinned": int(is_pinned), "updated_by": author}, {})

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

    def _update(self, note_id: int, changes: Row, params: dict[str, Any]) -> Row:
        before = self._any(note_id)  # an earlier item of the batch may have changed the note
        if params:
            changes = {**changes, "params": orjson.dumps({**orjson.loads(before["params"]), **params}).decode()}
        self._database.update("notes", note_id, changes)
        after = self._any(note_id)
        author = changes["updated_by"]
        self._account.changes.announce(
            Change("note", "changed", note_id, author=author, before=before, after=after, said=changes)
        )
        return after

    def _any(self, note_id: int) -> Row:
        note = self._database.one("SELECT * FROM notes WHERE id = ?", note_id)
        assert note is not None
        return note
