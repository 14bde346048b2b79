"""People who join a world, users who are deleted in amoCRM, and another administrator who connects the integration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from features.driver import Driver, Refused
from tests.unit.stand.conftest import Control
from tests.unit.stand.test_data_folder import found, made, stand_on
from tests.unit.stand.test_forks import forked, without
from tests.unit.stand.test_snapshots import CALLER, a_call, restored, taken

GLEB = {"key": "gleb", "name": "Глеб Орехов"}


async def users(driver: Driver) -> dict[int, dict[str, Any]]:
    """The users that amoCRM lists, by id."""
    return {user["id"]: user for user in await driver._list("/api/v4/users", "users")}


async def people(driver: Driver) -> dict[str, Any]:
    world = await driver._control("GET", "")
    return dict(world["people"])


async def contacts_seen_by(driver: Driver, who: str) -> list[dict[str, Any]]:
    """As a user sees them who logs in; the world's own token is Olga's and goes with her."""
    amocrm = driver.world["amocrm"]["base_url"]
    async with driver.http.post(f"{amocrm}/login", json={"user_id": driver.user_id(who)}) as answer:
        cookie = answer.cookies["session_id"].value
    page = await driver._json("GET", f"{amocrm}/api/v4/contacts", headers={"Cookie": f"session_id={cookie}"})
    return list(page["_embedded"]["contacts"])


async def test_somebody_joins_both_systems_and_the_integration_knows_them(control: Control) -> None:
    async with control.world() as driver:
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        said = await driver._control("POST", "/people", GLEB)
        assert said == (await people(driver))["gleb"]
        assert without(said, "user_id", "employee_id") == {
            "email": "gleb@example.test",
            "name": "Глеб Орехов",
            "numbers": ["100104"],
        }
        assert (await users(driver))[said["user_id"]]["name"] == "Глеб Орехов"
        script = [{"at": 0, "ring": "gleb"}, {"at": 5, "answer": "gleb"}, {"at": 65, "hangup": "contact"}]
        call = await driver._control("POST", "/calls", {"direction": "in", "from": CALLER, "script": script})
        assert call["first_answered"] == "gleb"
        (contact,) = await driver.contacts()
        assert contact["responsible_user_id"] == said["user_id"]


async def test_namesakes_are_two_people(control: Control) -> None:
    async with control.world() as driver:
        namesake = await driver.person_joins("vera", "Анна Иванова")
        anna = (await people(driver))["anna"]
        assert namesake["name"] == anna["name"]
        assert {namesake[key] for key in ("user_id", "employee_id")}.isdisjoint(
            {anna[key] for key in ("user_id", "employee_id")}
        )


async def test_somebody_may_be_in_one_system_only(control: Control) -> None:
    async with control.world() as driver:
        numbers = ["100300", "+7 (999) 000-01-09"]
        only_there = await driver._control("POST", "/people", {**GLEB, "amocrm": False, "numbers": numbers})
        assert (only_there["user_id"], only_there["numbers"]) == (None, ["100300", "+79990000109"])
        dasha = {"key": "dasha", "name": "Даша", "numbers": [], "admin": True}
        only_here = await driver._control("POST", "/people", dasha)
        assert (only_here["employee_id"], only_here["numbers"]) == (None, [])
        assert (await users(driver))[only_here["user_id"]]["rights"]["is_admin"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"key": "anna"}, "key"),
        ({"key": "contact"}, "key"),
        ({"key": "Gleb"}, "key"),
        ({"key": "7"}, "key"),
        ({"name": ""}, "name"),
        ({"amocrm": False, "numbers": []}, "numbers"),
        ({"numbers": ["100300", "100101"]}, "numbers[1]"),
        ({"numbers": ["100300", "100300"]}, "numbers[1]"),
        ({"numbers": ["100300", "+7"]}, "numbers[1]"),
        ({"number": "100300"}, "number"),
    ],
)
async def test_somebody_who_cannot_be_changes_nothing(control: Control, body: dict[str, Any], path: str) -> None:
    async with control.world() as driver:
        before = (await people(driver), await driver._control("GET", "/telephony/lines"))
        status, problem = await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/people", {**GLEB, **body})
        assert (status, problem["errors"][0]["path"]) == (400, path), problem
        assert (await people(driver), await driver._control("GET", "/telephony/lines")) == before


async def test_who_joined_is_as_real_as_the_rows(control: Control) -> None:
    async with control.world() as driver:
        await taken(driver, "before")
        gleb = await driver._control("POST", "/people", GLEB)
        async with forked(control, driver) as fork:
            assert (await people(fork))["gleb"] == gleb
        await restored(driver, "before")
        assert "gleb" not in await people(driver)
        await driver._control("POST", "/people", {**GLEB, "key": "vera"})
        assert "gleb" not in await people(driver)


async def test_a_kept_world_knows_who_joined_and_who_connected(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with stand_on(tmp_path, http) as (_, control):
        driver = await made(control, name="kept")
        gleb = await driver._control("POST", "/people", GLEB)
        await driver.connects_integration("pavel")
    async with stand_on(tmp_path, http) as (stand, control):
        driver = await found(control, "kept")
        assert stand.notices == []
        assert driver.world["people"]["gleb"] == gleb
        assert await driver.connecting_person() == "pavel"
        await driver._control("POST", "/people", {"key": "vera", "name": "Вера"})
        assert await driver.connecting_person() == "pavel"


async def test_a_deleted_user_gets_no_card_and_keeps_what_is_hers(control: Control) -> None:
    async with control.world() as driver:
        anna = driver.user_id("anna")
        hers = await driver.create_contact("Иван", [CALLER], "anna")
        await driver._control("POST", "/tabs", {"user": "anna"})
        before = await users(driver)
        await driver.is_deleted_in_amocrm("anna")
        after = await users(driver)
        assert after[anna].pop("rights") == {**before[anna].pop("rights"), "is_active": False}
        assert after == before
        assert await driver.contact(hers["id"]) == hers
        assert (await driver._control("GET", "/amocrm/online"))["online"] == []
        with pytest.raises(Refused, match="400"):
            await driver.create_contact("Пётр", [CALLER], "anna")
        assert await driver.contacts() == [hers]
        assert (await people(driver))["anna"] == driver.world["people"]["anna"]
        await driver.is_deleted_in_amocrm("anna")
        assert (await users(driver))[anna]["rights"]["is_active"] is False


@pytest.mark.parametrize(("person", "near"), [("ana", "anna"), ("viktor", None)])
async def test_only_a_user_can_be_deleted(control: Control, person: str, near: str | None) -> None:
    async with control.world() as driver:
        path = f"/_stand/worlds/{driver.world['id']}/amocrm/users/{person}"
        status, problem = await control.ask("DELETE", path)
        assert (status, problem["nearest"]) == (404, near)
        assert all(user["rights"]["is_active"] for user in (await users(driver)).values())


async def test_another_administrator_connects_the_integration(control: Control) -> None:
    async with control.world() as driver:
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        said = await driver._control("POST", "/integration/connect", {"by": "pavel"})
        assert said == {"by": "pavel", "connecting_user": driver.user_id("pavel")}
        assert await driver.connecting_person() == "pavel"
        assert (await driver.settings())["calls.primary_mode"] == "contact"
        await driver.is_deleted_in_amocrm("olga")
        await driver.call_arrives(CALLER)
        (contact,) = await contacts_seen_by(driver, "pavel")
        assert contact["created_by"] == driver.user_id("pavel")


async def test_a_restore_takes_the_connection_back(control: Control) -> None:
    async with control.world() as driver:
        await taken(driver, "before")
        await driver.connects_integration("pavel")
        async with forked(control, driver) as fork:
            assert await fork.connecting_person() == "pavel"
        await restored(driver, "before")
        assert await driver.connecting_person() == "olga"
        await driver._control("POST", "/people", GLEB)
        assert await driver.connecting_person() == "olga"
        await a_call(driver)


@pytest.mark.parametrize("by", ["anna", "viktor", "pavel"])
async def test_only_an_administrator_who_works_can_connect(control: Control, by: str) -> None:
    async with control.world() as driver:
        await driver.is_deleted_in_amocrm("pavel")
        path = f"/_stand/worlds/{driver.world['id']}/integration/connect"
        status, problem = await control.ask("POST", path, {"by": by})
        assert (status, problem["errors"][0]["path"]) == (400, "by")
        assert await driver.connecting_person() == "olga"
