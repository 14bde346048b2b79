"""Groups of custom fields: the tabs of a card (facts §3.5). A field without a group lies on the first tab."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.amocrm.validation import Item, is_integer
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

DEFAULT = "default"
STATISTIC = "statistic"
_DEFAULT_SORT = 500


@dataclass
class GroupDraft:
    """What one item writes; `fields` None leaves the fields where they are."""

    item: Item
    row: Row
    fields: list[int] | None
    before: Row | None = None


class FieldGroups:
    """Groups as rows {id, entity_type, name, sort, is_predefined}; their ids are texts."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def all(self, entity_type: str) -> list[Row]:
        own = [
            {**row, "id": f"{entity_type}_{row['id']}", "is_predefined": False}
            for row in self._database.all("SELECT * FROM field_groups WHERE entity_type = ?", entity_type)
        ]
        return sorted([*_predefined(entity_type), *own], key=lambda group: (group["sort"], group["id"]))

    def get(self, entity_type: str, group_id: str) -> Row | None:
        return next((group for group in self.all(entity_type) if group["id"] == group_id), None)

    def fields(self, entity_type: str, group_id: str) -> list[int]:
        """The ids of the fields in a group, in their order."""
        rows = self._database.all(
            "SELECT id, group_id, type FROM custom_fields WHERE entity_type = ? ORDER BY sort, id", entity_type
        )
        return [row["id"] for row in rows if group_of(row) == group_id]

    def read(self, item: Item, entity_type: str, before: Row | None = None) -> GroupDraft:
        """`item` as a new group or a change of `before`; flaws are noted in the item."""
        if before is None:
            item.require("name")
        elif item.data.get("name") == "":
            item.refuse("NotBlank", "name")
        given = {"name": item.text("name"), "sort": item.integer("sort")}
        row = {key: value for key, value in given.items() if value is not None}
        fields = item.list_of("fields")
        for index, field_id in enumerate(fields or []):
            if not is_integer(field_id) or self._account.custom_fields.get(entity_type, field_id) is None:
                item.refuse("NotSupportedChoice", f"fields.{index}")
        return GroupDraft(item, row, fields, before)

    def create(self, entity_type: str, drafts: Iterable[GroupDraft]) -> list[Row]:
        with self._database.transaction():
            return [self._create(entity_type, draft) for draft in drafts]

    def _create(self, entity_type: str, draft: GroupDraft) -> Row:
        row = {"entity_type": entity_type, "sort": _DEFAULT_SORT, **draft.row}
        group_id = f"{entity_type}_{self._database.insert('field_groups', row)}"
        self._place(entity_type, group_id, draft.fields)
        return self._any(entity_type, group_id)

    def change(self, draft: GroupDraft) -> Row:
        """The group as it is after the change; fields that it no longer names go to the first tab."""
        assert draft.before is not None
        entity_type, group_id = draft.before["entity_type"], draft.before["id"]
        with self._database.transaction():
            self._database.update("field_groups", _number(group_id), draft.row)
            self._place(entity_type, group_id, draft.fields)
        return self._any(entity_type, group_id)

    def delete(self, group: Row) -> None:
        """Remove a group; its fields go to the first tab."""
        with self._database.transaction():
            self._database.execute("DELETE FROM field_groups WHERE id = ?", _number(group["id"]))
            self._database.execute("UPDATE custom_fields SET group_id = NULL WHERE group_id = ?", group["id"])

    def _place(self, entity_type: str, group_id: str, fields: list[int] | None) -> None:
        if fields is None:
            return
        self._database.execute("UPDATE custom_fields SET group_id = NULL WHERE group_id = ?", group_id)
        self._database.many(
            "UPDATE custom_fields SET group_id = ? WHERE id = ? AND entity_type = ?",
            [(group_id, field_id, entity_type) for field_id in fields],
        )

    def _any(self, entity_type: str, group_id: str) -> Row:
        group = self.get(entity_type, group_id)
        assert group is not None
        return group


def group_of(field: Row) -> str:
    """The group that a field lies in: its own, else that of its type."""
    if field["group_id"] is not None:
        return str(field["group_id"])
    return STATISTIC if field["type"] == "tracking_data" else DEFAULT


def _number(group_id: str) -> int:
    return int(group_id.rpartition("_")[2])


def _predefined(entity_type: str) -> list[Row]:
    groups = [(DEFAULT, "Основное", 0)]
    if entity_type == "leads":
        groups.append((STATISTIC, "Статистика", 10_000))
    return [
        {"id": group_id, "entity_type": entity_type, "name": name, "sort": sort, "is_predefined": True}
        for group_id, name, sort in groups
    ]
