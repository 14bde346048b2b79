"""Timers that outlive a request: rows in their owner's database, one handler per kind.

Because they are rows, a snapshot, a fork and a restart have them too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson

from emulator.core.clock import Clock
from emulator.core.database import Database
from emulator.core.instants import from_micros, micros

TIMERS_SQL = """
CREATE TABLE timers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    due INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    payload BLOB NOT NULL
);
CREATE INDEX timers_due ON timers (due, id);
CREATE INDEX timers_key ON timers (kind, key);
"""

Handler = Callable[[str, dict[str, Any]], None]


class Timers:
    """The timer rows of one fake. `name` is the owner in the order (due, owner, id)."""

    def __init__(self, name: str, database: Database, clock: Clock) -> None:
        self.name = name
        self._database = database
        self._clock = clock
        self._handlers: dict[str, Handler] = {}
        self._head: tuple[datetime, int] | None = None
        self._head_known = False
        clock.attach(self)
        database.on_restore.append(self._changed)
        database.on_rollback.append(self._changed)

    def on(self, kind: str, handler: Handler) -> None:
        """Let `handler(key, payload)` carry out timers of `kind`. It is synchronous; longer work it spawns."""
        self._handlers[kind] = handler

    def set(self, kind: str, key: str, due: datetime, payload: dict[str, Any] | None = None) -> None:
        """Have the timer `kind`/`key` fire at `due`."""
        row = {"due": micros(due), "kind": kind, "key": key, "payload": orjson.dumps(payload or {})}
        self._database.insert("timers", row)
        self._changed()

    def cancel(self, kind: str, key: str, payload: dict[str, Any] | None = None) -> None:
        """Take back the timers `kind`/`key`; with `payload` only those that carry it."""
        carried = orjson.dumps(payload) if payload is not None else None
        self._database.execute(
            "DELETE FROM timers WHERE kind = ? AND key = ? AND (? IS NULL OR payload = ?)", kind, key, carried, carried
        )
        self._changed()

    def is_set(self, kind: str, key: str) -> bool:
        """Whether a timer `kind`/`key` is to fire."""
        return self._database.value("SELECT 1 FROM timers WHERE kind = ? AND key = ?", kind, key) is not None

    def next_timer(self) -> tuple[datetime, int] | None:
        if not self._head_known:
            row = self._database.one("SELECT due, id FROM timers ORDER BY due, id LIMIT 1")
            self._head = (from_micros(row["due"]), row["id"]) if row else None
            self._head_known = True
        return self._head

    def fire_next(self) -> str:
        head = self.next_timer()
        assert head is not None
        with self._database.transaction():
            row = self._database.one("DELETE FROM timers WHERE id = ? RETURNING kind, key, payload", head[1])
            assert row is not None
            self._head_known = False
            self._handlers[row["kind"]](row["key"], orjson.loads(row["payload"]))
        self._changed()
        return f"{row['kind']} {row['key']}"

    def _changed(self) -> None:
        self._head_known = False
        self._clock.rearm()
