"""Counts are exact at every turn of the loop, also while one task hands over to another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from integration.activity import Activity, Parking, Turns
from integration.clock import ManualClock
from integration.http.keys import TENANTS
from integration.store import SqliteStore
from tests.unit.integration.driver import EMPLOYEE_ANNA, NOON, Bench

START = datetime.fromisoformat(NOON)
SECOND = timedelta(seconds=1)


@pytest.fixture
def activity() -> Activity:
    return Activity()


@pytest.fixture
def clock(activity: Activity) -> Iterator[ManualClock]:
    store = SqliteStore.create()
    yield ManualClock(store, activity, START)
    store.close()


async def test_who_is_released_is_busy_in_the_same_breath(activity: Activity) -> None:
    parking = Parking(activity)

    async def wait() -> None:
        await parking.wait()

    activity.spawn(wait())
    assert activity.busy == 1
    await activity.quiet()
    parking.release()
    assert activity.busy == 1
    parking.release()
    await activity.quiet()
    assert activity.busy == 0


async def test_giving_up_waiting_keeps_the_count(activity: Activity) -> None:
    parking = Parking(activity)
    task = asyncio.ensure_future(_worker(activity, parking))
    await _turn()
    await _turn()
    assert activity.busy == 0
    task.cancel()
    parking.release()
    await asyncio.gather(task, return_exceptions=True)
    assert activity.busy == 0


async def _worker(activity: Activity, parking: Parking) -> None:
    with activity.working():
        await parking.wait()


async def _turn() -> None:
    done = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(done.set_result, None)
    await done


async def test_a_sleeper_is_parked_until_its_instant(activity: Activity, clock: ManualClock) -> None:
    woken: list[datetime] = []

    async def sleep(pause: timedelta) -> None:
        await clock.sleep(pause)
        woken.append(clock.now())

    activity.spawn(sleep(2 * SECOND))
    activity.spawn(sleep(SECOND))
    await activity.quiet()
    assert await clock.next_due() == START + SECOND
    await clock.advance(START + SECOND - timedelta(microseconds=1))
    assert activity.busy == 0
    await clock.advance(START + SECOND)
    assert activity.busy == 1
    await activity.quiet()
    assert woken == [START + SECOND]
    await activity.stop()
    assert await clock.next_due() is None


async def test_a_timeout_is_busy_from_the_moment_it_fires(activity: Activity, clock: ManualClock) -> None:
    never = asyncio.get_running_loop().create_future()
    ends: list[str] = []

    async def ask() -> None:
        try:
            async with clock.timeout(SECOND):
                with activity.awaiting_answer():
                    await never
        except TimeoutError:
            ends.append("too late")

    activity.spawn(ask())
    await activity.quiet()
    assert (activity.busy, activity.awaiting) == (0, 1)
    await clock.advance(START + SECOND)
    assert (activity.busy, ends) == (1, [])
    await activity.quiet()
    assert (activity.busy, activity.awaiting, ends) == (0, 0, ["too late"])
    never.cancel()


async def test_a_timeout_that_is_not_needed_leaves_nothing(activity: Activity, clock: ManualClock) -> None:
    async with clock.timeout(SECOND):
        pass
    assert await clock.next_due() is None


async def test_settled_is_never_seen_before_it_is_true(bench: Bench) -> None:
    """Looked at in every turn of the loop: once busy is 0 and the stub holds all that is awaited, nothing follows."""
    await bench.connect(**{"calls.success_tag": "Успех"})
    gate = bench.amo.fail("POST", "/api/v4/calls", gate=asyncio.Event()).gate
    assert gate is not None
    for call in range(8):
        await bench.arrive(call, f"+7916000{call % 4:04}")
    for call in range(8):
        with _watching(bench) as looks_settled:
            await bench.finish(call, f"+7916000{call % 4:04}", by=EMPLOYEE_ANNA)
            await bench.settled()
        assert len(looks_settled) <= 1
    with _watching(bench) as looks_settled:
        bench.amo.faults.clear()
        gate.set()
        await bench.settled()
    assert len(looks_settled) <= 1
    assert len(bench.amo.calls) == 8


@contextmanager
def _watching(bench: Bench) -> Iterator[set[int]]:
    """How many requests amoCRM had got whenever the tenant looked settled, from the first change on."""
    loop = asyncio.get_running_loop()
    activity = bench.app[TENANTS].get(bench.tenant).activity
    states: set[int] = set()
    before = len(bench.amo.requests)
    watching = True
    started = False

    def look() -> None:
        nonlocal started
        settled = activity.busy == 0 and activity.awaiting == bench.amo.open_now
        started = started or not settled
        if settled and started:
            states.add(len(bench.amo.requests) - before)
        if watching:
            loop.call_soon(look)

    look()
    yield states
    watching = False


async def test_turns_follow_each_other_and_whoever_waits_is_not_busy() -> None:
    activity = Activity()
    turns, gate, order = Turns(activity), asyncio.Event(), list[str]()

    async def take(name: str, wait: bool) -> None:
        async with turns:
            order.append(name)
            if wait:
                await gate.wait()

    for name, wait in (("first", True), ("second", False), ("third", False)):
        activity.spawn(take(name, wait))
    for _ in range(3):
        await asyncio.sleep(0)
    assert (activity.busy, order) == (1, ["first"])
    gate.set()
    await activity.quiet()
    assert order == ["first", "second", "third"]


async def test_a_turn_of_somebody_who_gave_up_goes_to_the_next() -> None:
    activity = Activity()
    turns, gate, order = Turns(activity), asyncio.Event(), list[str]()

    async def take(name: str) -> None:
        async with turns:
            order.append(name)
            await gate.wait()

    activity.spawn(take("first"))
    activity.begin()  # the waiter's own piece of work, which spawn would have counted
    waiter = asyncio.get_running_loop().create_task(take("gives up"))
    activity.spawn(take("third"))
    await asyncio.sleep(0)
    waiter.cancel()
    await asyncio.gather(waiter, return_exceptions=True)
    gate.set()
    for _ in range(3):
        await asyncio.sleep(0)
    assert order == ["first", "third"]
