"""The clock of a tenant: manual or live, and its timers.

Two kinds of timers. A *row* lies in the store, survives a restart and has one handler per kind. A *transient* one
(`sleep`, `timeout`) belongs to a running task and dies with it. Both fire in the order of their due time, rows
first, then by id; a timer due at T fires when `now()` is T. No other module may ask the process for the time.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from integration.activity import Activity, Parking
from integration.model import ClockState, TimerRow
from integration.ports import Store
from integration.timers import TransientTimers

MICROSECOND = timedelta(microseconds=1)
Handler = Callable[[TimerRow], Awaitable[None]]


def clock_state(kind: str, now: datetime | None) -> ClockState:
    """The beginning of a clock of this kind that shows `now`; a live one without `now` shows real time."""
    if kind == "manual":
        return ClockState("manual", now=now and now.astimezone(UTC))
    offset = timedelta() if now is None else now - datetime.now(UTC)
    return ClockState("live", offset_us=offset // MICROSECOND)


class TimeGoesBackError(Exception):
    """A manual clock was asked to go to an instant before its `now`."""


class TenantClock(ABC):
    """What both clocks share: timers, and going from one to the next."""

    def __init__(self, store: Store, activity: Activity) -> None:
        self._store = store
        self._activity = activity
        self._transient = TransientTimers()
        self._handlers: dict[str, Handler] = {}
        self._firing = asyncio.Lock()

    @abstractmethod
    def now(self) -> datetime:
        """The tenant's time, aware UTC."""

    @abstractmethod
    async def advance(self, to: datetime) -> None:
        """Fire what is due until `to`, timer by timer, and make it the tenant's time."""

    @abstractmethod
    async def _move(self, to: datetime) -> None:
        """Make `to` the tenant's time, unless it is later already."""

    def handle(self, kind: str, handler: Handler) -> None:
        """Timer rows of this kind go to `handler`, which may be called twice for one row after a crash."""
        self._handlers[kind] = handler

    async def start(self) -> None:
        """Fire what became due while nobody looked."""
        await self._fire_until(self.now())
        await self.timers_changed()

    @abstractmethod
    def stop(self) -> None:
        """Fire nothing any more by itself."""

    @abstractmethod
    async def timers_changed(self) -> None:
        """Timers came or went: look again when the next one is due."""

    async def next_due(self) -> datetime | None:
        """When the earliest timer is due, row or transient."""
        dues = [due for due in (await self._store.next_due(), self._transient.earliest()) if due is not None]
        return min(dues, default=None)

    async def sleep(self, pause: timedelta) -> None:
        """Wait that long on this clock."""
        parking = Parking(self._activity)
        timer = self._transient.add(self.now() + pause, parking.release)
        await self.timers_changed()
        try:
            await parking.wait()
        finally:
            self._transient.remove(timer)

    @asynccontextmanager
    async def timeout(self, limit: timedelta) -> AsyncIterator[None]:
        """Raise TimeoutError in the block when it takes `limit` or longer on this clock."""
        async with asyncio.timeout(None) as guard:
            fired = False

            def fire() -> None:
                # Busy from here on: the task that is cancelled runs only some turns of the loop later.
                nonlocal fired
                fired = True
                self._activity.begin()
                guard.reschedule(asyncio.get_running_loop().time())

            timer = self._transient.add(self.now() + limit, fire)
            await self.timers_changed()
            try:
                yield
            finally:
                self._transient.remove(timer)
                if fired:
                    self._activity.end()

    async def _fire_until(self, to: datetime) -> None:
        async with self._firing:
            while (due := await self.next_due()) is not None and due <= to:
                await self._move(due)
                await self._fire_at(due)

    async def _fire_at(self, due: datetime) -> None:
        for row in await self._store.due_timers(due):
            await self._handlers[row.kind](row)
            await self._store.drop_timer(row.id)
        self._transient.fire_due(due)


class ManualClock(TenantClock):
    """Stands still until it is told where to go. Its `now` is stored at every step."""

    def __init__(self, store: Store, activity: Activity, now: datetime) -> None:
        super().__init__(store, activity)
        self._now = now

    def now(self) -> datetime:
        return self._now

    async def advance(self, to: datetime) -> None:
        if to < self._now:
            raise TimeGoesBackError(f"the clock is at {self._now.isoformat()}")
        await self._fire_until(to)
        await self._move(to)

    async def _move(self, to: datetime) -> None:
        if to > self._now:
            self._now = to
            await self._store.save_clock(ClockState("manual", now=to))

    def stop(self) -> None:
        """It never fires by itself."""

    async def timers_changed(self) -> None:
        """Whoever moves the clock looks for itself."""


class LiveClock(TenantClock):
    """Real time plus an offset. Fires by itself; going forward enlarges the offset, going back does nothing."""

    def __init__(self, store: Store, activity: Activity, offset: timedelta) -> None:
        super().__init__(store, activity)
        self._offset = offset
        self._alarm: asyncio.TimerHandle | None = None

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    async def advance(self, to: datetime) -> None:
        await self._fire_until(to)
        await self._move(to)
        await self.timers_changed()

    async def _move(self, to: datetime) -> None:
        ahead = to - self.now()
        if ahead > timedelta():
            self._offset += ahead
            await self._store.save_clock(ClockState("live", offset_us=self._offset // MICROSECOND))

    def stop(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    async def timers_changed(self) -> None:
        self.stop()
        due = await self.next_due()
        if due is not None:
            pause = max(0.0, (due - self.now()).total_seconds())
            self._alarm = asyncio.get_running_loop().call_later(pause, self._ring)

    def _ring(self) -> None:
        self._activity.spawn(self._fire_what_is_due())

    async def _fire_what_is_due(self) -> None:
        await self._fire_until(self.now())
        await self.timers_changed()
