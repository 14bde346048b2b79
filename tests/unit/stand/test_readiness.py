"""How people take calls that nobody drives, and when talk options work, on the control plane (PHONE-12)."""

from __future__ import annotations

from typing import Any

import pytest

from features.driver import Driver
from tests.unit.stand.conftest import Control

OUTSIDE = "+79161234567"


def path_of(driver: Driver, *parts: str) -> str:
    return "/".join((f"/_stand/worlds/{driver.world['id']}/telephony", *parts))


async def begun(driver: Driver, **changes: Any) -> int:
    """An employee call of Anna's, by the Call API at the address that the world names."""
    world = driver.world
    params = {
        "access_token": world["telephony"]["access_token"],
        "first_call": "employee",
        "virtual_phone_number": world["numbers"]["main"],
        "contact": OUTSIDE,
        "employee": {"id": world["people"]["anna"]["employee_id"]},
        "direction": "out",
        **changes,
    }
    body = {"jsonrpc": "2.0", "id": 1, "method": "start.employee_call", "params": params}
    async with driver.http.post(world["telephony"]["call_api_url"], json=body) as answer:
        call: int = (await answer.json())["result"]["data"]["call_session_id"]
        return call


async def test_people_who_are_ready_take_calls_by_themselves(control: Control) -> None:
    async with control.alone() as driver:
        assert await control.ask("GET", path_of(driver, "readiness")) == (200, {})
        answers = {"does": "answer", "after": 4.5, "talks": None}
        assert await control.ask("PUT", path_of(driver, "readiness", "anna"), answers) == (200, answers)
        talks = {"does": "answer", "talks": 30}
        assert (await control.ask("PUT", path_of(driver, "readiness", "contact"), talks))[0] == 200
        shy = {"does": "busy", "after": 2, "talks": None}
        assert await control.ask("PUT", path_of(driver, "readiness", "+79169999999"), shy) == (200, shy)
        known = (await control.ask("GET", path_of(driver, "readiness")))[1]
        assert known == {"+79169999999": shy, "anna": answers, "contact": {**talks, "after": 0}}
        both = [await begun(driver), await begun(driver, contact="+79169999999")]
        clock = f"/_stand/worlds/{driver.world['id']}/clock"
        assert (await control.ask("POST", clock, {"advance": 60}))[0] == 200
        calls = [(await control.ask("GET", f"/_stand/worlds/{driver.world['id']}/calls/{call}"))[1] for call in both]
        assert [(call["state"], call["talk"], call["total"], call["is_lost"]) for call in calls] == [
            ("ended", 30, 34, False),
            ("ended", 0, 6, True),
        ]
        assert await control.ask("DELETE", path_of(driver, "readiness", "anna")) == (204, None)
        assert "anna" not in (await control.ask("GET", path_of(driver, "readiness")))[1]


async def test_an_employee_who_has_no_key_is_named_by_id(control: Control) -> None:
    async with control.alone() as driver:
        anna = driver.world["people"]["anna"]["employee_id"]
        ignores = {"does": "ignore", "after": 0, "talks": None}
        assert (await control.ask("PUT", path_of(driver, "readiness", f"employee:{anna}"), ignores))[0] == 200
        assert (await control.ask("GET", path_of(driver, "readiness")))[1] == {"anna": ignores}
        assert (await control.ask("PUT", path_of(driver, "readiness", "employee:5"), ignores))[0] == 404


BAD: list[tuple[dict[str, Any], str]] = [
    ({}, "does"),
    ({"does": "sleep"}, "does"),
    ({"does": "answer", "after": -1}, "after"),
    ({"does": "answer", "talks": "long"}, "talks"),
    ({"does": "answer", "talks": -0.5}, "talks"),
    ({"does": "answer", "when": 5}, "when"),
]


@pytest.mark.parametrize(("body", "field"), BAD, ids=str)
async def test_readiness_that_cannot_be(control: Control, body: dict[str, Any], field: str) -> None:
    async with control.alone() as driver:
        status, said = await control.ask("PUT", path_of(driver, "readiness", "anna"), body)
        assert (status, [each["path"] for each in said["errors"]]) == (400, [field])
        assert (await control.ask("GET", path_of(driver, "readiness")))[1] == {}


async def test_nobody_of_that_name(control: Control) -> None:
    async with control.alone() as driver:
        for method in ("PUT", "DELETE"):
            status, said = await control.ask(method, path_of(driver, "readiness", "ana"), {"does": "answer"})
            assert status == 404
            assert "did you mean anna?" in said["detail"]
        status, said = await control.ask("PUT", path_of(driver, "readiness", "+7"), {"does": "answer"})
        assert (status, said["errors"][0]["path"]) == (400, "who")


async def test_the_seconds_in_which_talk_options_do_not_work(control: Control) -> None:
    async with control.alone() as driver:
        path = path_of(driver, "options")
        assert await control.ask("GET", path) == (200, {"block_in": 3, "block_out": 30})
        assert await control.ask("PATCH", path, {"block_out": 5}) == (200, {"block_in": 3, "block_out": 5})
        assert await control.ask("PATCH", path, {"block_in": 0}) == (200, {"block_in": 0, "block_out": 5})
        for body, field in [({"block_in": -1}, "block_in"), ({"block_out": 1.5}, "block_out"), ({"block": 1}, "block")]:
            status, said = await control.ask("PATCH", path, body)
            assert (status, said["errors"][0]["path"]) == (400, field)
        assert await control.ask("GET", path) == (200, {"block_in": 0, "block_out": 5})
