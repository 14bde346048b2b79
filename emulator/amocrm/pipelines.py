"""Pipelines and their statuses (facts §3.7). 142 and 143 mean won and lost in every pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

WON = 142
LOST = 143
UNSORTED_TYPE = 1


class Pipelines:
    """What the account's pipelines are, and which status a lead may take."""

    def __init__(self, account: Account) -> None:
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
        sql = "SELECT id FROM statuses WHERE pipeline_id = ? AND type <> ? ORDER BY sort LIMIT 1"
        return int(self._database.value(sql, pipeline_id, UNSORTED_TYPE))

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
