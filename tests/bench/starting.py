"""How long the stand takes to start, how much memory it holds, and how long a fresh connected world takes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from emulator.stand.served import served

RUNS = 5


def measure() -> tuple[float, float]:
    """(seconds until ready, resident megabytes), medians."""
    seconds, megabytes = [], []
    for _ in range(RUNS):
        began = perf_counter()
        with served() as stand:
            seconds.append(perf_counter() - began)
            megabytes.append(resident_megabytes(stand.pid))
    return median(seconds), median(megabytes)


def resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def fresh_world() -> float:
    """Milliseconds of POST /_stand/worlds on an inline stand: the median of five medians of twenty."""
    return asyncio.run(_fresh_world())


async def _fresh_world() -> float:
    import aiohttp

    from emulator.stand.stand import Stand

    medians = []
    async with Stand() as stand, aiohttp.ClientSession() as session:
        url = f"{stand.urls['stand']}/_stand/worlds"
        await _timed_worlds(session, url, 5)
        for _ in range(RUNS):
            medians.append(median(await _timed_worlds(session, url, 20)))
    return median(medians) * 1000


async def _timed_worlds(session: Any, url: str, count: int) -> list[float]:
    times = []
    for _ in range(count):
        began = perf_counter()
        async with session.post(url, json={}) as answer:
            world = await answer.json()
        times.append(perf_counter() - began)
        async with session.delete(f"{url}/{world['id']}"):
            pass
    return times
