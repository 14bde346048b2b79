"""Whether anything read the process clock, which the feature run parks at 2001-01-01 (design §2).

A world lives in its own time; a timestamp of 2001 in an answer, in the journal or in a row can only come from the
process.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from emulator.core.database import Database
from emulator.core.instants import micros
from emulator.stand.world import World

PARKED_AT = datetime(2001, 1, 1, tzinfo=UTC)
_TEXT = re.compile(rb'"2001-01-0|[":\s,\[]9783[0-9]{5}[,}\]\s"]')
_FROM, _TO = micros(PARKED_AT), micros(PARKED_AT + timedelta(days=9))


def in_text(text: bytes) -> str | None:
    """Where a JSON text shows the parked time, as text or as Unix seconds; None when it does not."""
    found = _TEXT.search(text)
    if found is None:
        return None
    return text[max(0, found.start() - 300) : found.end() + 100].decode("utf-8", "replace")


def in_rows(world: World) -> list[str]:
    """The columns of the fakes' tables that hold an instant of the parked days, as `table.column`."""
    databases = (world.amocrm.database, world.telephony.database)
    return [place for database in databases for place in _places(database)]


def _places(database: Database) -> list[str]:
    question = _question(database.schema)
    found = database.one(question, *(_FROM, _TO) * (question.count("?") // 2))
    return [place for place, is_there in (found or {}).items() if is_there]


@lru_cache(maxsize=8)
def _question(schema: str) -> str:
    """One statement with a column for each instant that the schema keeps: is there one between two others?"""
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.executescript(schema)
        instants = empty.execute(
            "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'"
            " AND (c.name LIKE '%\\_at' ESCAPE '\\' OR c.name IN ('due', 'complete_till'))"
        ).fetchall()
    tests = [
        f'EXISTS (SELECT 1 FROM {table} WHERE {column} BETWEEN ? AND ?) AS "{table}.{column}"'
        for table, column in instants
    ]
    return f"SELECT {', '.join(tests)}"
