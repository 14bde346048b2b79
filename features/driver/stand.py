"""The stand: its time, its faults, and what it saw."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from features.driver.requests import Json, Requests

_WRITE = re.compile(r"(?:POST|PATCH|PUT|DELETE) /api/v4/(?!.*custom_fields)")
"""Requests about cards, tasks and calls; the additional fields are set up when the integration is connected."""


class Stand(Requests):
    """Time goes on only when a verb says so."""

    async def settle(self) -> None:
        await self._control("POST", "/settle", {})

    async def time_passes(self, span: timedelta) -> None:
        await self._control("POST", "/clock", {"advance": span.total_seconds()})

    async def time_comes(self, moment: datetime) -> None:
        """Time goes on to that moment; it never goes back."""
        await self._control("POST", "/clock", {"to": moment.isoformat()})

    async def now(self) -> datetime:
        return datetime.fromisoformat((await self._control("GET", "/clock"))["now"])

    # Faults

    async def goes_wrong(self, **fault: Any) -> Json:
        """Set a fault (contract §1): target, match, phase, action, after, times."""
        return await self._control("POST", "/faults", fault)

    async def all_goes_well(self) -> None:
        await self._control("DELETE", "/faults")

    # The journal

    async def sent_to_amocrm(self, request: str) -> list[Json]:
        """The requests of that method and path that the integration sent, oldest first."""
        return [each for each in await self.written_to_amocrm() if each["subject"] == request]

    async def written_to_amocrm(self) -> list[Json]:
        """The requests by which the integration changed anything about its clients, oldest first."""
        entries = (await self._control("GET", "/journal?kind=request"))["entries"]
        return [each for each in entries if each["from"] == "integration" and _WRITE.match(each["subject"])]

    async def decisions(self) -> list[Json]:
        """What the integration decided, with rule ids."""
        return (await self._control("GET", "/journal?kind=decision"))["entries"]
