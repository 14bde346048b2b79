"""The socket of widgets: who is let in, what is pushed to whom, when somebody is offline (contract §3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import WSMsgType

from emulator.stand.wires import reset
from integration.http.keys import TENANTS
from integration.widget.hub import Hub
from tests.unit.integration.driver import ANNA, BORIS, NOON, Bench

ACCOUNT = 31
ISSUED = int(datetime.fromisoformat(NOON).timestamp())
PATH = "/widget/w1/crm_websocket"
SECRET = "secret-of-client, long enough to sign with"


def token(secret: str = SECRET, **changes: Any) -> str:
    """A one-time token of amoCRM for a page of Anna's."""
    claims = {"account_id": ACCOUNT, "user_id": ANNA, "client_uuid": "client", "iat": ISSUED, "exp": ISSUED + 1800}
    return jwt.encode(claims | changes, secret, algorithm="HS256")


def hello(key: str | None = None, **changes: Any) -> dict[str, Any]:
    context = {"account_id": ACCOUNT, "comagic_key": key or token(), "reg_id": ANNA} | changes
    return {"service": "amo_crm_ws", "event": "start_session", "context": context}


def hub(bench: Bench) -> Hub:
    return bench.app[TENANTS].hub("w1")


@asynccontextmanager
async def page(bench: Bench, user: int = ANNA) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A page of a user that has been let in."""
    async with bench.session.ws_connect(bench.url + PATH) as wire:
        await wire.send_json(hello(token(user_id=user), reg_id=user))
        assert await wire.receive_json() == {"seq": 1, "event": "start_session", "data": {"status": "success"}}
        yield wire


async def test_a_page_is_online_while_its_socket_is_open(bench: Bench) -> None:
    await bench.connect()
    assert not await hub(bench).online(ANNA)
    async with page(bench) as wire:
        assert await hub(bench).online(ANNA)
        assert not await hub(bench).online(BORIS)
        await wire.close()
        await bench.idle(1)
        assert not await hub(bench).online(ANNA)


async def test_a_page_that_vanishes_is_offline(bench: Bench) -> None:
    await bench.connect()
    async with page(bench) as wire:
        reset(wire)
        await bench.idle(1)
        assert not await hub(bench).online(ANNA)


async def test_a_frame_reaches_every_page_of_its_user_and_no_other(bench: Bench) -> None:
    await bench.connect()
    async with page(bench) as first, page(bench) as second, page(bench, BORIS) as other:
        assert await hub(bench).push(ANNA, {"event": "notify", "type": "release_call"}) == 2
        assert await hub(bench).push(BORIS, {"event": "notify", "type": "call"}) == 1
        for wire in (first, second):
            assert await wire.receive_json() == {"seq": 2, "event": "notify", "type": "release_call"}
        assert await other.receive_json() == {"seq": 2, "event": "notify", "type": "call"}
        await second.close()
        assert await hub(bench).push(ANNA, {"event": "notify"}) == 1
        assert (await first.receive_json())["seq"] == 3
    assert await hub(bench).push(ANNA, {"event": "notify"}) == 0


@pytest.mark.parametrize(
    "first",
    [
        hello(token("another secret, which is long enough to sign")),
        hello(token(exp=ISSUED)),
        hello(token(iat=ISSUED + 1)),
        hello(token(client_uuid="other")),
        hello(token(user_id=BORIS)),
        hello(account_id=ACCOUNT + 1),
        hello("no token"),
        hello(jwt.encode({"user_id": ANNA}, SECRET, algorithm="HS256")),
    ],
)
async def test_a_page_that_cannot_prove_whose_it_is_is_refused(bench: Bench, first: dict[str, Any]) -> None:
    await bench.connect()
    async with bench.session.ws_connect(bench.url + PATH) as wire:
        await wire.send_json(first)
        said = await wire.receive_json()
        assert said == {"seq": 1, "event": "start_session", "data": {"status": "error", "mnemonic": "auth_error"}}
        ended = await wire.receive()
        assert (ended.type, ended.data, ended.extra) == (WSMsgType.CLOSE, 1008, "auth_error")
        assert not await hub(bench).online(ANNA)


@pytest.mark.parametrize("first", ["", "{}", "[1]", '{"event": "start_call"}', '"\\ud800"'])
async def test_a_first_frame_that_starts_no_session_is_refused(bench: Bench, first: str) -> None:
    await bench.connect()
    async with bench.session.ws_connect(bench.url + PATH) as wire:
        await wire.send_str(first)
        assert (await wire.receive_json())["data"] == {"status": "error", "mnemonic": "invalid_message"}
        assert (await wire.receive()).data == 1008


async def test_a_token_ends_on_the_clock_of_the_tenant(bench: Bench) -> None:
    await bench.connect()
    await bench.advance("2026-03-02T09:29:59.999+00:00")
    async with page(bench):
        pass
    await bench.advance("2026-03-02T09:30:00+00:00")
    async with bench.session.ws_connect(bench.url + PATH) as wire:
        await wire.send_json(hello())
        assert (await wire.receive_json())["data"]["mnemonic"] == "auth_error"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('{"event": "start_call"}', {"event": "start_call", "status": "error", "mnemonic": "unknown_event"}),
        ("what", {"event": None, "status": "error", "mnemonic": "invalid_message"}),
        ("[]", {"event": None, "status": "error", "mnemonic": "invalid_message"}),
    ],
)
async def test_what_is_not_there_yet_is_answered_so(bench: Bench, text: str, answer: dict[str, Any]) -> None:
    await bench.connect()
    async with page(bench) as wire:
        await wire.send_str(text)
        assert await wire.receive_json() == {"seq": 2, **answer}


async def test_only_a_websocket_of_a_tenant_is_served(bench: Bench) -> None:
    status, said = await bench.ask("GET", PATH)
    assert (status, said["title"]) == (404, "Unknown tenant")
    await bench.connect()
    status, said = await bench.ask("GET", PATH)
    assert (status, said["upgrade"]) == (426, "websocket")


async def test_pages_stay_when_the_tenant_is_connected_anew_and_go_with_it(bench: Bench) -> None:
    await bench.connect()
    async with page(bench) as wire:
        await bench.connect()
        assert await hub(bench).push(ANNA, {"event": "notify"}) == 1
        assert (await wire.receive_json())["seq"] == 2
        await bench.sut("DELETE", "")
        assert (await wire.receive()).data == 1001


async def test_pages_go_when_the_service_goes_down(bench: Bench) -> None:
    await bench.connect()
    async with page(bench) as wire:
        stopping = asyncio.ensure_future(bench.stop())
        assert (await wire.receive()).data == 1001
        await stopping
