"""Personal managers that the integration named, stored for six hours from receipt (PM-09..PM-11, GAP-48).

Only found ones are stored, one entry per number; use does not prolong the term. An entry is used while it is younger
than six hours.
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator.core.database import Database

TERM = 6 * 3600 * 1_000_000
"""Microseconds."""


@dataclass(frozen=True)
class StoredManager:
    """`user_id` is theirs in amoCRM; no `employee_id`: nobody here belongs to that user. `received_at` in
    microseconds."""

    user_id: int
    employee_id: int | None
    received_at: int


class Managers:
    """The stored managers of one account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def store(self, key: str, manager: StoredManager) -> None:
        """`key` is the match key of the caller's number."""
        self._database.execute(
            "INSERT OR REPLACE INTO personal_managers (match_key, user_id, employee_id, received_at)"
            " VALUES (?, ?, ?, ?)",
            *(key, manager.user_id, manager.employee_id, manager.received_at),
        )

    def fresh(self, key: str, now: int) -> StoredManager | None:
        row = self._database.one(
            "SELECT user_id, employee_id, received_at FROM personal_managers WHERE match_key = ? AND received_at > ?",
            key,
            now - TERM,
        )
        return StoredManager(**row) if row else None

    def forget_all(self) -> None:
        """The integration was disconnected."""
        self._database.execute("DELETE FROM personal_managers")
