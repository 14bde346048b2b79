"""What contacts, companies and leads have in common: people, times, custom fields, tags, search (facts §2.4, §3.3).

Writing has two steps. `read` turns one item of a request into a `Draft` and notes its flaws; when no item of the batch
has any, `create` and `change` carry drafts out in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from emulator.amocrm.card_search import CardSearch
from emulator.amocrm.changes import Action, Change, Kind
from emulator.amocrm.field_values import FieldValues, Shown
from emulator.amocrm.kept_values import FieldChanges, merged
from emulator.amocrm.query import (
    Conditions,
    Filter,
    ListQuery,
    Page,
    decimal,
    fetch,
    instants,
    integer,
    integers,
    phrases,
    wholes,
)
from emulator.amocrm.tags import TagChange
from emulator.amocrm.validation import Item
from emulator.amocrm.visibility import visible
from emulator.core.database import Row
from emulator.core.errors import BadRequest

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

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
            for end, sign in (("from", ">="), ("to", "<=")):
                if end in asked:
                    inner.add(f"CAST({_WRITTEN} AS REAL) {sign} ?", decimal(asked[end], f"{path}[{text}][{end}]"))
        else:
            either = f"coalesce(CAST({_WRITTEN} AS TEXT), CAST({_OPTION} AS TEXT))"
            inner.among(either, wholes(asked))
        conditions.add(_IN_FIELD.format(field_id=field_id, test=" AND ".join(inner.clauses)), *inner.arguments)


CARD_FILTERS: dict[str, Filter] = {
    "id": integers("id"),
    "name": phrases("name"),
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
        self.search = CardSearch(
            account.database, account.custom_fields, self._values, self.table, self.phones, self._names
        )
        self._get = f"SELECT * FROM {self.table} WHERE id = ? AND {visible()}"
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
        self.search.narrow(conditions, query)
        return fetch(self._database, self.table, query, conditions, query.order(self.order_keys))

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
        self._complete(draft)
        row = {"name": "", **self._stored(draft)}
        row["visible_at"] = None if hidden else self._account.now()
        card_id = self._database.insert(self.table, row)
        self._tag(draft, card_id)
        self._name(card_id)
        card = self.any(card_id)
        self.search.index(card, None)
        if not hidden:
            self._added(card, _journalled(draft))
            self._tie(draft, card)
        return card

    def _added(self, card: Row, said: dict[str, Any]) -> None:
        """A card can be seen from now on."""
        self._account.changes.announce(
            Change(self.kind, "added", card["id"], author=card["created_by"], after=card, said=said)
        )
        self._account.links.tell_company(self.table, card)
        self._seen(card)

    def _seen(self, card: Row) -> None:
        """Let calls that wait for one of the card's numbers go to it."""
        if self.phones:
            self._account.platform.card_seen(self.table, card)

    def _change(self, draft: Draft) -> Row:
        assert draft.before is not None
        before = self.any(draft.before["id"])  # an earlier item of the batch may have changed the card
        draft.before, card_id = before, before["id"]
        self._complete(draft)
        self._database.update(self.table, card_id, self._stored(draft))
        self._tag(draft, card_id)
        self.search.index(self.any(card_id), before)
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

    def _complete(self, draft: Draft) -> None:
        """Add to the row of `draft` what follows from it for the card as it is now."""

    def _stored(self, draft: Draft) -> Row:
        """The columns that a draft writes."""
        row, before = dict(draft.row), draft.before or {"name": ""}
        if draft.fields:
            row["fields"] = merged(before.get("fields"), draft.fields)
        if draft.before is None or draft.fields or "name" in row or "first_name" in row:
            row["search"] = self.search.text_of({**before, **row})
        return row

    def _names(self, card: Row) -> list[str]:
        """All that a card is called, its name first."""
        return [card["name"]]

    def _tag(self, draft: Draft, card_id: int) -> None:
        if draft.tags:
            self._account.tags.apply(self.table, card_id, draft.tags)
            tags = orjson.dumps(self._account.tags.of(self.table, card_id)).decode()
            self._database.update(self.table, card_id, {"tags": tags})

    def _name(self, card_id: int) -> None:
        """Give a name to a new card that came without one."""

    def _tie(self, draft: Draft, card: Row) -> None:
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


def _journalled(draft: Draft) -> dict[str, Any]:
    return {**draft.row, "custom_fields": {str(field_id): kept for field_id, kept in draft.fields.items()}}
