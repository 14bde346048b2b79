"""The world's clock: what time it is, timers that outlive a request (rows) and waits inside one (transient).

Everything a rule depends on waits here; transport guards (TCP connect, websocket pings, settle's own limit) stay on
real time. A timer due at T fires when now == T. This module is the only one in `emulator` that reads the process clock
or the loop's, and only for live worlds.

`ManualClock` stands still until it is advanced. `LiveClock` is real time plus an offset. Both jump the same way: from
one due timer to the next in the order (due, owner, id), settling after each.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

from emulator.core.errors import Conflict, Unavailable
from emulator.core.parsing import within_time
from emulator.core.work import current_piece, parked_until


class TimerOwner(Protocol):
    """A store whose timers are rows. `name` orders owners at one instant."""

    name: str

    def next_timer(self) -> tuple[datetime, int] | None:
        """(due, id) of the earliest row."""
        ...

    def fire_next(self) -> str:
        """Take the earliest row out, carry it out, and return what it was, such as `delivery 81:3`."""
        ...


class Follower(Protocol):
    """A party with a clock of its own that follows this one: the integration."""

    name: str

    @property
    def due(self) -> datetime | None:
        """Its earliest timer, as it last said."""
        ...

    async def follow(self, to: datetime) -> None:
        """Move that clock to `to`; what is due there starts."""
        ...


@dataclass(frozen=True)
class Fired:
    """A timer that went off: when, whose and what."""

    at: datetime
    owner: str
    what: str


Settle = Callable[[], Awaitable[None]]

_ROUNDS_AT_ONE_INSTANT = 1000
_FIRST_REST, _LONGEST_REST = timedelta(seconds=1), timedelta(minutes=1)
"""How long a live clock leaves a timer that failed."""


class Clock:
    """What domain code sees: `now`, `call_at`, `sleep`, `timeout`."""

    kind: Literal["manual", "live"]

    def __init__(self) -> None:
        self._owners: list[TimerOwner] = []
        self._wire = _Transient()
        self._owners.append(self._wire)
        self._stepping = asyncio.Lock()
        self.is_closed = False
        self.on_move: Callable[[], None] | None = None
        """Called whenever this clock was moved, for whoever keeps where it stands."""
        self.on_failure: Callable[[Exception], None] | None = None
        """Told of a timer that failed when it fired by itself, so that nobody else hears of it."""

    def now(self) -> datetime:
        """The world's time, aware, in UTC."""
        raise NotImplementedError

    def attach(self, owner: TimerOwner) -> None:
        """Let the rows of `owner` fire on this clock."""
        self._owners.append(owner)
        self._owners.sort(key=lambda each: each.name)

    def call_at(self, due: datetime, action: Callable[[], None]) -> Callable[[], None]:
        """Call `action` at `due` unless the returned function is called before. Not for what outlives a request."""
        withdraw = self._wire.add(due, action)
        self.rearm()
        return withdraw

    async def sleep(self, delay: timedelta) -> None:
        """Wait `delay` of the world's time; the current piece of work is parked meanwhile."""
        due = self.now() + delay
        await parked_until(lambda resume: self.call_at(due, resume))

    @asynccontextmanager
    async def timeout(self, delay: timedelta) -> AsyncIterator[None]:
        """Raise TimeoutError inside the block when it takes longer than `delay` of the world's time."""
        task = asyncio.current_task()
        piece = current_piece()
        assert task is not None
        expired = False

        def expire() -> None:
            nonlocal expired
            expired = True
            if piece:
                piece.resume()
            task.cancel()

        withdraw = self.call_at(self.now() + delay, expire)
        try:
            yield
        except asyncio.CancelledError:
            if expired and task.uncancel() == 0:
                raise TimeoutError from None
            raise
        finally:
            withdraw()

    def rearm(self) -> None:
        """The earliest timer may have changed."""

    def next_timer(self) -> tuple[datetime, TimerOwner] | None:
        """The earliest timer of this process: (due, owner); ties go by the owner's name, then by the row's id."""
        heads = [(head[0], index, owner) for index, owner in enumerate(self._owners) if (head := owner.next_timer())]
        if not heads:
            return None
        due, _, owner = min(heads, key=lambda each: each[:2])
        return due, owner

    async def advance(
        self,
        to: datetime | timedelta,
        settle: Settle,
        followers: Sequence[Follower] = (),
        *,
        at_least: bool = False,
    ) -> list[Fired]:
        """Go to an instant, or on by a span, timer by timer, settling after each.

        Returns what fired here; followers fire their own. At one instant a follower's timers come first, since moving
        its clock fires them. Raises Conflict when the instant is past: time goes back only by restoring a snapshot; and
        BadRequest when it is after the last year, with nothing moved. `at_least`: somebody else may have gone there.
        """
        try:
            async with self._stepping:
                if isinstance(to, timedelta):
                    to = within_time(self.now() + to, "advance", to.total_seconds())
                elif to < self.now():
                    if at_least:
                        return []
                    raise Conflict(f"time never goes back: it is {self.now().isoformat()} already")
                return await self._advance(to, settle, followers)
        finally:
            self.rearm()

    @asynccontextmanager
    async def standing(self) -> AsyncIterator[None]:
        """Nobody advances this clock inside the block, and no timer fires by itself."""
        try:
            async with self._stepping:
                yield
        finally:
            self.rearm()

    def put_back(self, to: datetime) -> None:
        """Show `to` from now on, which may be past. Only for restoring a snapshot, inside `standing`."""
        raise NotImplementedError

    def twin(self) -> Clock:
        """A clock of the same kind that shows the same time and goes its own way."""
        raise NotImplementedError

    def _moved(self) -> None:
        if self.on_move is not None:
            self.on_move()

    async def _advance(self, to: datetime, settle: Settle, followers: Sequence[Follower]) -> list[Fired]:
        await settle()
        fired: list[Fired] = []
        rounds = 0
        while (due := self._earliest(followers)) is not None and due <= to:
            rounds = rounds + 1 if due <= self.now() else 0
            if rounds > _ROUNDS_AT_ONE_INSTANT:
                raise Unavailable(f"timers at {due.isoformat()} are still due after {rounds} rounds")
            fired += await self._step(due, settle, followers)
        self._move(to)
        for follower in followers:
            await follower.follow(self.now())
        return fired

    def _earliest(self, followers: Sequence[Follower]) -> datetime | None:
        own = self.next_timer()
        dues = [own[0]] if own else []
        dues += [follower.due for follower in followers if follower.due is not None]
        return min(dues, default=None)

    async def _step(self, due: datetime, settle: Settle, followers: Sequence[Follower]) -> list[Fired]:
        self._move(max(due, self.now()))
        for follower in followers:
            theirs = follower.due
            await follower.follow(self.now())
            if theirs is not None and theirs <= due:
                await settle()
        fired = []
        while (head := self.next_timer()) is not None and head[0] <= due:
            fired.append(Fired(head[0], head[1].name, head[1].fire_next()))
            await settle()
        return fired

    def _move(self, to: datetime) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Stop firing by itself; whoever would wait now would wait for ever."""
        self.is_closed = True


class ManualClock(Clock):
    """Time that stands still until `advance`."""

    kind: Literal["manual", "live"] = "manual"

    def __init__(self, start: datetime) -> None:
        super().__init__()
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def _move(self, to: datetime) -> None:
        self._now = to
        self._moved()

    def put_back(self, to: datetime) -> None:
        self._move(to)

    def twin(self) -> ManualClock:
        return ManualClock(self._now)


class LiveClock(Clock):
    """Real time plus `offset`; timers fire by themselves, and `advance` jumps."""

    kind: Literal["manual", "live"] = "live"

    def __init__(self, start: datetime | None = None, offset: timedelta | None = None) -> None:
        super().__init__()
        self.offset = (start - datetime.now(UTC)) if start else offset or timedelta()
        self._handle: asyncio.TimerHandle | None = None
        self._failed: tuple[datetime, TimerOwner] | None = None
        self._rest = _FIRST_REST
        self._rests_until = self.now()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def _move(self, to: datetime) -> None:
        self.offset = max(self.offset, to - datetime.now(UTC))
        self._moved()
        self.rearm()

    def put_back(self, to: datetime) -> None:
        self.offset = to - datetime.now(UTC)
        self._failed = None
        self._moved()

    def twin(self) -> LiveClock:
        return LiveClock(offset=self.offset)

    def rearm(self) -> None:
        if self._handle:
            self._handle.cancel()
            self._handle = None
        if self.is_closed or self._stepping.locked():
            return
        if head := self.next_timer():
            due = self._rests_until if head == self._failed else head[0]
            wait = max(0.0, (due - self.now()).total_seconds())
            self._handle = asyncio.get_running_loop().call_later(wait, self._fire_due)

    def _fire_due(self) -> None:
        self._handle = None
        head = self.next_timer()
        try:
            if head and head[0] <= self.now() and not self._stepping.locked():
                head[1].fire_next()
                self._failed, self._rest = None, _FIRST_REST
        except Exception as failure:
            self._rest_after(failure, head)
        finally:
            self.rearm()

    def _rest_after(self, failure: Exception, head: tuple[datetime, TimerOwner] | None) -> None:
        """The timer that failed is still the first: try it again later and later, not at once."""
        self._failed, self._rests_until = head, self.now() + self._rest
        self._rest = min(self._rest * 2, _LONGEST_REST)
        if self.on_failure is not None:
            self.on_failure(failure)

    def close(self) -> None:
        super().close()
        if self._handle:
            self._handle.cancel()


class _Transient:
    """Waits inside a request: they end with it, so they are no rows."""

    name = "wire"

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int]] = []
        self._actions: dict[int, Callable[[], None]] = {}
        self._numbers = itertools.count(1)

    def add(self, due: datetime, action: Callable[[], None]) -> Callable[[], None]:
        number = next(self._numbers)
        self._actions[number] = action
        heapq.heappush(self._heap, (due, number))
        if len(self._heap) > 64 and len(self._heap) > 2 * len(self._actions):
            self._heap = [entry for entry in self._heap if entry[1] in self._actions]
            heapq.heapify(self._heap)
        return lambda: self._withdraw(number)

    def _withdraw(self, number: int) -> None:
        self._actions.pop(number, None)

    def next_timer(self) -> tuple[datetime, int] | None:
        while self._heap and self._heap[0][1] not in self._actions:
            heapq.heappop(self._heap)
        return self._heap[0] if self._heap else None

    def fire_next(self) -> str:
        _, number = heapq.heappop(self._heap)
        self._actions.pop(number)()
        return f"wait {number}"
