"""Custom fields: their definitions, per kind of card (facts §3.5). Values are read and checked in `field_values.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.amocrm.changes import Change
from emulator.amocrm.query import ListQuery, Page, fetch, integers, texts
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

FIELD_TYPES = frozenset(
    [
        "text",
        "numeric",
        "checkbox",
        "select",
        "multiselect",
        "multitext",
        "date",
        "url",
        "textarea",
        "radiobutton",
        "streetaddress",
        "smart_address",
        "birthday",
        "legal_entity",
        "date_time",
        "items",
        "category",
        "price",
        "tracking_data",
        "linked_entity",
        "org_legal_name",
        "monetary",
        "chained_list",
        "file",
        "payer",
        "supplier",
    ]
)
WITH_ENUMS = frozenset({"select", "multiselect", "radiobutton", "multitext", "category"})

_FILTERS = {"id": integers("id"), "type": texts("type")}


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
        conditions = query.conditions(_FILTERS)
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

    def add(self, row: Row, options: list[tuple[str, str | None, int]]) -> Row:
        """A new field with its options (value, code, sort)."""
        field_id = self._database.insert("custom_fields", row)
        for value, code, sort in options:
            self._database.insert("enums", {"field_id": field_id, "value": value, "code": code, "sort": sort})
        self.forget()
        self._account.changes.announce(Change("custom_field", "added", field_id, said=row))
        return {"id": field_id, "is_predefined": 0, **row}
