"""Tabs of the stand: who sees whom online, over the control plane (contract §1)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from emulator.core.errors import Conflict
from emulator.stand.building import WorldRequest
from emulator.stand.stand import Stand
from features.driver import Driver
from tests.unit.stand.conftest import Control


class Office:
    """The tabs of one world."""

    def __init__(self, control: Control, driver: Driver) -> None:
        self.control = control
        self.driver = driver
        self.path = f"/_stand/worlds/{driver.world['id']}"
        self.keys = {person["user_id"]: key for key, person in driver.world["people"].items()}

    async def opens(self, user: str) -> str:
        status, tab = await self.control.ask("POST", f"{self.path}/tabs", {"user": user})
        assert (status, tab["user"], tab["state"]) == (201, user, "open"), tab
        return str(tab["id"])

    async def reloads(self, tab: str) -> None:
        status, said = await self.control.ask("POST", f"{self.path}/tabs/{tab}/reload")
        assert (status, said["state"]) == (200, "open"), said

    async def leaves(self, tab: str, how: str | None = None) -> None:
        query = f"?how={how}" if how else ""
        assert await self.control.ask("DELETE", f"{self.path}/tabs/{tab}{query}") == (204, None)

    async def frames(self, tab: str, sender: str = "amocrm") -> list[dict[str, Any]]:
        status, frames = await self.control.ask("GET", f"{self.path}/tabs/{tab}/frames")
        assert status == 200, frames
        return [each for each in frames if each["from"] == sender]

    async def heard(self, tab: str) -> list[tuple[str, bool]]:
        """(person, online) of what a tab was told."""
        frames = [each["frame"] for each in await self.frames(tab)]
        return [(self.keys[frame["user_id"]], frame["online"]) for frame in frames if frame["type"] == "status"]

    async def online(self) -> dict[str, Any]:
        status, said = await self.control.ask("GET", f"{self.path}/amocrm/online")
        assert status == 200, said
        return dict(said)


@asynccontextmanager
async def office(control: Control, **wanted: Any) -> AsyncIterator[Office]:
    async with control.world(**wanted) as driver:
        yield Office(control, driver)


async def test_a_tab_makes_its_user_visible_to_the_others(control: Control) -> None:
    async with office(control) as there:
        anna = await there.opens("anna")
        await there.driver.time_passes(timedelta(seconds=90))
        boris = await there.opens("boris")
        assert await there.online() == {"online": ["anna", "boris"], "pages": {"anna": 1, "boris": 1}}
        assert await there.heard(anna) == [("boris", True)]
        told = (await there.frames(anna))[-1]
        assert told["from"] == "amocrm"
        assert told["at"] == told["frame"]["at"] == "2026-03-02T09:01:30+00:00"
        (greeting,) = await there.frames(boris)
        assert [there.keys[user] for user in greeting["frame"]["users"]] == ["anna", "boris"]
        assert [each["frame"]["seq"] for each in await there.frames(anna)] == [1, 2]


@pytest.mark.parametrize("how", [None, "close", "vanish"])
async def test_everybody_has_seen_a_tab_go_once_it_is_deleted(control: Control, how: str | None) -> None:
    async with office(control) as there:
        others = [await there.opens(user) for user in ("olga", "pavel", "rita", "anna")]
        boris = await there.opens("boris")
        await there.leaves(boris, how)
        for tab in others:
            assert (await there.heard(tab))[-1] == ("boris", False)
        assert "boris" not in (await there.online())["pages"]
        assert (await control.ask("GET", f"{there.path}/tabs/{boris}/frames"))[0] == 404


async def test_only_the_first_and_the_last_tab_of_a_user_are_told(control: Control) -> None:
    async with office(control) as there:
        rita = await there.opens("rita")
        tabs = [await there.opens("anna") for _ in range(3)]
        assert tabs == ["anna-1", "anna-2", "anna-3"]
        assert (await there.online())["pages"] == {"rita": 1, "anna": 3}
        await there.leaves(tabs[1], "vanish")
        await there.leaves(tabs[0])
        assert await there.heard(rita) == [("anna", True)]
        assert await there.heard(tabs[2]) == []
        await there.leaves(tabs[2], "vanish")
        assert await there.heard(rita) == [("anna", True), ("anna", False)]
        assert await there.opens("anna") == "anna-4"


async def test_a_reload_closes_and_opens_in_the_same_session(control: Control) -> None:
    async with office(control) as there:
        rita, anna = await there.opens("rita"), await there.opens("anna")
        await there.reloads(anna)
        assert await there.heard(rita) == [("anna", True), ("anna", False), ("anna", True)]
        assert [each["frame"]["seq"] for each in await there.frames(anna)] == [1, 1]
        _, said = await control.ask("GET", f"{there.path}/journal?kind=request&subject=POST%20/login")
        assert len(said["entries"]) == 2
        await there.opens("anna")
        await there.reloads(anna)
        assert len(await there.heard(rita)) == 3
        assert await there.heard(anna) == []


async def test_a_session_of_before_a_restore_is_nobody_elses_after_it(control: Control) -> None:
    async with office(control) as there:
        await there.driver._control("POST", "/snapshots/first", {})
        anna = await there.opens("anna")
        await there.driver._control("POST", "/snapshots/first/restore", {})
        await there.opens("boris")
        status, said = await control.ask("POST", f"{there.path}/tabs/{anna}/reload")
        assert (status, said.get("state")) == (409, None), said
        assert await there.online() == {"online": ["boris"], "pages": {"boris": 1}}


async def test_tabs_are_listed(control: Control) -> None:
    async with office(control) as there:
        await there.opens("anna")
        await there.opens("olga")
        _, said = await control.ask("GET", f"{there.path}/tabs")
        assert said["tabs"] == [
            {"id": "anna-1", "user": "anna", "state": "open", "widget": "open"},
            {"id": "olga-1", "user": "olga", "state": "open", "widget": "open"},
        ]


async def test_a_tab_without_a_session_shows_and_cannot_be_reloaded() -> None:
    async with Stand() as stand:
        world = await stand.create(WorldRequest())
        rita, anna = await world.tabs.open("rita"), await world.tabs.open("anna")
        world.amocrm.users.deactivate(world.people.user_id("anna"))
        await world.settle()
        assert world.tabs.body(anna)["state"] == "closed"
        told = [each["frame"] for each in rita.frames if each["from"] == "amocrm"]
        assert [frame["online"] for frame in told[1:]] == [True, False]
        with pytest.raises(Conflict, match="the session of tab anna-1 has ended"):
            await world.tabs.reload(anna.id)
        await world.tabs.close(anna.id, "close")
        await world.settle()
        assert world.tabs.all() == [rita]


async def test_a_restored_account_closes_its_tabs_which_a_reload_opens_again() -> None:
    async with Stand() as stand:
        world = await stand.create(WorldRequest())
        tabs = [await world.tabs.open(user) for user in ("rita", "anna")]
        world.amocrm.presence.restored()
        await world.settle()
        assert [world.tabs.body(tab)["state"] for tab in tabs] == ["closed", "closed"]
        for tab in tabs:
            assert world.tabs.body(await world.tabs.reload(tab.id))["state"] == "open"
        await world.settle()
        assert len(world.amocrm.presence.online()) == 2


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({"user": "viktor"}, "user", "a user of amoCRM"),
        ({"user": "ana"}, "user", "did you mean anna"),
        ({"user": 5}, "user", "str"),
        ({"usr": "anna"}, "usr", "did you mean `user`"),
        ({}, "user", "required"),
    ],
)
async def test_a_tab_that_cannot_be_names_the_field(
    control: Control, body: dict[str, Any], field: str, says: str
) -> None:
    async with office(control) as there:
        status, problem = await control.ask("POST", f"{there.path}/tabs", body)
        assert (status, problem["errors"][0]["path"]) == (400, field)
        assert says in str(problem)
        assert await there.online() == {"online": [], "pages": {}}


async def test_an_unknown_tab_and_way_name_the_nearest(control: Control) -> None:
    async with office(control) as there:
        await there.opens("anna")
        for method, path in (("GET", "/frames"), ("POST", "/reload"), ("DELETE", "")):
            status, problem = await control.ask(method, f"{there.path}/tabs/ana-1{path}")
            assert (status, problem["nearest"]) == (404, "anna-1")
        status, problem = await control.ask("DELETE", f"{there.path}/tabs/anna-1?how=explode")
        assert (status, problem["errors"][0]["expected"]) == (400, "one of close, vanish")
        assert (await control.ask("DELETE", f"{there.path}/tabs/anna-1?hw=close"))[0] == 400
        assert (await there.online())["online"] == ["anna"]


async def test_an_amocrm_that_does_not_open_is_reported_and_leaves_nothing(control: Control) -> None:
    async with office(control) as there:
        for path in ("/login", "/status"):
            for action in ({"status": 503}, {"reset": True}):
                fault = {"target": "amocrm", "match": {"path": path}, "action": action, "phase": "after"}
                await there.driver.goes_wrong(**fault)
                status, problem = await control.ask("POST", f"{there.path}/tabs", {"user": "anna"})
                assert status == 503, problem
                assert "amoCRM" in problem["detail"]
        await control.ask("POST", f"{there.path}/settle")
        assert await there.online() == {"online": [], "pages": {}}
        assert await there.opens("anna")


async def test_worlds_do_not_see_each_other(control: Control) -> None:
    async with office(control) as one, office(control) as other:
        mine = await one.opens("anna")
        await other.opens("boris")
        assert await one.heard(mine) == []
        assert await other.online() == {"online": ["boris"], "pages": {"boris": 1}}


async def test_many_open_and_vanish_at_once(control: Control) -> None:
    async with office(control) as there:
        olga = await there.opens("olga")
        tabs = await asyncio.gather(*(there.opens(user) for user in ("anna", "boris", "rita") for _ in range(5)))
        await asyncio.gather(*(there.leaves(tab, "vanish") for tab in tabs))
        heard = await there.heard(olga)
        for user in ("anna", "boris", "rita"):
            assert [online for who, online in heard if who == user] == [True, False]
        assert await there.online() == {"online": ["olga"], "pages": {"olga": 1}}


async def test_a_deleted_world_takes_its_tabs_along(control: Control) -> None:
    async with office(control) as there:
        for _ in range(3):
            await there.opens("anna")
