"""Scripts beside everything else that happens to a world."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from emulator.core.errors import Conflict, NotFound
from emulator.core.work import one_turn
from emulator.stand import scripts
from emulator.stand.building import WorldRequest
from emulator.stand.scripts import Beat
from emulator.stand.stand import Stand
from tests.unit.stand.conftest import Control

ANSWERED = [{"at": 1, "ring": "anna"}, {"at": 5, "answer": "anna"}]


async def test_a_script_stands_still_while_its_world_is_copied() -> None:
    async with Stand() as stand:
        world = await stand.create(WorldRequest(name="w"))
        calls, anna = world.telephony.calls, world.people.employee_id("anna", "anna")
        call = calls.place("in", "+79161234567", world.numbers["main"])
        await world.settle()
        beats = [Beat(0, "ring", {"who": [anna]})]
        async with world.still():
            playing = asyncio.create_task(scripts.play(world, call, world.ground.clock.now(), beats, None))
            for _ in range(5):
                await one_turn()
            assert calls.get(call).state == "arrived"
        await playing
        assert calls.get(call).state == "ringing"


async def test_a_script_does_not_go_on_in_a_world_that_was_put_back() -> None:
    async with Stand() as stand:
        world = await stand.create(WorldRequest(name="w"))
        calls, anna = world.telephony.calls, world.people.employee_id("anna", "anna")
        call = calls.place("in", "+79161234567", world.numbers["main"])
        await stand.snapshots_of(world).take("here")
        beats = [Beat(0, "ring", {"who": [anna]})]
        with world.ground.gate.shut():
            playing = asyncio.create_task(scripts.play(world, call, world.ground.clock.now(), beats, None))
            await one_turn()
            world.telephony.database.restore(stand.snapshots_of(world).find("here").telephony)
        with pytest.raises(Conflict, match="put back"):
            await playing
        assert calls.get(call).state == "arrived"


async def test_several_scripts_move_one_clock(control: Control) -> None:
    async with control.alone() as driver:
        url = f"/_stand/worlds/{driver.world['id']}/calls"

        async def play(number: int) -> tuple[int, Any]:
            script = [*ANSWERED, {"at": 10 + number, "hangup": "contact"}]
            return await control.ask("POST", url, {"direction": "in", "from": f"+7916000000{number}", "script": script})

        played = await asyncio.gather(*(play(number) for number in range(6)))
        assert [status for status, _ in played] == [201] * 6, played
        assert [call["state"] for _, call in played] == ["ended"] * 6
        assert [(call["wait"], call["talk"]) for _, call in played] == [(5, 5 + number) for number in range(6)]


async def test_a_script_that_waits_ends_with_its_world() -> None:
    async with Stand() as stand:
        world = await stand.create(WorldRequest(name="w", clock="live"))
        call = world.telephony.calls.place("in", "+79161234567", world.numbers["main"])
        beats = [Beat(86_400, "ring", {"who": [world.people.employee_id("anna", "anna")]})]
        playing = asyncio.create_task(scripts.play(world, call, world.ground.clock.now(), beats, 1))
        await one_turn()
        await stand.remove("w")
        assert playing.cancelled()
        with pytest.raises(NotFound, match="was deleted"):
            await scripts.play(world, call, world.ground.clock.now(), beats, 1)
