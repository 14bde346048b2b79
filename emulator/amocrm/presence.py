"""Who is online: the users with at least one open page, told to all the other pages (design §3).

amoCRM documents no protocol for this (facts §4.4), so it is our own: each open page is one socket. The first frame of
a page says who is online; when the first page of a user opens or the last one closes, all other pages are told. Each
frame carries `seq`, counted from 1 in each page.

Open sockets are the only state: who is online is asked from them, and nothing of it lies in a row.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import orjson

from emulator.core.ground import Ground

LOGGED_OUT = "the session has ended"
DEACTIVATED = "the user has been deactivated"
RESTORED = "the account has been restored"
GONE = "the account is gone"


class Socket(Protocol):
    """An open websocket."""

    async def send(self, text: str) -> None: ...

    async def ping(self) -> None:
        """Pass a ping through; returns when it came back or the socket is gone."""
        ...

    async def close(self, reason: str) -> None: ...


class Page:
    """An open page of a user, and how many frames it was sent."""

    def __init__(self, number: int, user_id: int, session: int, socket: Socket) -> None:
        self.id = number
        self.user_id = user_id
        self.session = session
        self.socket = socket
        self.seq = 0
        self.left: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def __str__(self) -> str:
        return f"page {self.id} of user {self.user_id}"

    async def barrier(self) -> None:
        """What was sent before has arrived."""
        await self.socket.ping()


class Presence:
    """The open pages of one account."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._pages: dict[int, Page] = {}
        self._opened = 0

    def online(self) -> list[int]:
        """The ids of the users with an open page."""
        return sorted({page.user_id for page in self._pages.values()})

    def pages(self) -> Counter[int]:
        """How many pages each user who is online has open."""
        return Counter(page.user_id for page in self._pages.values())

    def is_open(self, number: int) -> bool:
        return number in self._pages

    async def left(self, number: int) -> None:
        """Return when the page of that number is gone."""
        if page := self._pages.get(number):
            await asyncio.shield(page.left)

    def open(self, user_id: int, session: int, socket: Socket) -> Page:
        """A page has been opened: it is told who is online, and the others are told when it is the user's first."""
        is_first = user_id not in self.online()
        self._opened += 1
        page = Page(self._opened, user_id, session, socket)
        self._pages[page.id] = page
        self._ground.barriers.append(page.barrier)
        self._ground.work.changed()
        self._push(page, "online", {"page": page.id, "user_id": user_id, "users": self.online()})
        if is_first:
            self._tell(page, is_online=True)
        return page

    def leave(self, page: Page) -> None:
        """A page is gone, however it went; a second time does nothing."""
        if not self._forget(page):
            return
        if page.user_id not in self.online():
            self._tell(page, is_online=False)

    def close_session(self, session: int) -> None:
        """Close the pages of a session that has ended."""
        self._close_those(lambda page: page.session == session, LOGGED_OUT)

    def close_user(self, user_id: int) -> None:
        """Close the pages of a user who may not work here any more."""
        self._close_those(lambda page: page.user_id == user_id, DEACTIVATED)

    def restored(self) -> None:
        """Close all pages and tell nobody: the rows of the account have been replaced."""
        for page in self._forgotten():
            self._ground.work.spawn(page.socket.close(RESTORED), f"closing {page}")

    async def close(self) -> None:
        """Close all pages and tell nobody: the account goes away."""
        await asyncio.gather(*(page.socket.close(GONE) for page in self._forgotten()))

    def _forgotten(self) -> list[Page]:
        return [page for page in list(self._pages.values()) if self._forget(page)]

    def _close_those(self, chosen: Callable[[Page], bool], reason: str) -> None:
        for page in [page for page in self._pages.values() if chosen(page)]:
            self.leave(page)
            self._ground.work.spawn(page.socket.close(reason), f"closing {page}")

    def _forget(self, page: Page) -> bool:
        """Whether the page was still there."""
        if self._pages.pop(page.id, None) is None:
            return False
        self._ground.barriers.remove(page.barrier)
        page.left.set_result(None)
        self._ground.work.changed()
        return True

    def _tell(self, about: Page, *, is_online: bool) -> None:
        """Tell every other page."""
        for page in self._pages.values():
            if page is not about:
                self._push(page, "status", {"user_id": about.user_id, "online": is_online})

    def _push(self, page: Page, kind: str, said: dict[str, Any]) -> None:
        page.seq += 1
        frame = {"type": kind, "seq": page.seq, **said, "at": self._ground.clock.now().isoformat()}
        self._ground.journal.add("push", "amocrm", "client", f"page:{page.id}", frame)
        self._ground.work.spawn(_send(page.socket, orjson.dumps(frame).decode()), f"a push to {page}")


async def _send(socket: Socket, text: str) -> None:
    """A frame to a page that has just gone is lost with it."""
    with suppress(ConnectionError):
        await socket.send(text)
