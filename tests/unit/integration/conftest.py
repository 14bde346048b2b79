from __future__ import annotations

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest
from aiohttp import web

from tests.unit.integration.driver import Bench
from tests.unit.integration.stub_amocrm import StubAmo


@pytest.fixture
def amo(loop: asyncio.AbstractEventLoop) -> Iterator[StubAmo]:
    """A stub amoCRM on a port."""
    stub = StubAmo()
    runner = web.AppRunner(stub.app(), handler_cancellation=True, shutdown_timeout=0.1)

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        stub.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"

    loop.run_until_complete(start())
    yield stub
    loop.run_until_complete(runner.cleanup())


@pytest.fixture
def session(loop: asyncio.AbstractEventLoop) -> Iterator[aiohttp.ClientSession]:
    async def make() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    session = loop.run_until_complete(make())
    yield session
    loop.run_until_complete(session.close())


@pytest.fixture
def bench(loop: asyncio.AbstractEventLoop, amo: StubAmo, session: aiohttp.ClientSession) -> Iterator[Bench]:
    """An integration in memory, not yet connected."""
    bench = Bench(amo, session)
    loop.run_until_complete(bench.start())
    yield bench
    loop.run_until_complete(bench.stop())
