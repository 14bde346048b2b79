"""The gate of a world: who comes while it is shut waits, and nobody else is disturbed by one who gives up."""

from __future__ import annotations

import asyncio

import pytest

from emulator.core.gate import Gate
from emulator.core.work import one_turn


async def test_who_comes_while_it_is_shut_waits() -> None:
    gate = Gate()
    await gate.passed()
    order: list[str] = []

    async def come(name: str) -> None:
        await gate.passed()
        order.append(name)

    with gate.shut():
        assert gate.is_shut
        coming = [asyncio.ensure_future(come(name)) for name in ("one", "who gives up", "other")]
        await one_turn()
        coming[1].cancel()
        await one_turn()
        order.append("opened")
    await asyncio.gather(coming[0], coming[2])
    assert order == ["opened", "one", "other"]
    assert not gate.is_shut


async def test_it_opens_when_the_block_fails_and_can_be_shut_again_before_those_outside_are_in() -> None:
    gate = Gate()
    with pytest.raises(ZeroDivisionError), gate.shut():
        waiting = asyncio.ensure_future(gate.passed())
        await one_turn()
        raise ZeroDivisionError
    with gate.shut():
        for _ in range(5):
            await one_turn()
        assert not waiting.done()
    await waiting
