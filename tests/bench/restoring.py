"""How long a world with many contacts takes to go back to its snapshot: POST …/restore on an inline stand."""

from __future__ import annotations

import asyncio
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.core.database import Database

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
        fill(world.amocrm.database)
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


def fill(database: Database) -> None:
    """Contacts with a number each, as rows."""
    values = '[{"field_id": 1, "field_code": "PHONE", "values": [{"value": "+79160000000", "enum_code": "WORK"}]}]'
    contacts = [(f"c{number}", f"c{number}", values, f"c{number} 7916{number:07}") for number in range(CONTACTS)]
    phones = [(number, f"916{number:07}", f"7916{number:07}", f"+7916{number:07}") for number in range(CONTACTS)]
    with database.transaction():
        database.many(
            "INSERT INTO contacts (name, first_name, fields, search, last_name, responsible_user_id, group_id,"
            " created_by, updated_by, created_at, updated_at, visible_at) VALUES (?, ?, ?, ?, '', 1, 0, 1, 1, 1, 1, 1)",
            contacts,
        )
        database.many("INSERT INTO contact_phones VALUES (?, ?, ?, ?, 1)", phones)
