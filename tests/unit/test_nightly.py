"""The drawer of odd requests: it asks every operation, and draws the same again from the same seed."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.amocrm.openapi import description
from tests.nightly.odd import Odd, Request

ROUNDS = 6


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return description()


def drawn(document: dict[str, Any], seed: int) -> list[Request]:
    return list(Odd(document, {"leads": [81], "contacts": [82]}, seed).requests(ROUNDS))


def test_every_operation_is_asked(document: dict[str, Any]) -> None:
    asked = {(request.method, request.target.count("/")) for request in drawn(document, 1)}
    known = {(method.upper(), path.count("/")) for path, methods in document["paths"].items() for method in methods}
    assert known <= asked
    assert len(drawn(document, 1)) > 4 * sum(map(len, document["paths"].values()))


def test_the_same_seed_draws_the_same(document: dict[str, Any]) -> None:
    assert drawn(document, 1) == drawn(document, 1)
    assert drawn(document, 1) != drawn(document, 2)


def test_what_is_drawn_goes_over_the_wire(document: dict[str, Any]) -> None:
    assert all(request.target.isascii() and " " not in request.target for request in drawn(document, 3))


def test_ids_that_the_world_knows_stand_where_they_belong(document: dict[str, Any]) -> None:
    """Otherwise nothing would get past the first check."""
    path = "/api/v4/leads/{id}"
    one = {"paths": {path: {"get": document["paths"][path]["get"]}}}
    targets = [request.target for request in Odd(one, {"leads": [81], "contacts": [82]}, 1).requests(100)]
    assert len(targets) == 100
    assert sum(target.startswith("/api/v4/leads/81") for target in targets) > 80
