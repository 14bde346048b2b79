"""`amocrm-api-wrapper` 1.0.1 from PyPI over plain HTTP, but for the shims of `use.py` as it is published.

It has a call for everything that a telephony integration needs. What it cannot do: exchange an OAuth code (it begins
with tokens), and log in by `AmoLegacyClient`, whose route and API keys the fake does not have. Its waits before
another attempt are real ones; tests let them move the world's clock instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.amocrm_api_wrapper.use import Client, connected
from tests.contract.conftest import ServedStand


@pytest.fixture(scope="module")
def world(served_stand: ServedStand) -> Iterator[dict[str, Any]]:
    with served_stand.world("amocrm-api-wrapper", name="wrapper", profile="v4", integration=None) as world:
        yield world


@pytest.fixture(scope="module")
def client(served_stand: ServedStand, world: dict[str, Any]) -> Iterator[Client]:
    with connected(served_stand, world) as client:
        yield client
