"""A process that was held up itself does not take the other side for silent."""

from __future__ import annotations

import asyncio
import time

import pytest

from emulator.core.work import Work, parked_when_silent

LIMIT = 0.05


async def waits(work: Work, begun: asyncio.Event, go_on: asyncio.Event) -> None:
    with parked_when_silent(LIMIT):
        begun.set()
        await go_on.wait()


@pytest.mark.parametrize(("held_up", "parked"), [(0.0, True), (4 * LIMIT, False)])
async def test_only_the_other_sides_silence_counts(held_up: float, parked: bool) -> None:
    work, begun, go_on = Work(), asyncio.Event(), asyncio.Event()
    work.spawn(waits(work, begun, go_on), "a question")
    await begun.wait()
    time.sleep(held_up)  # noqa: ASYNC251 - the loop is held up on purpose
    await asyncio.sleep(1.4 * LIMIT if parked else 0.2 * LIMIT)
    assert [piece.parked for piece in work.pieces] == [parked]
    go_on.set()
    await work.close()
