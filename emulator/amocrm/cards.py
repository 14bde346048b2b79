"""What contacts and leads have in common: people, times, custom fields, tags, search (facts §2.4, §3.3, §3.4).

Writing has two steps. `read` turns one item of a request into a `Draft` and notes its flaws; when no item of the batch
has any, `create` and `change` carry drafts out in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from emulator.amocrm.field_values import Changes, FieldValues, Shown, merged
from emulator.amocrm.query import (
    Conditions,
    Filter,
    ListQuery,
    Page,
    fetch,
    instants,
    integer,
    integers,
    span,
    texts,
    values,
)
from emulator.amocrm.tags import TagChange
from emulator.amocrm.validation import Item
from emulator.core.database import Row
from emulator.core.errors import BadRequest
from emulator.core.phones import digits

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

_PHONE_SIGNS = frozenset("0123456789+-() ")


def number_in(text: str) -> str:
    """The digits of a search text that is written like a phone; empty for any other."""
    return digits(text) if _PHONE_SIGNS.issuperset(text) else ""


_IN_FIELD = (
    "EXISTS (SELECT 1 FROM json_each(fields) f, json_each(f.value, '$.values') v "
    "WHERE json_extract(f.value, '$.field_id') = ? AND {test})"
)


def _field_filter(conditions: Conditions, node: Any, path: str) -> None:
    """`filter[custom_fields_values][{field_id}][]=v`, or a range with `[from]` and `[to]`."""
    for field_id, asked in node.items() if isinstance(node, dict) else ():
        if not field_id.isdecimal():
            raise BadRequest.field(path, field_id, "the id of a custom field")
        inner = Conditions()
        if isinstance(asked, dict) and asked.keys() & {"from", "to"}:
            span("CAST(json_extract(v.value, '$.value') AS INTEGER)")(inner, asked, f"{path}[{field_id}]")
        else:
            inner.among("CAST(json_extract(v.value, '$.value') AS TEXT)", values(asked))
        number = integer(field_id, f"{path}[{field_id}]")
        conditions.add(_IN_FIELD.format(test=" AND ".join(inner.clauses)), number, *inner.arguments)


CARD_FILTERS: dict[str, Filter] = {
    "id": integers("id"),
    "name": texts("name"),
    "responsible_user_id": integers("responsible_user_id"),
    "created_by": integers("created_by"),
    "updated_by": integers("updated_by"),
    "created_at": instants("created_at"),
    "updated_at": instants("updated_at"),
    "closest_task_at": instants("closest_task_at"),
    "custom_fields_values": _field_filter,
}


@dataclass
class Draft:
    """What one item writes. `before` is the card as it was; None for a new one. `contacts`: (id, is_main) of a lead."""

    item: Item
    row: Row
    fields: Changes
    tags: TagChange | None
    before: Row | None = None
    contacts: list[tuple[int, bool]] = field(default_factory=list)


class Cards:
    """Cards of one kind. `table` is also the plural in paths, `kind` the singular."""

    table: str
    kind: str
    filters: Mapping[str, Filter] = CARD_FILTERS
    order_keys: tuple[str, ...] = ("created_at", "updated_at", "id")

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database
        self._values = FieldValues(account.custom_fields, account.zone, self.table)
        self._get = f"SELECT * FROM {self.table} WHERE id = ? AND visible_at IS NOT NULL AND NOT is_deleted"

    def get(self, card_id: int) -> Row | None:
        """The card, if it can be found: not deleted and not only in «Неразобранное»."""
        return self._database.remembered(self._get, card_id)

    def page(self, query: ListQuery) -> Page:
        conditions = query.conditions(self.filters)
        conditions.add("visible_at IS NOT NULL AND NOT is_deleted")
        if query.text:
            self._search(conditions, query.text)
        return fetch(self._database, self.table, query, conditions, query.order(self.order_keys))

    def _search(self, conditions: Conditions, text: str) -> None:
        number = number_in(text)
        if number:
            conditions.add("(instr(search, ?) OR instr(search, ?))", text.casefold(), number)
        else:
            conditions.add("instr(search, ?)", text.casefold())

    def read(self, item: Item, user_id: int, before: Row | None = None) -> Draft:
        """`item`, written by `user_id`, as a draft: a new card or a change of `before`. Flaws are noted in it."""
        row: Row = {}
        self._read_people(item, row, user_id, before)
        self._read_times(item, row, before)
        name = item.text("name")
        if name is not None:
            row["name"] = name
        tags = self._account.tags.read(item, self.table)
        draft = Draft(item, row, self._values.read(item), tags, before)
        self._read_more(draft)
        return draft

    def _read_people(self, item: Item, row: Row, user_id: int, before: Row | None) -> None:
        users, profile = self._account.users, self._account.profile
        responsible = item.integer("responsible_user_id")
        if responsible is None and before is None:
            responsible = user_id
        if responsible is not None:
            group = users.group_of(responsible)
            if group is None:
                item.refuse("NotSupportedChoice", "responsible_user_id")
            row["responsible_user_id"], row["group_id"] = responsible, group
        for key in ("created_by", "updated_by"):
            author = item.integer(key)
            if author is not None and not users.exists(author):
                item.refuse("NotSupportedChoice", key)
            if key == "created_by" and before is not None:
                if author is not None and profile.created_by_on_patch == "change":
                    row[key] = author
            else:
                row[key] = user_id if author is None else author

    def _read_times(self, item: Item, row: Row, before: Row | None) -> None:
        now = self._account.now()
        for key in ("created_at", "updated_at"):
            instant = item.instant(key)
            if key == "updated_at" or before is None:
                row[key] = now if instant is None else instant

    def _read_more(self, draft: Draft) -> None:
        """What only this kind of card has."""

    def create(self, drafts: Iterable[Draft]) -> list[Row]:
        """New, visible cards."""
        with self._database.transaction():
            return [self._write(draft, self._insert) for draft in drafts]

    def change(self, drafts: Iterable[Draft]) -> list[Row]:
        """The cards as they are after the changes."""
        with self._database.transaction():
            return [self._write(draft, self._update) for draft in drafts]

    def _insert(self, draft: Draft, row: Row) -> int:
        row.setdefault("name", "")
        row["visible_at"] = self._account.now()
        return self._database.insert(self.table, row)

    def _update(self, draft: Draft, row: Row) -> int:
        assert draft.before is not None
        card_id: int = draft.before["id"]
        self._database.update(self.table, card_id, row)
        return card_id

    def _write(self, draft: Draft, store: Any) -> Row:
        """Store one draft, with its search text, tags and consequences; returns the card."""
        if draft.before is not None:  # an earlier item of the batch may have changed the card
            draft.before = self._database.one(f"SELECT * FROM {self.table} WHERE id = ?", draft.before["id"])
        row = dict(draft.row)
        before: Row = draft.before or {}
        shown: list[Shown] = orjson.loads(before["fields"]) if before.get("fields") else []
        if draft.fields:
            shown = merged(shown, draft.fields)
            row["fields"] = orjson.dumps(shown).decode() if shown else None
        name: str = row["name"] if "name" in row else before.get("name", "")
        if draft.before is None or draft.fields or "name" in row:
            row["search"] = _search_text(name, shown)
        card_id: int = store(draft, row)
        if draft.tags:
            self._account.tags.apply(self.table, card_id, draft.tags)
            tags = orjson.dumps(self._account.tags.of(self.table, card_id)).decode()
            self._database.update(self.table, card_id, {"tags": tags})
        card = self._database.one(f"SELECT * FROM {self.table} WHERE id = ?", card_id)
        assert card is not None
        self._account.note_change(
            self.kind, card_id, {"created" if draft.before is None else "changed": _journalled(draft.row, draft.fields)}
        )
        self._written(draft, card, shown)
        return card

    def _written(self, draft: Draft, card: Row, shown: list[Shown]) -> None:
        """What follows from a card having been written."""


def _journalled(row: Row, changes: Changes) -> dict[str, Any]:
    return {**row, "custom_fields": {str(field_id): shown and shown["values"] for field_id, shown in changes.items()}}


def _search_text(name: str, shown: list[Shown]) -> str:
    """What `query` looks through. Phones are there as written and as digits."""
    lines = [name]
    for each in shown:
        for value in each["values"]:
            lines.append(str(value["value"]))
            if each["field_code"] == "PHONE":
                lines.append(digits(str(value["value"])))
    return "\n".join(lines).casefold()
