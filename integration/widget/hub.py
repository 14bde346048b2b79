"""Who has a live widget socket, which is what "online" means (PM-18), and frames to all sockets of a user (GAP-57).

Open sockets are the only state. They stay when their tenant is connected anew, because the pages do not notice.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

Frame = dict[str, Any]


class Socket(Protocol):
    """An open websocket of one user's page."""

    async def send(self, frame: Frame) -> bool:
        """Send a frame; False when the other side is gone, which nobody needs to be told."""
        ...

    async def close(self, reason: str) -> None: ...


class Hub:
    """The live sockets of one tenant (`ports.WidgetHub`), by amoCRM user, those of a user in the order they opened."""

    def __init__(self) -> None:
        self._sockets: dict[int, list[Socket]] = {}

    def join(self, user_id: int, socket: Socket) -> None:
        self._sockets.setdefault(user_id, []).append(socket)

    def leave(self, user_id: int, socket: Socket) -> None:
        """The socket is gone; a second time does nothing."""
        own = self._sockets.get(user_id, [])
        if socket in own:
            own.remove(socket)
        if not own:
            self._sockets.pop(user_id, None)

    async def online(self, user_id: int) -> bool:
        """Whether the user has a live socket."""
        return user_id in self._sockets

    async def push(self, user_id: int, frame: Frame) -> int:
        """Send a frame to every socket of the user and say how many took it."""
        taken = await asyncio.gather(*(socket.send(frame) for socket in self._sockets.get(user_id, ())))
        return sum(taken)

    async def close(self, reason: str) -> None:
        """Close every socket."""
        sockets = [socket for own in self._sockets.values() for socket in own]
        self._sockets.clear()
        await asyncio.gather(*(socket.close(reason) for socket in sockets))
