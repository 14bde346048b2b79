"""How long a world with many contacts takes to go back to its snapshot: POST …/restore on an inline stand."""

from __future__ import annotations

import asyncio
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from emulator.stand.world import World

RUNS = 5
CONTACTS = 100_000


def measure() -> float:
    """Milliseconds of a restore with 100,000 contacts, the median of five."""
    return asyncio.run(_measure())


async def _measure() -> float:
    import aiohttp

    from emulator.stand.building import WorldRequest
    from emulator.stand.stand import Stand

    times = []
    async with Stand() as stand, aiohttp.ClientSession() as session:
        world = await stand.create(WorldRequest(name="large"))
        await fill(session, world)
        url = f"{stand.urls['stand']}/_stand/worlds/large/snapshots/full"
        await session.post(url)
        for _ in range(RUNS):
            world.amocrm.database.execute("DELETE FROM contacts WHERE id % 100 = 0")
            began = perf_counter()
            async with session.post(f"{url}/restore") as answer:
                assert answer.status == 200
            times.append(perf_counter() - began)
            assert world.amocrm.database.value("SELECT count(*) FROM contacts") == CONTACTS
    return median(times) * 1000


async def fill(session: ClientSession, world: World) -> None:
    """One contact that was made over HTTP, and copies of its row."""
    body = [{"name": "Иван", "custom_fields_values": [{"field_code": "PHONE", "values": [{"value": "+79161234567"}]}]}]
    headers = {"Authorization": f"Bearer {world.access.amocrm_token}"}
    async with session.post(f"{world.urls['amocrm']}/api/v4/contacts", json=body, headers=headers) as answer:
        assert answer.status == 200
    database = world.amocrm.database
    columns = ", ".join(row["name"] for row in database.all("PRAGMA table_info(contacts)") if row["name"] != "id")
    numbers = f"WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {CONTACTS})"
    database.execute(f"{numbers} INSERT INTO contacts ({columns}) SELECT {columns} FROM contacts, n")
