"""Requests take turns after a 429, and only then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from integration.amocrm.pace import Pace

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class SleepingClock:
    """Time passes in sleeps alone."""

    def __init__(self) -> None:
        self.time = NOON
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, pause: timedelta) -> None:
        self.slept.append(pause.total_seconds())


async def turns(pace: Pace, clock: SleepingClock, count: int) -> list[float]:
    """How long each of `count` requests at this instant has to wait."""
    waits = []
    for _ in range(count):
        clock.slept.clear()
        await pace.turn()
        waits.append(sum(clock.slept))
    return waits


async def test_without_a_429_nobody_waits() -> None:
    clock = SleepingClock()
    assert await turns(Pace(clock), clock, 100) == [0.0] * 100  # type: ignore[arg-type]


async def test_after_a_429_there_is_a_second_of_silence_and_then_five_a_second() -> None:
    clock = SleepingClock()
    pace = Pace(clock)  # type: ignore[arg-type]
    pace.slow_down()
    assert await turns(pace, clock, 12) == [1.0] * 5 + [2.0] * 5 + [3.0] * 2


async def test_the_silence_is_not_made_longer_by_waiting() -> None:
    clock = SleepingClock()
    pace = Pace(clock)  # type: ignore[arg-type]
    pace.slow_down()
    clock.time += timedelta(seconds=30)
    assert await turns(pace, clock, 6) == [0.0] * 5 + [1.0]


async def test_a_minute_without_a_429_ends_it() -> None:
    clock = SleepingClock()
    pace = Pace(clock)  # type: ignore[arg-type]
    pace.slow_down()
    clock.time += timedelta(seconds=59, microseconds=999_999)
    assert await turns(pace, clock, 6) == [0.0] * 5 + [1.0]
    clock.time += timedelta(seconds=2)
    assert await turns(pace, clock, 20) == [0.0] * 20
