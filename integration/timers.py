"""Timers that belong to running tasks and die with them: `sleep` and `timeout` of a tenant's clock."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime


class TransientTimers:
    """A heap with lazy removal: most timers are time limits, and most of those are never reached."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int]] = []
        self._fire: dict[int, Callable[[], None]] = {}
        self._ids = itertools.count(1)

    def add(self, due: datetime, fire: Callable[[], None]) -> int:
        """Call `fire` when it is due; the answer is good for `remove`."""
        timer = next(self._ids)
        self._fire[timer] = fire
        heapq.heappush(self._heap, (due, timer))
        return timer

    def remove(self, timer: int) -> None:
        self._fire.pop(timer, None)

    def earliest(self) -> datetime | None:
        while self._heap and self._heap[0][1] not in self._fire:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def fire_due(self, now: datetime) -> None:
        """Fire what is due at `now`, by due time, then in the order it was added."""
        while (due := self.earliest()) and due <= now:
            _, timer = heapq.heappop(self._heap)
            self._fire.pop(timer)()
