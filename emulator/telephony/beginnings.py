"""When the things began that somebody names by their ids, so that a report of one call reads no more than that one."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import orjson

from emulator.core.database import Database

_BEYOND = 2**63


class Named(Enum):
    """What an id is of: the column that has it, the time of its row, the tables of both."""

    CALL = ("sessions.id", "started_at", "sessions")
    CALL_OF_COMMUNICATION = ("communication_id", "started_at", "sessions")
    CALL_OF_LEG = ("legs.id", "sessions.started_at", "legs JOIN sessions ON sessions.id = session_id")
    COMMUNICATION = ("id", "created_at", "communications")
    FORM = ("id", "received_at", "offline_messages")
    FORM_OF_COMMUNICATION = ("communication_id", "received_at", "offline_messages")


def span_of(database: Database, what: Named, ids: Iterable[object]) -> tuple[int, int]:
    """[from, until) in microseconds in which all of these began; empty when there are none."""
    column, began, tables = what.value
    known = orjson.dumps([int(each) for each in ids if isinstance(each, int | float) and abs(each) < _BEYOND]).decode()
    row = database.one(
        f"SELECT min({began}) AS since, max({began}) + 1 AS until FROM {tables}"
        f" WHERE {column} IN (SELECT value FROM json_each(?))",
        known,
    )
    return (row["since"], row["until"]) if row and row["since"] is not None else (0, 0)
