"""Tabs: amoCRM pages that people of a world have open, as real websocket clients over TCP (contract §1).

A tab logs in over HTTP and opens the status socket, as a browser would. It is an instrument of the tester and lies in
memory; what it received is kept through a reload.
"""

from __future__ import annotations

import asyncio
import socket as sockets
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp
import orjson

from emulator.amocrm.account import Account
from emulator.amocrm.api.login import LOGIN
from emulator.amocrm.api.status import PATH as STATUS
from emulator.amocrm.sessions import COOKIE
from emulator.core.errors import Conflict, NotFound, Unavailable, nearest
from emulator.core.ground import Ground
from emulator.stand.people import People

How = Literal["close", "vanish"]

_PATIENCE = 10.0
"""Real seconds until an amoCRM that does not let a page open is given up: a transport guard."""

_UNREACHABLE = (aiohttp.ClientError, TimeoutError, OSError)
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass
class Tab:
    """A page of one user. `page` is the number that amoCRM gave it; `frames` is what it received, in order."""

    id: str
    user: str
    session: str
    page: int = 0
    frames: list[dict[str, Any]] = field(default_factory=list)
    wire: aiohttp.ClientWebSocketResponse | None = None
    reader: asyncio.Task[None] | None = None
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)


class Tabs:
    """The tabs of one world. `base_url` is that of its amoCRM."""

    def __init__(
        self,
        ground: Ground,
        amocrm: Account,
        people: Callable[[], People],
        base_url: str,
        session: Callable[[], aiohttp.ClientSession],
    ) -> None:
        self._ground = ground
        self._amocrm = amocrm
        self._people = people
        self._base_url = base_url
        self._http = session
        self._tabs: dict[str, Tab] = {}
        self._opened: dict[str, int] = {}

    def all(self) -> list[Tab]:
        return list(self._tabs.values())

    def find(self, identifier: str) -> Tab:
        """Raises NotFound naming the nearest."""
        if tab := self._tabs.get(identifier):
            return tab
        near = nearest(identifier, list(self._tabs))
        hint = f"; did you mean {near}?" if near else ""
        raise NotFound(f"no tab {identifier[:80]}; there are {list(self._tabs)}{hint}", nearest=near)

    def body(self, tab: Tab) -> dict[str, Any]:
        """The tab of the contract. It is `closed` when amoCRM closed its page, as it does after a logout."""
        return {
            "id": tab.id,
            "user": tab.user,
            "state": "open" if self._amocrm.presence.is_open(tab.page) else "closed",
        }

    async def open(self, user: str) -> Tab:
        """Log the person in and open a page. Raises BadRequest for a stranger, Unavailable when amoCRM refuses."""
        user_id = self._people().user_of(user, "user")
        session = await self._log_in(user_id)
        self._opened[user] = self._opened.get(user, 0) + 1
        tab = Tab(f"{user}-{self._opened[user]}", user, session)
        await self._connect(tab)
        self._tabs[tab.id] = tab
        return tab

    async def reload(self, identifier: str) -> Tab:
        """Close the page and open it again in the same session. Raises Conflict when the session has ended."""
        async with self.find(identifier).changing:
            tab = self.find(identifier)
            await self._leave(tab, "close")
            await self._connect(tab)
        return tab

    async def close(self, identifier: str, how: How) -> None:
        """Close the tab, or cut its connection. amoCRM notices either as a piece of the world's work."""
        async with self.find(identifier).changing:
            tab = self.find(identifier)
            del self._tabs[identifier]
            self._ground.work.spawn(self._amocrm.presence.left(tab.page), f"amoCRM noticing that tab {tab.id} is gone")
            await self._leave(tab, how)

    async def close_all(self) -> None:
        """The world goes away."""
        tabs, self._tabs = self.all(), {}
        await asyncio.gather(*(self._leave(tab, "vanish") for tab in tabs))

    async def _log_in(self, user_id: int) -> str:
        url = f"{self._base_url}{LOGIN}"
        timeout = aiohttp.ClientTimeout(total=_PATIENCE)
        try:
            async with self._http().post(url, json={"user_id": user_id}, timeout=timeout) as answer:
                cookie = answer.cookies.get(COOKIE)
        except _UNREACHABLE as error:
            raise Unavailable(f"amoCRM did not answer POST {LOGIN}: {type(error).__name__}") from None
        if cookie is None:
            raise Unavailable(f"amoCRM answered {answer.status} to POST {LOGIN}")
        return cookie.value

    async def _connect(self, tab: Tab) -> None:
        """Open the socket, once amoCRM has dropped the one before, and wait for its first frame."""
        greeted: asyncio.Future[dict[str, Any] | None] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._amocrm.presence.left(tab.page)
                headers = {"Cookie": f"{COOKIE}={tab.session}"}
                tab.wire = await self._http().ws_connect(f"{self._base_url}{STATUS}", headers=headers)
                tab.reader = asyncio.get_running_loop().create_task(self._read(tab, tab.wire, greeted))
                greeting = await greeted
        except aiohttp.WSServerHandshakeError as refusal:
            if refusal.status == 401:
                raise Conflict(f"the session of tab {tab.id} has ended", allowed=["DELETE"]) from None
            raise Unavailable(f"amoCRM answered {refusal.status} to GET {STATUS}") from None
        except _UNREACHABLE as error:
            await self._leave(tab, "vanish")
            raise Unavailable(f"amoCRM did not let a page open: {type(error).__name__}") from None
        except asyncio.CancelledError:
            if tab.wire is not None:
                _reset(tab.wire)
            raise
        if greeting is None:
            raise Unavailable("amoCRM closed the page at once")
        tab.page = greeting["page"]

    async def _read(
        self, tab: Tab, wire: aiohttp.ClientWebSocketResponse, greeted: asyncio.Future[dict[str, Any] | None]
    ) -> None:
        """Keep what comes until the socket is closed."""
        async for message in wire:
            if message.type is aiohttp.WSMsgType.TEXT:
                frame = orjson.loads(message.data)
                at = self._ground.clock.now().isoformat()
                tab.frames.append({"at": at, "from": "amocrm", "frame": frame})
                if not greeted.done():
                    greeted.set_result(frame)
        if not greeted.done():
            greeted.set_result(None)

    async def _leave(self, tab: Tab, how: How) -> None:
        """Close the socket, with a close frame or with a reset of the connection, and end its reader."""
        wire, reader = tab.wire, tab.reader
        tab.wire = tab.reader = None
        if wire is not None:
            if how == "vanish":
                _reset(wire)
            else:
                await wire.close()
        if reader is not None:
            await reader


def _reset(wire: aiohttp.ClientWebSocketResponse) -> None:
    """Let the connection end without a close frame, as when a browser is killed."""
    connection = wire._response.connection  # aiohttp offers no public way to abort a websocket
    if connection is None or connection.transport is None:
        return
    connection.transport.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, _RESET_ON_CLOSE)
    connection.transport.abort()
    connection.close()
