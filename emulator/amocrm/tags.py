"""Tags of cards (facts §3.6). A tag belongs to one kind of card and is known by its name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from emulator.amocrm.changes import Change
from emulator.amocrm.query import ListQuery, Page, fetch, integers, phrases
from emulator.amocrm.validation import Item, is_integer
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

LONGEST_NAME = 255

FILTERS = {"id": integers("id"), "name": phrases("name")}


@dataclass
class TagChange:
    """What a request does to the tags of a card: `replace` is the whole new set, None leaves it."""

    replace: list[int | str] | None
    add: list[int | str]
    remove: list[int | str]


class Tags:
    """Tags are made when first named; writing one that exists is the same tag again."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def page(self, entity_type: str, query: ListQuery) -> Page:
        conditions = query.conditions(FILTERS)
        conditions.add("entity_type = ?", entity_type)
        if query.text:
            conditions.add("instr(casefold(name), ?)", query.text.casefold())
        return fetch(self._database, "tags", query, conditions, query.order(("id",)))

    def ensure(self, entity_type: str, name: str, color: str | None = None) -> Row:
        """The tag of that name, made if need be."""
        known = self.called(entity_type, name)
        if known is None:
            self._database.insert("tags", {"entity_type": entity_type, "name": name, "color": color})
            known = self.called(entity_type, name)
            assert known is not None
            self._account.changes.announce(Change("tag", "added", known["id"], said={"name": name}))
        return known

    def get(self, entity_type: str, tag_id: int) -> Row | None:
        return self._database.one("SELECT * FROM tags WHERE id = ? AND entity_type = ?", tag_id, entity_type)

    def called(self, entity_type: str, name: str) -> Row | None:
        """The tag of that name."""
        return self._database.one("SELECT * FROM tags WHERE entity_type = ? AND name = ?", entity_type, name)

    def change(self, changes: Iterable[tuple[Row, Row]]) -> list[Row]:
        """Tags (before, columns) renamed or coloured; the cards that have them show it at once."""
        with self._database.transaction():
            return [self._change(before, columns) for before, columns in changes]

    def _change(self, before: Row, columns: Row) -> Row:
        entity_type, tag_id = before["entity_type"], before["id"]
        self._database.update("tags", tag_id, columns)
        sql = "SELECT entity_id FROM card_tags WHERE entity_type = ? AND tag_id = ? ORDER BY entity_id"
        for row in self._database.all(sql, entity_type, tag_id):
            shown = orjson.dumps(self.of(entity_type, row["entity_id"])).decode()
            self._database.update(entity_type, row["entity_id"], {"tags": shown})
        after = self.get(entity_type, tag_id)
        assert after is not None
        self._account.changes.announce(Change("tag", "changed", tag_id, before=before, after=after, said=columns))
        return after

    def read(self, item: Item, entity_type: str) -> TagChange | None:
        """What `item` does to tags; None when it says nothing of them."""
        embedded = item.embedded
        if not ("tags" in embedded or item.data.get("tags_to_add") or item.data.get("tags_to_delete")):
            return None
        replace = None
        if "tags" in embedded:
            replace = self._named(item, entity_type, embedded["tags"] or [], f"{item.embedded_at}.tags")
        add = self._named(item, entity_type, item.data.get("tags_to_add") or [], "tags_to_add")
        remove = self._named(item, entity_type, item.data.get("tags_to_delete") or [], "tags_to_delete")
        return TagChange(replace, add, remove)

    def _named(self, item: Item, entity_type: str, given: Any, path: str) -> list[int | str]:
        if not isinstance(given, list):
            item.refuse_type(path, "array")
            return []
        named: list[int | str] = []
        for index, tag in enumerate(given):
            identifier, name = (tag.get("id"), tag.get("name")) if isinstance(tag, dict) else (None, None)
            if isinstance(name, str) and len(name) > LONGEST_NAME:
                item.refuse("TooLong", f"{path}.{index}.name")
            elif isinstance(name, str) and name:
                named.append(name)
            elif is_integer(identifier) and self._exists(entity_type, identifier):
                named.append(identifier)
            else:
                item.refuse("NotSupportedChoice", f"{path}.{index}.{'id' if name is None else 'name'}")
        return named

    def _exists(self, entity_type: str, tag_id: int) -> bool:
        return self.get(entity_type, tag_id) is not None

    def apply(self, entity_type: str, entity_id: int, change: TagChange) -> None:
        """Carry out `change` on one card."""
        if change.replace is not None:
            self._database.execute(
                "DELETE FROM card_tags WHERE entity_type = ? AND entity_id = ?", entity_type, entity_id
            )
        for tag in [*(change.replace or []), *change.add]:
            tag_id = tag if isinstance(tag, int) else self.ensure(entity_type, tag)["id"]
            self._database.execute("INSERT OR IGNORE INTO card_tags VALUES (?, ?, ?)", entity_type, entity_id, tag_id)
        for tag in change.remove:
            self._remove(entity_type, entity_id, tag)

    def _remove(self, entity_type: str, entity_id: int, tag: int | str) -> None:
        """Take a tag, named by id or by name, from a card; a name may look like an id."""
        named = tag if isinstance(tag, int) else self.called(entity_type, tag)
        if named is not None:
            tag_id = named if isinstance(named, int) else named["id"]
            sql = "DELETE FROM card_tags WHERE entity_type = ? AND entity_id = ? AND tag_id = ?"
            self._database.execute(sql, entity_type, entity_id, tag_id)

    def of(self, entity_type: str, entity_id: int) -> list[Row]:
        """The tags of one card as shown."""
        return self._database.all(
            "SELECT t.id, t.name, t.color FROM card_tags c JOIN tags t ON t.id = c.tag_id "
            "WHERE c.entity_type = ? AND c.entity_id = ? ORDER BY t.id",
            *(entity_type, entity_id),
        )
