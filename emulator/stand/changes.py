"""Changes of worlds under way: each runs to its end even if whoever asked for it goes away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Changes:
    """The changes of one stand."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._by_name: dict[str, asyncio.Task[None]] = {}

    def start(self, change: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(change)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def to_the_end(self, change: Coroutine[Any, Any, T]) -> T:
        """Start a change and return what it returns."""
        return await asyncio.shield(self.start(change))

    async def once(self, name: str, change: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Start the change called `name`, or wait for its end if it is under way."""
        if name not in self._by_name:
            self._by_name[name] = self.start(self._named(name, change()))
        await asyncio.shield(self._by_name[name])

    async def _named(self, name: str, change: Coroutine[Any, Any, None]) -> None:
        try:
            await change
        finally:
            del self._by_name[name]

    async def over(self) -> None:
        """Return when all that are under way have ended, well or not."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
