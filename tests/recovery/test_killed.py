"""A real process is killed in the middle of flows, and the deaths of `lives.py` are no other.

A request hangs, before anything was done or after it, and SIGKILL comes. What the killed process leaves in its file is
what an integration in this process leaves that dies at the same place, row by row; and the next process makes good.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from features.driver import Driver
from tests.recovery.conftest import IntegrationProcess
from tests.recovery.flows import FLOWS, Flow, Stage
from tests.recovery.lives import Lives
from tests.recovery.playing import RECOVERY, Played, Theatre
from tests.recovery.seen import Seen, difference, seen
from tests.recovery.troubles import PHASES, SHARE

Run = Callable[..., Any]
Rows = dict[str, list[tuple[Any, ...]]]

TABLES = ("inbox", "calls", "effects", "timers", "decisions")
KILLED = ((FLOWS[0], (1, 3, 6, 5)), (FLOWS[6], (3, 8, 12, 7)))
"""Flows with the numbers of their requests: look-ups, creations, the change of the owner, the record of the call."""


def rows_in(folder: Path) -> Rows:
    """What the file of the only tenant holds now."""
    (path,) = folder.glob("*.sqlite3")
    with closing(sqlite3.connect(path)) as connection:
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in TABLES}


@dataclass(frozen=True)
class _Watched(Driver):
    """Looks after each verb whether the time has come."""

    look: Callable[[], Awaitable[None]]

    async def _control(self, method: str, path: str, body: Any = None) -> Any:
        said = await super()._control(method, path, body)
        await self.look()
        return said


@dataclass(frozen=True)
class Mortal:
    """An integration that can be ended at once: where it is, its folder, its end, and what lets it live again."""

    url: str
    data: Path
    end: Callable[[], None]
    begin: Callable[[], None]


def in_a_process(process: IntegrationProcess) -> Mortal:
    return Mortal(process.url, process.data, process.kill, process.start)


def in_this_process(lives: Lives) -> Mortal:
    """It begins anew by itself."""

    def end() -> None:
        with suppress(asyncio.CancelledError):
            lives.die()

    return Mortal(lives.url, lives.data, end, lambda: None)


async def ended(theatre: Theatre, mortal: Mortal, flow: Flow, number: int, phase: str) -> tuple[Rows, Seen]:
    """A flow in which a request hangs and the integration ends then: what its file holds, what is left of the flow."""
    left: list[Rows] = []
    async with theatre.world(flow, mortal.url) as do:
        match = {"from": "integration", "nth": number}
        await do.goes_wrong(target="amocrm", match=match, phase=phase, action={"hang": True})
        (hanging,) = theatre.stand.find(do.world["id"]).ground.faults.entries

        async def look() -> None:
            if hanging.applied and not left:
                mortal.end()
                left.append(rows_in(mortal.data))
                mortal.begin()
                await do.settle()

        await flow.story(Stage(_Watched(do.http, do.control, do.world, look)))
        await do.time_passes(RECOVERY)
        await do.all_goes_well()
        return left[0], await seen(do)


PLACES = [
    pytest.param(flow, number, phase, id=f"{flow.name}, {phase} request {number}")
    for flow, requests in KILLED
    for number in requests
    for phase in PHASES
]


@pytest.mark.parametrize(("flow", "number", "phase"), PLACES[SHARE] if SHARE else PLACES[3::4])
def test_a_killed_process_leaves_what_a_dead_one_in_this_process_leaves(
    run: Run,
    theatre: Theatre,
    integration: IntegrationProcess,
    undisturbed: Callable[[Flow], Played],
    flow: Flow,
    number: int,
    phase: str,
) -> None:
    killed, found = run(ended(theatre, in_a_process(integration), flow, number, phase))
    died, _ = run(ended(theatre, in_this_process(theatre.lives), flow, number, phase))
    assert killed == died
    assert not (wrong := difference(undisturbed(flow).seen, found)), wrong
