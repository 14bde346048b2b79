"""A stand with a data folder: its worlds are there again at its next start."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from emulator.amocrm.account import Account as AmocrmAccount
from emulator.core.errors import Conflict, Unavailable
from emulator.stand.doors import port_of
from emulator.stand.notes import Notes
from emulator.stand.sample import create_sample_world
from emulator.stand.stand import Stand
from emulator.telephony.account import TelephonyAccount
from features.driver import Driver
from tests.unit.stand.conftest import Control
from tests.unit.stand.test_forks import without
from tests.unit.stand.test_snapshots import (
    CALLER,
    HOUR,
    OTHER,
    a_call,
    a_plain_integration,
    everything_of,
    restored,
    taken,
)


@asynccontextmanager
async def stand_on(data: Path | None, http: aiohttp.ClientSession) -> AsyncIterator[tuple[Stand, Control]]:
    async with Stand(data=data) as stand:
        yield stand, Control(http, stand.urls["stand"])


async def made(control: Control, **wanted: Any) -> Driver:
    status, world = await control.ask("POST", "/_stand/worlds", wanted)
    assert status == 201, world
    return Driver(control.http, f"{control.url}/_stand/worlds/{world['id']}", world)


async def found(control: Control, name: str) -> Driver:
    status, world = await control.ask("GET", f"/_stand/worlds/{name}")
    assert status == 200, world
    return Driver(control.http, f"{control.url}/_stand/worlds/{name}", world)


async def test_a_world_is_as_it_was_and_goes_on(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with stand_on(tmp_path, http) as (_, control):
        driver = await made(control, name="mine", profile="v4")
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await a_call(driver)
        await driver.time_passes(3 * HOUR)
        before, world = await everything_of(driver), driver.world
    async with stand_on(tmp_path, http) as (_, control):
        driver = await found(control, "mine")
        assert without(driver.world, "clock", "amocrm", "telephony", "integration") == without(
            world, "clock", "amocrm", "telephony", "integration"
        )
        assert without(driver.world["amocrm"], "base_url") == without(world["amocrm"], "base_url")
        assert driver.world["telephony"]["access_token"] == world["telephony"]["access_token"]
        assert await everything_of(driver) == before
        await a_call(driver, OTHER)
        first, second = sorted(contact["id"] for contact in await driver.contacts())
        assert second == first + 1
    async with stand_on(tmp_path, http) as (_, control):
        assert len(await (await found(control, "mine")).contacts()) == 2


async def test_timers_and_deliveries_go_on(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with stand_on(tmp_path, http) as (_, control):
        driver = await made(control, name="waiting")
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await driver.goes_wrong(target="events", action={"status": 503}, times=1)
        await driver.call_arrives(CALLER)
    async with stand_on(tmp_path, http) as (_, control):
        driver = await found(control, "waiting")
        assert await driver.contacts() == []
        await driver.time_passes(timedelta(seconds=1))
        assert len(await driver.contacts()) == 1


async def test_the_live_sample_world_is_used_again_and_its_clock_goes_on(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    async with stand_on(tmp_path, http) as (stand, control):
        await create_sample_world(stand)
        driver = await found(control, "sample")
        token = driver.world["amocrm"]["access_token"]
        await driver.time_passes(48 * HOUR)
        await driver.goes_wrong(target="events", action={"status": 503}, times=1)
        await driver.call_arrives(CALLER)
        left_at = await driver.now()
    async with stand_on(tmp_path, http) as (stand, control):
        assert await create_sample_world(stand) is stand.find("sample")
        driver = await found(control, "sample")
        assert driver.world["amocrm"]["access_token"] == token
        assert timedelta() < await driver.now() - left_at < timedelta(seconds=30)
        await driver.time_passes(timedelta(seconds=2))
        assert len(await driver.contacts()) == 1, "the event that was refused has been sent again"


async def test_other_ports_are_told_to_the_integration(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with stand_on(tmp_path, http) as (_, control):
        driver = await made(control, name="moved")
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await taken(driver)
        old = driver.world["amocrm"]["base_url"]
    with closing(socket.create_server(("127.0.0.1", port_of(old)))):
        async with stand_on(tmp_path, http) as (stand, control):
            driver = await found(control, "moved")
            assert driver.world["amocrm"]["base_url"] != old
            assert stand.notices == []
            await a_call(driver)
            assert len(await driver.contacts()) == 1
            await restored(driver)
            await a_call(driver)
            assert len(await driver.contacts()) == 1, "a snapshot of before the move works at the new addresses"


async def test_forks_keep_their_ports_and_snapshots_their_worlds(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with stand_on(tmp_path, http) as (_, control):
        origin = await made(control, name="origin")
        await origin.change_settings(**{"calls.primary_mode": "contact"})
        await a_call(origin)
        await taken(origin, "one")
        before = await everything_of(origin)
        fork = await origin._control("POST", "/fork", {"name": "fork"})
        await a_call(await found(control, "fork"), OTHER)
        await taken(origin, "two")
        await taken(origin, "one")
        assert len(list((tmp_path / "worlds" / "origin" / "snapshots").iterdir())) == 2
        await origin.time_passes(HOUR)
        await a_call(origin, OTHER)
    async with stand_on(tmp_path, http) as (stand, control):
        origin, again = await found(control, "origin"), await found(control, "fork")
        assert without(again.world["amocrm"], "base_url") == without(fork["amocrm"], "base_url")
        assert (len(await origin.contacts()), len(await again.contacts())) == (2, 2)
        listed = (await origin._control("GET", "/snapshots"))["snapshots"]
        assert [each["name"] for each in listed] == ["two", "one"]
        await restored(origin, "one")
        assert await everything_of(origin) == before
        await stand.remove("origin")
        await stand.remove("fork")
        assert list((tmp_path / "worlds").iterdir()) == []
        assert [path for path in (tmp_path / "integration").rglob("*") if path.is_file()] == []


async def test_a_restore_that_was_cut_short_is_finished(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with stand_on(tmp_path, http) as (stand, control):
        driver = await made(control, name="torn")
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await taken(driver)
        before = await everything_of(driver)
        await a_call(driver)
        stand._residences["torn"].folder.restoring = "first"  # type: ignore[union-attr]
    async with stand_on(tmp_path, http) as (stand, control):
        assert await everything_of(await found(control, "torn")) == before
        assert stand._residences["torn"].folder.restoring is None  # type: ignore[union-attr]


async def test_a_world_that_was_being_made_or_deleted_is_cleared_away(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    async with stand_on(tmp_path, http) as (stand, control):
        for state in ("making", "leaving"):
            driver = await made(control, name=state)
            stand._residences[state].folder.keep(stand.find(state), state)  # type: ignore[union-attr,arg-type]
        assert len(list((tmp_path / "integration").glob("*.sqlite3"))) == 2
    async with stand_on(tmp_path, http) as (stand, control):
        assert stand.worlds == stand.damaged == {}
        assert list((tmp_path / "integration").glob("*.sqlite3")) == []
        driver = await made(control, name="making")
        assert await driver.contacts() == []


def break_file(folder: Path) -> None:
    (folder / "amocrm.db").write_bytes(b"nothing that SQLite knows" * 400)


def empty_file(folder: Path) -> None:
    (folder / "telephony.db").write_bytes(b"")


def lose_file(folder: Path) -> None:
    (folder / "amocrm.db").unlink()


def lose_notes(folder: Path) -> None:
    (folder / "world.db").unlink()


def garble_notes(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "world.db")) as connection, connection:
        connection.execute("UPDATE notes SET value = '{\"seed\": 1}' WHERE name = 'world'")


def change_tables(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "amocrm.db")) as connection, connection:
        connection.execute("ALTER TABLE contacts ADD COLUMN later TEXT")


@pytest.mark.parametrize("harm", [break_file, empty_file, lose_file, lose_notes, garble_notes, change_tables])
async def test_a_damaged_world_is_named_and_keeps_no_other_back(
    tmp_path: Path, http: aiohttp.ClientSession, harm: Any
) -> None:
    async with stand_on(tmp_path, http) as (_, control):
        await (await made(control, name="hurt")).create_contact("Иван", [CALLER], "anna")
        await (await made(control, name="sound")).create_contact("Пётр", [OTHER], "anna")
    harm(tmp_path / "worlds" / "hurt")
    async with stand_on(tmp_path, http) as (stand, control):
        assert list(stand.damaged) == ["hurt"]
        assert len(await (await found(control, "sound")).contacts()) == 1
        assert (await control.ask("GET", "/_stand/health"))[1]["damaged"] == stand.damaged
        status, problem = await control.ask("GET", "/_stand/worlds/hurt")
        assert status == 409
        assert "could not be opened again" in problem["detail"]
        assert (await control.ask("POST", "/_stand/worlds", {"name": "hurt"}))[0] == 409
        assert (await control.ask("DELETE", "/_stand/worlds/hurt"))[0] == 204
        assert await (await made(control, name="hurt")).contacts() == []


async def test_a_kill_while_a_world_is_made_or_removed_leaves_no_damage(
    tmp_path: Path, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies in the folder at each moment of making a world and of removing one, as a kill would leave it."""
    (tmp_path / "data" / "worlds").mkdir(parents=True)
    moments = 0

    def killed_now(*_: Any, **__: Any) -> None:
        nonlocal moments
        for path in (tmp_path / "data" / "worlds").iterdir():
            shutil.copytree(path, tmp_path / f"kill-{moments}" / "worlds" / path.name)
            moments += 1

    for owner, name in (
        (Notes, "put"),
        (AmocrmAccount, "open"),
        (TelephonyAccount, "open"),
        (os, "unlink"),
        (os, "rmdir"),
    ):
        monkeypatch.setattr(owner, name, observed(getattr(owner, name), killed_now))
    async with stand_on(tmp_path / "data", http) as (stand, control):
        await made(control, name="one")
        assert (await control.ask("DELETE", "/_stand/worlds/one"))[0] == 204
    monkeypatch.undo()
    assert moments > 8
    for moment in range(moments):
        async with stand_on(tmp_path / f"kill-{moment}", http) as (stand, control):
            assert stand.damaged == {}, moment
            assert list(stand.worlds) in ([], ["one"])
            assert len(list((tmp_path / f"kill-{moment}" / "worlds").iterdir())) == len(stand.worlds)


def observed(done: Any, look: Any) -> Any:
    """`done`, with a look before it."""

    def both(*arguments: Any, **keywords: Any) -> Any:
        look()
        return done(*arguments, **keywords)

    return both


async def test_a_damaged_world_takes_its_tenant_with_it(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with stand_on(tmp_path, http) as (_, control):
        driver = await made(control, name="hurt")
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await driver.time_passes(HOUR)
    lose_file(tmp_path / "worlds" / "hurt")
    async with stand_on(tmp_path, http) as (_, control):
        twice = (control.ask("DELETE", "/_stand/worlds/hurt") for _ in range(2))
        assert [status for status, _ in await asyncio.gather(*twice)] == [204, 204]
        assert list((tmp_path / "integration").glob("*.sqlite3")) == []
        settings = await (await made(control, name="hurt")).settings()
        assert (
            settings["calls.primary_mode"] == (await (await made(control, name="new")).settings())["calls.primary_mode"]
        )


async def test_a_damaged_world_leaves_a_foreign_integration_too(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with a_plain_integration() as (url, asked):
        async with stand_on(tmp_path, http) as (_, control):
            await made(control, name="hurt", integration=url)
        lose_file(tmp_path / "worlds" / "hurt")
        async with stand_on(tmp_path, http) as (_, control):
            assert (await control.ask("DELETE", "/_stand/worlds/hurt"))[0] == 204
        assert asked[-1] == "DELETE /_sut/tenants/hurt"


async def test_nobody_else_can_look_into_the_folder(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    usual = os.umask(0o022)
    try:
        async with stand_on(tmp_path / "data", http) as (_, control):
            await taken(await made(control, name="mine"))
    finally:
        os.umask(usual)
    everything = [tmp_path / "data", *(tmp_path / "data").rglob("*")]
    assert len([path for path in everything if path.parent.name == "mine" and path.is_file()]) > 3
    open_to_others = {str(path): oct(path.stat().st_mode) for path in everything if path.stat().st_mode & 0o077}
    assert open_to_others == {}


async def test_two_stands_do_not_share_a_folder(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with stand_on(tmp_path, http):
        with pytest.raises(Conflict, match="another stand works on the folder"):
            async with Stand(data=tmp_path):
                pytest.fail("it opened")
    async with stand_on(tmp_path, http):
        pass


async def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Unavailable, match="file/data cannot be used: Not a directory"):
        async with Stand(data=tmp_path / "file" / "data"):
            pytest.fail("it opened")


async def test_refused_worlds_leave_no_folder(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with stand_on(tmp_path, http) as (_, control):
        assert (await control.ask("POST", "/_stand/worlds", {"timezone": "Nowhere"}))[0] == 400
        assert (await control.ask("POST", "/_stand/worlds", {"integration": "http://127.0.0.1:1"}))[0] == 503
        assert list((tmp_path / "worlds").iterdir()) == []
