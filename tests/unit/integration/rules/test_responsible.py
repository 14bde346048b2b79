"""Who is responsible when people have left amoCRM."""

from __future__ import annotations

import pytest

from integration.rules import responsible
from tests.unit.integration.rules.facts import ANNA, OLGA, RITA


@pytest.mark.parametrize(("users", "owner"), [({OLGA, RITA}, RITA), ({OLGA}, OLGA)])
def test_default(users: set[int], owner: int) -> None:
    assert responsible.default(RITA, users, OLGA) == owner


@pytest.mark.parametrize(("user", "found"), [(ANNA, ANNA), (RITA, None), (None, None)])
def test_in_amocrm(user: int | None, found: int | None) -> None:
    assert responsible.in_amocrm(user, {ANNA}) == found
