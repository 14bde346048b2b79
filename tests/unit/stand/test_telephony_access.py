"""Logins, keys, addresses and points of the telephony's APIs on the control plane."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.stand.sample import create_sample_world
from emulator.stand.stand import Stand
from features.driver import Driver
from tests.unit.stand.conftest import Control
from tests.unit.stand.test_telephony_people import data_api, path_of

UNTOUCHED = {
    "limits": "off",
    "minute_limit": 200,
    "day_limit": 3500,
    "data_api": {"day_remaining": 3500, "minute_remaining": 200},
    "call_api": {"day_remaining": 3500, "minute_remaining": 200},
}


async def log_in(driver: Driver, **changes: Any) -> Any:
    telephony = driver.world["telephony"]
    params = {"login": telephony["login"], "password": telephony["password"], **changes}
    body = {"jsonrpc": "2.0", "id": 1, "method": "login.user", "params": params}
    async with driver.http.post(telephony["data_api_url"], json=body) as answer:
        return await answer.json()


def mnemonic(answer: Any) -> str | None:
    return answer["error"]["data"]["mnemonic"] if "error" in answer else None


async def test_the_world_tells_its_login(control: Control) -> None:
    async with control.alone() as driver, control.alone() as other:
        session = (await log_in(driver))["result"]["data"]
        assert mnemonic(await data_api(driver, "get.account", access_token=session["access_token"])) is None
        logins = [each.world["telephony"][key] for each in (driver, other) for key in ("login", "password")]
        assert len(set(logins)) == 4
        assert mnemonic(await log_in(driver, password=other.world["telephony"]["password"])) == "auth_error"


async def test_another_login_and_another_password(control: Control) -> None:
    async with control.alone() as driver:
        wanted = {"login": "boss@office.test", "password": "first"}
        assert await control.ask("POST", path_of(driver, "login"), wanted) == (201, wanted)
        assert mnemonic(await log_in(driver, **wanted)) is None
        await control.ask("POST", path_of(driver, "login"), {**wanted, "password": "second"})
        assert mnemonic(await log_in(driver, **wanted)) == "auth_error"
        assert mnemonic(await log_in(driver)) is None
        status, problem = await control.ask("POST", path_of(driver, "login"), {"login": "", "password": "x"})
        assert (status, problem["errors"][0]["path"]) == (400, "login")


async def test_keys_that_run_out_and_are_blocked(control: Control) -> None:
    async with control.world() as driver:
        status, made = await control.ask("POST", path_of(driver, "tokens"), {"lasts": 60})
        key = made["access_token"]
        assert (status, mnemonic(await data_api(driver, "get.account", access_token=key))) == (201, None)
        _, said = await control.ask("PATCH", path_of(driver, "tokens"), {"access_token": key, "blocked": True})
        assert said == {
            "access_token": key,
            "holder": "client",
            "session": False,
            "blocked": True,
            "expires_at": "2026-03-02T09:01:00+00:00",
        }
        assert mnemonic(await data_api(driver, "get.account", access_token=key)) == "access_token_blocked"
        changes = {"access_token": key, "blocked": False, "lasts": 0}
        await control.ask("PATCH", path_of(driver, "tokens"), changes)
        assert mnemonic(await data_api(driver, "get.account", access_token=key)) == "access_token_expired"
        assert (await control.ask("PATCH", path_of(driver, "tokens"), {"access_token": "x"}))[0] == 404
        _, said = await control.ask("GET", path_of(driver, "access"))
        holders = [(token["holder"], token["access_token"]) for token in said["tokens"]]
        assert [holder for holder, _ in holders] == ["client", "integration", "client"]
        assert holders[0][1] == driver.world["telephony"]["access_token"]


async def test_addresses_that_may_ask(control: Control) -> None:
    async with control.alone() as driver:
        path = path_of(driver, "access")
        assert (await control.ask("GET", path))[1]["ip_whitelist"] is None
        status, said = await control.ask("PATCH", path, {"ip_whitelist": ["192.0.2.1"]})
        assert (status, said["ip_whitelist"]) == (200, ["192.0.2.1"])
        assert mnemonic(await data_api(driver, "get.account")) == "ip_not_whitelisted"
        status, problem = await control.ask("PATCH", path, {"ip_whitelist": ["127.0.0.1", "here"]})
        assert (status, problem["errors"][0]["path"]) == (400, "ip_whitelist[1]")
        await control.ask("PATCH", path, {"ip_whitelist": None})
        assert mnemonic(await data_api(driver, "get.account")) is None


async def test_points_are_off_unless_asked_for(control: Control) -> None:
    async with control.alone() as driver:
        assert await control.ask("GET", path_of(driver, "limits")) == (200, UNTOUCHED)
        path = path_of(driver, "limits")
        status, said = await control.ask("PATCH", path, {"limits": "on", "minute_limit": 1})
        assert (status, said["minute_limit"], said["data_api"]["minute_remaining"]) == (200, 1, 1)
        assert mnemonic(await data_api(driver, "get.account")) is None
        assert mnemonic(await data_api(driver, "get.account")) == "limit_exceeded"
        assert await control.ask("DELETE", path) == (204, None)
        assert await control.ask("GET", path) == (200, UNTOUCHED)
    async with control.alone(limits="on") as driver:
        assert (await control.ask("GET", path_of(driver, "limits")))[1]["limits"] == "on"
        await control.ask("PATCH", path_of(driver, "limits"), {"limits": "off"})
        await control.ask("DELETE", path_of(driver, "limits"))
        assert (await control.ask("GET", path_of(driver, "limits")))[1]["limits"] == "on"


async def test_the_sample_world_has_points() -> None:
    async with Stand() as stand:
        world = await create_sample_world(stand)
        assert world.telephony.limits.body()["limits"] == "on"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"limit": "on"}, "limit"),
        ({"limits": True}, "limits"),
        ({"minute_limit": 0}, "minute_limit"),
        ({"day_limit": 1.5}, "day_limit"),
        ({"day_limit": 10**9}, "day_limit"),
    ],
)
async def test_a_bad_limit_changes_nothing(control: Control, body: Any, field: str) -> None:
    async with control.alone() as driver:
        status, problem = await control.ask("PATCH", path_of(driver, "limits"), body)
        assert (status, problem["errors"][0]["path"]) == (400, field)
        assert (await control.ask("GET", path_of(driver, "limits")))[1] == UNTOUCHED
