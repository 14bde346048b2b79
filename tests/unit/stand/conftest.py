"""Worlds on the inline stand, by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiohttp
import pytest

from features.driver import Driver


class Control:
    """The control plane, with whole answers."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http = http
        self.url = url

    async def ask(self, method: str, path: str, body: Any = None, **keywords: Any) -> tuple[int, Any]:
        """(status, JSON body or None)."""
        arguments = {"json": body} if body is not None else {}
        async with self.http.request(method, f"{self.url}{path}", **arguments, **keywords) as answer:
            return answer.status, await answer.json(content_type=None) if answer.status != 204 else None

    @asynccontextmanager
    async def world(self, **wanted: Any) -> AsyncIterator[Driver]:
        """A driver of a world that is deleted afterwards."""
        status, world = await self.ask("POST", "/_stand/worlds", wanted)
        assert status == 201, world
        driver = Driver(self.http, f"{self.url}/_stand/worlds/{world['id']}", world)
        try:
            yield driver
        finally:
            status, said = await self.ask("DELETE", f"/_stand/worlds/{world['id']}")
            assert status == 204, said

    def alone(self, **wanted: Any) -> AbstractAsyncContextManager[Driver]:
        """A world without an integration, which is cheaper by half."""
        return self.world(integration=None, **wanted)


@pytest.fixture
def control(http: aiohttp.ClientSession, stand_url: str) -> Control:
    return Control(http, stand_url)
