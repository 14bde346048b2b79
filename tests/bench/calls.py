"""Ten thousand scripted calls of fifty employees on a manual clock: how many a second, and that none is missing.

Fifty calls at a time arrive, ring, are answered and end, two hundred times. The engine alone tells a sink that counts;
over HTTP a receiver of its own process keeps every event in a file before it acknowledges; with the integration, a
process of its own too, a round is over when amoCRM has the last effect of it.
"""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from emulator.core.clock import ManualClock
from emulator.core.ground import Ground
from emulator.core.sender import Destination
from emulator.core.settle import settle
from emulator.stand.building import WorldRequest
from emulator.stand.stand import Stand
from emulator.telephony import EmployeeSpec, NumberOfEmployee, NumberSpec, TelephonyAccount

CALLS = 10_000
EMPLOYEES = 50
EVENTS_OF_A_CALL = 6
"""Arrival, ringing, answer, end of the leg, end of the call, recording."""

MAIN = "+74951112233"
RECEIVER = ("-m", "tests.bench.durable_receiver")
RUNS = 5
ROOT = Path(__file__).parents[2]
_PAGE = 4096

Settle = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Found:
    """Calls a second, and by how many bytes a call the process grew in the second half of the calls."""

    per_second: float
    bytes_per_call: float


async def play(account: TelephonyAccount, calls: int, settled: Settle, prefix: str) -> None:
    """Fifty calls at a time; each round takes a minute of the world's time."""
    clock, employees = account.ground.clock, [each.id for each in account.employees][-EMPLOYEES:]
    for begin in range(0, calls, EMPLOYEES):
        numbers = [f"+7{prefix}{number:07}" for number in range(begin, begin + EMPLOYEES)]
        made = [account.calls.place("in", number, MAIN) for number in numbers]
        await clock.advance(timedelta(seconds=1), settled)
        for call, who in zip(made, employees, strict=True):
            account.calls.do(call, "ring", who=[who])
        await clock.advance(timedelta(seconds=7), settled)
        for call, who in zip(made, employees, strict=True):
            account.calls.do(call, "answer", who=who)
        await clock.advance(timedelta(seconds=40), settled)
        for call in made:
            account.calls.do(call, "hangup", who="contact")
        await clock.advance(timedelta(seconds=12), settled)


def cast() -> list[EmployeeSpec]:
    """Fifty employees, each with a desk telephone and a mobile."""
    return [
        EmployeeSpec(
            f"Employee {number}",
            f"{number}@bench.test",
            [NumberOfEmployee(f"1{number:05}", "SIP"), NumberOfEmployee(f"+7999000{number:04}", "PSTN")],
        )
        for number in range(EMPLOYEES)
    ]


def open_account(ground: Ground, url: str, session: Callable[[], aiohttp.ClientSession]) -> TelephonyAccount:
    """An account of fifty employees whose events go to `url`."""
    return TelephonyAccount.open(
        ground,
        name="Bench",
        employees=cast(),
        virtual_numbers=[NumberSpec(MAIN, "main")],
        base_url="http://127.0.0.1:1",
        integration=lambda: Destination(url, {"Authorization": "Bearer bench"}),
        session=session,
    )


def lay_ground() -> Ground:
    return Ground.lay("bench", ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)), 7, ZoneInfo("Europe/Moscow"))


class _Sink:
    """In place of the sender: counts events and forgets them."""

    def __init__(self) -> None:
        self.events = 0

    def put(self, stream: str, subject: str, body: dict[str, Any]) -> None:
        self.events += 1

    def wake(self, stream: str) -> None:
        """Nobody has to be told."""


async def _engine() -> Found:
    ground = lay_ground()
    async with aiohttp.ClientSession() as http:
        account = open_account(ground, "http://127.0.0.1:1", lambda: http)
        sink = _Sink()
        account.engine._hands.notices._sender = sink  # type: ignore[assignment]

        async def nothing() -> None:
            """Nothing goes on by itself."""

        found = await _measured(account, nothing)
        assert sink.events == CALLS * EVENTS_OF_A_CALL
        await ground.close()
        await account.close()
    return found


async def _delivered() -> Found:
    ground = lay_ground()
    with tempfile.TemporaryDirectory() as folder, _process(*RECEIVER, str(Path(folder) / "events.db")) as url:
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
        ) as http:
            account = open_account(ground, f"{url}/events", lambda: http)
            found = await _measured(account, lambda: settle(ground.work, None, []))
            assert await _kept(http, url) == CALLS * EVENTS_OF_A_CALL
            assert account.database.value("SELECT count(*) FROM deliveries WHERE state != 'delivered'") == 0
            await ground.close()
            await account.close()
    return found


async def _integrated() -> float:
    with tempfile.TemporaryDirectory() as folder, _process("-m", "integration", "--data", folder) as line:
        url = json.loads(line)["integration"]
        async with Stand() as stand:
            world = await stand.create(WorldRequest(integration=url), {"calls.primary_mode": "contact"})
            for employee in cast():
                world.telephony.staff.hire(employee)
            began = time.perf_counter()
            await play(world.telephony, CALLS, world.settle, "916")
            ended = time.perf_counter()
            _check_none_missing(world.telephony)
            recorded = {row["entity"]["id"] for row in world.amocrm.call_log() if row["entity"]}
            assert len(recorded) == CALLS == world.amocrm.database.value("SELECT count(*) FROM contacts")
    return CALLS / (ended - began)


async def _measured(account: TelephonyAccount, settled: Settle) -> Found:
    """The first half warms up what is bounded (journal, caches), so that growth is judged by the second."""
    began = time.perf_counter()
    await play(account, CALLS // 2, settled, "916")
    resident = _resident()
    await play(account, CALLS // 2, settled, "926")
    ended = time.perf_counter()
    _check_none_missing(account)
    return Found(CALLS / (ended - began), (_resident() - resident) / (CALLS // 2))


def _check_none_missing(account: TelephonyAccount) -> None:
    ended = "SELECT count(*) FROM sessions WHERE state = 'ended' AND is_lost = 0 AND is_recorded"
    assert account.database.value(ended) == CALLS
    assert account.database.value("SELECT count(*) FROM legs WHERE state != 'ended'") == 0


def _resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * _PAGE


@contextmanager
def _process(*command: str) -> Iterator[str]:
    """The first line that a Python program of the project prints; it ends with the block."""
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


async def _kept(http: aiohttp.ClientSession, url: str) -> int:
    """How many distinct events the receiver has kept."""
    async with http.get(f"{url}/count") as answer:
        return int(await answer.text())


def engine() -> Found:
    """Medians of five."""
    return _median([asyncio.run(_engine()) for _ in range(RUNS)])


def delivered() -> Found:
    """Once: a minute, more or less."""
    return asyncio.run(_delivered())


def integrated() -> float:
    """Calls a second to the last effect in amoCRM. Once: some minutes."""
    return asyncio.run(_integrated())


def _median(runs: list[Found]) -> Found:
    return Found(median(run.per_second for run in runs), median(run.bytes_per_call for run in runs))
