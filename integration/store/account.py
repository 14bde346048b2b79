"""Connection, tokens, clock, settings and deal runs of the tenant."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from integration.model import ClockState, Connection, RunState, TokenPair
from integration.store.database import Database

T = TypeVar("T", bound=msgspec.Struct)


class Account:
    """The part of the store that is about the account itself."""

    _db: Database

    async def save_account(self, connection: Connection, tokens: TokenPair, clock: ClockState) -> None:
        with self._db.transaction():
            self._put("connection", connection)
            self._put("tokens", tokens)
            self._put("clock", clock)

    async def connection(self) -> Connection:
        return self._get("connection", Connection)

    async def tokens(self) -> TokenPair:
        return self._get("tokens", TokenPair)

    async def save_tokens(self, tokens: TokenPair) -> None:
        self._put("tokens", tokens)

    async def clock_state(self) -> ClockState:
        return self._get("clock", ClockState)

    async def save_clock(self, state: ClockState) -> None:
        self._put("clock", state)

    async def run_state(self) -> RunState:
        row = self._db.row("SELECT value FROM account WHERE name = 'deal_run'")
        return RunState() if row is None else msgspec.json.decode(row[0], type=RunState)

    async def save_run_state(self, state: RunState) -> None:
        self._put("deal_run", state)

    async def settings(self, version: int | None = None) -> dict[str, Any]:
        """What was set in this version, in the current one if none is given; without defaults."""
        row = self._db.row(
            "SELECT stored FROM settings_versions"
            " WHERE version = ifnull(?, (SELECT max(version) FROM settings_versions))",
            version,
        )
        assert row is not None
        return msgspec.json.decode(row[0], type=dict[str, Any])

    async def save_settings(self, values: dict[str, Any]) -> int:
        """Store a new version and answer its number."""
        done = self._db.run("INSERT INTO settings_versions (stored) VALUES (?)", msgspec.json.encode(values))
        assert done.lastrowid is not None
        return done.lastrowid

    def _put(self, name: str, value: msgspec.Struct) -> None:
        self._db.run("INSERT OR REPLACE INTO account (name, value) VALUES (?, ?)", name, msgspec.json.encode(value))

    def _get(self, name: str, form: type[T]) -> T:
        row = self._db.row("SELECT value FROM account WHERE name = ?", name)
        assert row is not None, f"the tenant has no {name}"
        return msgspec.json.decode(row[0], type=form)
