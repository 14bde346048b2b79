"""A bad request to the control plane names the field and changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from tests.unit.stand.conftest import Control

WORLD = "/_stand/worlds"


@pytest.mark.parametrize(
    ("body", "path", "says"),
    [
        ({"sede": 7}, "sede", "did you mean `seed`"),
        ({"seed": "7"}, "seed", "int"),
        ({"seed": 1_000_000}, "seed", "0 to 999999"),
        ({"clock": "fast"}, "clock", "fast"),
        ({"timezone": "Europe/Moskow"}, "timezone", "IANA"),
        ({"now": "2026-03-02"}, "now", "offset"),
        ({"name": "Плохое имя"}, "name", "lower-case"),
        ({"profile": "v5"}, "profile", "v5"),
        ({"switches": {"unknown_cals": "hold"}}, "switches.unknown_cals", "unknown_calls"),
    ],
)
async def test_a_world_that_cannot_be(control: Control, body: dict[str, Any], path: str, says: str) -> None:
    _, before = await control.ask("GET", WORLD)
    status, problem = await control.ask("POST", WORLD, body)
    assert (status, problem["errors"][0]["path"]) == (400, path)
    assert says in str(problem)
    _, after = await control.ask("GET", WORLD)
    assert before == after


RING_BEFORE_ZERO = [{"at": -1, "ring": "anna"}]
BACKWARDS = [{"at": 5, "ring": "anna"}, {"at": 4, "answer": "anna"}]


@pytest.mark.parametrize(
    ("path", "body", "field", "says"),
    [
        ("/calls", {"direction": "sideways", "from": None}, "direction", "sideways"),
        ("/calls", {"direction": "in"}, "from", "required"),
        ("/calls", {"direction": "in", "from": "+79161234567", "scirpt": []}, "scirpt", "did you mean `script`"),
        ("/calls", {"direction": "in", "from": "1", "script": RING_BEFORE_ZERO}, "script[0].at", "never goes back"),
        ("/calls", {"direction": "in", "from": "1", "script": BACKWARDS}, "script[1].at", "not before"),
        ("/calls", {"direction": "in", "from": "1", "script": [{"at": 0, "ring": "ana"}]}, "script[0].who", "anna"),
        ("/calls", {"direction": "in", "from": "1", "script": [{"at": 0}]}, "script[0]", "exactly one verb"),
        ("/calls", {"direction": "internal", "from": "olga", "to": "anna"}, "from", "an employee"),
        ("/calls", {"direction": "out", "from": "anna", "to": "nowhere"}, "to", "telephone"),
        ("/calls", {"direction": "out", "from": "anna", "to": "+79161234567", "kind": "callback"}, "kind", "click"),
        ("/calls", {"direction": "in", "from": "1", "speed": 4}, "speed", "manual clock"),
        ("/clock", {"advance": -1}, "advance", "never goes back"),
        ("/clock", {}, "", "either"),
        ("/clock", {"to": "tomorrow"}, "to", "ISO 8601"),
        ("/faults", {"target": "amocrm", "action": {"explode": True}}, "action.explode", "known keys"),
        ("/faults", {"target": "amocrm", "acton": {}}, "acton", "did you mean `action`"),
    ],
)
async def test_a_bad_body_names_the_field_and_changes_nothing(
    control: Control, path: str, body: dict[str, Any], field: str, says: str
) -> None:
    async with control.alone() as driver:
        name = driver.world["id"]
        status, problem = await control.ask("POST", f"{WORLD}/{name}{path}", body)
        assert status == 400, problem
        assert problem["errors"][0]["path"] == field
        assert says in str(problem)
        assert await control.ask("GET", f"{WORLD}/{name}/calls") == (200, {"calls": []})
        assert (await control.ask("GET", f"{WORLD}/{name}/faults"))[1] == {"faults": []}
        assert (await driver.now()).isoformat() == "2026-03-02T09:00:00+00:00"


async def test_an_illegal_verb_says_what_is_legal_and_changes_nothing(control: Control) -> None:
    async with control.alone() as driver:
        call = await driver.call_arrives("+79161234567")
        status, problem = await control.ask(
            "POST", f"{WORLD}/{driver.world['id']}/calls/{call['id']}/answer", {"who": "anna"}
        )
        assert status == 409
        assert "ring" in problem["allowed"]
        assert await driver.call(call["id"]) == call


async def test_an_unknown_verb_route_world_and_call_name_the_nearest(control: Control) -> None:
    async with control.alone(name="nearby") as driver:
        call = (await driver.call_arrives(None))["id"]
        base = f"{WORLD}/nearby"
        assert (await control.ask("POST", f"{base}/calls/{call}/anwser", {"who": "anna"}))[1]["nearest"] == "answer"
        assert (await control.ask("GET", f"{WORLD}/nearbye"))[1]["nearest"] == "nearby"
        assert (await control.ask("GET", f"{base}/calls/7"))[0] == 404
        status, problem = await control.ask("GET", f"{base}/jurnal")
        assert status == 404
        assert problem["nearest"] == "/_stand/worlds/{world}/journal"
        assert (await control.ask("GET", f"{base}/journal?knd=event"))[1]["errors"][0]["path"] == "knd"
        assert (await control.ask("PUT", f"{base}/clock", {}))[0] == 405


async def test_a_write_needs_json(control: Control) -> None:
    status, problem = await control.ask("POST", WORLD, data="seed=7")
    assert status == 415
    assert "application/json" in problem["detail"]
    status, problem = await control.ask("POST", WORLD, data="{", headers={"Content-Type": "application/json"})
    assert (status, problem["title"]) == (400, "Bad Request")


async def test_a_script_on_a_live_clock_is_refused(control: Control) -> None:
    async with control.alone(clock="live") as driver:
        body = {"direction": "in", "from": "+79161234567", "script": [{"at": 0, "ring": "anna"}]}
        status, problem = await control.ask("POST", f"{WORLD}/{driver.world['id']}/calls", body)
        assert status == 409
        assert problem["detail"].startswith("clock_is_live")
        assert (await control.ask("GET", f"{WORLD}/{driver.world['id']}/calls"))[1] == {"calls": []}


async def test_time_goes_back_for_nobody(control: Control) -> None:
    async with control.alone() as driver:
        status, problem = await control.ask(
            "POST", f"{WORLD}/{driver.world['id']}/clock", {"to": "2026-03-02T11:59:59+03:00"}
        )
        assert status == 409
        assert "never goes back" in problem["detail"]


async def test_nobody_goes_beyond_the_last_year(control: Control) -> None:
    async with control.alone(now="2150-01-01T00:00:00Z") as driver:
        path = f"{WORLD}/{driver.world['id']}"
        status, problem = await control.ask("POST", f"{path}/clock", {"advance": 3.1e9})
        assert (status, problem["errors"][0]["path"]) == (400, "advance")
        script = [{"at": 0, "ring": "anna"}, {"at": 3.1e9, "answer": "anna"}]
        body = {"direction": "in", "from": "+79161234567", "script": script}
        status, problem = await control.ask("POST", f"{path}/calls", body)
        assert (status, problem["errors"][0]["path"]) == (400, "script[1].at")
        assert await control.ask("GET", f"{path}/calls") == (200, {"calls": []})
        assert (await driver.now()).isoformat() == "2150-01-01T00:00:00+00:00"
        await driver.time_passes(timedelta(days=365))


async def test_the_fakes_serve_the_control_plane_too(control: Control) -> None:
    async with control.alone(name="everywhere") as driver:
        for base in (driver.world["amocrm"]["base_url"], driver.world["telephony"]["data_api_url"].rsplit("/", 1)[0]):
            async with control.http.get(f"{base}/_stand/worlds/everywhere") as answer:
                assert answer.status == 200
                assert (await answer.json())["id"] == "everywhere"
            async with control.http.get(f"{base}/_stand/worlds/nowhere") as answer:
                assert answer.status == 404


HUGE = "9" * 5000


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/clock", {"advance": 1e18}),
        ("POST", "/clock", {"to": "9999-12-31T23:59:59-05:00"}),
        ("POST", "/clock", {"to": "0001-01-01T00:00:00+05:00"}),
        ("POST", "/calls", {"direction": "in", "from": "1", "script": [{"at": 1e18, "ring": "anna"}]}),
        ("POST", "/calls", {"direction": "in", "from": "1", "script": [{"at": 0, "ring": []}]}),
        ("POST", "/calls", {"direction": "in", "from": "1", "to": ""}),
        ("POST", "/faults", {"target": "amocrm", "action": {"delay": -5}}),
        ("POST", "/faults", {"target": "amocrm", "action": {"delay": 1e300}}),
        ("POST", "/faults", {"target": "amocrm", "action": {"status": 99}}),
        ("POST", "/faults", {"target": "amocrm", "action": {"status": 500, "headers": {"X": "a\r\nb"}}}),
        ("POST", "/faults", {"target": "amocrm", "action": {"status": 500}, "times": 0}),
        ("GET", f"/journal?since={HUGE}", None),
        ("GET", "/journal?limit=99999999999999999999", None),
        ("GET", "/calls/99999999999999999999", None),
        ("DELETE", f"/faults/{HUGE}", None),
    ],
)
async def test_no_number_is_too_odd_to_be_refused(control: Control, method: str, path: str, body: Any) -> None:
    async with control.alone() as driver:
        status, problem = await control.ask(method, f"{WORLD}/{driver.world['id']}{path}", body)
        assert status in (400, 404), problem
        assert (await control.ask("GET", f"{WORLD}/{driver.world['id']}/calls"))[1] == {"calls": []}


@pytest.mark.parametrize("name", ["127", "0", "www", "localhost"])
async def test_a_name_that_a_host_has_anyway_is_refused(control: Control, name: str) -> None:
    status, problem = await control.ask("POST", WORLD, {"name": name})
    assert (status, problem["errors"][0]["path"]) == (400, "name"), problem
    async with control.alone(name=f"{name}a") as driver:
        assert driver.world["amocrm"]["subdomain"] == f"{name}a"


@pytest.mark.parametrize(
    "body", [{"timezone": "Europe"}, {"timezone": "x" * 5000}, {"now": "9999-12-31T23:59:59Z"}, {"name": ""}]
)
async def test_a_world_at_the_end_of_time_is_refused(control: Control, body: dict[str, Any]) -> None:
    status, problem = await control.ask("POST", WORLD, body)
    assert status == 400, problem


async def test_a_cut_before_the_first_byte_is_a_fault_too(control: Control) -> None:
    async with control.alone() as driver:
        await driver.goes_wrong(target="amocrm", action={"truncate": 0}, match={"path": "/api/v4/*"})
        with pytest.raises(aiohttp.ClientPayloadError):
            await driver._amocrm("GET", "/api/v4/account")


async def test_a_script_with_an_illegal_step_does_nothing_at_all(control: Control) -> None:
    async with control.alone() as driver:
        script = [{"at": 0, "ring": "anna"}, {"at": 8, "answer": "anna"}, {"at": 9, "answer": "boris"}]
        body = {"direction": "in", "from": "+79161234567", "script": script}
        before = await driver._control("GET", "/journal")
        status, problem = await control.ask("POST", f"{WORLD}/{driver.world['id']}/calls", body)
        assert status == 409
        assert problem["detail"].startswith("script[2] (answer)")
        assert (await control.ask("GET", f"{WORLD}/{driver.world['id']}/calls"))[1] == {"calls": []}
        assert await driver._control("GET", "/journal") == before
        assert (await driver.now()).isoformat() == "2026-03-02T09:00:00+00:00"
        played = await driver._control("POST", "/calls", {**body, "script": script[:2]})
        assert played["id"] % 100_000 == 1, "the rehearsal took no id"
