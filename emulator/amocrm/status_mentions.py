"""Where statuses are named but by deals: custom fields, rights of roles and of users (facts §3.2, §3.5).

A status that is deleted goes from there too, so that what the API shows can be written back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

_LISTS = (
    ("custom_fields", "attributes", ("required_statuses", "hidden_statuses")),
    ("roles", "rights", ("status_rights",)),
    ("users", "rights", ("status_rights",)),
)
"""(table, column with JSON, keys of lists of objects with `pipeline_id` and `status_id`)."""


def forget_status(account: Account, pipeline_id: int, status_id: int) -> None:
    """One status of a pipeline is gone."""
    gone = (pipeline_id, status_id)
    _forget(account, lambda named: (named["pipeline_id"], named["status_id"]) == gone)


def forget_pipeline(account: Account, pipeline_id: int) -> None:
    """A pipeline is gone with all its statuses, 142 and 143 of it included."""
    _forget(account, lambda named: named["pipeline_id"] == pipeline_id)


def _forget(account: Account, is_gone: Callable[[dict[str, Any]], bool]) -> None:
    for table, column, keys in _LISTS:
        for row in account.database.all(f"SELECT id, {column} FROM {table} ORDER BY id"):
            kept = orjson.loads(row[column])
            left = {key: [named for named in kept[key] if not is_gone(named)] for key in keys if kept.get(key)}
            if any(left[key] != kept[key] for key in left):
                account.database.update(table, row["id"], {column: orjson.dumps({**kept, **left}).decode()})
