"""Custom fields: their definitions, per kind of card (facts §3.5). Values are read and checked in `field_values.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from emulator.amocrm.changes import Change
from emulator.amocrm.kept_values import without
from emulator.amocrm.query import ListQuery, Page, fetch, integers, texts
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account
    from emulator.amocrm.field_definitions import FieldDraft
    from emulator.amocrm.field_options import OptionDraft

FIELD_NUMBERS = {
    "text": 1,
    "numeric": 2,
    "checkbox": 3,
    "select": 4,
    "multiselect": 5,
    "date": 6,
    "url": 7,
    "multitext": 8,
    "textarea": 9,
    "radiobutton": 10,
    "streetaddress": 11,
    "smart_address": 13,
    "birthday": 14,
    "legal_entity": 15,
    "items": 16,
    "org_legal_name": 17,
    "date_time": 19,
    "price": 20,
    "category": 21,
    "tracking_data": 22,
    "linked_entity": 23,
    "monetary": 24,
    "chained_list": 25,
    "file": 26,
    "payer": 27,
    "supplier": 28,
}
"""The types of fields, and how events and API v2 number them."""

FIELD_TYPES = frozenset(FIELD_NUMBERS)
WITH_ENUMS = frozenset({"select", "multiselect", "radiobutton", "multitext", "category", "smart_address"})

FILTERS = {"id": integers("id"), "type": texts("type")}


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a list, or one kind of number of a multitext field."""

    id: int
    value: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Definition:
    """What is needed of a field to read and show its values."""

    id: int
    name: str
    code: str | None
    type: str
    options: dict[int, Option]


class CustomFields:
    """Definitions are rows; `enums` are the options of a field in their order.

    Every card is read and shown with them, so they are kept ready until one is written or the database is another.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database
        self._ready: dict[str, dict[int, Definition]] = {}
        self._ready_for = (-1, -1)
        self._written = 0

    def page(self, entity_type: str, query: ListQuery) -> Page:
        conditions = query.conditions(FILTERS)
        conditions.add("entity_type = ?", entity_type)
        return fetch(self._database, "custom_fields", query, conditions, query.order(("sort", "id")), counted=True)

    def get(self, entity_type: str, field_id: int) -> Row | None:
        return self._database.one("SELECT * FROM custom_fields WHERE id = ? AND entity_type = ?", field_id, entity_type)

    def definitions(self, entity_type: str) -> dict[int, Definition]:
        """The fields of one kind of card by id, in the order of their ids."""
        if self._ready_for != (self._database.restores, self._written):
            self._ready = {}
            self._ready_for = (self._database.restores, self._written)
        if entity_type not in self._ready:
            self._ready[entity_type] = self._read(entity_type)
        return self._ready[entity_type]

    def _read(self, entity_type: str) -> dict[int, Definition]:
        fields = self._database.all("SELECT * FROM custom_fields WHERE entity_type = ? ORDER BY id", entity_type)
        known = {row["id"]: Definition(row["id"], row["name"], row["code"], row["type"], {}) for row in fields}
        options = self._database.all(
            "SELECT e.* FROM enums e JOIN custom_fields f ON f.id = e.field_id WHERE f.entity_type = ? "
            "ORDER BY e.field_id, e.sort, e.id",
            entity_type,
        )
        for row in options:
            known[row["field_id"]].options[row["id"]] = Option(row["id"], row["value"], row["code"])
        return known

    def coded(self, entity_type: str, code: str) -> Definition | None:
        """The field with that code, such as PHONE."""
        return next((each for each in self.definitions(entity_type).values() if each.code == code), None)

    def forget(self) -> None:
        """Definitions were written."""
        self._written += 1

    def enums(self, field_id: int) -> list[Row]:
        return self._database.all("SELECT * FROM enums WHERE field_id = ? ORDER BY sort, id", field_id)

    def enums_of(self, field_ids: list[int]) -> dict[int, list[Row]]:
        return {field_id: self.enums(field_id) for field_id in field_ids}

    def create(self, drafts: Iterable[FieldDraft]) -> list[Row]:
        """New fields with their options."""
        with self._database.transaction():
            made = [(self._insert(draft), draft) for draft in drafts]
            self.forget()
            marks = ", ".join("?" * len(made))
            rows = self._database.all(
                f"SELECT * FROM custom_fields WHERE id IN ({marks})", *(made_id for made_id, _ in made)
            )
            by_id = {row["id"]: row for row in rows}
            for field_id, draft in made:
                change = Change("custom_field", "added", field_id, after=by_id[field_id], said=draft.row)
                self._account.changes.announce(change)
            return [by_id[field_id] for field_id, _ in made]

    def change(self, drafts: Iterable[FieldDraft]) -> list[Row]:
        """The fields as they are after the changes; what cards show and what `query` finds follows."""
        with self._database.transaction():
            return [self._change(draft) for draft in drafts if draft.before]

    def delete(self, field: Row, author: int) -> None:
        """Remove a field, and its values from every card."""
        cards = self._account.cards[field["entity_type"]]
        with self._database.transaction():
            holders = cards.search.holding(field["id"])
            self._database.execute("DELETE FROM enums WHERE field_id = ?", field["id"])
            self._database.execute("DELETE FROM custom_fields WHERE id = ?", field["id"])
            self.forget()
            cards.search.rewrite(holders, lambda kept: without(kept, field["id"]))
            self._account.changes.announce(Change("custom_field", "deleted", field["id"], author, before=field))

    def _insert(self, draft: FieldDraft) -> int:
        row = {**draft.row, "attributes": orjson.dumps(draft.attributes).decode()}
        field_id = self._database.insert("custom_fields", row)
        self._write_options(field_id, draft.options or [])
        return field_id

    def _change(self, draft: FieldDraft) -> Row:
        assert draft.before is not None
        before = self._any(draft.before["id"])  # an earlier item of the batch may have changed the field
        field_id = before["id"]
        cards = self._account.cards[before["entity_type"]]
        holders = [] if draft.options is None else cards.search.holding(field_id)
        attributes = {**orjson.loads(before["attributes"]), **draft.attributes}
        changes = {**draft.row, "attributes": orjson.dumps(attributes).decode()}
        self._database.update("custom_fields", field_id, changes)
        gone: set[int] = set()
        if draft.options is not None:
            gone = {option["id"] for option in self.enums(field_id)} - {option.id for option in draft.options}
            self._database.many("DELETE FROM enums WHERE id = ?", [(option_id,) for option_id in sorted(gone)])
            self._write_options(field_id, draft.options)
        self.forget()
        cards.search.rewrite(holders, lambda kept: without(kept, field_id, gone))
        after = self._any(field_id)
        self._account.changes.announce(
            Change("custom_field", "changed", field_id, before=before, after=after, said=draft.row)
        )
        return after

    def _write_options(self, field_id: int, options: list[OptionDraft]) -> None:
        ids: dict[str | int, int] = {}
        for option in options:
            parent_id = option.parent_id if option.parent_request is None else ids[option.parent_request]
            row = {"value": option.value, "code": option.code, "sort": option.sort, "parent_id": parent_id}
            if option.id is None:
                option_id = self._database.insert("enums", {"field_id": field_id, **row})
            else:
                option_id = option.id
                self._database.update("enums", option_id, row)
            if option.request_id is not None:
                ids[option.request_id] = option_id

    def _any(self, field_id: int) -> Row:
        field = self._database.one("SELECT * FROM custom_fields WHERE id = ?", field_id)
        assert field is not None
        return field
