"""People's numbers and statuses, SIP lines and virtual numbers on the control plane."""

from __future__ import annotations

from typing import Any

import pytest

from features.driver import Driver
from tests.unit.stand.conftest import Control

SIP, MOBILE = "100101", "+79990000101"


def path_of(driver: Driver, rest: str) -> str:
    return f"/_stand/worlds/{driver.world['id']}/telephony/{rest}"


async def data_api(driver: Driver, method: str, **params: Any) -> Any:
    telephony = driver.world["telephony"]
    given = {"access_token": telephony["access_token"], **params}
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": given}
    async with driver.http.post(telephony["data_api_url"], json=body) as answer:
        return await answer.json()


async def numbers(control: Control, driver: Driver, key: str = "anna") -> list[tuple[str, bool]]:
    _, said = await control.ask("GET", path_of(driver, "people"))
    return [(each["number"], each["active"]) for each in said["people"][key]["numbers"]]


async def legs_after(driver: Driver, script: list[dict[str, Any]]) -> list[str | None]:
    """The numbers that were dialled in a call of this script."""
    body = {"direction": "in", "from": "+79161234567", "script": script}
    async with driver.http.post(f"{driver.control}/calls", json=body) as answer:
        call = await answer.json()
    return [leg["number"] for leg in call["legs"] if leg["who"] == "anna"]


async def test_the_default_cast_at_its_desks(control: Control) -> None:
    async with control.alone() as driver:
        _, said = await control.ask("GET", path_of(driver, "people"))
        assert list(said["people"]) == ["anna", "boris", "viktor"]
        assert said["people"]["anna"] == {
            "employee_id": driver.world["people"]["anna"]["employee_id"],
            "name": "Иванова Анна",
            "status": "available",
            "extension": None,
            "call_recording": "all",
            "groups": [],
            "numbers": [
                {"number": SIP, "protocol": "SIP", "active": True, "dial_time": 60, "registered": True},
                {"number": MOBILE, "protocol": "PSTN", "active": True, "dial_time": 60, "registered": True},
            ],
        }
        _, said = await control.ask("GET", path_of(driver, "lines"))
        shown = [(line["login"], line["who"], line["registered"], line["number"]) for line in said["lines"]]
        main = driver.world["numbers"]["main"]
        assert shown == [(f"10010{n}", who, True, main) for n, who in enumerate(("anna", "boris", "viktor"), 1)]


async def test_numbers_are_set_as_a_whole_in_their_order(control: Control) -> None:
    async with control.alone() as driver:
        path = path_of(driver, "people/anna")
        wanted = [{"number": "8 999 000-01-01", "dial_time": 7}, "100109", {"number": SIP, "active": False}]
        status, said = await control.ask("PATCH", path, {"numbers": wanted})
        assert (status, said["numbers"][0]["dial_time"]) == (200, 7)
        assert await numbers(control, driver) == [(MOBILE, True), ("100109", True), (SIP, False)]
        world = await driver._control("GET", "")
        assert world["people"]["anna"]["numbers"] == [MOBILE, "100109", SIP]
        [line] = (
            await data_api(
                driver, "get.sip_lines", filter={"field": "phone_number", "operator": "=", "value": "100109"}
            )
        )["result"]["data"]
        assert (line["physical_state"], line["type"]) == ("Зарегистрирован", "in_out")
        script = [{"at": 0, "ring": "anna"}, {"at": 1, "decline": "anna"}, {"at": 2, "decline": "anna"}]
        assert await legs_after(driver, script) == [MOBILE, "100109"]
        await control.ask("PATCH", path, {"numbers": [SIP]})
        assert await numbers(control, driver) == [(SIP, False)]
        await control.ask("PATCH", path, {"numbers": ["100109", {"number": SIP, "active": True}]})
        assert await numbers(control, driver) == [("100109", True), (SIP, True)]
        await control.ask("PATCH", path, {"numbers": []})
        assert await numbers(control, driver) == []


async def test_a_status_an_extension_and_what_is_recorded(control: Control) -> None:
    async with control.alone() as driver:
        path = path_of(driver, "people/boris")
        changes = {"status": "do_not_disturb", "extension": "102", "call_recording": "in"}
        status, said = await control.ask("PATCH", path, changes)
        assert (status, {key: said[key] for key in changes}) == (200, changes)
        row = (await data_api(driver, "get.employees"))["result"]["data"][1]
        assert (row["status"], row["call_recording"]) == ("do_not_disturb", "in")
        assert row["extension"]["extension_phone_number"] == "102"
        status, said = await control.ask("PATCH", path_of(driver, "people/anna"), {"extension": "102"})
        assert (status, said["errors"][0]["path"]) == (400, "extension")
        assert (await control.ask("PATCH", path, {"extension": "102"}))[0] == 200
        assert (await control.ask("PATCH", path, {"extension": None}))[1]["extension"] is None


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({"status": "brake"}, "status", "did you mean break?"),
        ({"numbres": []}, "numbres", "did you mean `numbers`?"),
        ({"numbers": ["mobile"]}, "numbers[0]", "a telephone number"),
        ({"numbers": [SIP, {"number": "mobile"}]}, "numbers[1].number", "a telephone number"),
        ({"numbers": [SIP, SIP]}, "numbers[1]", "each number once"),
        ({"numbers": [MOBILE, "8 999 000 01 01"]}, "numbers[1]", "each number once"),
        ({"numbers": ["100102"]}, "numbers[0]", "nobody else has"),
        ({"numbers": [{"number": SIP, "dial_time": 0}]}, "numbers[0].dial_time", ">= 1"),
        ({"numbers": [{"number": SIP, "on": True}]}, "numbers[0].on", "known keys"),
        ({"numbers": ["100201"] * 11}, "numbers", "length"),
        ({"extension": "123456"}, "extension", "regex"),
        ({"call_recording": "none"}, "call_recording", "one of all, in, off, out"),
        ({"status": "break", "numbers": [MOBILE, "x"]}, "numbers[1]", "a telephone number"),
    ],
)
async def test_a_bad_change_of_a_person_changes_nothing(control: Control, body: Any, field: str, says: str) -> None:
    async with control.alone() as driver:
        before = await control.ask("GET", path_of(driver, "people"))
        status, problem = await control.ask("PATCH", path_of(driver, "people/anna"), body)
        assert status == 400, problem
        assert problem["errors"][0]["path"] == field
        assert says in str(problem)
        assert await control.ask("GET", path_of(driver, "people")) == before
        assert len((await control.ask("GET", path_of(driver, "lines")))[1]["lines"]) == 3


async def test_a_line_off_the_hook_and_locked(control: Control) -> None:
    async with control.alone() as driver:
        path = path_of(driver, f"lines/{SIP}")
        tracked = driver.world["numbers"]["tracked"]
        changes = {"registered": False, "billing_state": "limit_lock", "outgoing_allowed": False, "record": False}
        status, said = await control.ask("PATCH", path, {**changes, "number": "tracked"})
        assert (status, {key: said[key] for key in changes}) == (200, changes)
        assert (said["number"], said["registered_at"], said["who"]) == (tracked, None, "anna")
        row = (await data_api(driver, "get.sip_lines"))["result"]["data"][0]
        assert (row["physical_state"], row["billing_state"], row["type"]) == ("Не зарегистрирован", "limit_lock", "in")
        status, said = await control.ask("PATCH", path, {"registered": True, "number": None})
        assert (said["registered_at"], said["number"]) == ("2026-03-02T09:00:00+00:00", None)
        await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/clock", {"advance": 60})
        status, said = await control.ask("PATCH", path, {"registered": True, "number": tracked})
        assert (said["registered_at"], said["number"]) == ("2026-03-02T09:00:00+00:00", tracked)


async def test_what_is_not_recorded(control: Control) -> None:
    async with control.alone() as driver:
        status, said = await control.ask("PATCH", path_of(driver, "numbers/main"), {"record": False})
        number = driver.world["numbers"]["main"]
        assert (status, said["number"], said["record"]) == (200, number, False)
        script = [{"at": 0, "ring": "anna"}, {"at": 1, "answer": "anna"}, {"at": 9, "hangup": "anna"}]
        body = {"direction": "in", "from": "+79161234567", "script": script}
        status, call = await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/calls", body)
        assert (status, call["recording"]) == (201, None)
        await control.ask("PATCH", path_of(driver, f"numbers/{number}"), {"record": True})
        status, call = await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/calls", body)
        assert call["recording"] is not None


@pytest.mark.parametrize(
    ("path", "near"),
    [("people/anne", "anna"), ("people/olga", None), ("lines/100201", "100101"), ("numbers/mian", "main")],
)
async def test_an_unknown_key_names_the_nearest(control: Control, path: str, near: str | None) -> None:
    async with control.alone() as driver:
        body = {"record": True} if path.startswith("numbers") else {}
        status, problem = await control.ask("PATCH", path_of(driver, path), body)
        assert (status, problem["nearest"]) == (404, near)
        assert near is None or f"did you mean {near}?" in problem["detail"]


async def test_who_came_later_is_named_by_the_id(control: Control) -> None:
    async with control.alone() as driver:
        created = (await data_api(driver, "create.employees", last_name="Орлов"))["result"]["data"]["id"]
        status, said = await control.ask("PATCH", path_of(driver, f"people/{created}"), {"numbers": ["100500"]})
        assert (status, said["name"]) == (200, "Орлов")
        anna = driver.world["people"]["anna"]["employee_id"]
        status, said = await control.ask("PATCH", path_of(driver, f"people/{anna}"), {})
        assert (status, said["employee_id"]) == (200, anna)
        await data_api(driver, "delete.employees", id=anna)
        assert (await control.ask("PATCH", path_of(driver, "people/anna"), {}))[0] == 404
        assert (await control.ask("GET", path_of(driver, "lines")))[1]["lines"][0]["who"] is None


async def test_a_snapshot_and_a_fork_have_it_all(control: Control) -> None:
    async with control.alone() as driver:
        world = f"/_stand/worlds/{driver.world['id']}"
        await control.ask("PATCH", path_of(driver, f"lines/{SIP}"), {"registered": False})
        assert (await control.ask("POST", f"{world}/snapshots/before"))[0] in (200, 201)
        await control.ask("PATCH", path_of(driver, "people/anna"), {"numbers": ["100500"], "status": "break"})
        await control.ask("POST", f"{world}/snapshots/before/restore")
        assert await numbers(control, driver) == [(SIP, True), (MOBILE, True)]
        lines = (await control.ask("GET", path_of(driver, "lines")))[1]["lines"]
        assert (lines[0]["registered"], len(lines)) == (False, 3)
        status, fork = await control.ask("POST", f"{world}/fork")
        try:
            _, said = await control.ask("GET", f"/_stand/worlds/{fork['id']}/telephony/lines")
            assert (status, said["lines"]) == (201, lines)
            assert fork["telephony"]["password"] == driver.world["telephony"]["password"]
        finally:
            await control.ask("DELETE", f"/_stand/worlds/{fork['id']}")
