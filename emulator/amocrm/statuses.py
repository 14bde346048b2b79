"""The statuses of a pipeline: made, changed, described, deleted (facts §3.7).

«Неразобранное» stays as it is; 142 and 143 can be renamed. Ids are counted for the whole account and never come back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.amocrm.changes import Change
from emulator.amocrm.errors import Unprocessable
from emulator.amocrm.stages import CLOSED, COLORS, DEFAULT_COLOR, LOST, STAGES, UNSORTED_TYPE, WON
from emulator.amocrm.status_mentions import forget_status
from emulator.amocrm.validation import Item, is_integer
from emulator.core.database import Row
from emulator.core.errors import BadRequest

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

MOST = 100
LEVELS = frozenset({"newbie", "candidate", "master"})
LEFT = "(visible_at IS NOT NULL OR NOT is_deleted)"
"""Of leads that are more than the trace of a declined item."""

_STEP = 10
_FIRST_SORT = 20


@dataclass
class StatusDraft:
    """What one item writes. `descriptions` are texts per level; `before` is the status as it was."""

    item: Item
    row: Row
    descriptions: dict[str, str] = field(default_factory=dict)
    before: Row | None = None
    closing: int | None = None
    """142 or 143, when an item of a new pipeline renames one of them."""


class Statuses:
    """The statuses of an account's pipelines."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def read_embedded(self, item: Item) -> list[StatusDraft]:
        """The statuses that a new pipeline brings along; flaws are noted in its item."""
        given, at = item.embedded.get("statuses"), f"{item.embedded_at}.statuses"
        if given is None:
            return []
        if not isinstance(given, list):
            item.refuse_type(at, "array")
            return []
        if len(given) > MOST:
            raise Unprocessable(f"Limit {MOST} statuses per pipeline")
        drafts = []
        for index, each in enumerate(given):
            if not isinstance(each, dict):
                item.refuse_type(f"{at}.{index}", "object")
                continue
            request_id = each.get("request_id")
            inner = Item(each, str(index) if request_id is None else request_id, {}, "")
            draft = self._read_closing(inner, each["id"]) if each.get("id") is not None else self.read(inner)
            item.flaws += [flaw.__class__(flaw.code, f"{at}.{index}.{flaw.path}", flaw.detail) for flaw in inner.flaws]
            drafts.append(draft)
        return drafts

    def _read_closing(self, item: Item, status_id: Any) -> StatusDraft:
        if not is_integer(status_id) or status_id not in (WON, LOST):
            item.refuse("NotSupportedChoice", "id")
        item.require("name")
        return StatusDraft(item, {"name": item.text("name")}, closing=status_id)

    def read(self, item: Item, before: Row | None = None) -> StatusDraft:
        """`item` as a new status or a change of `before`; flaws are noted in the item."""
        if before is None:
            item.require("name")
        elif item.data.get("name") == "":
            item.refuse("NotBlank", "name")
        given = {"name": item.text("name"), "sort": item.integer("sort"), "color": item.text("color")}
        row = {
            key: value for key, value in given.items() if value is not None and not (before and before[key] == value)
        }
        if "color" in row and row["color"] not in COLORS:
            item.refuse("NotSupportedChoice", "color")
        if before is not None and not before["is_editable"]:
            fixed = ("name", "sort", "color") if before["type"] == UNSORTED_TYPE else ("sort", "color")
            for key in row.keys() & set(fixed):
                item.refuse("NotSupportedChoice", key)
        return StatusDraft(item, row, _descriptions(item), before)

    def found(self, pipeline_id: int, drafts: list[StatusDraft], author: int) -> None:
        """The statuses of a new pipeline."""
        name, sort, color, kind, is_editable = STAGES[0]
        unsorted = {"name": name, "sort": sort, "color": color, "type": kind, "is_editable": is_editable}
        self._insert(pipeline_id, self._next_id(), unsorted)
        names = {draft.closing: draft.row["name"] for draft in drafts if draft.closing}
        for status_id, name, sort, color, kind, is_editable in CLOSED:
            row = {"name": names.get(status_id, name), "sort": sort, "color": color}
            self._insert(pipeline_id, status_id, {**row, "type": kind, "is_editable": is_editable})
        own = [draft for draft in drafts if not draft.closing]
        for draft in own:
            self._create(pipeline_id, draft, author)
        if not own:
            name, _, color, _, _ = STAGES[1]
            self._insert(pipeline_id, self._next_id(), _ordinary({"name": name, "sort": _FIRST_SORT, "color": color}))

    def create(self, pipeline_id: int, drafts: list[StatusDraft], author: int) -> list[Row]:
        """New statuses. Raises Unprocessable when there would be too many."""
        known = self._database.value("SELECT count(*) FROM statuses WHERE pipeline_id = ?", pipeline_id)
        if known + len(drafts) > MOST:
            raise Unprocessable(f"Limit {MOST} statuses per pipeline")
        with self._database.transaction():
            rows = [self._create(pipeline_id, draft, author) for draft in drafts]
            for row in rows:
                self._announce(pipeline_id, author, {"status_added": row["name"]})
            return rows

    def _create(self, pipeline_id: int, draft: StatusDraft, author: int) -> Row:
        sql = "SELECT max(sort) FROM statuses WHERE pipeline_id = ? AND id NOT IN (?, ?)"
        last = self._database.value(sql, pipeline_id, WON, LOST)
        row = {"sort": last + _STEP, "color": DEFAULT_COLOR, **draft.row}
        status_id = self._next_id()
        self._insert(pipeline_id, status_id, _ordinary(row))
        self._describe(pipeline_id, status_id, draft.descriptions, author)
        return self._any(pipeline_id, status_id)

    def change(self, draft: StatusDraft, author: int) -> Row:
        """The status as it is after the change."""
        assert draft.before is not None
        pipeline_id, status_id = draft.before["pipeline_id"], draft.before["id"]
        with self._database.transaction():
            for column, value in draft.row.items():
                sql = f"UPDATE statuses SET {column} = ? WHERE pipeline_id = ? AND id = ?"
                self._database.execute(sql, value, pipeline_id, status_id)
            self._describe(pipeline_id, status_id, draft.descriptions, author)
            self._announce(pipeline_id, author, {"status": status_id, **draft.row})
            return self._any(pipeline_id, status_id)

    def delete(self, status: Row, author: int) -> None:
        """Raises BadRequest for a status that is not editable, the last ordinary one, and one that a deal is on."""
        pipeline_id, status_id = status["pipeline_id"], status["id"]
        if not status["is_editable"]:
            raise BadRequest("A predefined status can not be deleted")
        sql = "SELECT count(*) FROM statuses WHERE pipeline_id = ? AND is_editable"
        if self._database.value(sql, pipeline_id) == 1:
            raise BadRequest("The last status of a pipeline can not be deleted")
        held = f"SELECT 1 FROM leads WHERE pipeline_id = ? AND status_id = ? AND {LEFT}"
        if self._database.one(held, pipeline_id, status_id):
            raise BadRequest("A status with leads can not be deleted")
        with self._database.transaction():
            for table, column in (("status_descriptions", "status_id"), ("statuses", "id")):
                sql = f"DELETE FROM {table} WHERE pipeline_id = ? AND {column} = ?"
                self._database.execute(sql, pipeline_id, status_id)
            forget_status(self._account, pipeline_id, status_id)
            self._announce(pipeline_id, author, {"status_deleted": status_id})

    def descriptions(self, pipeline_id: int) -> dict[int, list[Row]]:
        """What is said of the statuses of a pipeline, per status."""
        sql = "SELECT * FROM status_descriptions WHERE pipeline_id = ? ORDER BY id"
        found: dict[int, list[Row]] = {}
        for row in self._database.all(sql, pipeline_id):
            found.setdefault(row["status_id"], []).append(row)
        return found

    def _describe(self, pipeline_id: int, status_id: int, descriptions: dict[str, str], author: int) -> None:
        now = self._account.now()
        self._database.many(
            "INSERT INTO status_descriptions (pipeline_id, status_id, level, description, created_at, updated_at, "
            "created_by, updated_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pipeline_id, status_id, level) "
            "DO UPDATE SET description = excluded.description, updated_at = excluded.updated_at, "
            "updated_by = excluded.updated_by",
            [(pipeline_id, status_id, level, text, now, now, author, author) for level, text in descriptions.items()],
        )

    def _insert(self, pipeline_id: int, status_id: int, row: Row) -> None:
        self._database.insert("statuses", {"pipeline_id": pipeline_id, "id": status_id, **row})

    def _next_id(self) -> int:
        status_id = self._database.insert("status_ids", {"id": None})
        self._database.execute("DELETE FROM status_ids")
        return status_id

    def _any(self, pipeline_id: int, status_id: int) -> Row:
        status = self._account.pipelines.status(pipeline_id, status_id)
        assert status is not None
        return status

    def _announce(self, pipeline_id: int, author: int, said: dict[str, Any]) -> None:
        self._account.changes.announce(Change("pipeline", "changed", pipeline_id, author, said=said))


def _ordinary(row: Row) -> Row:
    return {**row, "type": 0, "is_editable": 1}


def _descriptions(item: Item) -> dict[str, str]:
    texts: dict[str, str] = {}
    for index, given in enumerate(item.list_of("descriptions") or []):
        level, text = (given.get("level"), given.get("description")) if isinstance(given, dict) else (None, None)
        if not isinstance(level, str) or level not in LEVELS:
            item.refuse("NotSupportedChoice", f"descriptions.{index}.level")
        elif not isinstance(text, str):
            item.refuse_type(f"descriptions.{index}.description", "string")
        else:
            texts[level] = text
    return texts
