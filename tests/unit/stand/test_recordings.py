"""Recordings on the control plane: what is in them, when they are there, and copies of worlds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from features.driver import Driver, Refused
from tests.unit.stand.conftest import Control
from tests.unit.stand.test_forks import forked
from tests.unit.stand.test_snapshots import CALLER, a_call, restored, taken

SECOND = timedelta(seconds=1)


async def a_call_handed_over(driver: Driver) -> int:
    """Anna talks for 40 s and Boris, 20 s later, for 60 s."""
    script: list[dict[str, Any]] = [
        {"at": 0, "ring": "anna"},
        {"at": 5, "answer": "anna"},
        {"at": 45, "transfer": {"by": "anna", "to": "boris"}},
        {"at": 65, "answer": "boris"},
        {"at": 125, "hangup": "contact"},
    ]
    call = await driver._control("POST", "/calls", {"direction": "in", "from": CALLER, "script": script})
    return int(call["id"])


async def test_what_is_heard_in_a_recording(control: Control) -> None:
    async with control.alone() as driver:
        call = await a_call_handed_over(driver)
        said = await driver.recording(call)
        assert said["link"] == (await driver.call(call))["recording"]
        assert said["ready_at"] == (await driver.call(call))["ended_at"]
        assert said["seconds"] == 100
        assert said["segments"] == [
            {"who": ["contact", "anna"], "from": 0, "to": 40},
            {"who": ["contact", "boris"], "from": 40, "to": 100},
        ]
        assert set(said["speakers"]) == {"contact", "anna", "boris"}
        assert len(set(said["speakers"].values())) == 3
        heard = [({"contact", "anna"}, 40), ({"contact", "boris"}, 60)]
        assert await driver.hears(call) == heard
        assert await driver.hears(call, said["first_employee_link"]) == heard[:1]
        with pytest.raises(Refused, match="404"):
            await driver.hears(call, said["link"][:-1])


async def test_no_recording(control: Control) -> None:
    async with control.alone() as driver:
        call = int((await driver.call_arrives(CALLER))["id"])
        nothing = {"link": None, "first_employee_link": None, "ready_at": None}
        assert await driver.recording(call) == {**nothing, "seconds": 0, "speakers": {}, "segments": []}
        assert await driver.hears(call) == []
        path = f"/_stand/worlds/{driver.world['id']}/calls"
        for unknown in (call + 1, "one", "9" * 5000):
            assert (await control.ask("GET", f"{path}/{unknown}/recording"))[0] == 404


async def test_files_come_later_when_they_are_told_to(control: Control) -> None:
    async with control.alone() as driver:
        path = f"/_stand/worlds/{driver.world['id']}/recordings"
        assert await control.ask("GET", path) == (200, {"recording_delay": 0})
        assert await control.ask("PATCH", path, {"recording_delay": 30.5}) == (200, {"recording_delay": 30.5})
        assert await control.ask("PATCH", path, {}) == (200, {"recording_delay": 30.5})
        call = await a_call(driver)
        with pytest.raises(Refused, match="not ready yet"):
            await driver.hears(call)
        await taken(driver)
        await driver.recordings_take(timedelta())
        for _ in range(2):
            await driver.time_passes(30 * SECOND)
            with pytest.raises(Refused, match="not ready yet"):
                await driver.hears(call)
            await driver.time_passes(SECOND / 2)
            assert await driver.hears(call) == [({"contact", "anna"}, 30)]
            announced = await driver._control("GET", f"/journal?kind=change&subject=call:{call}")
            assert announced["entries"][-1]["data"]["verb"] == "record_ready"
            await restored(driver)
        assert await control.ask("GET", path) == (200, {"recording_delay": 30.5})


@pytest.mark.parametrize("delay", [-1, 1e12, "soon", None, True])
async def test_a_delay_that_is_none_is_refused(control: Control, delay: Any) -> None:
    async with control.alone() as driver:
        path = f"/_stand/worlds/{driver.world['id']}/recordings"
        status, said = await control.ask("PATCH", path, {"recording_delay": delay})
        assert (status, said["errors"][0]["path"]) == (400, "recording_delay")
        status, said = await control.ask("PATCH", path, {"recording_delays": 1})
        assert (status, said["nearest"]) == (400, "recording_delay")
        assert await control.ask("GET", path) == (200, {"recording_delay": 0})


async def test_a_fork_has_the_recordings_of_its_origin(control: Control) -> None:
    async with control.alone() as origin:
        call = await a_call_handed_over(origin)
        async with forked(control, origin) as fork:
            assert (await fork.recording(call))["link"] != (await origin.recording(call))["link"]
            assert await fork.hears(call) == await origin.hears(call)
            assert (await fork.recording(call))["speakers"] == (await origin.recording(call))["speakers"]


async def test_the_scripts_of_two_worlds_open_no_recording_of_each_other(control: Control) -> None:
    async with control.alone() as one, control.alone() as other:
        mine, theirs = await a_call(one), await a_call(other)
        mixed = (await one.recording(mine))["link"].replace(
            str((await one.call(mine))["communication_id"]), str(theirs)
        )
        with pytest.raises(Refused, match="no such recording"):
            await one.hears(mine, mixed)
