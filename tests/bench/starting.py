"""How long the stand takes to start, how much memory it holds, and how long a fresh connected world takes."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

RUNS = 5
COMMAND = [sys.executable, "-m", "emulator.stand.cli", "up", "--json", "--port", "0"]


@contextmanager
def served() -> Iterator[tuple[dict[str, str], int, float]]:
    """(base URLs, process id, seconds until ready) of a served stand."""
    began = perf_counter()
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        urls = json.loads(process.stdout.readline())
        yield urls, process.pid, perf_counter() - began
        process.terminate()
        process.wait(10)


def measure() -> tuple[float, float]:
    """(seconds until ready, resident megabytes), medians."""
    seconds, megabytes = [], []
    for _ in range(RUNS):
        with served() as (_urls, pid, took):
            seconds.append(took)
            megabytes.append(resident_megabytes(pid))
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
