"""Pipelines and their statuses (facts §3.7). 142 and 143 mean won and lost in every pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.amocrm.changes import Action, Change
from emulator.amocrm.errors import Unprocessable
from emulator.amocrm.stages import LOST, UNSORTED_TYPE, WON
from emulator.amocrm.status_mentions import forget_pipeline
from emulator.amocrm.statuses import LEFT, StatusDraft, Statuses
from emulator.amocrm.validation import Item
from emulator.core.database import Row
from emulator.core.errors import BadRequest

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

__all__ = ["LOST", "UNSORTED_TYPE", "WON", "Pipelines"]

MOST = 50
_STEP = 10


@dataclass
class PipelineDraft:
    """What one item writes; `statuses` come with a new pipeline only."""

    item: Item
    row: Row
    statuses: list[StatusDraft]
    before: Row | None = None


class Pipelines:
    """What the account's pipelines are, and which status a lead may take."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.stages = Statuses(account)
        self._database = account.database

    def all(self) -> list[Row]:
        return self._database.all("SELECT * FROM pipelines ORDER BY sort, id")

    def get(self, pipeline_id: int) -> Row | None:
        return self._database.one("SELECT * FROM pipelines WHERE id = ?", pipeline_id)

    def statuses(self, pipeline_id: int) -> list[Row]:
        return self._database.all("SELECT * FROM statuses WHERE pipeline_id = ? ORDER BY sort, id", pipeline_id)

    def status(self, pipeline_id: int, status_id: int) -> Row | None:
        return self._database.one("SELECT * FROM statuses WHERE pipeline_id = ? AND id = ?", pipeline_id, status_id)

    def main(self) -> int:
        return int(self._database.value("SELECT id FROM pipelines WHERE is_main ORDER BY id LIMIT 1"))

    def first_status(self, pipeline_id: int) -> int:
        """Where a new lead starts: the first stage that is not «Неразобранное»."""
        sql = "SELECT id FROM statuses WHERE pipeline_id = ? AND type <> ? ORDER BY is_editable DESC, sort LIMIT 1"
        return int(self._database.value(sql, pipeline_id, UNSORTED_TYPE))

    def unsorted_status(self, pipeline_id: int) -> int | None:
        """The stage «Неразобранное» of a pipeline; None when there is no such pipeline."""
        sql = "SELECT id FROM statuses WHERE pipeline_id = ? AND type = ? ORDER BY sort LIMIT 1"
        status_id: int | None = self._database.value(sql, pipeline_id, UNSORTED_TYPE)
        return status_id

    def pipeline_with(self, status_id: int) -> int | None:
        """The pipeline of a status named alone; 142 and 143 then mean the main one's."""
        if status_id in (WON, LOST):
            return self.main()
        pipeline: int | None = self._database.value("SELECT pipeline_id FROM statuses WHERE id = ?", status_id)
        return pipeline

    def takes(self, pipeline_id: int, status_id: int) -> bool:
        """Whether a lead can be put on that status by a request: it exists there and is not «Неразобранное»."""
        sql = "SELECT type FROM statuses WHERE pipeline_id = ? AND id = ?"
        kind = self._database.value(sql, pipeline_id, status_id)
        return kind is not None and kind != UNSORTED_TYPE

    def read(self, item: Item, before: Row | None = None) -> PipelineDraft:
        """`item` as a new pipeline or a change of `before`; flaws are noted in the item."""
        if before is None:
            item.require("name")
        elif item.data.get("name") == "":
            item.refuse("NotBlank", "name")
        given = {"name": item.text("name"), "sort": item.integer("sort")}
        given |= {key: item.flag(key) for key in ("is_main", "is_unsorted_on")}
        if before and before["is_main"] and given["is_main"] is False:
            item.refuse("NotSupportedChoice", "is_main")
        row = {key: value for key, value in given.items() if value is not None}
        return PipelineDraft(item, row, [] if before else self.stages.read_embedded(item), before)

    def create(self, drafts: list[PipelineDraft], author: int) -> list[Row]:
        """New pipelines, each with «Неразобранное», its own stages and the two that close. Raises Unprocessable."""
        if len(self.all()) + len(drafts) > MOST:
            raise Unprocessable(f"Limit {MOST} pipelines per account")
        with self._database.transaction():
            return [self._create(draft, author) for draft in drafts]

    def _create(self, draft: PipelineDraft, author: int) -> Row:
        last = self._database.value("SELECT max(sort) FROM pipelines")
        row = {"sort": last + _STEP, "is_main": False, "is_unsorted_on": True, **draft.row}
        pipeline_id = self._database.insert("pipelines", {**row, "is_main": 0})
        self.stages.found(pipeline_id, draft.statuses, author)
        if row["is_main"]:
            self._make_main(pipeline_id)
        return self._announced("added", pipeline_id, author, None)

    def change(self, draft: PipelineDraft, author: int) -> Row:
        """The pipeline as it is after the change."""
        assert draft.before is not None
        pipeline_id = draft.before["id"]
        with self._database.transaction():
            self._database.update("pipelines", pipeline_id, draft.row)
            if draft.row.get("is_main"):
                self._make_main(pipeline_id)
            return self._announced("changed", pipeline_id, author, draft.before)

    def delete(self, pipeline: Row, author: int) -> None:
        """Raises BadRequest for the last pipeline, and for one that a deal lies in, be it in the bin."""
        pipeline_id = pipeline["id"]
        others = [each["id"] for each in self.all() if each["id"] != pipeline_id]
        if not others:
            raise BadRequest("The last pipeline can not be deleted")
        if self._database.one(f"SELECT 1 FROM leads WHERE pipeline_id = ? AND {LEFT}", pipeline_id):
            raise BadRequest("A pipeline with leads can not be deleted")
        with self._database.transaction():
            self._database.execute("DELETE FROM status_descriptions WHERE pipeline_id = ?", pipeline_id)
            self._database.execute("DELETE FROM statuses WHERE pipeline_id = ?", pipeline_id)
            self._database.execute("DELETE FROM pipelines WHERE id = ?", pipeline_id)
            forget_pipeline(self._account, pipeline_id)
            if pipeline["is_main"]:
                self._make_main(others[0])
            self._account.sources.move(pipeline_id, self.main())
            self._account.changes.announce(Change("pipeline", "deleted", pipeline_id, author, before=pipeline))

    def _make_main(self, pipeline_id: int) -> None:
        self._database.execute("UPDATE pipelines SET is_main = (id = ?)", pipeline_id)

    def _announced(self, action: Action, pipeline_id: int, author: int, before: Row | None) -> Row:
        after = self.get(pipeline_id)
        assert after is not None
        said = {"name": after["name"]}
        self._account.changes.announce(
            Change("pipeline", action, pipeline_id, author, before=before, after=after, said=said)
        )
        return after
