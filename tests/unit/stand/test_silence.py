"""Receivers that take a request and never answer: the world comes to rest, is copied, and its time passes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from emulator.core import attempts
from tests.unit.stand.conftest import Control


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "SILENT_AFTER", 0.05)


@asynccontextmanager
async def a_silent_server(quiet_about: str) -> AsyncIterator[str]:
    """Its URL. It answers {} unless the path contains `quiet_about`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while asked := await reader.readline():
            length = 0
            while (line := await reader.readline()).strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            await reader.readexactly(length)
            if quiet_about.encode() not in asked:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def test_a_silent_receiver_of_webhooks(control: Control) -> None:
    async with a_silent_server("/hook") as url, control.alone() as driver:
        await driver._amocrm("POST", "/api/v4/webhooks", {"destination": f"{url}/hook", "settings": ["add_contact"]})
        await driver.create_contact("Иван", ["+79161234567"], "anna")
        await driver.settle()
        await driver._control("POST", "/snapshots/waiting", {})

        async def log() -> list[tuple[Any, ...]]:
            return [(row["state"], row["attempts"], row["detail"]) for row in await driver._control("GET", "/webhooks")]

        assert await log() == [("waiting", 0, None)]
        await driver.time_passes(timedelta(seconds=2))
        assert await log() == [("retrying", 1, "no answer within 0:00:02")]
        await driver.time_passes(timedelta(minutes=5, seconds=2))
        assert await log() == [("retrying", 2, "no answer within 0:00:02")]
        await driver._control("POST", "/snapshots/waiting/restore", {})
        assert await log() == [("waiting", 0, None)]
        await driver.time_passes(timedelta(seconds=2))
        assert await log() == [("retrying", 1, "no answer within 0:00:02")]


async def test_an_integration_that_does_not_acknowledge(control: Control) -> None:
    async with a_silent_server("/events") as url, control.world(integration=url) as driver:
        begun = await driver.now()
        await driver.call_arrives("+79161234567")
        sent = []
        for seconds in (9.999, 0.001, 1):
            await driver.time_passes(timedelta(seconds=seconds))
            entries = (await driver._control("GET", "/journal?kind=event"))["entries"]
            sent.append([(entry["subject"].split()[0], entry["data"]["attempt"]) for entry in entries])
        assert sent == [[("in_call_session", 1)]] * 2 + [[("in_call_session", 1), ("in_call_session", 2)]]
        assert await driver.now() - begun == timedelta(seconds=11)
