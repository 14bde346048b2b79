"""What is made of rows is kept until the next write, and never more of it than fits."""

from __future__ import annotations

from emulator.core.database import Database
from emulator.core.ids import Ids

THINGS = "CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);"


def test_what_is_made_of_rows_is_made_once_between_two_writes() -> None:
    database = Database(THINGS, {}, Ids(1))
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


def test_what_is_made_of_rows_is_forgotten_at_a_restore() -> None:
    database = Database(THINGS, {}, Ids(1))
    empty = database.snapshot()
    database.insert("things", {"name": "a"})
    count = "SELECT count(*) FROM things"
    assert database.kept(("count",), lambda: database.value(count)) == 1
    database.restore(empty)
    assert database.kept(("count",), lambda: database.value(count)) == 0
    empty.close()
    database.close()


def test_long_texts_make_room_for_each_other() -> None:
    database = Database(THINGS, {}, Ids(1))
    long = b"x" * (3 * 1024 * 1024)
    for number in range(10):
        assert database.kept(("long", number), lambda: long) is long
    assert len(database._remembered) <= 3
    assert database.kept(("long", 9), lambda: b"made anew") is long
    database.close()
