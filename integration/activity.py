"""What of a tenant is going on, exact at every moment, because "settled" is read from it.

`busy` counts pieces of work that can go on by themselves, `awaiting` own HTTP requests without an answer; a piece of
work is in one of the two or parked (waiting for a timer or for other work of the tenant), never in both.

Handing over is where such counts go wrong: a task that another one wakes runs only some turns of the loop later. So
whoever completes what a task is parked on counts it as busy in the same breath (`Parking.release`), and the work of
a task counts from `spawn`, not from its first step.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager

_log = logging.getLogger(__name__)


class Activity:
    """Counters of one tenant. They live on one event loop and are not shared between threads."""

    def __init__(self) -> None:
        self.busy = 0
        self.awaiting = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._watchers: list[asyncio.Future[None]] = []

    def begin(self) -> None:
        """One more piece of work can go on."""
        self.busy += 1

    def end(self) -> None:
        """A piece of work is finished or cannot go on by itself."""
        self.busy -= 1
        if self.busy == 0:
            self._tell_watchers()

    @contextmanager
    def working(self) -> Iterator[None]:
        """The block is a piece of work."""
        self.begin()
        try:
            yield
        finally:
            self.end()

    @contextmanager
    def awaiting_answer(self) -> Iterator[None]:
        """The block, inside a piece of work, is an own HTTP request until its answer is read."""
        self.awaiting += 1
        self.end()
        try:
            yield
        finally:
            self.begin()
            self.awaiting -= 1

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Run `work` in a task of its own, busy from this moment until it ends."""
        self.begin()
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.end()
        if not task.cancelled() and (error := task.exception()):
            _log.error("a task of a tenant failed", exc_info=error)

    async def stop(self) -> None:
        """Cancel all spawned work and wait until it is gone."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def quiet(self, awaiting: int | None = None) -> None:
        """Return when `busy` is 0 and, if given, that many requests are without an answer; at once if it is so."""
        while self.busy or awaiting not in (None, self.awaiting):
            watcher = asyncio.get_running_loop().create_future()
            self._watchers.append(watcher)
            try:
                await watcher
            finally:
                if watcher in self._watchers:
                    self._watchers.remove(watcher)

    def _tell_watchers(self) -> None:
        watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            if not watcher.done():
                watcher.set_result(None)


class Parking:
    """A place where one piece of work waits for another or for a timer, without counting as busy."""

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._released = asyncio.get_running_loop().create_future()

    async def wait(self) -> None:
        """Wait for `release`, which may come with an exception."""
        self._activity.end()
        try:
            await self._released
        finally:
            if self._released.cancelled():
                self._activity.begin()

    def release(self, error: Exception | None = None) -> None:
        """Let the waiter go on; it is busy from now. Does nothing if it has been let go or has given up."""
        if self._released.done():
            return
        self._activity.begin()
        if error is None:
            self._released.set_result(None)
        else:
            self._released.set_exception(error)

    @property
    def is_over(self) -> bool:
        """Whether the waiter has been let go or has given up."""
        return self._released.done()


class Turns:
    """One piece of work at a time inside `async with`; the others are parked and follow in order."""

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._is_taken = False
        self._waiting: deque[Parking] = deque()

    async def __aenter__(self) -> None:
        if not self._is_taken:
            self._is_taken = True
            return
        parking = Parking(self._activity)
        self._waiting.append(parking)
        try:
            await parking.wait()
        except asyncio.CancelledError:
            if parking not in self._waiting:  # the turn had come already
                self._pass_on()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting:
            following = self._waiting.popleft()
            if not following.is_over:
                following.release()
                return
        self._is_taken = False
