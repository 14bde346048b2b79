"""Forks and worlds with ports of their own: the same ids and tokens, found by the port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from features.driver import Driver
from tests.unit.stand.conftest import Control
from tests.unit.stand.test_snapshots import CALLER, HOUR, OTHER, a_call, everything_of, restored, taken


@asynccontextmanager
async def forked(control: Control, origin: Driver, **wanted: Any) -> AsyncIterator[Driver]:
    """A driver of a fork that is deleted afterwards."""
    world = await origin._control("POST", "/fork", wanted)
    driver = Driver(control.http, f"{control.url}/_stand/worlds/{world['id']}", world)
    try:
        yield driver
    finally:
        status, said = await control.ask("DELETE", f"/_stand/worlds/{world['id']}")
        assert status == 204, said


def without(world: Any, *keys: str) -> Any:
    return {key: value for key, value in world.items() if key not in keys}


@pytest.mark.parametrize("clock", ["manual", "live"])
async def test_a_fork_is_its_origin_at_other_addresses(control: Control, clock: str) -> None:
    async with control.world(clock=clock, name="origin") as origin:
        await origin.change_settings(**{"calls.primary_mode": "contact", "calls.success_tag": "Успех"})
        await a_call(origin)
        async with forked(control, origin) as fork:
            assert fork.world["id"] == "origin-fork-1"
            assert without(fork.world, "id", "amocrm", "telephony", "integration", "clock") == without(
                origin.world, "id", "amocrm", "telephony", "integration", "clock"
            )
            assert without(fork.world["amocrm"], "base_url") == without(origin.world["amocrm"], "base_url")
            assert fork.world["amocrm"]["base_url"] != origin.world["amocrm"]["base_url"]
            assert fork.world["telephony"]["data_api_url"] != origin.world["telephony"]["data_api_url"]
            assert (await fork._control("GET", "/journal?kind=decision"))["entries"] == []
            ones, others = await everything_of(origin), await everything_of(fork)
            assert abs(ones.pop("now") - others.pop("now")) < timedelta(seconds=5)
            assert ones == others


async def test_two_forks_and_their_origin_go_their_own_ways(control: Control) -> None:
    async with control.world() as origin:
        await origin.change_settings(**{"calls.primary_mode": "contact"})
        first = await origin.create_contact("Иван", [CALLER], "anna")
        async with forked(control, origin, name="left") as left, forked(control, origin, name="right") as right:
            await left.change_settings(**{"calls.primary_mode": "manual"})
            await left.time_passes(HOUR)
            await asyncio.gather(*(a_call(each, OTHER) for each in (origin, left, right)))
            assert [contact["id"] for contact in await left.contacts()] == [first["id"]]
            made = [[contact["id"] for contact in await each.contacts()] for each in (origin, right)]
            assert made[0] == made[1] == [first["id"], first["id"] + 1], "both go on counting from the same id"
            assert await left.now() - await right.now() == HOUR
            for each, creates in ((origin, True), (left, False), (right, True)):
                journal = (await each._control("GET", "/journal?kind=decision"))["entries"]
                assert ("PRIM-02" in {entry["data"]["rule"] for entry in journal}) is creates


async def test_an_account_of_its_own_port_is_found_whatever_the_host(control: Control) -> None:
    """The same token opens the origin at its address and the fork at its own."""
    async with control.world() as origin, forked(control, origin) as fork:
        await fork.create_contact("Пётр", [CALLER], "anna")
        token = origin.world["amocrm"]["access_token"]
        url = f"{fork.world['amocrm']['base_url']}/api/v4/contacts"
        for host in ("", "nobody.amocrm.ru", f"{origin.world['amocrm']['subdomain']}.amocrm.ru", "127.0.0.1"):
            headers = {"Authorization": f"Bearer {token}", **({"Host": host} if host else {})}
            async with control.http.get(url, headers=headers) as answer:
                assert answer.status == 200
                assert len((await answer.json(content_type=None))["_embedded"]["contacts"]) == 1
        assert await origin.contacts() == []


async def test_a_fork_outlives_its_origin_and_its_port_dies_with_it(control: Control) -> None:
    async with control.world(seed=611) as origin:
        await origin.create_contact("Иван", [CALLER], "anna")
        world = await origin._control("POST", "/fork", {"name": "heir"})
    fork = Driver(control.http, f"{control.url}/_stand/worlds/heir", world)
    assert (await control.ask("POST", "/_stand/worlds", {"seed": 611}))[0] == 409
    await fork.change_settings(**{"calls.primary_mode": "contact"})
    await a_call(fork, OTHER)
    assert len(await fork.contacts()) == 2
    status, _ = await control.ask("DELETE", "/_stand/worlds/heir")
    assert status == 204
    for url in (world["amocrm"]["base_url"], world["telephony"]["data_api_url"]):
        with pytest.raises(aiohttp.ClientConnectorError):
            async with aiohttp.request("GET", url):
                pass
    async with control.world(seed=611):
        pass


async def test_a_fork_can_be_deleted_through_its_own_port(control: Control) -> None:
    async with control.world() as origin:
        world = await origin._control("POST", "/fork", {})
        async with control.http.delete(f"{world['amocrm']['base_url']}/_stand/worlds/{world['id']}") as answer:
            assert answer.status == 204
        assert (await control.ask("GET", f"/_stand/worlds/{world['id']}"))[0] == 404


async def test_a_fork_of_a_fork_and_snapshots_in_forks(control: Control) -> None:
    async with control.world() as origin, forked(control, origin) as fork, forked(control, fork) as second:
        await taken(origin)
        assert await second._control("GET", "/snapshots") == {"snapshots": []}
        await taken(second)
        await second.change_settings(**{"calls.primary_mode": "contact"})
        await a_call(second)
        assert await origin.contacts() == await fork.contacts() == []
        await restored(second)
        assert await second.contacts() == []
        assert (await second.settings())["calls.primary_mode"] == (await origin.settings())["calls.primary_mode"]
        await second.change_settings(**{"calls.primary_mode": "contact"})
        await a_call(second)
        assert len(await second.contacts()) == 1


async def test_what_waited_in_the_origin_goes_on_in_the_fork_too(control: Control) -> None:
    async with control.world() as origin:
        await origin.change_settings(**{"calls.primary_mode": "contact"})
        await origin.goes_wrong(target="events", action={"status": 503}, times=1)
        await origin.call_arrives(CALLER)
        async with forked(control, origin) as fork:
            await fork.time_passes(timedelta(seconds=1))
            assert (len(await fork.contacts()), len(await origin.contacts())) == (1, 0)
            await origin.time_passes(timedelta(seconds=1))
            assert len(await origin.contacts()) == 1


async def test_refusals_leave_nothing_behind(control: Control) -> None:
    async with control.world(name="plain") as origin:
        _, before = await control.ask("GET", "/_stand/worlds")
        path = "/_stand/worlds/plain/fork"
        assert (await control.ask("POST", path, {"name": "plain"}))[0] == 409
        assert (await control.ask("POST", path, {"name": "Not A Name"}))[0] == 400
        status, problem = await control.ask("POST", path, {"nmae": "x"})
        assert (status, problem["errors"][0]["path"]) == (400, "nmae")
        assert (await control.ask("POST", "/_stand/worlds/plane/fork"))[0] == 404
        assert (await control.ask("GET", "/_stand/worlds"))[1] == before
        assert (await control.ask("POST", "/_stand/worlds", {"own_ports": True, "timezone": "Nowhere"}))[0] == 400
        assert (await control.ask("POST", "/_stand/worlds", {"own_ports": 1}))[0] == 400
        assert await origin.contacts() == []


async def test_any_world_can_have_ports_of_its_own(control: Control) -> None:
    async with control.world(own_ports=True) as alone, control.world() as shared:
        assert alone.world["amocrm"]["base_url"] != shared.world["amocrm"]["base_url"]
        await alone.change_settings(**{"calls.primary_mode": "contact"})
        await a_call(alone)
        assert len(await alone.contacts()) == 1
        headers = {"Authorization": f"Bearer {alone.world['amocrm']['access_token']}"}
        async with control.http.get(f"{shared.world['amocrm']['base_url']}/api/v4/account", headers=headers) as answer:
            assert answer.status == 401, "it is behind its own ports alone"
        (row,) = await alone.call_log()
        assert row["link"].startswith(alone.world["telephony"]["data_api_url"].removesuffix("/v2.0"))
        async with control.http.get(f"{alone.world['amocrm']['base_url']}/_stand/health") as answer:
            assert answer.status == 200
