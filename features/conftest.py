"""The feature run: the process clock is parked at 2001, so that whoever reads it instead of the world's shows.

Each scenario gets the world that its Given sentences tell of.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from features import beginning


@pytest.fixture(scope="package", autouse=True)
def parked_process_clock() -> Iterator[None]:
    with time_machine.travel(datetime(2001, 1, 1, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def world_request(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the scenario says of its account before anything happens there."""
    return beginning.world_request(request.node)
