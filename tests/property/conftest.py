"""One inline stand for all examples of a state machine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from emulator.stand.stand import Stand
from tests.property.world import Driven

set_hypothesis_home_dir(Path(__file__).parents[2] / "build" / "hypothesis")


@pytest.fixture(scope="session")
def driven(loop: asyncio.AbstractEventLoop) -> Iterator[Driven]:
    stand = Stand()
    loop.run_until_complete(stand.__aenter__())
    driven = Driven(loop, stand)
    yield driven
    driven.close()
    loop.run_until_complete(stand.__aexit__(None, None, None))
