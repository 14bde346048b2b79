"""Copies of whole databases, made and put back by SQLite's `backup()`.

A temporary copy lies in the page cache while it is small and spills to a temporary file when it is large, so that two
large worlds never lie in memory at once. A copy with a path is a file, which outlives the process.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Protocol

Shape = list[tuple[str, str, str | None]]

_TEMPORARY = ""
"""The name by which SQLite opens a database of its own that goes away with the connection."""


class Source(Protocol):
    """Something that a database can be made equal to: a copy, or another database."""

    @property
    def schema(self) -> str | None:
        """What its tables were made from; None when that is not known."""

    def opened(self) -> AbstractContextManager[sqlite3.Connection]: ...


class Copy:
    """All rows of a database at one moment. `close` forgets a temporary one and leaves a file where it is."""

    def __init__(self, connection: sqlite3.Connection | None, path: Path | None, schema: str | None = None) -> None:
        self._connection = connection
        self._path = path
        self.schema = schema

    @classmethod
    def of(cls, original: sqlite3.Connection, schema: str, path: Path | None = None) -> Copy:
        """Copy what `original` holds, into the new file `path` if there is one."""
        if path is None:
            connection = _connect(_TEMPORARY)
            original.backup(connection)
            return cls(connection, None, schema)
        path.touch(mode=0o600)  # tokens lie in it
        with closing(_connect(path)) as file:
            original.backup(file)
        return cls(None, path)

    @classmethod
    def at(cls, path: Path) -> Copy:
        """The copy that lies in the file `path`."""
        return cls(None, path)

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        if self._connection is not None:
            yield self._connection
            return
        assert self._path is not None
        with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            yield file

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _connect(name: Path | str) -> sqlite3.Connection:
    """A copy that is half made is of no use to anybody, so nothing is done for its safety meanwhile."""
    connection = sqlite3.connect(name, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    return connection


def transfer(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Make `target` equal to `source`.

    In memory without a rollback journal, which would hold all that is overwritten: half the time, half the memory. A
    file is overwritten in one transaction, all or nothing.
    """
    in_memory = target.execute("PRAGMA journal_mode").fetchone()[0] == "memory"
    if in_memory:
        target.execute("PRAGMA journal_mode=OFF")
    try:
        source.backup(target)
    finally:
        if in_memory:
            target.execute("PRAGMA journal_mode=MEMORY")


def shape(connection: sqlite3.Connection) -> Shape:
    """The tables and indexes of a database, as they were declared."""
    rows: Shape = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    return rows
