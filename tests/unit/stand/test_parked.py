"""A reader of the parked process clock is found, in text and in rows."""

from __future__ import annotations

import pytest

from emulator.core.instants import micros
from emulator.stand import parked
from emulator.stand.building import WorldRequest
from emulator.stand.stand import Stand


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ('{"at": "2001-01-01T00:00:00+00:00"}', True),
        ('{"start_time":"2001-01-01 03:00:00"}', True),
        ('{"created_at":978307200}', True),
        ('{"created_at":978307260,"x":1}', True),
        ('{"created_at":1772442000,"id":9783072001}', False),
        ('{"at": "2026-03-02T09:00:00+00:00", "phone": "+79783072000"}', False),
    ],
)
def test_in_text(text: str, is_found: bool) -> None:
    assert (parked.in_text(text.encode()) is not None) is is_found


async def test_in_rows() -> None:
    async with Stand() as stand:
        world = await stand.create(WorldRequest())
        assert parked.in_rows(world) == []
        world.amocrm.database.execute("UPDATE tokens SET issued_at = ?", micros(parked.PARKED_AT))
        assert parked.in_rows(world) == ["tokens.issued_at"]
