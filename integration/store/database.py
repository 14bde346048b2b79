"""One SQLite database of one tenant, in memory or in a file.

A file is in WAL mode with synchronous=NORMAL: a commit survives the death of the process at any instant, though not
always a power cut, which a test stand does not promise. Statements are fast enough to be called synchronously from
coroutines; a store for many workers would wait there.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

# Bytes 18 and 19 of a database say 2 in WAL mode, which a memory database refuses to open (sqlite.org/fileformat2).
_FORMAT_VERSIONS = slice(18, 20)

FIRST_SETTINGS = "INSERT INTO settings_versions (stored) VALUES ('{}')"
"""The only row a new database has: nothing is set, all settings are defaults."""

_DECLARED = "SELECT name, sql FROM sqlite_master ORDER BY type, name"

Image = bytes
"""A whole database as bytes, as `image` gives it."""


@cache
def empty_image() -> Image:
    """A database with the schema and nothing in it, made once per process."""
    schema = resources.files("integration.store").joinpath("schema.sql").read_text("utf-8")
    with closing(sqlite3.connect(":memory:")) as template:
        template.executescript(schema)
        template.execute(FIRST_SETTINGS)
        template.commit()
        return template.serialize()


@cache
def _declared() -> list[tuple[str, str]]:
    """The tables and indexes as the schema declares them."""
    with closing(sqlite3.connect(":memory:")) as template:
        template.deserialize(empty_image())
        return template.execute(_DECLARED).fetchall()


class DamagedError(Exception):
    """A file is no database of a tenant, or one of another version."""


class Database:
    """An open database. Every statement outside of `transaction` commits by itself."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self._connection = connection
        self.path = path

    @classmethod
    def in_memory(cls, image: Image | None = None) -> Database:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.deserialize(image or empty_image())
        return cls(connection, None)

    @classmethod
    def open(cls, path: Path) -> Database:
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            if connection.execute(_DECLARED).fetchall() != _declared():
                raise DamagedError("its tables are not those of this version")
        except (sqlite3.Error, DamagedError) as error:
            connection.close()
            raise DamagedError(str(error)) from None
        return cls(connection, path)

    def run(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def row(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
        return found

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block or nothing of it. It must not wait for anything."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def image(self) -> Image:
        """The committed state as bytes, in the form that both a file and a memory database can start from."""
        image = bytearray(self._connection.serialize())
        image[_FORMAT_VERSIONS] = b"\x01\x01"
        return bytes(image)

    def empty(self) -> None:
        """Delete everything but what the schema starts with. Compiled statements stay, and they are what costs."""
        with self.transaction():
            tables = self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in tables:
                self.run(f"DELETE FROM {table}")
            self.run(FIRST_SETTINGS)

    def close(self) -> None:
        self._connection.close()


def check_image(image: Image) -> None:
    """Raises DamagedError unless this is a whole database of this version."""
    if not image:
        raise DamagedError("it is empty")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        try:
            connection.deserialize(image)
            said = connection.execute("PRAGMA quick_check").fetchone()
            if said != ("ok",):
                raise DamagedError(said[0])
            if connection.execute(_DECLARED).fetchall() != _declared():
                raise DamagedError("its tables are not those of this version")
        except sqlite3.Error as error:
            raise DamagedError(str(error)) from None


def write_image(path: Path, image: Image) -> None:
    """Make the file a database with this content, all at once: a kill leaves the old one or the new one."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)  # tokens lie in it
    fresh.write_bytes(image)
    for leftover in ("-wal", "-shm"):
        path.with_name(path.name + leftover).unlink(missing_ok=True)
    os.replace(fresh, path)
