"""`/widget`: the websocket of a widget in an open amoCRM page (contract §3).

A page that dies without a close frame is gone when TCP reports it, or when it leaves a ping without an answer.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import orjson
from aiohttp import WSCloseCode, WSMsgType, web

from integration.http.keys import TENANTS, tenant_of
from integration.problems import Problem
from integration.widget import session
from integration.widget.hub import Frame

routes = web.RouteTableDef()

HEARTBEAT = 20.0
"""Real seconds of silence until a page is pinged; it has half of that to answer. A transport guard, as the next two."""

FIRST_FRAME = 10.0
"""Real seconds that a page has to say whose it is."""

SENDING = 2.0
"""Real seconds that a page has to take a frame."""

_LONGEST_FRAME = 16 * 1024


@routes.get("/widget/{tenant}/crm_websocket", allow_head=False)
async def attend(request: web.Request) -> web.StreamResponse:
    """Keep the socket of a page until it is gone."""
    tenant_of(request)
    wire = web.WebSocketResponse(heartbeat=HEARTBEAT, compress=False, max_msg_size=_LONGEST_FRAME, timeout=SENDING)
    if not wire.can_prepare(request):
        raise Problem(426, "Upgrade required", "This is a websocket", upgrade="websocket")
    await wire.prepare(request)
    socket = _Socket(wire)
    user_id = await _let_in(request, wire, socket)
    if user_id is not None:
        await _keep(request, wire, socket, user_id)
    return wire


async def _let_in(request: web.Request, wire: web.WebSocketResponse, socket: _Socket) -> int | None:
    """Whose page it is, as its first frame proves; None when it is closed."""
    try:
        async with asyncio.timeout(FIRST_FRAME):
            first = await wire.receive()
    except TimeoutError:
        await socket.close("nothing was said")
        return None
    if first.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
        return None
    text = first.data if first.type is WSMsgType.TEXT else ""
    try:
        tenant = tenant_of(request)
        return session.user_in(text, tenant.connection.amocrm, tenant.clock.now())
    except session.SessionRefusedError as refusal:
        await socket.send(session.refused(refusal.mnemonic))
        await socket.close(refusal.mnemonic)
    except Problem as problem:  # the tenant has gone since the handshake
        await socket.close(problem.title)
    return None


async def _keep(request: web.Request, wire: web.WebSocketResponse, socket: _Socket, user_id: int) -> None:
    """The page is online from before it is told so until its socket is closed, by whichever side, or dead."""
    hub = request.app[TENANTS].hub(request.match_info["tenant"])
    hub.join(user_id, socket)
    try:
        await socket.send(session.started())
        async for message in wire:
            if message.type is WSMsgType.TEXT:
                await socket.send(session.not_known(message.data))
    finally:
        hub.leave(user_id, socket)


class _Socket:
    """`hub.Socket` over aiohttp."""

    def __init__(self, wire: web.WebSocketResponse) -> None:
        self._wire = wire
        self._seq = 0

    async def send(self, frame: Frame) -> bool:
        self._seq += 1
        text = orjson.dumps({"seq": self._seq, **frame}).decode()
        try:
            async with asyncio.timeout(SENDING):
                await self._wire.send_str(text)
        except (ConnectionError, TimeoutError):
            return False
        return not self._wire.closed

    async def close(self, reason: str) -> None:
        is_refusal = reason in ("auth_error", "invalid_message")
        code = WSCloseCode.POLICY_VIOLATION if is_refusal else WSCloseCode.GOING_AWAY
        with suppress(ConnectionError):
            await self._wire.close(code=code, message=reason.encode(), drain=False)
