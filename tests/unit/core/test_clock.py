from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from emulator.core.clock import Clock, LiveClock, ManualClock
from emulator.core.database import Database
from emulator.core.errors import BadRequest, Conflict, Unavailable
from emulator.core.ground import Ground
from emulator.core.ids import Ids
from emulator.core.settle import settle
from emulator.core.timers import TIMERS_SQL, Timers
from emulator.core.work import one_turn

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


MakeTimers = Callable[[str, Clock], Timers]


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@pytest.fixture
def timers_of() -> Iterator[MakeTimers]:
    """Makes the timers of an owner on a clock."""
    databases: list[Database] = []

    def make(name: str, clock: Clock) -> Timers:
        databases.append(Database(TIMERS_SQL, {}, Ids(1)))
        return Timers(name, databases[-1], clock)

    yield make
    for database in databases:
        database.close()


async def nothing() -> None:
    return


async def test_a_timer_that_was_taken_back_is_forgotten(timers_of: MakeTimers) -> None:
    """A live clock looks at the earliest timer at once, within the transaction too."""
    clock = LiveClock()
    timers = timers_of("t", clock)
    timers.on("t", lambda _key, _payload: None)
    with pytest.raises(ZeroDivisionError), timers._database.transaction():
        timers.set("t", "never", clock.now() + seconds(5))
        raise ZeroDivisionError
    assert timers.next_timer() is None
    assert await clock.advance(seconds(10), nothing, []) == []
    clock.close()


async def test_timers_fire_in_order_of_due_owner_and_id_at_their_own_instant(timers_of: MakeTimers) -> None:
    clock = ManualClock(NOON)
    seen: list[tuple[str, float]] = []
    amocrm, telephony = timers_of("amocrm", clock), timers_of("telephony", clock)
    for owner in (telephony, amocrm):
        owner.on("t", lambda key, _payload: seen.append((key, (clock.now() - NOON).total_seconds())))
    telephony.set("t", "telephony at 5", NOON + seconds(5))
    amocrm.set("t", "first at 5", NOON + seconds(5))
    amocrm.set("t", "second at 5", NOON + seconds(5))
    telephony.set("t", "at 3", NOON + seconds(3))
    amocrm.set("t", "too late", NOON + seconds(10.000001))

    fired = await clock.advance(NOON + seconds(10), nothing, [])

    assert seen == [("at 3", 3), ("first at 5", 5), ("second at 5", 5), ("telephony at 5", 5)]
    assert (fired[0].owner, fired[0].what) == ("telephony", "t at 3")
    assert clock.now() == NOON + seconds(10)


async def test_a_timer_set_by_a_timer_fires_in_the_same_advance(timers_of: MakeTimers) -> None:
    clock = ManualClock(NOON)
    seen: list[str] = []
    owner = timers_of("amocrm", clock)

    def handle(key: str, _payload: dict[str, object]) -> None:
        seen.append(key)
        if key == "first":
            owner.set("t", "second", clock.now() + seconds(1))

    owner.on("t", handle)
    owner.set("t", "first", NOON + seconds(1))
    await clock.advance(NOON + seconds(2), nothing, [])
    assert seen == ["first", "second"]


async def test_a_cancelled_timer_does_not_fire(timers_of: MakeTimers) -> None:
    clock = ManualClock(NOON)
    owner = timers_of("amocrm", clock)
    owner.on("t", lambda key, _payload: pytest.fail(key))
    owner.set("t", "gone", NOON + seconds(1))
    owner.cancel("t", "gone")
    assert await clock.advance(NOON + seconds(2), nothing, []) == []


@pytest.mark.usefixtures("threads_end")
async def test_the_settle_of_each_step_sees_the_instant_of_the_step(ground: Ground, timers_of: MakeTimers) -> None:
    owner = timers_of("amocrm", ground.clock)
    done: list[float] = []

    async def later() -> None:
        await asyncio.get_running_loop().run_in_executor(None, lambda: None)
        done.append((ground.clock.now() - NOON).total_seconds())

    owner.on("t", lambda key, _payload: ground.work.spawn(later(), key))
    owner.set("t", "a", NOON + seconds(1))
    owner.set("t", "b", NOON + seconds(2))
    await ground.clock.advance(NOON + seconds(9), lambda: settle(ground.work, None, []), [])
    assert done == [1, 2]


async def test_time_never_goes_back() -> None:
    clock = ManualClock(NOON)
    with pytest.raises(Conflict, match="time never goes back"):
        await clock.advance(NOON - seconds(1), nothing, [])


async def test_sleep_and_timeout_wait_for_the_world_and_not_for_the_process(ground: Ground) -> None:
    log: list[str] = []

    async def sleeper() -> None:
        await ground.clock.sleep(seconds(3600))
        log.append("slept")

    async def impatient() -> None:
        try:
            async with ground.clock.timeout(seconds(20)):
                await ground.clock.sleep(seconds(3600))
        except TimeoutError:
            log.append(f"gave up after {(ground.clock.now() - NOON).total_seconds():g} s")

    def rest():
        return settle(ground.work, None, [])

    ground.work.spawn(sleeper(), "sleeper")
    ground.work.spawn(impatient(), "impatient")
    await ground.clock.advance(NOON + seconds(19.999), rest, [])
    assert log == []
    await ground.clock.advance(NOON + seconds(20), rest, [])
    assert log == ["gave up after 20 s"]
    await ground.clock.advance(NOON + seconds(3600), rest, [])
    assert log == ["gave up after 20 s", "slept"]
    assert ground.clock.next_timer() is None


async def test_a_follower_moves_first_at_each_instant_and_gets_the_target(timers_of: MakeTimers) -> None:
    clock = ManualClock(NOON)
    moves: list[float] = []

    class Follower:
        name = "integration"
        due: datetime | None = NOON + seconds(4)

        async def follow(self, to: datetime) -> None:
            moves.append((to - NOON).total_seconds())
            if self.due and self.due <= to:
                self.due = None

    owner = timers_of("amocrm", clock)
    owner.on("t", lambda _key, _payload: moves.append(-1))
    owner.set("t", "x", NOON + seconds(4))
    await clock.advance(NOON + seconds(9), nothing, [Follower()])
    assert moves == [4, -1, 9]


async def test_a_follower_that_stays_due_is_reported_instead_of_hanging() -> None:
    class Stuck:
        name = "integration"
        due = NOON

        async def follow(self, to: datetime) -> None:
            return

    with pytest.raises(Unavailable, match="still due"):
        await ManualClock(NOON).advance(NOON + seconds(1), nothing, [Stuck()])


async def test_a_live_clock_fires_by_itself_and_jumps_timer_by_timer(timers_of: MakeTimers) -> None:
    clock = LiveClock(NOON)
    assert NOON <= clock.now() < NOON + seconds(5)
    owner = timers_of("amocrm", clock)
    fired: list[tuple[str, datetime]] = []
    rung = asyncio.Event()

    def handle(key: str, _payload: dict[str, object]) -> None:
        fired.append((key, clock.now()))
        rung.set()

    owner.on("t", handle)
    owner.set("t", "soon", clock.now() + seconds(0.01))
    async with asyncio.timeout(2):
        await rung.wait()
    owner.set("t", "in an hour", NOON + seconds(3600))
    owner.set("t", "in two", NOON + seconds(7200))
    await clock.advance(NOON + seconds(7200), nothing, [])
    assert [key for key, _ in fired] == ["soon", "in an hour", "in two"]
    assert NOON + seconds(3600) <= fired[1][1] < NOON + seconds(3605)
    clock.close()


@pytest.mark.parametrize("kind", [ManualClock, LiveClock])
async def test_a_span_beyond_the_last_year_is_refused_and_moves_nothing(kind: type[ManualClock | LiveClock]) -> None:
    clock = kind(NOON)
    century = timedelta(days=36_500)
    with pytest.raises(BadRequest, match="advance: expected an instant not after the year 2199"):
        await clock.advance(2 * century, nothing, [])
    assert clock.now() - NOON < seconds(5)
    await clock.advance(century, nothing, [])
    assert clock.now() - NOON >= century
    clock.close()


async def test_a_timer_that_fails_on_a_live_clock_is_told_and_left_alone_for_a_while(timers_of: MakeTimers) -> None:
    clock = LiveClock(NOON)
    told: list[Exception] = []
    clock.on_failure = told.append
    fired: list[str] = []
    rung = asyncio.Event()
    owner = timers_of("amocrm", clock)

    def handle(key: str, _payload: dict[str, object]) -> None:
        fired.append(key)
        rung.set()
        if fired == ["bad"]:
            raise ValueError("a defect")

    owner.on("t", handle)
    owner.set("t", "bad", NOON)
    async with asyncio.timeout(2):
        await rung.wait()
    for _ in range(200):
        await one_turn()
        clock.rearm()
    assert (fired, [str(failure) for failure in told]) == (["bad"], ["a defect"])

    rung.clear()
    owner.set("t", "earlier", NOON - seconds(1))
    async with asyncio.timeout(2):
        await rung.wait()
    assert fired == ["bad", "earlier"], "another one does not wait for it"
    await clock.advance(seconds(1), nothing)
    assert fired == ["bad", "earlier", "bad"]
    clock.close()


async def test_a_timer_that_fails_again_and_again_is_left_alone_for_longer(timers_of: MakeTimers) -> None:
    clock = LiveClock(NOON)
    rests = []
    for _ in range(60):
        clock._rest_after(ValueError(), None)
        rests.append(round((clock._rests_until - clock.now()).total_seconds()))
    assert rests[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert rests[-1] == 60


async def test_a_failure_on_a_live_clock_surfaces_at_the_next_settle(timers_of: MakeTimers) -> None:
    ground = Ground.lay("live", LiveClock(NOON), 7, ZoneInfo("Europe/Moscow"))
    owner = timers_of("amocrm", ground.clock)
    rung = asyncio.Event()

    def handle(_key: str, _payload: dict[str, object]) -> None:
        rung.set()
        raise ValueError("a defect")

    owner.on("t", handle)
    owner.set("t", "bad", NOON)
    async with asyncio.timeout(2):
        await rung.wait()
    with pytest.raises(ValueError, match="a defect"):
        await settle(ground.work, None, [])
    await settle(ground.work, None, [])
    await ground.close()


async def test_a_thousand_waits_that_ended_leave_nothing_behind() -> None:
    clock = ManualClock(NOON)
    for _ in range(1000):
        clock.call_at(NOON + seconds(10), lambda: None)()
    assert len(clock._wire._heap) < 200
    assert clock.next_timer() is None


@pytest.mark.parametrize("kind", [ManualClock, LiveClock])
async def test_a_clock_is_put_back_and_tells_who_keeps_it(kind: type[ManualClock | LiveClock]) -> None:
    clock = kind(NOON)
    moves: list[timedelta] = []
    clock.on_move = lambda: moves.append(clock.now() - NOON)
    await clock.advance(NOON + seconds(3600), nothing)
    async with clock.standing():
        clock.put_back(NOON - seconds(60))
    assert [round(move.total_seconds(), -1) for move in moves] == [3600, -60]
    assert abs(clock.now() - (NOON - seconds(60))) < seconds(5)
    clock.close()


@pytest.mark.parametrize("kind", [ManualClock, LiveClock])
async def test_a_twin_shows_the_same_time_and_goes_its_own_way(kind: type[ManualClock | LiveClock]) -> None:
    clock = kind(NOON)
    twin = clock.twin()
    assert abs(twin.now() - clock.now()) < seconds(1)
    await twin.advance(seconds(3600), nothing)
    assert abs(twin.now() - clock.now() - seconds(3600)) < seconds(1)


async def test_nobody_moves_a_clock_that_stands(timers_of: MakeTimers) -> None:
    clock = LiveClock(NOON)
    fired: list[str] = []
    rung = asyncio.Event()
    owner = timers_of("amocrm", clock)
    owner.on("t", lambda key, _payload: (fired.append(key), rung.set())[0])
    async with clock.standing():
        owner.set("t", "due", NOON)
        moving = asyncio.ensure_future(clock.advance(seconds(5), nothing))
        for _ in range(10):
            await one_turn()
        assert (fired, moving.done()) == ([], False)
    async with asyncio.timeout(2):
        await rung.wait()
        await moving
    assert fired == ["due"]
    clock.close()
