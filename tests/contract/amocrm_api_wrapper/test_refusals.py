"""Tokens, errors, limits and a ban, as `amocrm-api-wrapper` takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from amocrm_api.errors import AmoException

from tests.contract.amocrm_api_wrapper.use import Client, connected
from tests.contract.conftest import ServedStand

DAY = 24 * 3600


def refusal_of(attempt: Callable[[], Any]) -> AmoException:
    with pytest.raises(AmoException) as refusal:
        attempt()
    return refusal.value


@pytest.fixture
def client(served_stand: ServedStand, world: dict[str, Any]) -> Iterator[Client]:
    """One of its own for each test, which may spoil it."""
    with connected(served_stand, world) as client:
        yield client


def test_it_refreshes_its_token(client: Client) -> None:
    before = client.access_token
    client.update_tokens()
    assert client.access_token != before
    assert client.get_account_info()["id"]


def test_a_token_that_expired_is_refreshed_by_the_way(
    served_stand: ServedStand, client: Client, world: dict[str, Any]
) -> None:
    kept: list[str] = []
    client.token_store = lambda access_token, _: kept.append(access_token)
    served_stand.advance(world, DAY + 1)
    assert client.get_account_info()["id"]
    assert kept == [client.access_token]


def test_a_wrong_token_is_a_401_that_it_understands(world: dict[str, Any]) -> None:
    amocrm = world["amocrm"]
    client = Client("wrong", "wrong", amocrm["base_url"], amocrm["client_id"], "wrong", amocrm["redirect_uri"])
    assert refusal_of(client.get_account_info).code == 401
    client.close()


def test_errors_carry_what_was_answered(client: Client) -> None:
    invalid = refusal_of(lambda: client.create_contacts([{"name": "Пётр"}, {"name": 5}]))
    (item,) = invalid.error_data["validation-errors"]
    assert (invalid.code, item["request_id"]) == (400, "1")
    assert [(flaw["path"], flaw["code"]) for flaw in item["errors"]] == [("name", "InvalidType")]
    unknown = refusal_of(lambda: client.get_contacts_custom_field(5))
    assert (unknown.code, unknown.error_data["detail"]) == (404, "Custom field not found")
    too_many = refusal_of(lambda: client.get_contacts(limit=251))
    assert (too_many.code, too_many.error_data["detail"]) == (422, "Limit 250 per page")


@pytest.fixture
def limited(served_stand: ServedStand, client: Client, world: dict[str, Any]) -> Iterator[list[float]]:
    """Limits of two requests a second and a ban after four refusals. Waiting of the client moves the world's clock;
    the list is how long it waited each time."""
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        served_stand.advance(world, seconds)

    served_stand.limit(world, limits="on", per_second=2, ban_after=4)
    served_stand.advance(world, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("amocrm_api.entities.base.sleep", wait)
        yield waits
    served_stand.lift_limits(world)


def test_it_waits_as_long_as_a_429_says_and_asks_again(client: Client, limited: list[float]) -> None:
    for _ in range(5):
        assert client.get_account_info()["id"]
    assert limited == [1.0, 1.0]


def test_without_retries_a_429_is_its_own_error(
    served_stand: ServedStand, client: Client, world: dict[str, Any], limited: list[float]
) -> None:
    client.max_retries = 0
    for _ in range(2):
        assert client.get_account_info()["id"]
    assert refusal_of(client.get_account_info).code == 429
    served_stand.advance(world, 1)
    assert client.get_account_info()["id"]
    assert limited == []


def test_the_page_of_a_ban_is_no_json(
    served_stand: ServedStand, client: Client, world: dict[str, Any], limited: list[float]
) -> None:
    """The client then makes a 500 of the 403."""
    client.max_retries = 0
    for _ in range(2):
        assert client.get_account_info()["id"]
    assert [refusal_of(client.get_account_info).code for _ in range(5)] == [429, 429, 429, 429, 500]
    served_stand.advance(world, 3600)
    assert refusal_of(client.get_account_info).code == 500
    served_stand.limit(world, banned=False)
    assert client.get_account_info()["id"]


def test_an_account_that_is_not_paid_for_is_a_402(
    served_stand: ServedStand, client: Client, world: dict[str, Any], limited: list[float]
) -> None:
    served_stand.limit(world, unpaid=True)
    assert refusal_of(client.get_account_info).code == 402
