"""Whole days of scripts, on a manual and on a live clock, by the control plane and by `amostand call`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from emulator.core.errors import BadRequest
from emulator.stand.calling import Wanted, call, read_script, seconds_in
from emulator.stand.cli import main
from tests.unit.stand.conftest import Control

EXAMPLES = Path(__file__).parents[3] / "examples"

FIRST = {
    "direction": "in",
    "from": "+79161234567",
    "script": [{"at": 1, "ring": "anna"}, {"at": 5, "answer": "anna"}, {"at": 65, "hangup": "contact"}],
}
SECOND = {
    "at": 10,
    "direction": "in",
    "from": "+79162223344",
    "script": [{"at": 0, "ring": "boris"}, {"at": 20, "answer": "boris"}, {"at": 30, "hangup": "boris"}],
}


def wanted(control: Control, world: str, **other: Any) -> Wanted:
    given: dict[str, Any] = {"from_": None, "to": None, "script": None, "speed": None, "as_json": False, **other}
    return Wanted(control.url, world, **given)


async def said(control: Control, world: str, **other: Any) -> list[str]:
    lines: list[str] = []
    await call(wanted(control, world, **other), lines.append)
    return lines


async def test_calls_of_a_day_overlap(control: Control) -> None:
    async with control.alone() as driver:
        status, day = await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/days", {"calls": [FIRST, SECOND]})
        assert status == 201, day
        assert [(each["wait"], each["talk"], each["first_answered"]) for each in day["calls"]] == [
            (5, 60, "anna"),
            (20, 10, "boris"),
        ]
        first, second = day["calls"]
        assert first["started_at"] < second["started_at"] < second["ended_at"] < first["ended_at"]


@pytest.mark.parametrize(
    ("change", "path", "says"),
    [
        ({"script": [{"at": 0, "answer": "anna"}]}, None, "calls[1]: script[0] (answer)"),
        ({"visitor": "ivan"}, "calls[1].visitor", "an earlier visit"),
        ({"script": [{"at": 0, "ring": "ana"}]}, "calls[1].script[0].who", "did you mean anna"),
        ({"to": "+74950000000"}, "calls[1].to", "a virtual number"),
        ({"at": -1}, "calls[1].at", "never goes back"),
        ({"speed": 3, "extra": 1}, "calls[1].extra", "known keys"),
    ],
)
async def test_a_day_is_refused_whole(control: Control, change: dict[str, Any], path: str | None, says: str) -> None:
    async with control.alone() as driver:
        before = await driver.now()
        body = {"calls": [FIRST, {**SECOND, **change}]}
        status, problem = await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/days", body)
        assert status in (400, 409), problem
        assert says in str(problem)
        assert path is None or [error["path"] for error in problem["errors"]] == [path]
        calls = await control.ask("GET", f"/_stand/worlds/{driver.world['id']}/calls")
        assert calls == (200, {"calls": []})
        assert await driver.now() == before


async def test_a_script_on_a_live_clock_takes_a_part_of_its_time(control: Control) -> None:
    async with control.alone(clock="live") as driver:
        url = f"/_stand/worlds/{driver.world['id']}"
        loop = asyncio.get_running_loop()
        before = loop.time()
        status, made = await control.ask("POST", f"{url}/calls", {**FIRST, "speed": 500})
        assert status == 201, made
        assert 0.13 <= loop.time() - before < 2
        assert (made["wait"], made["talk"], made["total"]) == (5, 60, 65), "the figures are the script's"
        status, day = await control.ask("POST", f"{url}/days", {"calls": [FIRST, SECOND], "speed": 1000})
        assert status == 201, day
        assert [(each["wait"], each["talk"]) for each in day["calls"]] == [(5, 60), (20, 10)]
        status, problem = await control.ask("POST", f"{url}/calls", FIRST)
        assert (status, "clock_is_live" in problem["detail"]) == (409, True)
        status, problem = await control.ask("POST", f"{url}/calls", {**FIRST, "speed": 0.5})
        assert [error["path"] for error in problem["errors"]] == ["speed"]


async def test_a_visitor_calls_the_number_that_the_visit_sees_and_sends_a_form(control: Control) -> None:
    async with control.alone() as driver:
        day = {
            "visits": [{"at": 0, "visitor": "ivan", "utm": {"source": "yandex"}, "search_query": "окна"}],
            "forms": [{"at": 120, "visitor": "ivan", "name": "Иван", "phone": "+79161234567"}],
            "calls": [{**FIRST, "at": 30, "visitor": "ivan"}, {**SECOND, "at": 40}],
        }
        status, made = await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/days", day)
        assert status == 201, made
        assert [call["to"] for call in made["calls"]] == [driver.number("tracked"), driver.number("main")]
        (form,) = made["forms"]
        rows = {row["id"]: row for row in await driver._report("get.communications_report")}
        assert rows[made["calls"][0]["communication_id"]]["visitor_session_id"] == made["visits"][0]["id"]
        assert rows[form["communication_id"]]["visitor_session_id"] == made["visits"][0]["id"]


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ({"visits": [{"at": 0, "site": "okna"}]}, "visits[0].site"),
        ({"visits": [{"at": -1}]}, "visits[0].at"),
        ({"forms": [{"at": 0, "phone": "nowhere"}]}, "forms[0].phone"),
        ({"forms": [{"at": 5, "visitor": "ivan"}], "visits": [{"at": 6, "visitor": "ivan"}]}, "forms[0].visitor"),
        ({}, "calls"),
    ],
)
async def test_visits_and_forms_of_a_day_are_checked_too(control: Control, part: dict[str, Any], path: str) -> None:
    async with control.alone() as driver:
        url = f"/_stand/worlds/{driver.world['id']}"
        status, problem = await control.ask("POST", f"{url}/days", part)
        assert (status, [error["path"] for error in problem["errors"]]) == (400, [path])
        assert await control.ask("GET", f"{url}/visits") == (200, {"visits": []})


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
async def test_each_example_ends_all_of_its_calls(control: Control, example: Path) -> None:
    async with control.world() as driver:
        lines = await said(control, driver.world["id"], script=example)
        calls = [each for each in lines if "  call " in each]
        assert len(calls) == len(read_script(example)["calls"])  # type: ignore[call-overload]
        assert all("answered" in each or "lost after" in each for each in calls), lines


async def test_a_call_is_placed_and_told(control: Control, tmp_path: Path) -> None:
    file = tmp_path / "call.yaml"
    file.write_text("- {at: 0:01, ring: anna}\n- {at: 0:09, answer: anna}\n- {at: 1:09, hangup: contact}\n")
    async with control.alone() as driver:
        name = driver.world["id"]
        (line,) = await said(control, name, from_="+79161234567", script=file)
        assert line.startswith("12:00:00  call ")
        assert line.endswith("+79161234567 → main  answered by anna after 9 s, talked 60 s")
        click = tmp_path / "click.yaml"
        click.write_text("- {at: 3, answer: anna}\n- {at: 8, answer: contact}\n- {at: 20, hangup: anna}\n")
        (line,) = await said(control, name, from_="anna", to="+79165550001", script=click)
        assert line.endswith("anna → +79165550001  answered after 8 s, talked 12 s")
        line, hint = await said(control, name, from_="anna", to="+79165550001")
        assert line.endswith("anna → +79165550001  ringing")
        assert "Drive it by its verbs" in hint
        (line, _) = await said(control, name, from_="anna", to="boris")
        assert line.endswith("anna → boris  ringing")
        (body,) = await said(control, name, from_="hidden", script=file, as_json=True)
        assert '"from":null' in body


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({}, "say who calls"),
        ({"from_": "1", "speed": 3.0}, "--speed is for live worlds"),
        ({"from_": "nobody"}, "from: expected a telephone number"),
        ({"script": EXAMPLES / "sales_rush.yaml", "from_": "+79161234567"}, "a whole day"),
    ],
)
async def test_what_the_command_refuses(control: Control, other: dict[str, Any], says: str) -> None:
    async with control.alone() as driver:
        with pytest.raises(Exception, match=says):
            await said(control, driver.world["id"], **other)


@pytest.mark.parametrize(("text", "seconds"), [("5", 5), ("0:05", 5), ("1:30", 90), ("1:00:00.5", 3600.5)])
def test_times_of_scripts(text: str, seconds: float) -> None:
    assert seconds_in(text) == seconds


@pytest.mark.parametrize("text", ["soon", "1:2:3:4", ""])
def test_times_that_are_none(text: str) -> None:
    with pytest.raises(BadRequest):
        seconds_in(text)


@pytest.mark.parametrize(("text", "says"), [("- {", "no YAML"), ("5", "neither"), ("[]", "neither")])
def test_a_file_that_is_no_script_is_named(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(text)
    ran = CliRunner().invoke(main, ["call", "--script", str(file)])
    assert ran.exit_code == 1
    assert "odd.yaml" in ran.output
    assert says in ran.output


def test_no_stand_is_said_in_words() -> None:
    ran = CliRunner().invoke(main, ["call", "--stand", "http://127.0.0.1:9", "--from", "+79161234567"])
    assert (ran.exit_code, "start one with" in ran.output) == (1, True)
