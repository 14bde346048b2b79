"""The cast of a world keeps its people, whatever becomes of them in the telephony."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp

from features.driver import Driver
from tests.unit.stand.conftest import Control
from tests.unit.stand.test_data_folder import found, made, stand_on
from tests.unit.stand.test_forks import forked


async def data_api(driver: Driver, method: str, **params: Any) -> Any:
    """The data of a result."""
    telephony = driver.world["telephony"]
    given = {"access_token": telephony["access_token"], **params}
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": given}
    return (await driver._json("POST", telephony["data_api_url"], body))["result"]["data"]


def employee_ids(driver: Driver) -> dict[str, int | None]:
    return {key: person["employee_id"] for key, person in driver.world["people"].items()}


async def test_a_fork_knows_who_is_who_although_somebody_was_dismissed(control: Control) -> None:
    async with control.alone() as driver:
        await data_api(driver, "delete.employees", id=employee_ids(driver)["anna"])
        async with forked(control, driver) as fork:
            assert employee_ids(fork) == employee_ids(driver)
            script = [{"at": 0, "ring": "boris"}]
            call = await fork._control("POST", "/calls", {"direction": "in", "from": None, "script": script})
            assert [leg["who"] for leg in call["legs"]] == ["contact", "boris"]


async def test_a_kept_world_opens_again_although_somebody_was_dismissed(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    async with stand_on(tmp_path, http) as (_, control):
        driver = await made(control, name="kept")
        await data_api(driver, "delete.employees", id=employee_ids(driver)["viktor"])
        await data_api(driver, "create.employees", last_name="Новая")
    async with stand_on(tmp_path, http) as (stand, control):
        assert stand.damaged == {}
        assert employee_ids(await found(control, "kept")) == employee_ids(driver)


async def test_an_employee_who_was_hired_later_is_named_by_the_id(control: Control) -> None:
    async with control.alone() as driver:
        phones = [{"phone_number": "79990000109"}]
        hired = (await data_api(driver, "create.employees", last_name="Новая", phone_numbers=phones))["id"]
        script = [
            {"at": 0, "ring": ["anna", f"{hired}"]},
            {"at": 5, "answer": f"{hired}"},
            {"at": 9, "hangup": f"{hired}"},
        ]
        call = await driver._control("POST", "/calls", {"direction": "in", "from": "+79161234567", "script": script})
        assert call["first_answered"] == f"{hired}"
        assert [leg["who"] for leg in call["legs"]] == ["contact", "anna", f"{hired}"]
        heard = await driver._control("GET", f"/calls/{call['id']}/recording")
        assert set(heard["speakers"]) == {"contact", f"{hired}"}
        await driver._control("POST", "/calls", {"direction": "out", "from": f"{hired}", "to": "+79035556677"})
        form = await driver._control("POST", "/forms", {"phone": "+79161234567"})
        body = {"status": "processed", "by": f"{hired}"}
        assert (await driver._control("PATCH", f"/forms/{form['id']}", body))["by"] == f"{hired}"


async def test_an_id_that_nobody_has_is_refused(control: Control) -> None:
    async with control.alone() as driver:
        for body, path in (
            ({"direction": "out", "from": "5", "to": "+79035556677"}, "from"),
            ({"direction": "internal", "from": "anna", "to": "5"}, "to"),
            ({"direction": "in", "from": None, "script": [{"at": 0, "ring": "5"}]}, "who"),
        ):
            status, said = await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/calls", body)
            assert (status, said["errors"][0]["path"]) == (400, path)
