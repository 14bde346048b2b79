"""How often a client may ask, and who may not ask at all (facts §2.6, §2.5: 429, 403 as HTML, 402).

At most `per_second` requests of one OAuth client and `per_second_account` of the whole account in any second of the
world's time; requests that name no client count together as one. A request too many is a 429 and counts only towards
the ban: who is refused `ban_after` times within a minute is banned, which is a 403 page in HTML for everything it asks
until support lifts it. An unpaid account is a 402 on every API route.

All of it lies in rows: `limits` has the settings, `limit_requests` each request for as long as it counts, `bans` who
is banned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.amocrm.errors import Banned, PaymentRequired, TooManyRequests
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

DEFAULTS = {"per_second": 7, "per_second_account": 50, "ban_after": 100}

SECOND = 1_000_000
"""For how many microseconds a request that was let through counts."""

MEMORY = 60 * SECOND
"""For how many microseconds a refused one does."""

LIMITS_SQL = """
CREATE TABLE limits (
    id INTEGER PRIMARY KEY,
    was_on INTEGER NOT NULL,
    is_on INTEGER NOT NULL,
    per_second INTEGER NOT NULL,
    per_second_account INTEGER NOT NULL,
    ban_after INTEGER NOT NULL,
    is_unpaid INTEGER NOT NULL,
    is_banned INTEGER NOT NULL
);
CREATE TABLE limit_requests (client_id TEXT NOT NULL, is_refused INTEGER NOT NULL, until_at INTEGER NOT NULL);
CREATE INDEX limit_requests_until ON limit_requests (until_at);
CREATE TABLE bans (client_id TEXT PRIMARY KEY, banned_at INTEGER NOT NULL) WITHOUT ROWID;
"""

_ROW = 1
_COUNTS = """
SELECT
    coalesce(sum(NOT is_refused AND client_id = ?1), 0) AS own,
    coalesce(sum(NOT is_refused), 0) AS everybodys,
    coalesce(sum(is_refused AND client_id = ?1), 0) AS refused
FROM limit_requests
"""


class Limits:
    """The limits of one account. `active` tells whether a request has to ask `admit` at all."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database
        self.active = False
        self.reload()

    def found(self, is_on: bool) -> None:
        """Give a new account its limits, in force or not."""
        flags = {"was_on": is_on, "is_on": is_on, "is_unpaid": False, "is_banned": False}
        self._database.insert("limits", {"id": _ROW, **DEFAULTS, **flags})
        self.reload()

    def reload(self) -> None:
        """Look at the rows anew: they were changed or replaced."""
        row = self._database.one("SELECT * FROM limits")
        self.active = row is not None and bool(
            row["is_on"] or row["is_unpaid"] or row["is_banned"] or self._banned_clients()
        )

    def body(self) -> dict[str, Any]:
        """All settings, and who is banned; null stands for requests that name no client."""
        row, banned = self._settings(), self._banned_clients()
        return {
            "limits": "on" if row["is_on"] else "off",
            **{name: row[name] for name in DEFAULTS},
            "unpaid": bool(row["is_unpaid"]),
            "banned": bool(row["is_banned"] or banned),
            "banned_clients": [client_id or None for client_id in banned],
        }

    def change(
        self,
        *,
        limits: str | None = None,
        unpaid: bool | None = None,
        banned: bool | None = None,
        **numbers: int,
    ) -> None:
        """Set what is given. `banned` bans every client of the account, or lifts every ban; `numbers` are DEFAULTS'."""
        given = {"is_on": None if limits is None else limits == "on", "is_unpaid": unpaid, "is_banned": banned}
        with self._database.transaction():
            flags = {name: value for name, value in given.items() if value is not None}
            self._database.update("limits", _ROW, {**flags, **numbers})
            if banned is False:
                self._forgive()
        self.reload()

    def reset(self) -> None:
        """Lift all bans, forget who asked, and set everything as it was when the account was opened."""
        with self._database.transaction():
            self._database.update("limits", _ROW, {**DEFAULTS, "is_unpaid": False, "is_banned": False})
            self._database.execute("UPDATE limits SET is_on = was_on")
            self._database.execute("DELETE FROM limit_requests")
            self._forgive()
        self.reload()

    def admit(self, client_id: str, *, is_free: bool = False) -> None:
        """Let a request of `client_id` through and count it. An unpaid account gets what `is_free`.

        Raises Banned, TooManyRequests or PaymentRequired.
        """
        row = self._settings()
        if row["is_banned"] or self._is_banned(client_id):
            raise Banned
        if row["is_on"] and not self._counted(client_id, row):
            raise TooManyRequests
        if row["is_unpaid"] and not is_free:
            raise PaymentRequired

    def _counted(self, client_id: str, settings: Row) -> bool:
        """Whether the request is within the limits; it is kept either way."""
        now = self._account.now()
        with self._database.transaction():
            self._database.execute("DELETE FROM limit_requests WHERE until_at <= ?", now)
            counts = self._database.one(_COUNTS, client_id) or {}
            fits: bool = (
                counts["own"] < settings["per_second"] and counts["everybodys"] < settings["per_second_account"]
            )
            until = now + (SECOND if fits else MEMORY)
            row = {"client_id": client_id, "is_refused": not fits, "until_at": until}
            self._database.insert("limit_requests", row)
            if not fits and counts["refused"] + 1 >= settings["ban_after"]:
                self._ban(client_id, now)
        return fits

    def _ban(self, client_id: str, now: int) -> None:
        self._database.insert("bans", {"client_id": client_id, "banned_at": now})
        journal = self._account.ground.journal
        journal.add("change", "amocrm", "amocrm", f"client:{client_id}", {"banned": True})

    def _forgive(self) -> None:
        self._database.execute("DELETE FROM bans")
        self._database.execute("DELETE FROM limit_requests WHERE is_refused")

    def _settings(self) -> Row:
        row = self._database.one("SELECT * FROM limits")
        assert row is not None
        return row

    def _is_banned(self, client_id: str) -> bool:
        return self._database.value("SELECT 1 FROM bans WHERE client_id = ?", client_id) is not None

    def _banned_clients(self) -> list[str]:
        return [
            row["client_id"] for row in self._database.all("SELECT client_id FROM bans ORDER BY banned_at, client_id")
        ]
