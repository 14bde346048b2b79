"""Scripts: what happens to a call at which second of it (contract §1).

On a manual clock a script moves the world's time. On a live one it takes a part of its time really, 1/speed, and the
clock jumps the rest; what it does then bears the script's instants, so that all figures are the script's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from emulator.core.errors import BadRequest, Conflict, NotFound
from emulator.core.parsing import bounded, within_time
from emulator.stand.verbs import SHAPES, Step, arguments
from emulator.stand.world import World


@dataclass(frozen=True)
class Beat:
    """A verb of a script with its arguments, `at` seconds after the call began."""

    at: float
    verb: str
    arguments: dict[str, Any]


def checked(world: World, script: Sequence[Step], path: str = "script") -> list[Beat]:
    """The script, refused whole before anything begins. Raises BadRequest naming the step."""
    beats: list[Beat] = []
    for index, step in enumerate(script):
        at = f"{path}[{index}]"
        if bounded(step.at, f"{at}.at") < (beats[-1].at if beats else 0):
            raise BadRequest.field(f"{at}.at", step.at, "seconds not before those of the step above")
        within_time(world.ground.clock.now() + timedelta(seconds=step.at), f"{at}.at", step.at)
        verb, body = step.verb(at)
        beats.append(Beat(step.at, verb, arguments(world.people, verb, body, f"{at}.")))
    return beats


def check_clock(world: World, speed: float | None) -> None:
    """Whether a script can be played here. Raises Conflict `clock_is_live` or BadRequest naming `speed`."""
    if world.ground.clock.kind == "manual":
        if speed is not None:
            raise BadRequest.field("speed", speed, "nothing: on a manual clock a script takes no time")
    elif speed is None:
        raise Conflict(
            "clock_is_live: a script needs `speed` here, or drive the call by its verbs", allowed=list(SHAPES)
        )
    elif speed < 1:
        raise BadRequest.field("speed", speed, "1 or more: how many times quicker than it says")


async def play(world: World, call: int, started: datetime, beats: Sequence[Beat], speed: float | None) -> None:
    """Carry a script out on the call `call`, which began at `started`."""
    for beat in beats:
        due = started + timedelta(seconds=beat.at)
        await reach(world, due, speed)
        world.telephony.calls.do_at(due, call, beat.verb, **beat.arguments)
        await world.settle()


async def reach(world: World, due: datetime, speed: float | None) -> None:
    """Let it be `due`: by the clock alone, or waiting a part of it really. It may be a little later then.

    While the world is copied or put back, that is waited for: nothing happens to a call meanwhile. A script that waits
    when its world goes away is cut off with it. Raises NotFound when it has gone before, and Conflict when the world
    was put back meanwhile.
    """
    ground, restores = world.ground, world.telephony.database.restores
    if ground.clock.is_closed:
        raise NotFound(f"the world {world.name} was deleted while the script was played")
    if speed is not None and due > ground.clock.now():
        with ground.work.piece("a script that waits"):
            await ground.clock.sleep((due - ground.clock.now()) / speed)
    if due > ground.clock.now():
        await world.advance(due, at_least=True)
    await ground.gate.passed()
    if world.telephony.database.restores != restores:
        raise Conflict("the world was put back while the script was played", allowed=[])
