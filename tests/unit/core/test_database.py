"""Rows that are remembered are never older than the last write; copies of whole databases are put back as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emulator.core.clock import ManualClock
from emulator.core.copies import Copy
from emulator.core.database import Database, Databases
from emulator.core.errors import Conflict, NotFound
from emulator.core.ids import Ids
from emulator.core.timers import TIMERS_SQL, Timers

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


def test_whoever_still_holds_a_closed_database_is_told_that_its_world_is_gone() -> None:
    database = Database(THINGS, {}, Ids(1))
    database.close()
    with pytest.raises(NotFound, match="the world of this request has been deleted"):
        database.insert("things", {"name": "late"})
    database.close()


THINGS = "CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);"
Open = Callable[[str, str], Database]


@pytest.fixture(params=["in memory", "in a file"])
def open_one(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens databases by name."""
    opened: list[Database] = []

    def make(name: str, schema: str = THINGS) -> Database:
        path = tmp_path / f"{name}.db" if request.param == "in a file" else None
        opened.append(Database(schema, {"things": "contact"} if "things" in schema else {}, Ids(1), path))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


@pytest.fixture(params=["temporary", "a file"])
def copied(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[Database], Copy]]:
    made: list[Copy] = []

    def copy(database: Database) -> Copy:
        made.append(database.snapshot(tmp_path / f"copy-{len(made)}" if request.param == "a file" else None))
        return made[-1]

    yield copy
    for each in made:
        each.close()


def names(database: Database) -> list[str]:
    return [row["name"] for row in database.all("SELECT name FROM things ORDER BY id")]


def test_a_copy_is_put_back_again_and_again(open_one: Open, copied: Callable[[Database], Copy]) -> None:
    database = open_one("a", THINGS)
    database.insert("things", {"name": "kept"})
    copy = copied(database)
    for _ in range(3):
        first = database.insert("things", {"name": "lost"})
        database.update("things", first, {"name": "lost too"})
        assert names(database) == ["kept", "lost too"]
        database.restore(copy)
        assert names(database) == ["kept"]
    assert database.insert("things", {"name": "next"}) == first, "counters go back too"
    with pytest.raises(ZeroDivisionError), database.transaction():
        database.insert("things", {"name": "undone"})
        raise ZeroDivisionError
    assert names(database) == ["kept", "next"], "a transaction can be taken back after a restore as before"


def test_a_database_takes_over_another(open_one: Open) -> None:
    one, other = open_one("one", THINGS), open_one("other", THINGS)
    one.insert("things", {"name": "x"})
    other.restore(one)
    one.insert("things", {"name": "y"})
    assert (names(one), names(other)) == (["x", "y"], ["x"])


def test_what_was_remembered_is_forgotten_at_a_restore(open_one: Open, copied: Callable[[Database], Copy]) -> None:
    database = open_one("a", THINGS)
    first = database.insert("things", {"name": "before"})
    copy = copied(database)
    database.update("things", first, {"name": "after"})
    assert database.remembered(SQL, first) == {"name": "after"}
    told: list[str] = []
    database.on_restore.append(lambda: told.append(names(database)[0]))
    database.restore(copy)
    assert database.remembered(SQL, first) == {"name": "before"}
    assert told == ["before"]


def test_timers_see_the_rows_that_were_put_back(open_one: Open, copied: Callable[[Database], Copy]) -> None:
    noon = datetime(2026, 3, 2, 9, tzinfo=UTC)
    database = open_one("a", TIMERS_SQL)
    timers = Timers("t", database, ManualClock(noon))
    timers.set("k", "early", noon)
    copy = copied(database)
    timers.cancel("k", "early")
    timers.set("k", "late", noon + timedelta(hours=1))
    assert timers.next_timer() == (noon + timedelta(hours=1), 2)
    database.restore(copy)
    assert timers.next_timer() == (noon, 1)


def test_a_copy_with_other_tables_is_refused_and_changes_nothing(
    open_one: Open, copied: Callable[[Database], Copy]
) -> None:
    old = open_one("old", "CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT);")
    database = open_one("new", THINGS)
    database.insert("things", {"name": "there"})
    copy = copied(old)
    with pytest.raises(Conflict, match="its tables are not those"):
        database.check(copy)
    with pytest.raises(Conflict, match="its tables are not those"):
        database.restore(copy)
    assert names(database) == ["there"]


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    Database(THINGS, {}, Ids(1), tmp_path / "a.db").close()
    with pytest.raises(Conflict, match="its tables are not those"):
        Database(THINGS + "CREATE INDEX later ON things (name);", {}, Ids(1), tmp_path / "a.db")


def test_the_memory_of_a_large_world_is_not_kept_for_the_next() -> None:
    databases = Databases(spares=1)
    database = databases.open(THINGS, {}, Ids(1))
    database.many("INSERT INTO things (name) VALUES (?)", [("x" * 4000,)] * 3000)
    database.close()
    assert databases.open(THINGS, {}, Ids(1)).value("PRAGMA page_count") < 100
    databases.close()
