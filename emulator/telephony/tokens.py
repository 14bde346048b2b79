"""Access tokens of the Data API: permanent keys as made in the vendor's cabinet (facts §1.2).

A token begins with the seed of its world, by which a server of many worlds finds the account; the rest cannot be
guessed.
"""

from __future__ import annotations

import re
from typing import Literal

from emulator.core.database import Database
from emulator.core.ground import Ground
from emulator.core.instants import micros

Holder = Literal["client", "integration"]

_TOKEN = re.compile(r"(?P<seed>\d{6})[0-9a-f]{40}")


class Tokens:
    """The tokens of one account."""

    def __init__(self, database: Database, ground: Ground) -> None:
        self._database = database
        self._ground = ground

    def issue(self, holder: Holder) -> str:
        """A new token of `holder`; those issued before stay valid."""
        ids = self._ground.ids
        number = self._database.value("SELECT count(*) FROM tokens")
        token = f"{ids.seed:06d}{ids.token('telephony access', number)}"
        row = {"token": token, "holder": holder, "issued_at": micros(self._ground.clock.now())}
        self._database.insert("tokens", row)
        return token

    def of(self, holder: Holder) -> str | None:
        """The first token of `holder`; None when nobody issued one."""
        question = "SELECT token FROM tokens WHERE holder = ? ORDER BY issued_at, token LIMIT 1"
        token: str | None = self._database.value(question, holder)
        return token

    def holder_of(self, token: str) -> Holder | None:
        """Whose token it is; None for one that this account did not issue."""
        holder: Holder | None = self._database.value("SELECT holder FROM tokens WHERE token = ?", token)
        return holder


def seed_in(token: str) -> int | None:
    """The seed of the world that a token is of; None for text that is no token."""
    found = _TOKEN.fullmatch(token)
    return int(found["seed"]) if found else None
