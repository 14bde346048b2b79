"""What is kept of rows: never older than the last write, never more than fits."""

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


def test_what_is_made_of_rows_is_made_once_between_two_writes() -> None:
    database = Database("CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);", {}, Ids(1))
    made: list[int] = []

    def count() -> int:
        made.append(len(made))
        return int(database.value("SELECT count(*) FROM things"))

    assert [database.kept(("count",), count) for _ in range(3)] == [0, 0, 0]
    assert len(made) == 1
    database.insert("things", {"name": "a"})
    assert [database.kept(("count",), count) for _ in range(3)] == [1, 1, 1]
    assert database.kept(("count", "again"), count) == 1
    assert len(made) == 3
    database.close()


def test_long_texts_make_room_for_each_other() -> None:
    database = Database("CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT);", {}, Ids(1))
    long = b"x" * (3 * 1024 * 1024)
    for number in range(10):
        assert database.kept(("long", number), lambda: long) is long
    assert len(database._remembered) <= 3
    assert database.kept(("long", 9), lambda: b"made anew") is long
    database.close()
