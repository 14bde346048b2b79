"""Tabs: amoCRM pages that people of a world have open, as real websocket clients over TCP (contract §1).

A tab logs in over HTTP, opens the status socket, and loads the widget if it is installed, which opens its socket to
the integration, as a browser would. It is an instrument of the tester and lies in memory; what it received is kept
through a reload.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from emulator.amocrm.account import Account
from emulator.amocrm.api.login import LOGIN
from emulator.amocrm.api.status import PATH as STATUS
from emulator.amocrm.sessions import COOKIE
from emulator.core.errors import Conflict, NotFound, Unavailable, nearest
from emulator.core.ground import Ground
from emulator.stand.integration_link import IntegrationLink
from emulator.stand.people import People
from emulator.stand.widget import Widget
from emulator.stand.wires import How, Line

_PATIENCE = 10.0
"""Real seconds until an amoCRM that does not let a page open is given up: a transport guard."""

_UNREACHABLE = (aiohttp.ClientError, TimeoutError, OSError)


@dataclass
class Tab:
    """A page of one user. `page` is the number that amoCRM gave it; `frames` is what it received, in order."""

    id: str
    user: str
    session: str
    widget: Widget
    page: int = 0
    frames: list[dict[str, Any]] = field(default_factory=list)
    line: Line | None = None
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)


class Tabs:
    """The tabs of one world. `base_url` is that of its amoCRM."""

    def __init__(
        self,
        ground: Ground,
        amocrm: Account,
        people: Callable[[], People],
        link: IntegrationLink,
        base_url: str,
        session: Callable[[], aiohttp.ClientSession],
    ) -> None:
        self._ground = ground
        self._amocrm = amocrm
        self._people = people
        self._link = link
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
        is_open = self._amocrm.presence.is_open(tab.page)
        return {
            "id": tab.id,
            "user": tab.user,
            "state": "open" if is_open else "closed",
            "widget": tab.widget.state,
        }

    async def open(self, user: str) -> Tab:
        """Log the person in and open a page. Raises BadRequest for a stranger, Unavailable when amoCRM refuses."""
        user_id = self._people().user_of(user, "user")
        session = await self._log_in(user_id)
        self._opened[user] = self._opened.get(user, 0) + 1
        name = f"{user}-{self._opened[user]}"
        frames: list[dict[str, Any]] = []
        widget = Widget(name, user_id, self._ground, self._amocrm, self._link, self._http, frames)
        tab = Tab(name, user, session, widget, frames=frames)
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
        """Close the tab, or cut its connections. amoCRM notices either as a piece of the world's work."""
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
        """Open the page once amoCRM has dropped the one before; then its widget."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._amocrm.presence.left(tab.page)
                greeting = await self._open_page(tab)
        except aiohttp.WSServerHandshakeError as refusal:
            if refusal.status == 401:
                raise Conflict(f"the session of tab {tab.id} has ended", allowed=["DELETE"]) from None
            raise Unavailable(f"amoCRM answered {refusal.status} to GET {STATUS}") from None
        except _UNREACHABLE as error:
            await self._leave(tab, "vanish")
            raise Unavailable(f"amoCRM did not let a page open: {type(error).__name__}") from None
        except asyncio.CancelledError:
            if tab.line is not None:
                tab.line.cut()
            raise
        if greeting is None:
            raise Unavailable("amoCRM closed the page at once")
        tab.page = greeting["page"]
        await tab.widget.load()

    async def _open_page(self, tab: Tab) -> dict[str, Any] | None:
        """Open the status socket and wait for its first frame; None when it is closed before."""
        greeted: asyncio.Future[dict[str, Any] | None] = asyncio.get_running_loop().create_future()

        def heard(frame: dict[str, Any]) -> None:
            tab.frames.append({"at": self._ground.clock.now().isoformat(), "from": "amocrm", "frame": frame})
            if not greeted.done():
                greeted.set_result(frame)

        def over() -> None:
            if not greeted.done():
                greeted.set_result(None)
            if tab.line is not None:  # amoCRM closed the page, and the widget in it ends
                self._ground.work.spawn(tab.widget.leave("close"), f"closing the widget of tab {tab.id}")

        headers = {"Cookie": f"{COOKIE}={tab.session}"}
        wire = await self._http().ws_connect(f"{self._base_url}{STATUS}", headers=headers, autoping=False)
        tab.line = Line(f"tab {tab.id}", wire, heard, over)
        return await greeted

    async def _leave(self, tab: Tab, how: How) -> None:
        """Close both sockets, with a close frame or with a reset of the connection."""
        line, tab.line = tab.line, None
        await tab.widget.leave(how)
        if line is not None:
            await line.leave(how)
