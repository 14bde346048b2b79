"""Rows that are remembered: never older than the last write."""

from __future__ import annotations

import pytest

from emulator.core.database import Database
from emulator.core.ids import Ids

SQL = "SELECT name FROM things WHERE id = ?"


def test_remembered_rows_follow_writes_and_rollbacks() -> None:
    database = Database("CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);", {}, Ids(1))
    assert database.remembered(SQL, 1) is None
    database.many("INSERT INTO things (name) VALUES (?)", [("a",), ("b",)])
    assert database.remembered(SQL, 1) == {"name": "a"}
    database.update("things", 1, {"name": "c"})
    assert database.remembered(SQL, 1) == {"name": "c"}
    with pytest.raises(ZeroDivisionError), database.transaction():
        database.update("things", 1, {"name": "d"})
        assert database.remembered(SQL, 1) == {"name": "d"}
        raise ZeroDivisionError
    assert database.remembered(SQL, 1) == {"name": "c"}
    database.close()
