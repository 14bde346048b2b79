"""Tasks (facts §3.9). A card shows the earliest deadline of its open tasks as `closest_task_at`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.amocrm.changes import Change
from emulator.amocrm.query import Conditions, Filter, ListQuery, Page, fetch, instants, integers, texts
from emulator.amocrm.validation import Item
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

TYPES = (
    {"id": 1, "name": "Связаться", "color": None, "icon_id": None, "code": "FOLLOW_UP"},
    {"id": 2, "name": "Встреча", "color": None, "icon_id": None, "code": "MEETING"},
)
_TYPE_IDS = frozenset(each["id"] for each in TYPES)

_FILTERS: dict[str, Filter] = {
    "id": integers("id"),
    "responsible_user_id": integers("responsible_user_id"),
    "created_by": integers("created_by"),
    "is_completed": integers("is_completed"),
    "task_type": integers("task_type_id"),
    "task_type_id": integers("task_type_id"),
    "entity_type": texts("entity_type"),
    "entity_id": integers("entity_id"),
    "updated_at": instants("updated_at"),
}


@dataclass
class TaskDraft:
    """One task of a request, checked."""

    item: Item
    row: Row


class Tasks:
    """The tasks of an account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def get(self, task_id: int) -> Row | None:
        return self._database.one("SELECT * FROM tasks WHERE id = ?", task_id)

    def page(self, query: ListQuery) -> Page:
        conditions: Conditions = query.conditions(_FILTERS)
        order = query.order(("created_at", "complete_till", "id"))
        return fetch(self._database, "tasks", query, conditions, order)

    def read(self, item: Item, user_id: int) -> TaskDraft:
        """`item` as a draft; flaws are noted in the item."""
        item.require("text")
        item.require("complete_till")
        now, created_at, updated_at = self._account.now(), item.instant("created_at"), item.instant("updated_at")
        task_type = item.integer("task_type_id")
        if task_type is not None and task_type not in _TYPE_IDS:
            item.refuse("NotSupportedChoice", "task_type_id")
        row = {
            "text": item.text("text"),
            **self._entity(item),
            **self._people(item, user_id),
            "task_type_id": 1 if task_type is None else task_type,
            "duration": item.integer("duration") or 0,
            "is_completed": int(item.flag("is_completed") or False),
            "result": self._result(item),
            "complete_till": item.instant("complete_till"),
            "created_at": now if created_at is None else created_at,
            "updated_at": now if updated_at is None else updated_at,
        }
        return TaskDraft(item, row)

    def _result(self, item: Item) -> str | None:
        """The text of {"text": …}; an empty list, as amoCRM shows a missing result, counts as none."""
        given = item.data.get("result")
        text = given.get("text") if isinstance(given, dict) else None
        if text is not None and not isinstance(text, str):
            item.refuse_type("result.text", "string")
            return None
        return text

    def _entity(self, item: Item) -> Row:
        entity_id, entity_type = item.integer("entity_id"), item.text("entity_type")
        if not entity_id:
            if self._account.profile.tasks_without_entity == "refuse":
                item.refuse("FieldMissing" if "entity_id" not in item.data else "NotBlank", "entity_id")
            return {"entity_id": None, "entity_type": None}
        if entity_type not in self._account.cards:
            item.refuse("FieldMissing" if entity_type is None else "NotSupportedChoice", "entity_type")
        elif self._account.cards[entity_type].get(entity_id) is None:
            item.refuse("NotSupportedChoice", "entity_id")
        return {"entity_id": entity_id, "entity_type": entity_type}

    def _people(self, item: Item, user_id: int) -> Row:
        responsible = item.integer("responsible_user_id")
        responsible = user_id if responsible is None else responsible
        group = self._account.users.group_of(responsible)
        if group is None:
            item.refuse("NotSupportedChoice", "responsible_user_id")
        row: Row = {"responsible_user_id": responsible, "group_id": group}
        for key in ("created_by", "updated_by"):
            author = item.integer(key)
            if author is not None and not self._account.users.exists(author):
                item.refuse("NotSupportedChoice", key)
            row[key] = user_id if author is None else author
        return row

    def create(self, drafts: list[TaskDraft]) -> list[Row]:
        with self._database.transaction():
            return [self._insert(draft.row) for draft in drafts]

    def _insert(self, row: Row) -> Row:
        task_id = self._database.insert("tasks", row)
        task = {"id": task_id, **row}
        self._account.changes.announce(Change("task", "added", task_id, author=row["created_by"], after=task, said=row))
        if row["entity_type"]:
            self._show_closest(row["entity_type"], row["entity_id"])
        return task

    def _show_closest(self, entity_type: str, entity_id: int) -> None:
        sql = "SELECT min(complete_till) FROM tasks WHERE entity_type = ? AND entity_id = ? AND NOT is_completed"
        closest = self._database.value(sql, entity_type, entity_id)
        self._database.update(entity_type, entity_id, {"closest_task_at": closest})
