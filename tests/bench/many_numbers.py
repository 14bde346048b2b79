"""Fifty unknown numbers call at one instant while amoCRM answers each request 1 s of world time late."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from statistics import median

import aiohttp

from emulator.stand.stand import Stand
from features.driver import Driver

RUNS = 5
NUMBERS = 50
STEP = timedelta(seconds=0.25)


def measure() -> float:
    """Seconds of world time until all fifty contacts exist, looked at every quarter of a second."""
    return median(asyncio.run(_run()) for _ in range(RUNS))


async def _run() -> float:
    async with Stand() as stand, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        async with http.post(f"{stand.urls['stand']}/_stand/worlds", json={}) as answer:
            world = await answer.json()
        driver = Driver(http, f"{stand.urls['stand']}/_stand/worlds/{world['id']}", world)
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        slow = {"match": {"path": "/api/v4/*"}, "action": {"delay": 1}, "times": None}
        await driver.goes_wrong(target="amocrm", **slow)
        await asyncio.gather(*(driver.call_arrives(f"+79160000{number:03}") for number in range(NUMBERS)))
        began = await driver.now()
        rows = stand.worlds[world["id"]].amocrm.database  # the API would be late too
        while rows.value("SELECT count(*) FROM contacts") < NUMBERS:
            await driver.time_passes(STEP)
        return (await driver.now() - began).total_seconds()
