"""How fast a tenant asks amoCRM once it has been told to slow down.

amoCRM takes 7 requests a second from an integration; whoever goes on asking after a 429 is banned. Each piece of work
that met a 429 comes back by itself, but many that come back at one instant would use up the second with their look-ups
and get nowhere. So after a 429 the tenant is silent for a second, and then its requests take turns until a minute has
passed without another one.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from integration.ports import Clock

SECOND = timedelta(seconds=1)
A_SECOND = 5
"""Turns in any second: enough below seven that a request which is slow to arrive does not meet those after it."""

CAUTION = timedelta(minutes=1)


class Pace:
    """The turns of one tenant's requests, on its clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._careful_until: datetime | None = None
        self._silent_until: datetime | None = None
        self._turns: deque[datetime] = deque(maxlen=A_SECOND)

    def slow_down(self) -> None:
        """amoCRM answered 429."""
        now = self._clock.now()
        self._careful_until = now + CAUTION
        self._silent_until = now + SECOND

    async def turn(self) -> None:
        """Return when a request may be sent: at once unless there was a 429 lately."""
        if self._careful_until is None or self._silent_until is None:
            return
        now = self._clock.now()
        mine = max(now, self._silent_until)
        if len(self._turns) == A_SECOND:
            mine = max(mine, self._turns[0] + SECOND)
        if mine == now and now >= self._careful_until:
            self._careful_until = None
            self._turns.clear()
            return
        self._turns.append(mine)
        if mine > now:
            await self._clock.sleep(mine - now)
