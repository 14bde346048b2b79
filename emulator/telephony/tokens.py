"""Access tokens of both vendor APIs (facts §1.2): keys made in the vendor's cabinet, and sessions of an hour.

A key lasts until its date, if it has one, and can be blocked; a session is opened by `login.user`, lasts an hour of
the world's time and ends with `logout.user`. A token begins with the seed of its world, by which a server of many
worlds finds the account; the rest cannot be guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from emulator.core.database import Database, Row
from emulator.core.errors import NotFound
from emulator.core.ground import Ground
from emulator.core.instants import micros
from emulator.telephony.rpc import Refusal

Holder = Literal["client", "integration"]

SESSION = timedelta(hours=1)
_TOKEN = re.compile(r"(?P<seed>\d{6})[0-9a-f]{40}")


@dataclass(frozen=True)
class Token:
    """`issued_at` and `expires_at` in microseconds; no end: it is valid until it is blocked."""

    text: str
    holder: Holder
    is_session: bool
    is_blocked: bool
    issued_at: int
    expires_at: int | None


class Tokens:
    """The tokens of one account."""

    def __init__(self, database: Database, ground: Ground) -> None:
        self._database = database
        self._ground = ground

    def issue(self, holder: Holder, lasts: timedelta | None = None) -> str:
        """A new key of `holder`, valid for `lasts` or for ever; those issued before stay valid."""
        return self._add(holder, is_session=False, lasts=lasts).text

    def open_session(self, login: str) -> Token:
        """A token for an hour; sessions that are over are forgotten."""
        self._database.execute("DELETE FROM tokens WHERE is_session AND expires_at <= ?", self._now())
        return self._add("client", is_session=True, lasts=SESSION, login=login)

    def _add(self, holder: Holder, *, is_session: bool, lasts: timedelta | None, login: str | None = None) -> Token:
        issued = self._database.value("SELECT seq FROM sqlite_sequence WHERE name = 'tokens'") or 0
        ids, now = self._ground.ids, self._now()
        row = {
            "token": f"{ids.seed:06d}{ids.token('telephony access', issued)}",
            "holder": holder,
            "login": login,
            "is_session": is_session,
            "is_blocked": False,
            "issued_at": now,
            "expires_at": None if lasts is None else now + micros_of(lasts),
        }
        self._database.insert("tokens", row)
        return _token({**row, "id": issued + 1})

    def close_session(self, token: str) -> None:
        """Raises Refusal `forbidden` for a key: it is deleted in the cabinet and nowhere else."""
        if self._database.value("SELECT is_session FROM tokens WHERE token = ?", token) == 0:
            raise Refusal("forbidden", "access_token", hint="a key is no session")
        self._database.execute("DELETE FROM tokens WHERE token = ?", token)

    def change(self, token: str, *, blocked: bool | None = None, lasts: timedelta | None = None) -> None:
        """Block a token or lift that, or let it end after `lasts` from now. Raises NotFound for an unknown one."""
        if self.holder_of(token) is None:
            raise NotFound("no such access token in this account")
        if blocked is not None:
            self._database.execute("UPDATE tokens SET is_blocked = ? WHERE token = ?", blocked, token)
        if lasts is not None:
            until = self._now() + micros_of(lasts)
            self._database.execute("UPDATE tokens SET expires_at = ? WHERE token = ?", until, token)

    def all(self) -> list[Token]:
        """In the order of issue."""
        return [_token(row) for row in self._database.all("SELECT * FROM tokens ORDER BY id")]

    def of(self, holder: Holder) -> str | None:
        """The first key of `holder`; None when nobody issued one."""
        question = "SELECT token FROM tokens WHERE holder = ? AND NOT is_session ORDER BY id LIMIT 1"
        token: str | None = self._database.value(question, holder)
        return token

    def holder_of(self, token: str) -> Holder | None:
        """Whose token it is, valid or not; None for one that this account did not issue."""
        holder: Holder | None = self._database.value("SELECT holder FROM tokens WHERE token = ?", token)
        return holder

    def user_of(self, token: str) -> str | None:
        """The login of a session; of a key, which belongs to no user, the holder stands in for it."""
        question = "SELECT coalesce(login, holder) FROM tokens WHERE token = ?"
        user: str | None = self._database.value(question, token)
        return user

    def check(self, token: str) -> None:
        """Raises Refusal `access_token_invalid` (unknown, or a session that is over), `…_blocked` or `…_expired`."""
        row = self._database.remembered("SELECT * FROM tokens WHERE token = ?", token)
        if row is None:
            raise Refusal("access_token_invalid", "access_token")
        if row["is_blocked"]:
            raise Refusal("access_token_blocked", "access_token")
        if row["expires_at"] is not None and row["expires_at"] <= self._now():
            raise Refusal("access_token_invalid" if row["is_session"] else "access_token_expired", "access_token")

    def _now(self) -> int:
        return micros(self._ground.clock.now())


def micros_of(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _token(row: Row) -> Token:
    return Token(
        text=row["token"],
        holder=row["holder"],
        is_session=bool(row["is_session"]),
        is_blocked=bool(row["is_blocked"]),
        issued_at=row["issued_at"],
        expires_at=row["expires_at"],
    )


def seed_in(token: str) -> int | None:
    """The seed of the world that a token is of; None for text that is no token."""
    found = _TOKEN.fullmatch(token)
    return int(found["seed"]) if found else None
