"""The list of all communications: what each is, whose, when and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from emulator.core.database import Database
from emulator.core.ground import Ground
from emulator.telephony.marketing.origin import UNKNOWN, Origin

Type = Literal["call", "offline_message"]


class Communications:
    """The communications of one account."""

    def __init__(self, ground: Ground, database: Database) -> None:
        self._ground = ground
        self._database = database

    def begin(
        self, type_: Type, now: int, *, phone: str | None, email: str | None = None, origin: Origin = UNKNOWN
    ) -> int:
        """Store a communication that began at `now` (microseconds) and return its id."""
        return self._database.insert("communications", {"type": type_})

    def variables(self, communication_id: int) -> Mapping[str, Any]:
        """What events say about where a communication came from; empty when nothing is known."""
        return {}
