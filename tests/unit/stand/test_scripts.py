"""Scripts beside everything else that happens to a world."""

from __future__ import annotations

import asyncio

from emulator.core.work import one_turn
from emulator.stand import scripts
from emulator.stand.building import WorldRequest
from emulator.stand.scripts import Beat
from emulator.stand.stand import Stand


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
