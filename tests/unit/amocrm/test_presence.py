"""Who is online, over real websockets of two libraries: aiohttp and websockets."""

from __future__ import annotations

import asyncio
import socket as sockets
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson
import pytest
import websockets

from emulator.amocrm.api import status
from emulator.core.errors import Unavailable
from emulator.core.faults import Action, FaultRequest, Match
from emulator.core.settle import settle

from .conftest import Scene
from .test_sessions import bare, log_in

OLGA, RITA, ANNA = 0, 1, 2
NOW = "2026-03-02T09:00:00+00:00"


class Page:
    """A page opened with the library `websockets`, which answers pings by itself."""

    def __init__(self, wire: websockets.ClientConnection) -> None:
        self.wire = wire
        self.frames: list[dict[str, Any]] = []
        self.reading = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        async for message in self.wire:
            self.frames.append(orjson.loads(message))

    def said(self) -> list[tuple[int, bool]]:
        """(user, online) of what this page was told after its first frame."""
        return [(frame["user_id"], frame["online"]) for frame in self.frames[1:]]

    def reset(self) -> None:
        """Vanish without a close frame."""
        transport = self.wire.transport
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, linger)
        transport.abort()

    async def gone(self) -> int | None:
        """The code with which the server closed the page."""
        await asyncio.gather(self.reading, return_exceptions=True)
        return self.wire.close_code


def url(scene: Scene) -> str:
    return f"{scene.client.base.replace('http', 'ws', 1)}{status.PATH}"


class Office:
    """Pages of one account, closed at the end."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.users = scene.users
        self.opened: list[Page] = []

    async def opens(self, user: int, cookie: str | None = None) -> Page:
        cookie = cookie or await log_in(self.scene, user)
        page = Page(await websockets.connect(url(self.scene), additional_headers={"Cookie": cookie}))
        self.opened.append(page)
        await self.settled()
        return page

    async def settled(self) -> None:
        ground = self.scene.account.ground
        await settle(ground.work, None, ground.barriers)

    @property
    def online(self) -> list[int]:
        return self.scene.account.presence.online()

    async def close(self) -> None:
        for page in self.opened:
            await page.wire.close()
            await asyncio.gather(page.reading, return_exceptions=True)


@asynccontextmanager
async def office(scene: Scene) -> AsyncIterator[Office]:
    office = Office(scene)
    try:
        yield office
    finally:
        await office.close()


async def test_the_first_frame_says_who_is_online(scene: Scene) -> None:
    async with office(scene) as there:
        anna = await there.opens(ANNA)
        rita = await there.opens(RITA)
        numbers = [frame["page"] for page in (anna, rita) for frame in page.frames[:1]]
        assert numbers == [1, 2]
        greeting = {"type": "online", "seq": 1, "page": 2, "user_id": there.users[RITA], "at": NOW}
        assert rita.frames == [{**greeting, "users": [there.users[RITA], there.users[ANNA]]}]
        assert anna.frames[0]["users"] == [there.users[ANNA]]
        told = {"type": "status", "seq": 2, "user_id": there.users[RITA], "online": True, "at": NOW}
        assert anna.frames[1:] == [told]


async def test_a_closed_page_is_told_to_all_others(scene: Scene) -> None:
    async with office(scene) as there:
        olga, rita, anna = [await there.opens(user) for user in (OLGA, RITA, ANNA)]
        await scene.pass_time(minutes=1)
        await anna.wire.close()
        await there.settled()
        assert olga.said() == [(there.users[RITA], True), (there.users[ANNA], True), (there.users[ANNA], False)]
        assert rita.said() == [(there.users[ANNA], True), (there.users[ANNA], False)]
        assert [frame["seq"] for frame in olga.frames] == [1, 2, 3, 4]
        assert olga.frames[-1]["at"] == "2026-03-02T09:01:00+00:00"
        assert there.online == [there.users[OLGA], there.users[RITA]]


async def test_several_pages_of_a_user_count_once(scene: Scene) -> None:
    async with office(scene) as there:
        olga = await there.opens(OLGA)
        cookie = await log_in(scene, ANNA)
        first, second = await there.opens(ANNA, cookie), await there.opens(ANNA, cookie)
        third = await there.opens(ANNA)
        assert scene.account.presence.pages() == {there.users[OLGA]: 1, there.users[ANNA]: 3}
        assert first.said() == []
        for page in (first, third):
            await page.wire.close()
            await there.settled()
            assert olga.said() == [(there.users[ANNA], True)]
        await second.wire.close()
        await there.settled()
        assert olga.said() == [(there.users[ANNA], True), (there.users[ANNA], False)]


async def test_a_page_that_vanishes_is_gone_when_the_world_has_settled(scene: Scene) -> None:
    async with office(scene) as there:
        olga, anna = await there.opens(OLGA), await there.opens(ANNA)
        anna.reset()
        await there.settled()
        assert olga.said()[-1] == (there.users[ANNA], False)


async def test_a_page_that_answers_no_ping_is_gone_within_the_heartbeat(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other side is there for TCP but dead, like a laptop whose lid was shut."""
    monkeypatch.setattr(status, "HEARTBEAT", 0.4)
    async with office(scene) as there:
        olga = await there.opens(OLGA)
        host, port = scene.client.base.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        cookie = await log_in(scene, ANNA)
        writer.write(f"GET /status HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n{upgrade}{key}\r\n".encode())
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        assert await reader.readuntil(b"}")
        assert there.online == [there.users[OLGA], there.users[ANNA]]
        ground = scene.account.ground
        with pytest.raises(Unavailable, match=f"no pong from page 2 of user {there.users[ANNA]}"):
            await settle(ground.work, None, ground.barriers, limit=0.02)
        await scene.account.presence.left(2)
        await there.settled()
        assert olga.said()[-1] == (there.users[ANNA], False)
        writer.close()


async def test_an_aiohttp_client_takes_part(scene: Scene) -> None:
    async with office(scene) as there:
        olga = await there.opens(OLGA)
        cookie = await log_in(scene, ANNA)
        async with scene.client.session.ws_connect(url(scene), headers={"Cookie": cookie}) as wire:
            greeting = await wire.receive_json()
            assert greeting["users"] == [there.users[OLGA], there.users[ANNA]]
            frames: list[dict[str, Any]] = []

            async def read() -> None:
                async for message in wire:
                    frames.append(message.json())

            reading = asyncio.ensure_future(read())
            await there.opens(RITA)
            assert [frame["user_id"] for frame in frames] == [there.users[RITA]]
        await reading
        await there.settled()
        assert olga.said()[-1] == (there.users[ANNA], False)


async def test_what_a_page_sends_is_not_read(scene: Scene) -> None:
    async with office(scene) as there:
        anna = await there.opens(ANNA)
        await anna.wire.send("hello")
        await anna.wire.send(b"\x00\xff")
        await there.settled()
        assert there.online == [there.users[ANNA]]
        await anna.wire.send("x" * 5000)
        assert await anna.gone() == 1009
        await there.settled()
        assert there.online == []


async def test_a_logout_closes_the_pages_of_its_session(scene: Scene) -> None:
    async with office(scene) as there:
        olga = await there.opens(OLGA)
        cookie = await log_in(scene, ANNA)
        pages = [await there.opens(ANNA, cookie), await there.opens(ANNA, cookie)]
        other = await there.opens(ANNA)
        assert (await bare(scene).ask("POST", "/logout", Cookie=cookie)).status == 204
        await there.settled()
        assert [await page.gone() for page in pages] == [1001, 1001]
        assert pages[0].wire.close_reason == "the session has ended"
        assert scene.account.presence.pages()[there.users[ANNA]] == 1
        assert olga.said() == [(there.users[ANNA], True)]
        await other.wire.close()
        await there.settled()
        assert olga.said()[-1] == (there.users[ANNA], False)


async def test_a_deactivated_user_loses_all_pages(scene: Scene) -> None:
    async with office(scene) as there:
        olga, first, second = [await there.opens(user) for user in (OLGA, ANNA, ANNA)]
        scene.account.users.deactivate(there.users[ANNA])
        await there.settled()
        assert [await page.gone() for page in (first, second)] == [1001, 1001]
        assert olga.said() == [(there.users[ANNA], True), (there.users[ANNA], False)]


@pytest.mark.parametrize("how", ["restored", "closed"])
async def test_a_restored_or_closed_account_closes_all_pages_and_tells_nobody(scene: Scene, how: str) -> None:
    async with office(scene) as there:
        olga, anna = await there.opens(OLGA), await there.opens(ANNA)
        if how == "restored":
            scene.account.presence.restored()
            await there.settled()
        else:
            await scene.account.presence.close()
        assert [await page.gone() for page in (olga, anna)] == [1001, 1001]
        assert (olga.said(), anna.said()) == ([(there.users[ANNA], True)], [])
        assert (there.online, scene.account.ground.barriers) == ([], [])


async def test_only_a_session_opens_a_page(scene: Scene) -> None:
    assert (await bare(scene).get(status.PATH)).status == 401
    assert (await scene.client.get(status.PATH)).status == 401
    answer = await bare(scene).get(status.PATH, Cookie=await log_in(scene))
    assert (answer.status, answer.headers["Upgrade"]) == (426, "websocket")
    with pytest.raises(websockets.InvalidStatus) as refusal:
        await websockets.connect(url(scene), additional_headers={"Cookie": "session_id=x"})
    assert refusal.value.response.status_code == 401
    assert scene.account.ground.barriers == []


async def test_pushes_lie_in_the_journal_and_pages_are_no_work(scene: Scene) -> None:
    async with office(scene) as there:
        anna, rita = await there.opens(ANNA), await there.opens(RITA)
        journal = scene.account.ground.journal
        pushes = list(journal.entries(kind="push"))
        assert [(entry.sender, entry.receiver, entry.subject) for entry in pushes] == [
            ("amocrm", "client", "page:1"),
            ("amocrm", "client", "page:2"),
            ("amocrm", "client", "page:1"),
        ]
        assert [entry.data for entry in pushes] == [anna.frames[0], rita.frames[0], anna.frames[1]]
        opened = list(journal.entries(kind="response", subject="GET /status"))
        assert [entry.data["status"] for entry in opened] == [101, 101]
        assert not scene.account.ground.work.pieces


@pytest.mark.parametrize(
    "action", [Action(status=503), Action(reset=True), Action(truncate=3)], ids=["status", "reset", "truncate"]
)
@pytest.mark.parametrize("phase", ["before", "after"])
async def test_a_fault_keeps_a_page_from_opening(scene: Scene, action: Action, phase: Any) -> None:
    match = Match(path=status.PATH)
    scene.account.ground.faults.add(FaultRequest(target="amocrm", match=match, action=action, phase=phase))
    cookie = await log_in(scene)
    with pytest.raises((websockets.WebSocketException, EOFError, OSError)):
        wire = await websockets.connect(url(scene), additional_headers={"Cookie": cookie})
        await wire.recv()
    ground = scene.account.ground
    await settle(ground.work, None, ground.barriers)
    assert scene.account.presence.online() == []


async def test_a_session_that_ends_during_the_handshake_opens_no_page(scene: Scene) -> None:
    match = Match(path=status.PATH)
    late = FaultRequest(target="amocrm", match=match, action=Action(delay=5), phase="after")
    scene.account.ground.faults.add(late)
    cookie = await log_in(scene)
    async with scene.client.session.ws_connect(url(scene), headers={"Cookie": cookie}) as wire:
        await bare(scene).ask("POST", "/logout", Cookie=cookie)
        await scene.pass_time(seconds=5)
        assert (await wire.receive()).type is aiohttp.WSMsgType.CLOSE
        assert wire.close_code == 1001
    assert scene.account.presence.online() == []
