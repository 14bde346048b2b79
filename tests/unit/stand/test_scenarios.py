"""Scenarios and call details over the control plane."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from features.driver import Driver
from tests.unit.stand.conftest import Control

DAY: dict[str, Any] = {
    "numbers": ["main"],
    "first": "hello",
    "operations": {
        "hello": {"greeting": {"seconds": 4}, "next": "keys"},
        "keys": {"menu": {"wait": 5}, "exits": {"1": "sales", "wait": "mail"}},
        "sales": {"employees": ["anna", "boris"], "exits": {"failed": "mail"}},
        "mail": {"voice_mail": {}},
    },
}
CONTACT = "+79161234567"


@dataclass
class Pbx:
    """The scenarios of one world."""

    control: Control
    driver: Driver

    @property
    def path(self) -> str:
        return f"/_stand/worlds/{self.driver.world['id']}"

    async def put(self, document: Any, name: str = "day") -> tuple[int, Any]:
        return await self.control.ask("PUT", f"{self.path}/scenarios/{name}", document)

    async def get(self, what: str) -> Any:
        status, answer = await self.control.ask("GET", f"{self.path}{what}")
        assert status == 200, answer
        return answer


@pytest.fixture
def pbx(control: Control, loop: Any) -> Any:
    world = control.world()
    yield Pbx(control, loop.run_until_complete(world.__aenter__()))
    loop.run_until_complete(world.__aexit__(None, None, None))


async def test_a_scenario_is_written_and_read_by_keys(pbx: Pbx) -> None:
    status, stored = await pbx.put(DAY)
    assert (status, stored["name"], stored["numbers"], stored["first"]) == (200, "day", ["main"], "hello")
    assert stored["operations"]["sales"] == {
        "employees": {
            "who": ["anna", "boris"],
            "how": "together",
            "dial_time": None,
            "check_busy": True,
            "queue": None,
        },
        "exits": {"failed": "mail"},
    }
    assert await pbx.get("/scenarios/day") == stored
    assert (await pbx.get("/scenarios"))["scenarios"] == [stored]
    again = {key: stored[key] for key in ("numbers", "first", "operations")}
    assert await pbx.put(again) == (200, stored)
    assert await pbx.control.ask("DELETE", f"{pbx.path}/scenarios/day") == (204, None)
    status, refused = await pbx.control.ask("GET", f"{pbx.path}/scenarios/day")
    assert (status, refused["detail"]) == (404, "no scenario day")


async def test_the_editor_offers_kinds_with_their_parameters(pbx: Pbx) -> None:
    """PM-01.b, UI-03"""
    kinds = {each["kind"]: each for each in (await pbx.get("/scenarios"))["kinds"]}
    assert kinds["personal_manager"] == {
        "kind": "personal_manager",
        "title": "Переадресация на персонального менеджера из CRM",
        "mnemonic": None,
        "action_type_id": None,
        "settings": {"wait": 3, "respect_status": False},
        "exits": ["failed"],
        "labels": {
            "wait": "Время ожидания",
            "respect_status": "Учитывать статус персонального менеджера",
            "failed": "Переадресация не удалась",
        },
    }
    assert (kinds["menu"]["title"], kinds["menu"]["action_type_id"]) == ("Меню", 4)
    assert kinds["greeting"]["settings"] == {"seconds": None, "message": None}


@pytest.mark.parametrize(
    ("changes", "path", "expected"),
    [
        ({"numbers": ["mian"]}, "numbers[0]", "a virtual number"),
        ({"operations": {"hello": {"employees": ["ana"]}}}, "operations.hello.employees.who[0]", "did you mean anna"),
        ({"operations": {"hello": {"employees": {"who": ["olga"]}}}}, "operations.hello.employees.who[0]", "anna"),
        ({"operations": {"hello": {"employees": {"who": "anna"}}}}, "operations.hello.employees.who", "array"),
        ({"operations": {"hello": {"menu": {"wait": 0}}}}, "operations.hello.menu.wait", "> 0"),
        ({"operations": 5}, "operations", "object"),
    ],
)
async def test_a_bad_scenario_is_refused_whole(pbx: Pbx, changes: Any, path: str, expected: str) -> None:
    status, refused = await pbx.put({**DAY, **changes})
    assert (status, refused["errors"][0]["path"]) == (400, path)
    assert expected in refused["errors"][0]["expected"]
    assert (await pbx.get("/scenarios"))["scenarios"] == []


async def test_no_json_and_no_object(pbx: Pbx) -> None:
    assert (await pbx.put([]))[0] == 400
    status, _ = await pbx.control.ask(
        "PUT", f"{pbx.path}/scenarios/day", data=b"{", headers={"Content-Type": "application/json"}
    )
    assert status == 400


async def test_a_call_follows_the_scenario_and_its_details_say_how(pbx: Pbx) -> None:
    await pbx.put(DAY)
    call = (await pbx.driver.call_arrives(CONTACT))["id"]
    await pbx.driver.time_passes(timedelta(seconds=9))
    seen = await pbx.driver.call(call)
    assert seen["state"] == "voice_mail"
    await pbx.driver.hangs_up(call)
    scenario = await pbx.get("/scenarios/day")
    details = await pbx.get(f"/calls/{call}/details")
    assert (details["id"], details["scenario"]) == (call, {"id": scenario["id"], "name": "day"})
    assert [(each["name"], each["title"], each["exit"], each["reason"]) for each in details["operations"]] == [
        ("hello", "Проигрывание сообщения", "next", None),
        ("keys", "Меню", "wait", None),
        ("mail", "Голосовая почта", None, "subscriber_disconnects"),
    ]
    assert details["operations"][1]["entered_at"] == "2026-03-02T09:00:04+00:00"


async def test_the_built_in_integration_names_no_manager_yet(pbx: Pbx) -> None:
    operations = {
        "manager": {"personal_manager": {"wait": 3}, "exits": {"failed": "sales"}},
        "sales": {"employees": {"who": ["viktor", "anna"], "how": "in_order"}},
    }
    await pbx.put({"numbers": ["main"], "first": "manager", "operations": operations})
    call = (await pbx.driver.call_arrives(CONTACT))["id"]
    manager, sales = (await pbx.get(f"/calls/{call}/details"))["operations"]
    assert (manager["exit"], manager["reason"], manager["manager"]["status"]) == ("failed", "error", 404)
    rung = {"who": "viktor", "number": "100103", "result": "rings", "at": "2026-03-02T09:00:00+00:00"}
    assert [{key: each[key] for key in rung} for each in sales["dialled"]] == [rung]


async def test_a_call_without_a_scenario_has_no_operations(pbx: Pbx) -> None:
    call = (await pbx.driver.call_arrives(CONTACT))["id"]
    assert await pbx.get(f"/calls/{call}/details") == {"id": call, "scenario": None, "operations": []}
    for unknown in ("5", "x"):
        assert (await pbx.control.ask("GET", f"{pbx.path}/calls/{unknown}/details"))[0] == 404


async def test_snapshot_and_fork_have_scenarios_and_calls_in_them(pbx: Pbx) -> None:
    await pbx.put(DAY)
    call = (await pbx.driver.call_arrives(CONTACT))["id"]
    await pbx.driver.time_passes(timedelta(seconds=3))
    assert (await pbx.control.ask("POST", f"{pbx.path}/snapshots/before"))[0] == 201
    status, fork = await pbx.control.ask("POST", f"{pbx.path}/fork")
    assert status == 201, fork
    await pbx.driver.time_passes(timedelta(seconds=6))
    assert (await pbx.driver.call(call))["state"] == "voice_mail"
    assert (await pbx.control.ask("POST", f"{pbx.path}/snapshots/before/restore"))[0] == 200
    paths = (pbx.path, f"/_stand/worlds/{fork['id']}")
    for path in paths:
        await pbx.control.ask("POST", f"{path}/clock", {"advance": 1})
        operations = (await pbx.control.ask("GET", f"{path}/calls/{call}/details"))[1]["operations"]
        assert [each["name"] for each in operations] == ["hello", "keys"]
    assert (await pbx.control.ask("DELETE", paths[1]))[0] == 204


async def test_a_script_is_not_led_by_the_scenario_of_its_number(control: Control) -> None:
    async with control.alone() as driver:
        url = f"/_stand/worlds/{driver.world['id']}"
        rings = {"numbers": ["main"], "first": "sales", "operations": {"sales": {"employees": ["anna"]}}}
        assert (await control.ask("PUT", f"{url}/scenarios/Sales", rings))[0] == 200
        script = [{"at": 0, "ring": "anna"}, {"at": 200, "answer": "anna"}, {"at": 210, "hangup": "contact"}]
        call = {"direction": "in", "from": "+79161234567"}
        status, scripted = await control.ask("POST", f"{url}/calls", {**call, "script": script})
        assert (status, scripted["wait"], scripted["first_answered"]) == (201, 200, "anna")
        status, led = await control.ask("POST", f"{url}/calls", call)
        assert (status, led["state"]) == (201, "ringing")


async def test_who_drives_a_call_from_then_on_is_in_no_hurry(control: Control) -> None:
    async with control.alone() as driver:
        url = f"/_stand/worlds/{driver.world['id']}"
        rings = {"numbers": ["main"], "first": "sales", "operations": {"sales": {"employees": ["anna"]}}}
        await control.ask("PUT", f"{url}/scenarios/Sales", rings)
        call = await driver.call_arrives("+79161234567")
        await driver.rings(call["id"], "boris")
        await driver.time_passes(timedelta(hours=1))
        legs = {leg["who"]: leg["state"] for leg in (await driver.call(call["id"]))["legs"]}
        assert legs == {"contact": "waiting", "anna": "ringing", "boris": "ringing"}
