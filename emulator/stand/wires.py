"""Websockets that the stand has open as a client: a barrier through each, and an end with or without a close frame."""

from __future__ import annotations

import asyncio
import socket as sockets
import struct
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any, Literal

import aiohttp
import orjson

How = Literal["close", "vanish"]

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def reset(wire: aiohttp.ClientWebSocketResponse) -> None:
    """Let the connection end without a close frame, as when a browser is killed."""
    connection = wire._response.connection  # aiohttp offers no public way to abort a websocket
    if connection is None or connection.transport is None:
        return
    connection.transport.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, _RESET_ON_CLOSE)
    connection.transport.abort()
    connection.close()


class Line:
    """An open websocket, opened without `autoping`. `heard` gets what comes, in order: the value of JSON, other text as
    it is. `over` is called at its end.

    What was sent from the other side before a ping of ours came there has arrived when its pong has: a barrier.
    """

    def __init__(
        self,
        name: str,
        wire: aiohttp.ClientWebSocketResponse,
        heard: Callable[[Any], None],
        over: Callable[[], None],
    ) -> None:
        self._name = name
        self._wire = wire
        self._heard = heard
        self._over = over
        self._numbers = count(1)
        self._pings: dict[bytes, asyncio.Future[None]] = {}
        self.is_open = True
        self._reader = asyncio.get_running_loop().create_task(self._read())

    def __str__(self) -> str:
        return self._name

    async def barrier(self) -> None:
        """Everything that was sent has arrived, at either end."""
        if not self.is_open:
            return
        mark = str(next(self._numbers)).encode()
        waiter = self._pings[mark] = asyncio.get_running_loop().create_future()
        try:
            with suppress(ConnectionError):  # the line is about to be over, which ends the wait
                await self._wire.ping(mark)
            await waiter
        finally:
            del self._pings[mark]

    async def send(self, frame: dict[str, Any]) -> None:
        await self._wire.send_str(orjson.dumps(frame).decode())

    def cut(self) -> None:
        """Reset the connection and wait for nothing."""
        reset(self._wire)

    async def leave(self, how: How) -> None:
        """Close the socket, with a close frame or with a reset of the connection."""
        if self.is_open:
            if how == "vanish":
                reset(self._wire)
            else:
                await self._wire.close()
        await self._reader

    async def _read(self) -> None:
        try:
            await self._listen()
        finally:
            self.is_open = False
            for waiter in self._pings.values():
                _done(waiter)
            self._over()

    async def _listen(self) -> None:
        async for message in self._wire:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._heard(_json(message.data))
            elif message.type is aiohttp.WSMsgType.PING:
                with suppress(ConnectionError):
                    await self._wire.pong(message.data)
            elif message.type is aiohttp.WSMsgType.PONG:
                _done(self._pings.get(bytes(message.data)))


def _json(text: str) -> Any:
    """Whatever a foreign integration sends can be shown."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _done(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
