"""settle: return when no work of this world can go on without its time moving (design §2).

The silence of the event loop does not tell that: it misses threads, name look-ups and other processes, and it never
comes while another world is busy. So the world's pieces of work are counted, each open websocket carries a ping
through as a barrier, the integration is asked whether it is idle, and all of it must be found unchanged by a second
look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from emulator.core.errors import Unavailable
from emulator.core.work import Work, one_turn

LIMIT = 5.0
"""Real seconds after which settle gives up and names what is open: a transport guard, it decides no rule."""


@dataclass(frozen=True)
class Idleness:
    """What an integration says of itself: work that can go on by itself, own requests without an answer."""

    busy: int
    awaiting: int


class Asked(Protocol):
    """The integration, as settle asks it."""

    async def idleness(self) -> Idleness: ...


Barrier = Callable[[], Awaitable[None]]


async def settle(work: Work, integration: Asked | None, barriers: list[Barrier], limit: float = LIMIT) -> None:
    """Wait for the world to come to rest. Raises Unavailable naming what is open after `limit` real seconds.

    An exception in a background task of the world is raised here, so that it fails the step that caused it.
    """
    said: list[Idleness] = []
    try:
        async with asyncio.timeout(limit):
            looks = 0
            while looks < 2:
                looks = looks + 1 if await _look(work, integration, barriers, said) else 0
                await one_turn()
    except TimeoutError:
        raise Unavailable(f"the world does not settle; open: {_open(work, said)}") from None
    if work.failures:
        raise work.failures.pop(0)


async def _look(work: Work, integration: Asked | None, barriers: list[Barrier], said: list[Idleness]) -> bool:
    """One look: True when everything was at rest and nothing moved while looking."""
    await work.quiet()
    before = work.generation
    for barrier in barriers:
        await barrier()
    if integration is None:
        if work.delivering():
            await work.change()
    else:
        answer = await integration.idleness()
        said[:] = [answer]
        if not _at_rest(work, answer):
            return False
    return work.generation == before


def _at_rest(work: Work, answer: Idleness) -> bool:
    """At rest: nothing to do by itself, and every answer it waits for is one that a fake holds on the clock.

    An integration that answers an event only after its own requests may leave a delivery open, but only while one of
    those requests is held.
    """
    if answer.busy or answer.awaiting != work.held_for("integration"):
        return False
    return not work.delivering() or answer.awaiting > 0


def _open(work: Work, said: list[Idleness]) -> str:
    names = sorted(piece.name for piece in work.pieces if not piece.parked)
    held = sorted(piece.name for piece in work.pieces if piece.parked)
    parts = [", ".join(names) or "nothing of the fakes"]
    if held:
        parts.append(f"held on the clock: {', '.join(held)}")
    if said:
        parts.append(f"the integration says busy {said[0].busy}, awaiting {said[0].awaiting}")
    return "; ".join(parts)
