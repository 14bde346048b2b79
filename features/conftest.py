"""The feature run: the process clock is parked at 2001, so that whoever reads it instead of the world's shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine


@pytest.fixture(scope="package", autouse=True)
def parked_process_clock() -> Iterator[None]:
    with time_machine.travel(datetime(2001, 1, 1, tzinfo=UTC), tick=False):
        yield
