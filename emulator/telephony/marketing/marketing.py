"""The face of call tracking to the rest of the telephony."""

from __future__ import annotations

from emulator.core.database import Database
from emulator.core.ground import Ground
from emulator.telephony.marketing.origin import UNKNOWN, Origin
from emulator.telephony.staff import VirtualNumber


class Marketing:
    """The sites, campaigns and visitors of one account."""

    def __init__(self, ground: Ground, database: Database) -> None:
        self._ground = ground
        self._database = database

    def origin_of_call(self, number: VirtualNumber, contact: str | None, now: int) -> Origin:
        """What is known of a call to `number` at `now` (microseconds)."""
        return UNKNOWN
