"""Tasks (facts §3.9). A card shows the earliest deadline of its open tasks as `closest_task_at`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.amocrm.changes import SINGULAR, Change
from emulator.amocrm.query import Conditions, Filter, ListQuery, Page, fetch, instants, integers, texts
from emulator.amocrm.validation import Item
from emulator.amocrm.visibility import CARD_FOUND
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

TYPES = (
    {"id": 1, "name": "Связаться", "color": None, "icon_id": None, "code": "FOLLOW_UP"},
    {"id": 2, "name": "Встреча", "color": None, "icon_id": None, "code": "MEETING"},
    {"id": 3, "name": "Написать письмо", "color": None, "icon_id": None, "code": "MAIL"},
)
_TYPE_IDS = frozenset(each["id"] for each in TYPES)

FILTERS: dict[str, Filter] = {
    "id": integers("id"),
    "responsible_user_id": integers("responsible_user_id"),
    "created_by": integers("created_by"),
    "is_completed": integers("is_completed"),
    "task_type": integers("task_type_id"),
    "task_type_id": integers("task_type_id"),
    "entity_type": texts("entity_type"),
    "entity_id": integers("entity_id"),
    "updated_at": instants("updated_at"),
    "complete_till": instants("complete_till"),
}

_FOUND = (
    "CASE entity_type "
    + " ".join(f"WHEN '{table}' THEN EXISTS ({CARD_FOUND.format(table)})" for table in SINGULAR)
    + " ELSE 1 END"
)
"""Of tasks that stand alone, or whose card is neither in the bin nor only in «Неразобранное»."""


@dataclass
class TaskDraft:
    """One task of a request, checked. `before` is the task as it was; None for a new one."""

    item: Item
    row: Row
    before: Row | None = None


class Tasks:
    """The tasks of an account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def get(self, task_id: int) -> Row | None:
        """The task, if its card can be found."""
        return self._database.one(f"SELECT * FROM tasks WHERE id = ? AND {_FOUND}", task_id)

    def page(self, query: ListQuery) -> Page:
        conditions: Conditions = query.conditions(FILTERS)
        conditions.add(_FOUND)
        order = query.order(("created_at", "complete_till", "id"))
        return fetch(self._database, "tasks", query, conditions, order)

    def read(self, item: Item, user_id: int) -> TaskDraft:
        """`item` as a draft; flaws are noted in the item."""
        item.require("text")
        item.require("complete_till")
        now, created_at, updated_at = self._account.now(), item.instant("created_at"), item.instant("updated_at")
        row = {
            "task_type_id": 1,
            "duration": 0,
            "is_completed": 0,
            "result": None,
            **self._own(item),
            **self._entity(item),
            **self._people(item, user_id),
            "created_at": now if created_at is None else created_at,
            "updated_at": now if updated_at is None else updated_at,
        }
        return TaskDraft(item, row)

    def read_change(self, item: Item, before: Row, user_id: int) -> TaskDraft:
        """`item` as a change of the task `before`; who made it and when stays, and so does its card unless `entity_id`
        names another."""
        if item.data.get("text") == "":
            item.refuse("NotBlank", "text")
        updated_at, updated_by = item.instant("updated_at"), self._author(item, "updated_by")
        row = {
            **self._own(item),
            "updated_at": self._account.now() if updated_at is None else updated_at,
            "updated_by": user_id if updated_by is None else updated_by,
        }
        if item.data.get("entity_id") is None:
            item.text("entity_type")
        else:
            row.update(self._entity(item))
        if item.data.get("responsible_user_id") is not None:
            row.update(self._responsible(item, user_id))
        return TaskDraft(item, row, before)

    def _own(self, item: Item) -> Row:
        """The columns that the item gives and that concern nobody but the task."""
        task_type = item.integer("task_type_id")
        if task_type is not None and task_type not in _TYPE_IDS:
            item.refuse("NotSupportedChoice", "task_type_id")
        completed = item.flag("is_completed")
        row = {
            "text": item.text("text"),
            "task_type_id": task_type,
            "duration": item.integer("duration"),
            "is_completed": None if completed is None else int(completed),
            "result": self._result(item),
            "complete_till": item.instant("complete_till"),
        }
        return {key: value for key, value in row.items() if value is not None}

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
        row = self._responsible(item, user_id)
        for key in ("created_by", "updated_by"):
            author = self._author(item, key)
            row[key] = user_id if author is None else author
        return row

    def _responsible(self, item: Item, user_id: int) -> Row:
        responsible = item.integer("responsible_user_id")
        responsible = user_id if responsible is None else responsible
        group = self._account.users.group_of(responsible)
        if group is None:
            item.refuse("NotSupportedChoice", "responsible_user_id")
        return {"responsible_user_id": responsible, "group_id": group}

    def _author(self, item: Item, key: str) -> int | None:
        author = item.integer(key)
        if author is not None and not self._account.users.exists(author):
            item.refuse("NotSupportedChoice", key)
        return author

    def create(self, drafts: list[TaskDraft]) -> list[Row]:
        with self._database.transaction():
            return [self._insert(draft.row) for draft in drafts]

    def change(self, drafts: list[TaskDraft]) -> list[Row]:
        """The tasks as they are after the changes."""
        with self._database.transaction():
            return [self._update(draft.before["id"], draft.row) for draft in drafts if draft.before]

    def _insert(self, row: Row) -> Row:
        task_id = self._database.insert("tasks", row)
        task = {"id": task_id, **row}
        self._account.changes.announce(Change("task", "added", task_id, author=row["created_by"], after=task, said=row))
        self._show_closest(task)
        return task

    def _update(self, task_id: int, changes: Row) -> Row:
        before = self._any(task_id)  # an earlier item of the batch may have changed the task
        self._database.update("tasks", task_id, changes)
        after = self._any(task_id)
        self._account.changes.announce(
            Change("task", "changed", task_id, author=changes["updated_by"], before=before, after=after, said=changes)
        )
        self._show_closest(before)
        self._show_closest(after)
        return after

    def _any(self, task_id: int) -> Row:
        task = self._database.one("SELECT * FROM tasks WHERE id = ?", task_id)
        assert task is not None
        return task

    def _show_closest(self, task: Row) -> None:
        """The card of the task shows the earliest deadline of its open tasks."""
        entity_type, entity_id = task["entity_type"], task["entity_id"]
        if entity_type is None:
            return
        sql = "SELECT min(complete_till) FROM tasks WHERE entity_type = ? AND entity_id = ? AND NOT is_completed"
        closest = self._database.value(sql, entity_type, entity_id)
        self._database.update(entity_type, entity_id, {"closest_task_at": closest})
