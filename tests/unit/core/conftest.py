"""A ground to stand on, without fakes."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from emulator.core.clock import ManualClock
from emulator.core.ground import Ground

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def ground() -> Ground:
    return Ground.lay("test", ManualClock(NOON), 7, ZoneInfo("Europe/Moscow"))
