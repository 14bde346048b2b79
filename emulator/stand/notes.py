"""Named values in an SQLite file rather than in JSON, because a JSON file that is half written would be lost."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class Notes:
    """Each value is durable when `put` returns."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._connection = sqlite3.connect(path, isolation_level=None)
        try:
            self._connection.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                "CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value BLOB NOT NULL)"
            )
        except sqlite3.Error:
            self._connection.close()
            raise

    def put(self, name: str, value: Any) -> None:
        """Keep `value`; None forgets the note."""
        if value is None:
            self._connection.execute("DELETE FROM notes WHERE name = ?", (name,))
            return
        row = (name, msgspec.json.encode(value))
        self._connection.execute("INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)", row)

    def get(self, name: str, form: type[T]) -> T | None:
        """The note as `form`; None when there is none. Raises msgspec.ValidationError for one of another form."""
        row = self._connection.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return msgspec.json.decode(row[0], type=form) if row else None

    def close(self) -> None:
        self._connection.close()
