"""GET /status: the websocket of an open page, on which users see who else is online (`presence.py`).

The session cookie says whose page it is. A page has nothing to say: what it sends is not read. A page that dies
without a close frame is gone when TCP reports it, or when it leaves a ping without an answer.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import count

from aiohttp import WSCloseCode, WSMsgType, web

from emulator.amocrm.api.common import ACCOUNT, PRINCIPAL
from emulator.amocrm.api.takes import Takes
from emulator.amocrm.errors import UpgradeRequired, wrong_login
from emulator.amocrm.presence import LOGGED_OUT
from emulator.core.web import abort

PATH = "/status"

HEARTBEAT = 20.0
"""Real seconds of silence until a page is pinged; it has half of that to answer. A transport guard."""

_CLOSING = 1.0
"""Real seconds that a page gets to take the close frame."""

_LONGEST_FRAME = 4096
_OVER = (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR)


async def get(request: web.Request) -> web.StreamResponse:
    """The handshake; `attend` goes on from there."""
    if not request[PRINCIPAL].session:
        raise wrong_login()
    wire = web.WebSocketResponse(
        heartbeat=HEARTBEAT, autoping=False, compress=False, max_msg_size=_LONGEST_FRAME, timeout=_CLOSING
    )
    if not wire.can_prepare(request):
        raise UpgradeRequired
    try:
        await wire.prepare(request)
    except ConnectionError:
        return abort(request)
    return wire


async def attend(request: web.Request, wire: web.WebSocketResponse) -> None:
    """Keep the page of an answered handshake until it is gone. This is no piece of the world's work."""
    account, principal = request[ACCOUNT], request[PRINCIPAL]
    socket = _Socket(request, wire)
    if not account.sessions.is_open(principal.session):
        return await socket.close(LOGGED_OUT)
    page = account.presence.open(principal.user_id, principal.session, socket)
    try:
        await socket.listen()
    finally:
        account.presence.leave(page)
        socket.over()
    return None


class _Socket:
    """`presence.Socket` over aiohttp."""

    def __init__(self, request: web.Request, wire: web.WebSocketResponse) -> None:
        self._request = request
        self._wire = wire
        self._numbers = count(1)
        self._pings: dict[bytes, asyncio.Future[None]] = {}
        self._is_over = False

    async def listen(self) -> None:
        """Return when the socket is closed, by whichever side, or dead."""
        try:
            while (message := await self._wire.receive()).type not in _OVER:
                if message.type is WSMsgType.PING:
                    await self._wire.pong(message.data)
                elif message.type is WSMsgType.PONG:
                    _done(self._pings.get(bytes(message.data)))
        except ConnectionError:
            pass
        if self._wire.close_code == WSCloseCode.ABNORMAL_CLOSURE:
            abort(self._request)  # what waits to be sent to a dead page must not be waited for

    def over(self) -> None:
        """Nothing comes back any more."""
        self._is_over = True
        for waiter in self._pings.values():
            _done(waiter)

    async def send(self, text: str) -> None:
        await self._wire.send_str(text)

    async def ping(self) -> None:
        if self._is_over:
            return
        mark = str(next(self._numbers)).encode()
        waiter = self._pings[mark] = asyncio.get_running_loop().create_future()
        try:
            await self._ping(mark)
            await waiter
        finally:
            del self._pings[mark]

    async def _ping(self, mark: bytes) -> None:
        with suppress(ConnectionError):  # the page is about to be gone, which ends the wait
            await self._wire.ping(mark)

    async def close(self, reason: str) -> None:
        try:
            async with asyncio.timeout(_CLOSING):
                await self._wire.close(code=WSCloseCode.GOING_AWAY, message=reason.encode(), drain=False)
        except TimeoutError:
            abort(self._request)


def _done(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)


ROUTES = [web.get(PATH, get, allow_head=False)]

TAKES = {f"GET {PATH}": Takes(answers=(101, 426))}
