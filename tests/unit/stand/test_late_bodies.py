"""A request whose body comes after its head meets the world that is there when it is complete."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from emulator.stand.building import WorldRequest
from emulator.stand.stand import Stand
from features.driver import Driver
from tests.unit.stand.conftest import Control


async def begun(url: str, body: Any, **headers: str) -> Callable[[], Awaitable[int]]:
    """A POST whose head has been sent. What is returned sends its body and gives the status."""
    parts, raw = urlsplit(url), orjson.dumps(body)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    lines = [f"POST {parts.path} HTTP/1.1", "Host: x", "Content-Type: application/json", "Connection: close"]
    lines += [f"Content-Length: {len(raw)}", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    await writer.drain()

    async def finish() -> int:
        writer.write(raw)
        status = int((await reader.readline()).split()[1])
        writer.close()
        await writer.wait_closed()
        return status

    return finish


async def a_fresh_token(driver: Driver) -> str:
    amocrm = driver.world["amocrm"]
    code = (await driver._control("POST", "/oauth-code", {}))["code"]
    body = {key: amocrm[key] for key in ("client_id", "client_secret", "redirect_uri")}
    said = await driver._json(
        "POST", f"{amocrm['base_url']}/oauth2/access_token", {**body, "grant_type": "authorization_code", "code": code}
    )
    return str(said["access_token"])


async def test_a_token_that_a_restore_took_back_writes_nothing(control: Control) -> None:
    async with control.alone() as driver:
        await driver._control("POST", "/snapshots/first", {})
        url, token = f"{driver.world['amocrm']['base_url']}/api/v4/contacts", await a_fresh_token(driver)
        finish = await begun(url, [{"name": "late"}], Authorization=f"Bearer {token}")
        await driver.settle()
        await driver._control("POST", "/snapshots/first/restore", {})
        assert await finish() == 401
        assert await driver.contacts() == []


@pytest.mark.parametrize("part", ["stand", "amocrm"])
async def test_a_request_to_the_control_plane_waits_for_the_end_of_a_copy_too(part: str) -> None:
    async with Stand() as stand:
        world = await stand.create(WorldRequest())
        url = f"{stand.urls[part]}/_stand/worlds/{world.name}/faults"
        finish = await begun(url, {"target": "amocrm", "action": {"status": 500}})
        await world.settle()
        async with world.still():
            answer = asyncio.ensure_future(finish())
            done, _ = await asyncio.wait([answer], timeout=0.1)
            assert (done, world.ground.faults.entries) == (set(), [])
        assert await answer == 201
        assert len(world.ground.faults.entries) == 1
