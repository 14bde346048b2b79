"""Tokens, errors, limits and a ban, as `amocrm-api` takes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from amocrm.v2 import Call, CallDuration, CallStatus, Contact, exceptions
from amocrm.v2.account import AccountInteraction
from amocrm.v2.interaction import BaseInteraction
from amocrm.v2.tokens import TokenManager

from tests.contract.amocrm_api.use import Fields, fresh_code, set_up
from tests.contract.conftest import ServedStand

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning")


def test_errors_are_those_it_knows(world: dict[str, Any]) -> None:
    with pytest.raises(exceptions.ValidationError) as invalid:
        Contact.objects.create(name=5)
    (item,) = invalid.value.args[0]["validation-errors"]
    assert [(flaw["path"], flaw["code"]) for flaw in item["errors"]] == [("name", "InvalidType")]
    with pytest.raises(exceptions.NotFound):
        Contact.objects.get(5)
    with pytest.raises(exceptions.AmoApiException, match=r"Wrong status 404.*Custom field not found"):
        Fields().get(5)
    with pytest.raises(exceptions.AmoApiException, match="Wrong status 422"):
        BaseInteraction().request("get", "contacts", params={"limit": 251})
    with pytest.raises(exceptions.ValidationError, match="263"):
        Call().create(CallDuration.INBOUND, "+79990000000", "CoMagic", 30, status=CallStatus.SUCCESS)


def test_a_token_of_nobody_is_unauthorized(world: dict[str, Any]) -> None:
    manager = TokenManager()
    header, claims, _ = world["amocrm"]["access_token"].split(".")
    set_up(manager, world).save_tokens(f"{header}.{claims}.AAAA", "wrong")
    with pytest.raises(exceptions.UnAuthorizedException):
        AccountInteraction(token_manager=manager).get()


def test_a_code_works_once(served_stand: ServedStand, world: dict[str, Any]) -> None:
    manager = TokenManager()
    set_up(manager, world)
    code = fresh_code(served_stand, world)
    manager.init(code)
    with pytest.raises(Exception, match="Authorization code has been revoked"):
        manager.init(code)
    manager.init(code, skip_error=True)
    assert AccountInteraction(token_manager=manager).get()["id"]


def test_it_refreshes_a_token_that_expired(served_stand: ServedStand) -> None:
    """Both clocks jump over the life of the token, which is a day."""
    with served_stand.world("amocrm-api", profile="v4", clock="live") as world:
        manager = TokenManager()
        storage = set_up(manager, world)
        manager.init(fresh_code(served_stand, world))
        first = storage.get_access_token()
        span = timedelta(hours=25)
        served_stand.post(world, "/clock", advance=span.total_seconds())
        with pytest.raises(exceptions.UnAuthorizedException):
            AccountInteraction(token_manager=manager).get()
        with time_machine.travel(datetime.now(UTC) + span):
            assert AccountInteraction(token_manager=manager).get()["subdomain"] == world["amocrm"]["subdomain"]
        assert storage.get_access_token() != first


@pytest.fixture
def limited(served_stand: ServedStand) -> Iterator[dict[str, Any]]:
    """A world that begins now and stands still, with limits of two requests a second and a ban after three refusals."""
    now = datetime.now(UTC).isoformat()
    with served_stand.world("amocrm-api", profile="v4", limits="on", now=now) as world:
        served_stand.limit(world, per_second=2, ban_after=3)
        yield world


@pytest.fixture
def account(served_stand: ServedStand, limited: dict[str, Any]) -> AccountInteraction:
    """The client on that world, in a second in which it has not asked for anything yet."""
    manager = TokenManager()
    set_up(manager, limited)
    manager.init(fresh_code(served_stand, limited))
    served_stand.advance(limited, 1)
    return AccountInteraction(token_manager=manager)


def test_who_asks_too_often_may_ask_again_in_the_next_second(
    served_stand: ServedStand, limited: dict[str, Any], account: AccountInteraction
) -> None:
    for _ in range(2):
        assert account.get()["id"]
    with pytest.raises(exceptions.AmoApiException, match="Wrong status 429"):
        account.get()
    served_stand.advance(limited, 1)
    assert account.get()["id"]


def test_who_goes_on_is_banned_until_support_lifts_the_ban(
    served_stand: ServedStand, limited: dict[str, Any], account: AccountInteraction
) -> None:
    """The page of the ban is HTML, which the client does not read: 403 is enough for it."""
    for _ in range(2):
        assert account.get()["id"]
    for _ in range(3):
        with pytest.raises(exceptions.AmoApiException, match="Wrong status 429"):
            account.get()
    served_stand.advance(limited, 3600)
    with pytest.raises(exceptions.PermissionsDenyException):
        account.get()
    served_stand.lift_limits(limited)
    assert account.get()["id"]


def test_an_account_that_is_not_paid_for_is_a_tariff_that_does_not_allow_it(
    served_stand: ServedStand, limited: dict[str, Any], account: AccountInteraction
) -> None:
    served_stand.limit(limited, unpaid=True)
    with pytest.raises(ValueError, match="Тариф"):
        account.get()
    served_stand.limit(limited, unpaid=False)
    assert account.get()["id"]
