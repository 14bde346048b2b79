"""Why leads are lost (facts §3.3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from emulator.amocrm.query import ListQuery, Page, fetch
from emulator.amocrm.validation import Item
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account


class LossReasons:
    """The reasons of an account, in the order of `sort`."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def page(self, query: ListQuery) -> Page:
        return fetch(self._database, "loss_reasons", query, query.conditions({}), " ORDER BY sort, id")

    def get(self, reason_id: int) -> Row | None:
        return self._database.one("SELECT * FROM loss_reasons WHERE id = ?", reason_id)

    def read(self, item: Item, *, is_new: bool) -> Row:
        """The columns that `item` writes; flaws are noted in it."""
        if is_new:
            item.require("name")
        elif item.data.get("name") == "":
            item.refuse("NotBlank", "name")
        given = {"name": item.text("name"), "sort": item.integer("sort")}
        return {key: value for key, value in given.items() if value is not None}

    def create(self, rows: Iterable[Row]) -> list[Row]:
        with self._database.transaction():
            return [self._create(row) for row in rows]

    def _create(self, row: Row) -> Row:
        last = self._database.value("SELECT coalesce(max(sort), 0) FROM loss_reasons")
        now = self._account.now()
        times = {"created_at": now, "updated_at": now}
        return self._any(self._database.insert("loss_reasons", {"sort": last + 1, **times, **row}))

    def change(self, reason_id: int, row: Row) -> Row:
        """The reason as it is after the change."""
        with self._database.transaction():
            self._database.update("loss_reasons", reason_id, {**row, "updated_at": self._account.now()})
            return self._any(reason_id)

    def delete(self, reason_id: int) -> None:
        """Remove a reason; leads that were lost for it are lost for none."""
        with self._database.transaction():
            self._database.execute("UPDATE leads SET loss_reason_id = NULL WHERE loss_reason_id = ?", reason_id)
            self._database.execute("DELETE FROM loss_reasons WHERE id = ?", reason_id)

    def _any(self, reason_id: int) -> Row:
        reason = self.get(reason_id)
        assert reason is not None
        return reason
