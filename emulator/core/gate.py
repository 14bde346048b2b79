"""The gate of a world: shut while the world is copied or put back, so that nothing comes in meanwhile.

Requests of clients and of the integration wait in front of it, and deliveries do not start. Whoever waited looks up
anew what he found before, because the rows may be other ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Open unless somebody is inside `shut`, of whom there is one at a time."""

    def __init__(self) -> None:
        self._opening: asyncio.Future[None] | None = None

    @property
    def is_shut(self) -> bool:
        return self._opening is not None

    @contextmanager
    def shut(self) -> Iterator[None]:
        """Nothing comes in inside the block."""
        assert self._opening is None
        opening = self._opening = asyncio.get_running_loop().create_future()
        try:
            yield
        finally:
            self._opening = None
            opening.set_result(None)

    async def passed(self) -> None:
        """Return when the gate is open; at once if it is."""
        while self._opening is not None:
            await asyncio.shield(self._opening)
