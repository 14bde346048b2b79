"""Deleting a world: it ends once, whoever asks, and takes nothing of its successor with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.unit.stand.conftest import Control
from tests.unit.stand.test_data_folder import stand_on
from tests.unit.stand.test_snapshots import a_plain_integration

WORLDS = "/_stand/worlds"


class Slow:
    """An integration that takes its time over requests of one method."""

    def __init__(self, method: str) -> None:
        self.method = method
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.url = ""

    async def meanwhile(self, asked: str) -> None:
        if asked.startswith(self.method):
            self.asked.set()
            await self.may_answer.wait()


@asynccontextmanager
async def slow_integration(method: str) -> AsyncIterator[Slow]:
    slow = Slow(method)
    async with a_plain_integration(None, slow.meanwhile) as (slow.url, _):
        yield slow


@pytest.mark.parametrize("kept", [False, True])
async def test_a_second_delete_waits_for_the_first_and_the_successor_stays(
    tmp_path: Path, http: aiohttp.ClientSession, kept: bool
) -> None:
    async with (
        slow_integration("DELETE") as slow,
        stand_on(tmp_path if kept else None, http) as (stand, control),
    ):
        wanted = {"name": "one", "seed": 5, "integration": slow.url}
        assert (await control.ask("POST", WORLDS, wanted))[0] == 201
        first, second = (asyncio.ensure_future(control.ask("DELETE", f"{WORLDS}/one")) for _ in range(2))
        await slow.asked.wait()
        assert (await control.ask("POST", WORLDS, wanted))[0] == 409, "the name is taken until the world has ended"
        assert not second.done()
        slow.may_answer.set()
        assert [(await each)[0] for each in (first, second)] == [204, 204]
        status, world = await control.ask("POST", WORLDS, wanted)
        assert status == 201
        assert list(stand.worlds) == ["one"]
        assert not kept or (tmp_path / "worlds" / "one" / "world.db").is_file()
        headers = {"Authorization": f"Bearer {world['amocrm']['access_token']}"}
        async with http.get(f"{world['amocrm']['base_url']}/api/v4/account", headers=headers) as answer:
            assert answer.status == 200


async def test_a_delete_goes_on_when_whoever_asked_goes_away(control: Control) -> None:
    async with slow_integration("DELETE") as slow:
        assert (await control.ask("POST", WORLDS, {"name": "left", "integration": slow.url}))[0] == 201
        asking = asyncio.ensure_future(control.ask("DELETE", f"{WORLDS}/left"))
        await slow.asked.wait()
        asking.cancel()
        again = asyncio.ensure_future(control.ask("DELETE", f"{WORLDS}/left"))
        slow.may_answer.set()
        assert (await again)[0] in (204, 404)
        assert (await control.ask("GET", f"{WORLDS}/left"))[0] == 404


async def test_a_world_that_is_being_made_is_not_deleted(control: Control) -> None:
    async with slow_integration("PUT") as slow:
        wanted = {"name": "early", "integration": slow.url}
        making = asyncio.ensure_future(control.ask("POST", WORLDS, wanted))
        await slow.asked.wait()
        status, problem = await control.ask("DELETE", f"{WORLDS}/early")
        assert (status, "is being made" in problem["detail"]) == (409, True)
        slow.may_answer.set()
        assert (await making)[0] == 201
        assert (await control.ask("DELETE", f"{WORLDS}/early"))[0] == 204
