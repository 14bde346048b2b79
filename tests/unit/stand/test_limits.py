"""The limits of amoCRM on the control plane, and the built-in integration under them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from emulator.stand.building import WorldRequest
from emulator.stand.sample import create_sample_world
from emulator.stand.stand import Stand
from features.driver import Driver
from tests.unit.stand.conftest import Control

DEFAULTS = {"limits": "off", "per_second": 7, "per_second_account": 50, "ban_after": 100}
UNTOUCHED = {**DEFAULTS, "unpaid": False, "banned": False, "banned_clients": []}


def path_of(driver: Driver) -> str:
    return f"/_stand/worlds/{driver.world['id']}/limits"


async def account(driver: Driver) -> int:
    amocrm = driver.world["amocrm"]
    headers = {"Authorization": f"Bearer {amocrm['access_token']}"}
    async with driver.http.get(f"{amocrm['base_url']}/api/v4/account", headers=headers) as answer:
        return answer.status


async def test_limits_are_off_unless_asked_for(control: Control) -> None:
    async with control.alone() as driver:
        assert await control.ask("GET", path_of(driver)) == (200, UNTOUCHED)
    async with control.alone(limits="on") as driver:
        assert (await control.ask("GET", path_of(driver)))[1] == {**UNTOUCHED, "limits": "on"}
    assert (await control.ask("POST", "/_stand/worlds", {"limits": "maybe"}))[1]["errors"][0]["path"] == "limits"
    assert WorldRequest().limits == "off"


async def test_the_sample_world_has_limits() -> None:
    async with Stand() as stand:
        world = await create_sample_world(stand)
        assert world.amocrm.limits.body()["limits"] == "on"


async def test_changes_answer_the_whole_object_and_delete_takes_them_back(control: Control) -> None:
    async with control.alone() as driver:
        path = path_of(driver)
        changes = {"limits": "on", "per_second": 2, "per_second_account": 3, "ban_after": 1, "unpaid": True}
        assert await control.ask("PATCH", path, changes) == (200, {**UNTOUCHED, **changes})
        assert await account(driver) == 402
        assert (await control.ask("PATCH", path, {"banned": True}))[1]["banned"]
        assert await account(driver) == 403
        assert (await control.ask("PATCH", path, {"unpaid": False, "banned": False}))[0] == 200
        assert [await account(driver) for _ in range(4)] == [200, 429, 403, 403]
        client = driver.world["amocrm"]["client_id"]
        assert (await control.ask("GET", path))[1]["banned_clients"] == [client]
        assert await control.ask("DELETE", path) == (204, None)
        assert (await control.ask("GET", path))[1] == UNTOUCHED
        assert await account(driver) == 200


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({"limit": "on"}, "limit", "did you mean `limits`"),
        ({"per_secnd": 1}, "per_secnd", "did you mean `per_second`"),
        ({"banned_clients": []}, "banned_clients", "did you mean `banned`"),
        ({"limits": True}, "limits", "str"),
        ({"per_second": 0}, "per_second", ">= 1"),
        ({"per_second": 1.5}, "per_second", "int"),
        ({"per_second": None}, "per_second", "int"),
        ({"ban_after": 10**30}, "ban_after", "int"),
        ({"unpaid": "yes"}, "unpaid", "bool"),
        ({"per_second": 3, "banned": 1}, "banned", "bool"),
        ([], "", "object"),
    ],
)
async def test_a_bad_change_names_the_field_and_changes_nothing(
    control: Control, body: Any, field: str, says: str
) -> None:
    async with control.alone() as driver:
        status, problem = await control.ask("PATCH", path_of(driver), body)
        assert status == 400, problem
        assert problem["errors"][0]["path"] == field
        assert says in str(problem)
        assert (await control.ask("GET", path_of(driver)))[1] == UNTOUCHED


async def test_the_integration_keeps_within_the_limits_however_many_call(control: Control) -> None:
    """Forty unknown numbers at one instant: they are refused at first, nobody is banned, every contact is made."""
    async with control.world(limits="on") as driver:
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await driver.time_passes(timedelta(seconds=1))
        await asyncio.gather(*(driver.call_arrives(f"+79160000{number:03}") for number in range(40)))
        await driver.time_passes(timedelta(seconds=40))
        status, limits = await control.ask("GET", path_of(driver))
        assert (status, limits["banned"]) == (200, False)
        _, said = await control.ask("GET", f"/_stand/worlds/{driver.world['id']}/journal?kind=response")
        codes = [entry["data"]["status"] for entry in said["entries"] if entry["from"] == "amocrm"]
        assert 33 <= codes.count(429) <= 40, "each call is refused once at most"
        assert len(await driver.contacts()) == 40


async def test_a_ban_is_waited_out_by_the_integration(control: Control) -> None:
    async with control.world() as driver:
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await control.ask("PATCH", path_of(driver), {"banned": True})
        await driver.call_arrives("+79161234567")
        await driver.time_passes(timedelta(hours=1))
        await control.ask("DELETE", path_of(driver))
        assert await driver.contacts() == []
        await driver.time_passes(timedelta(minutes=5))
        assert len(await driver.contacts()) == 1
