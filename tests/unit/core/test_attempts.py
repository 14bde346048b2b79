"""A receiver that takes a request and says nothing: the world comes to rest, and its time decides (contract §1)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from emulator.core import attempts
from emulator.core.attempts import Attempts, Outcome
from emulator.core.ground import Ground
from emulator.core.settle import LIMIT, settle


class Receiver:
    """One that answers when it is told to; `outcomes` are what came of the attempts."""

    def __init__(self, ground: Ground, server: TestServer, session: aiohttp.ClientSession) -> None:
        self.ground = ground
        self.url = str(server.make_url("/"))
        self.attempts = Attempts(ground, lambda: session, timedelta(seconds=2), awaits_integration=False)
        self.outcomes: list[Outcome] = []

    def send(self, awaits_integration: bool = False) -> None:
        async def attempt() -> None:
            self.outcomes.append(await self.attempts.post(self.url, {}, b"x"))

        self.ground.work.spawn(attempt(), "attempt", awaits_integration=awaits_integration)

    async def settle(self) -> None:
        await settle(self.ground.work, None, [], limit=1)


@pytest.fixture
def answer() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def receiver(ground: Ground, answer: asyncio.Event, loop: asyncio.AbstractEventLoop) -> Iterator[Receiver]:
    async def take(_request: web.Request) -> web.Response:
        await answer.wait()
        return web.Response(status=201)

    app = web.Application()
    app.router.add_post("/", take)
    server = TestServer(app)

    async def start() -> aiohttp.ClientSession:
        await server.start_server()
        return aiohttp.ClientSession()

    session = loop.run_until_complete(start())
    yield Receiver(ground, server, session)
    answer.set()
    for ending in (ground.close(), session.close(), server.close()):
        loop.run_until_complete(ending)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "SILENT_AFTER", 0.05)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("awaits_integration", [False, True])
async def test_time_passes_while_a_receiver_is_silent(receiver: Receiver, awaits_integration: bool) -> None:
    receiver.send(awaits_integration)
    await receiver.settle()
    clock = receiver.ground.clock
    await clock.advance(timedelta(seconds=1.999), receiver.settle)
    assert receiver.outcomes == []
    await clock.advance(timedelta(seconds=0.001), receiver.settle)
    assert receiver.outcomes == [(0, "no answer within 0:00:02")]
    assert not receiver.ground.work.pieces


@pytest.mark.usefixtures("impatient")
async def test_an_answer_after_the_silence_counts(receiver: Receiver, answer: asyncio.Event) -> None:
    receiver.send()
    await receiver.settle()
    await receiver.ground.clock.advance(timedelta(seconds=1), receiver.settle)
    answer.set()
    while receiver.ground.work.pieces:
        await receiver.ground.work.change()
    assert receiver.outcomes == [(201, "HTTP 201")]
    await receiver.ground.clock.advance(timedelta(seconds=5), receiver.settle)
    assert receiver.outcomes == [(201, "HTTP 201")]


@pytest.mark.usefixtures("impatient")
async def test_an_answer_waits_while_the_world_is_being_copied(receiver: Receiver, answer: asyncio.Event) -> None:
    receiver.send()
    await receiver.settle()
    (piece,) = receiver.ground.work.pieces
    with receiver.ground.gate.shut():
        answer.set()
        while piece.parked:
            await receiver.ground.work.change()
        assert receiver.outcomes == []
    await receiver.settle()
    assert receiver.outcomes == [(201, "HTTP 201")]


async def test_settle_waits_for_a_receiver_that_is_not_silent_for_long(
    receiver: Receiver, answer: asyncio.Event
) -> None:
    receiver.send()
    settled = asyncio.ensure_future(receiver.settle())
    done, _ = await asyncio.wait([settled], timeout=0.3)
    assert not done
    answer.set()
    await settled
    assert receiver.outcomes == [(201, "HTTP 201")]


@pytest.mark.usefixtures("impatient")
async def test_a_silent_attempt_ends_with_its_world(receiver: Receiver) -> None:
    receiver.send()
    await receiver.settle()
    await receiver.ground.work.close()
    assert (receiver.outcomes, receiver.ground.work.pieces) == ([], set())


def test_the_guard_leaves_settle_time_for_a_second_silence() -> None:
    assert 2 * attempts.SILENT_AFTER < LIMIT
