"""Errors, limits and a ban, as `amocrm-js` takes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.amocrm_js.conftest import Run, Said
from tests.contract.conftest import ServedStand


@pytest.fixture(scope="module")
def world(served_stand: ServedStand) -> Iterator[dict[str, Any]]:
    with served_stand.world("amocrm-js", name="js", profile="v4", integration=None) as world:
        yield world


@pytest.fixture(scope="module")
def said(run: Run, world: dict[str, Any]) -> Said:
    """What the client got, by topic."""
    return run("refusals.cjs", world)


def test_errors_are_those_it_knows(said: Said) -> None:
    errors = said["errors"]
    statuses = {name: error["data"]["status"] for name, error in errors.items() if name != "outside"}
    assert statuses == {"invalid": 400, "unknownRoute": 404, "tooMany": 422, "unauthorized": 401}
    assert {error["message"] for name, error in errors.items() if name != "outside"} == {"API_RESPONSE_ERROR"}
    (item,) = errors["invalid"]["data"]["validation-errors"]
    assert item["errors"][0]["path"] == "name"
    assert "403 This proxy serves *.amocrm.ru" in errors["outside"]["message"]


def test_who_asks_too_often_may_ask_again_in_the_next_second(said: Said) -> None:
    """A 429 is no JSON, which is all that the client says of it; the status lies in its `apiResponse`."""
    *answered, refused = said["limits"]["first"]
    assert answered == [None, None]
    assert (refused["message"], refused["status"]) == ("JSON_PARSE_ERROR", 429)
    assert said["limits"]["nextSecond"] == [None, None]


def test_who_goes_on_is_banned_until_support_lifts_the_ban(said: Said) -> None:
    limits = said["limits"]
    assert [refused["status"] for refused in limits["insisting"]] == [429, 429]
    assert (limits["banned"]["message"], limits["banned"]["status"]) == ("JSON_PARSE_ERROR", 403)
    assert "<h1>403 Forbidden</h1>" in limits["banned"]["page"]
    assert limits["lifted"] is None


def test_an_account_that_is_not_paid_for_is_a_402(said: Said) -> None:
    assert (said["unpaid"]["message"], said["unpaid"]["data"]["status"]) == ("API_RESPONSE_ERROR", 402)
