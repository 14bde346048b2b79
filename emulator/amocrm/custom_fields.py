"""Custom fields: their definitions, per kind of card (facts §3.5). Values are read and checked in `field_values.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


class CustomFields:
    """Definitions are rows; `enums` are the options of a field in their order."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def page(self, entity_type: str, query: ListQuery) -> Page:
        conditions = query.conditions(_FILTERS)
        conditions.add("entity_type = ?", entity_type)
        return fetch(self._database, "custom_fields", query, conditions, query.order(("sort", "id")), counted=True)

    def get(self, entity_type: str, field_id: int) -> Row | None:
        return self._database.one("SELECT * FROM custom_fields WHERE id = ? AND entity_type = ?", field_id, entity_type)

    def by_code(self, entity_type: str, code: str) -> Row | None:
        return self._database.one("SELECT * FROM custom_fields WHERE entity_type = ? AND code = ?", entity_type, code)

    def enums(self, field_id: int) -> list[Row]:
        return self._database.all("SELECT * FROM enums WHERE field_id = ? ORDER BY sort, id", field_id)

    def enums_of(self, field_ids: list[int]) -> dict[int, list[Row]]:
        return {field_id: self.enums(field_id) for field_id in field_ids}

    def add(self, row: Row, options: list[tuple[str, str | None, int]]) -> Row:
        """A new field with its options (value, code, sort)."""
        field_id = self._database.insert("custom_fields", row)
        for value, code, sort in options:
            self._database.insert("enums", {"field_id": field_id, "value": value, "code": code, "sort": sort})
        self._account.note_change("custom_field", field_id, {"created": row})
        return {"id": field_id, "is_predefined": 0, **row}
