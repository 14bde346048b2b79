"""What contacts, companies and leads have in common: people, times, custom fields, tags, search (facts §2.4, §3.3).

Writing has two steps. `read` turns one item of a request into a `Draft` and notes its flaws; when no item of the batch
has any, `create` and `change` carry drafts out in one transaction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from emulator.amocrm.changes import Action, Change, Kind
from emulator.amocrm.field_values import FieldValues, Shown
from emulator.amocrm.kept_values import FieldChanges, merged
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
from emulator.core.phones import digits, match_key

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

_PHONE_SIGNS = frozenset("0123456789+-() ")
KEY_LENGTH = 10
LONG_NUMBER = re.compile(r"[0-9]{10,}")


Number = tuple[str, int, str, int]
"""A row of the index of numbers: (key, card, digits, whether it is a phone)."""

Holder = tuple[Row, set[Number]]
"""A card that has a value of some field, with its numbers so far."""


def number_in(text: str) -> str:
    """The digits of a search text that is written like a phone; empty for any other."""
    return digits(text) if _PHONE_SIGNS.issuperset(text) else ""


_IN_FIELD = """EXISTS (SELECT 1 FROM json_each(fields, '$."{field_id}"') v WHERE {test})"""
_WRITTEN = "json_extract(v.value, '$[0]')"
_OPTION = "json_extract(v.value, '$[1]')"


def _field_filter(conditions: Conditions, node: Any, path: str) -> None:
    """`filter[custom_fields_values][{id}][]=v`, or a range with `[from]` and `[to]`; of a list the option's id."""
    for text, asked in node.items() if isinstance(node, dict) else ():
        if not text.isdecimal():
            raise BadRequest.field(path, text, "the id of a custom field")
        field_id, inner = integer(text, f"{path}[{text}]"), Conditions()
        if isinstance(asked, dict) and asked.keys() & {"from", "to"}:
            span(f"CAST({_WRITTEN} AS INTEGER)")(inner, asked, f"{path}[{text}]")
        else:
            either = f"coalesce(CAST({_WRITTEN} AS TEXT), CAST({_OPTION} AS TEXT))"
            inner.among(either, values(asked))
        conditions.add(_IN_FIELD.format(field_id=field_id, test=" AND ".join(inner.clauses)), *inner.arguments)


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
    fields: FieldChanges
    tags: TagChange | None
    before: Row | None = None
    contacts: list[tuple[int, bool]] = field(default_factory=list)


class Cards:
    """Cards of one kind. `table` is also the plural in paths, `kind` the singular, `phones` the index of numbers."""

    table: str
    kind: Kind
    phones: str | None = None
    filters: Mapping[str, Filter] = CARD_FILTERS
    order_keys: tuple[str, ...] = ("created_at", "updated_at", "id")

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database
        self._values = FieldValues(account.custom_fields, account.zone, self.table)
        self._get = f"SELECT * FROM {self.table} WHERE id = ? AND visible_at IS NOT NULL AND NOT is_deleted"
        self._any = f"SELECT * FROM {self.table} WHERE id = ?"

    def get(self, card_id: int) -> Row | None:
        """The card, if it can be found: not deleted and not only in «Неразобранное»."""
        return self._database.remembered(self._get, card_id)

    def writable(self, card_id: int) -> Row | None:
        """The card, if a request that knows its id can change it: one in «Неразобранное» too."""
        card = self._database.one(self._any, card_id)
        return None if card is None or card["is_deleted"] else card

    def any(self, card_id: int) -> Row:
        """The card, hidden and deleted ones too; there must be one."""
        row = self._database.one(self._any, card_id)
        assert row is not None
        return row

    def page(self, query: ListQuery) -> Page:
        conditions = query.conditions(self.filters)
        conditions.add("visible_at IS NOT NULL")
        conditions.add("is_deleted" if "only_deleted" in query.with_ else "NOT is_deleted")
        self._narrow(conditions, query)
        if query.text:
            self._search(conditions, query.text)
        return fetch(self._database, self.table, query, conditions, query.order(self.order_keys))

    def _narrow(self, conditions: Conditions, query: ListQuery) -> None:
        """A filter by phone goes through the index of numbers, so that it does not scan."""
        phone = self._account.custom_fields.coded(self.table, "PHONE") if self.phones and query.tree else None
        asked = query.filtered("custom_fields_values")
        wanted = asked.get(str(phone.id)) if phone and isinstance(asked, dict) else None
        if wanted is None or (isinstance(wanted, dict) and wanted.keys() & {"from", "to"}):
            return
        keys = Conditions()
        keys.among("key", [match_key(text) for text in values(wanted)])
        conditions.add(f"id IN (SELECT card_id FROM {self.phones}{keys.sql()})", *keys.arguments)

    def _search(self, conditions: Conditions, text: str) -> None:
        number = number_in(text)
        if self.phones and len(number) >= KEY_LENGTH:
            numbers = f"SELECT card_id FROM {self.phones} WHERE key = ? AND instr(digits, ?)"
            conditions.add(f"id IN ({numbers})", number[-KEY_LENGTH:], number)
        elif number:
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

    def create(self, drafts: Iterable[Draft], *, hidden: bool = False) -> list[Row]:
        """New cards; `hidden` ones live in «Неразобранное» only, until `show`."""
        with self._database.transaction():
            return [self._create(draft, hidden) for draft in drafts]

    def change(self, drafts: Iterable[Draft]) -> list[Row]:
        """The cards as they are after the changes."""
        with self._database.transaction():
            return [self._change(draft) for draft in drafts]

    def _create(self, draft: Draft, hidden: bool) -> Row:
        row = {"name": "", **self._stored(draft, "", None)}
        row["visible_at"] = None if hidden else self._account.now()
        card_id = self._database.insert(self.table, row)
        self._tag(draft, card_id)
        self._link(draft, card_id)
        card = self._any_indexed(card_id, None)
        if not hidden:
            self._added(card, _journalled(draft))
        return card

    def _added(self, card: Row, said: dict[str, Any]) -> None:
        """A card can be seen from now on."""
        self._account.changes.announce(
            Change(self.kind, "added", card["id"], author=card["created_by"], after=card, said=said)
        )
        self._seen(card)

    def _seen(self, card: Row) -> None:
        """Let calls that wait for one of the card's numbers go to it."""
        if self.phones:
            self._account.platform.card_seen(self.table, card)

    def _change(self, draft: Draft) -> Row:
        assert draft.before is not None
        before = self.any(draft.before["id"])  # an earlier item of the batch may have changed the card
        draft.before, card_id = before, before["id"]
        self._database.update(self.table, card_id, self._stored(draft, before["name"], before["fields"]))
        self._tag(draft, card_id)
        self._any_indexed(card_id, before)
        return self._announced(before, draft.row["updated_by"], _journalled(draft))

    def _announced(self, before: Row, author: int, said: dict[str, Any]) -> Row:
        """The card after a change that is announced, if anybody can see the card."""
        card = self.any(before["id"])
        if card["visible_at"] is None:
            return card
        self._account.changes.announce(
            Change(self.kind, "changed", card["id"], author=author, before=before, after=card, said=said)
        )
        self._seen(card)
        return card

    def _stored(self, draft: Draft, name: str, fields: str | None) -> Row:
        """The columns that a draft writes, for a card with that name and those fields so far."""
        row = dict(draft.row)
        if draft.fields:
            fields = row["fields"] = merged(fields, draft.fields)
        if draft.before is None or draft.fields or "name" in row:
            row["search"] = self._search_text(row.get("name", name), fields)
        return row

    def _tag(self, draft: Draft, card_id: int) -> None:
        if draft.tags:
            self._account.tags.apply(self.table, card_id, draft.tags)
            tags = orjson.dumps(self._account.tags.of(self.table, card_id)).decode()
            self._database.update(self.table, card_id, {"tags": tags})

    def _link(self, draft: Draft, card_id: int) -> None:
        """Tie a new card to those that its item embeds."""

    def show(self, card_id: int, changes: Row) -> Row:
        """A hidden card can be found from now on; `changes` are written with it."""
        self._database.update(self.table, card_id, {**changes, "visible_at": self._account.now()})
        card = self.any(card_id)
        self._added(card, {"name": card["name"]})
        return card

    def is_binned(self, card_id: int) -> bool:
        """Whether the card is in the bin; one whose item in «Неразобранное» was declined is not."""
        sql = f"SELECT 1 FROM {self.table} WHERE id = ? AND is_deleted AND visible_at IS NOT NULL"
        return self._database.one(sql, card_id) is not None

    def drop(self, card_id: int, author: int) -> None:
        """A hidden card is gone for good: its item in «Неразобранное» was declined."""
        changes = {"is_deleted": 1, "updated_at": self._account.now(), "updated_by": author}
        self._database.update(self.table, card_id, changes)

    def delete(self, card_ids: Iterable[int], author: int) -> None:
        """Put cards into the bin, as the page of amoCRM does; its API has no such request."""
        self._bin(card_ids, author, is_deleted=True)

    def restore(self, card_ids: Iterable[int], author: int) -> None:
        """Take cards out of the bin again."""
        self._bin(card_ids, author, is_deleted=False)

    def _bin(self, card_ids: Iterable[int], author: int, *, is_deleted: bool) -> None:
        with self._database.transaction():
            for card_id in card_ids:
                before = self._database.one(self._any, card_id)
                if before is None or before["is_deleted"] == is_deleted or before["visible_at"] is None:
                    continue
                changes = {"is_deleted": int(is_deleted), "updated_at": self._account.now(), "updated_by": author}
                self._database.update(self.table, card_id, changes)
                action: Action = "deleted" if is_deleted else "restored"
                after = self.any(card_id)
                self._account.changes.announce(
                    Change(self.kind, action, card_id, author=author, before=before, after=after)
                )
                if not is_deleted:
                    self._seen(after)

    def shown_fields(self, card: Row) -> list[Shown] | None:
        """`custom_fields_values` of a card as in an answer."""
        return self._values.shown(card["fields"])

    def _search_text(self, name: str, fields: str | None) -> str:
        """What `query` looks through. A phone is there as digits, and as written if it holds more than those."""
        lines = [name]
        for is_phone, text in self._values.texts(fields):
            if is_phone:
                lines.append(digits(text))
            if not (is_phone and _PHONE_SIGNS.issuperset(text)):
                lines.append(text)
        return "\n".join(lines).casefold()

    def _any_indexed(self, card_id: int, before: Row | None) -> Row:
        """The card as it is now, its numbers being where a look-up finds them."""
        card = self.any(card_id)
        if self.phones:
            self._index(card, self._numbers(before) if before else set())
        return card

    def _index(self, card: Row, old: set[Number]) -> None:
        """The card's numbers, where `old` ones lay before."""
        if not self.phones:
            return
        new = self._numbers(card)
        if old - new:
            delete = f"DELETE FROM {self.phones} WHERE key = ? AND card_id = ? AND digits = ? AND is_phone = ?"
            self._database.many(delete, sorted(old - new))
        if new - old:
            self._database.many(f"INSERT INTO {self.phones} VALUES (?, ?, ?, ?)", sorted(new - old))

    def _numbers(self, card: Row) -> set[Number]:
        """The rows of the index of numbers: phones, and other long runs of digits that `query` could be asked for."""
        card_id: int = card["id"]
        found = {(run[-KEY_LENGTH:], card_id, run, 0) for run in LONG_NUMBER.findall(card["name"])}
        for is_phone, text in self._values.texts(card["fields"]):
            if is_phone:
                found.add((match_key(text), card_id, digits(text), 1))
            else:
                found |= {(run[-KEY_LENGTH:], card_id, run, 0) for run in LONG_NUMBER.findall(text)}
        return found

    def holding(self, field_id: int) -> list[Holder]:
        """The cards that have a value of that field, deleted and hidden ones too."""
        sql = f"SELECT * FROM {self.table} WHERE json_type(fields, ?) IS NOT NULL ORDER BY id"
        rows = self._database.all(sql, f'$."{field_id}"')
        return [(row, self._numbers(row) if self.phones else set()) for row in rows]

    def rewrite(self, holders: Iterable[Holder], cleaned: Callable[[str], str | None]) -> None:
        """Definitions changed: the values of `holders` become `cleaned`, and searches find what is shown now."""
        for row, numbers in holders:
            fields = cleaned(row["fields"])
            search = self._search_text(row["name"], fields)
            self._database.update(self.table, row["id"], {"fields": fields, "search": search})
            self._index(self.any(row["id"]), numbers)

    def phone_keys(self, card: Row) -> list[str]:
        """The keys of the card's phones, hidden ones aside."""
        return sorted({key for key, _, _, is_phone in self._numbers(card) if is_phone and key})

    def with_phone(self, key: str) -> int | None:
        """Who has the number: the card that became visible first, ties by id (GAP-25)."""
        if not self.phones:
            return None
        sql = (
            f"SELECT c.id FROM {self.phones} p JOIN {self.table} c ON c.id = p.card_id "
            "WHERE p.key = ? AND p.is_phone AND c.visible_at IS NOT NULL AND NOT c.is_deleted "
            "ORDER BY c.visible_at, c.id LIMIT 1"
        )
        card_id: int | None = self._database.value(sql, key)
        return card_id


def _journalled(draft: Draft) -> dict[str, Any]:
    return {**draft.row, "custom_fields": {str(field_id): kept for field_id, kept in draft.fields.items()}}
