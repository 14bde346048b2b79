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
from typing import Any, Protocol

from emulator.core.errors import Unavailable
from emulator.core.work import Work, one_turn

LIMIT = 5.0
"""Real seconds after which settle gives up and names what is open: a transport guard, it decides no rule."""


@dataclass(frozen=True)
class Idleness:
    """What an integration says of itself: work that can go on by itself, own requests without an answer."""

    busy: int
    awaiting: int
    can_tell: bool = True
    """False: it offers no `idle`, so that only its answers to events show when it is through."""


Barrier = Callable[[], Awaitable[None]]
"""Passes something through an open websocket and returns when it came out at the other end.

A bound method is named by its object when settle reports what is open.
"""


class Asked(Protocol):
    """The integration, as settle asks it."""

    async def idleness(self, held: int) -> Idleness:
        """`held` of its requests are held back by the fakes; it may take its time until only those keep it."""
        ...


async def settle(work: Work, integration: Asked | None, barriers: list[Barrier], limit: float = LIMIT) -> None:
    """Wait for the world to come to rest. Raises Unavailable naming what is open after `limit` real seconds.

    An exception in a background task of the world is raised here, so that it fails the step that caused it.
    """
    said: list[Idleness] = []
    closed: list[Barrier] = []
    try:
        async with asyncio.timeout(limit):
            while not await _at_rest(work, integration, barriers, said, closed):
                await one_turn()
    except TimeoutError:
        raise Unavailable(f"the world does not settle; open: {_open(work, said, closed)}") from None
    if work.failures:
        raise work.failures.pop(0)


async def _at_rest(
    work: Work, integration: Asked | None, barriers: list[Barrier], said: list[Idleness], closed: list[Barrier]
) -> bool:
    """Two looks with the questions between them: True when both find the same silence.

    Requests of the integration may come and go between the two: it came to rest after their answers. `closed` holds
    the barrier that is being waited for.
    """
    await work.quiet()
    first_look = work.generation
    await _through(barriers, closed)
    if integration is not None:
        answer = await _asked(work, integration)
        if answer is None:
            return False
        said[:] = [answer]
        if not _idle(work, answer):
            return False
        await _through(barriers, closed)  # what it pushed before it came to rest
    return work.generation == first_look and not work.active()


async def _through(barriers: list[Barrier], closed: list[Barrier]) -> None:
    """Pass something through each open websocket."""
    for barrier in list(barriers):
        closed[:] = [barrier]
        await barrier()
    closed.clear()


async def _asked(work: Work, integration: Asked) -> Idleness | None:
    """What the integration says; None when a request of its own was held or let go meanwhile, so that it must be asked
    anew."""
    held = work.held_for("integration")
    question: asyncio.Future[Idleness] = asyncio.ensure_future(integration.idleness(held))
    try:
        while not question.done():
            either: list[asyncio.Future[Any]] = [question, work.change()]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if work.held_for("integration") != held:
                return None
        return question.result()
    finally:
        question.cancel()


def _idle(work: Work, answer: Idleness) -> bool:
    """Nothing to do by itself, and every answer it waits for is one that a fake holds on the clock.

    An integration that answers an event only after its own requests may leave a delivery open, but only while one of
    those requests is held.
    """
    if answer.busy or answer.awaiting != work.held_for("integration"):
        return False
    return not work.delivering() or (answer.awaiting > 0 and answer.can_tell)


def _open(work: Work, said: list[Idleness], closed: list[Barrier]) -> str:
    names = sorted(piece.name for piece in work.pieces if not piece.parked)
    held = sorted(piece.name for piece in work.pieces if piece.parked)
    parts = [", ".join(names) or "nothing of the fakes"]
    parts += [f"no pong from {getattr(barrier, '__self__', barrier)}" for barrier in closed]
    if held:
        parts.append(f"held on the clock: {', '.join(held)}")
    if said:
        parts.append(f"the integration says busy {said[0].busy}, awaiting {said[0].awaiting}")
    return "; ".join(parts)
