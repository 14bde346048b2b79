"""How long a world with many contacts takes to go back to its snapshot: POST …/restore on an inline stand."""

from __future__ import annotations

import asyncio
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.stand.stand import Stand
    from emulator.stand.world import World

RUNS = 5
CONTACTS = 100_000


def measure() -> float:
    """Milliseconds of a restore with 100,000 contacts, the median of five."""
    return asyncio.run(_measure()) * 1000


async def _measure() -> float:
    from emulator.stand.building import WorldRequest
    from emulator.stand.stand import Stand
    from tests.bench.filling import fill

    async with Stand() as stand:
        world = await stand.create(WorldRequest())
        fill(world.amocrm, CONTACTS)
        return await seconds(stand, world)


async def seconds(stand: Stand, world: World) -> float:
    """Seconds of a restore of `world` after some of its contacts went missing, the median of five."""
    url = f"{stand.urls['stand']}/_stand/worlds/{world.name}/snapshots/full"
    rows, times = world.amocrm.database, []
    contacts = rows.value("SELECT count(*) FROM contacts")
    async with stand.session().post(url) as answer:
        assert answer.status == 201, await answer.text()
    for _ in range(RUNS):
        rows.execute("DELETE FROM contacts WHERE id % 100 = 0")
        began = perf_counter()
        async with stand.session().post(f"{url}/restore") as answer:
            assert answer.status == 200, await answer.text()
        times.append(perf_counter() - began)
        assert rows.value("SELECT count(*) FROM contacts") == contacts
    return median(times)
