"""Worlds of the fakes alone: nobody is connected to them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from emulator.stand.building import WorldRequest
from emulator.stand.stand import Stand
from features.driver import Driver
from tests.unit.stand.conftest import Control

CALLER = "+79161234567"


async def a_call(driver: Driver) -> None:
    call = (await driver.call_arrives(CALLER))["id"]
    await driver.rings(call, "anna")
    await driver.answers(call, "anna")
    await driver.time_passes(timedelta(minutes=1))
    await driver.hangs_up(call)


async def told_of(driver: Driver) -> list[Any]:
    """What the journal has of anything that went to an integration or came from it."""
    entries = (await driver._control("GET", "/journal"))["entries"]
    return [each for each in entries if "integration" in (each["from"], each["to"])]


async def test_calls_are_nobodys_news(control: Control) -> None:
    async with control.alone() as driver:
        assert driver.world["integration"] is None
        await a_call(driver)
        [row] = await driver.calls_report()
        assert row["is_lost"] is False
        assert await driver.contacts() == []
        assert await told_of(driver) == []
        assert await driver._control("GET", "/telephony/deliveries") == {"deliveries": []}


async def test_a_snapshot_and_a_fork_have_the_fakes(control: Control) -> None:
    async with control.alone() as driver:
        await a_call(driver)
        taken = await driver._control("POST", "/snapshots/one", {})
        assert taken["integration"] is False
        await a_call(driver)
        forked = await driver._control("POST", "/fork", {})
        assert forked["integration"] is None
        await driver._control("POST", "/snapshots/one/restore", {})
        fork = Driver(control.http, f"{control.url}/_stand/worlds/{forked['id']}", forked)
        assert (len(await driver.calls_report()), len(await fork.calls_report())) == (1, 2)
        assert (await control.ask("DELETE", f"/_stand/worlds/{forked['id']}"))[0] == 204


async def test_it_is_alone_after_a_restart_too(http: aiohttp.ClientSession, tmp_path: Path) -> None:
    async with Stand(data=tmp_path) as stand:
        world = await stand.create(WorldRequest(name="alone", integration=None))
        token = world.access.amocrm_token
    async with Stand(data=tmp_path) as stand:
        world = stand.find("alone")
        assert (world.body()["integration"], world.access.amocrm_token) == (None, token)
        await a_call(Driver(http, f"{stand.urls['stand']}/_stand/worlds/alone", world.body()))
        await stand.remove("alone")
    assert stand.notices == []


async def test_somebody_joins_and_there_is_nothing_to_connect(control: Control) -> None:
    async with control.alone() as driver:
        await driver.person_joins("gleb", "Глеб")
        tab = await driver._control("POST", "/tabs", {"user": "gleb"})
        assert (tab["state"], tab["widget"]) == ("open", None)
        path = f"/_stand/worlds/{driver.world['id']}/integration/connect"
        assert (await control.ask("POST", path, {"by": "pavel"}))[0] == 409
        assert await told_of(driver) == []
