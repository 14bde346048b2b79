"""Sessions, keys and addresses: who may use the vendor APIs (facts §1.1, §1.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from emulator.core.errors import BadRequest, NotFound
from emulator.core.instants import EPOCH
from tests.unit.telephony.conftest import Office
from tests.unit.telephony.test_account import another


async def log_in(office: Office, **changes: Any) -> dict[str, Any]:
    own = office.account.access.login()
    params = {"login": own.login, "password": own.password, **changes}
    given = {name: value for name, value in params.items() if value is not ...}
    return await office.post({"jsonrpc": "2.0", "id": 1, "method": "login.user", "params": given})


async def with_token(office: Office, token: str, method: str = "get.account") -> str | None:
    """The mnemonic of the refusal; None when it was answered."""
    answer = await office.ask(method, access_token=token)
    return answer["error"]["data"]["mnemonic"] if "error" in answer else None


async def test_a_session_lasts_an_hour_of_the_worlds_time(office: Office) -> None:
    session = (await log_in(office))["result"]["data"]
    ends = office.ground.clock.now() + timedelta(hours=1)
    assert session["expire_at"] == session["expire"] == (ends - EPOCH).total_seconds()
    assert session["app_id"] == office.account.id
    await office.pass_time(3599)
    assert await with_token(office, session["access_token"]) is None
    await office.pass_time(1)
    assert await with_token(office, session["access_token"]) == "access_token_invalid"


async def test_sessions_differ_also_after_others_ended(office: Office) -> None:
    tokens = set()
    for _ in range(3):
        token = (await log_in(office))["result"]["data"]["access_token"]
        tokens.add(token)
        assert await with_token(office, token, "logout.user") is None
    assert len(tokens) == 3


async def test_a_log_out_ends_the_session(office: Office) -> None:
    session = (await log_in(office))["result"]["data"]
    other = (await log_in(office))["result"]["data"]
    answer = await office.ask("logout.user", access_token=session["access_token"])
    assert answer["result"]["data"] == {}
    assert await with_token(office, session["access_token"]) == "access_token_invalid"
    assert await with_token(office, session["access_token"], "logout.user") == "access_token_invalid"
    assert await with_token(office, other["access_token"]) is None


async def test_a_key_cannot_be_logged_out(office: Office) -> None:
    key = office.account.issue_token("client")
    assert await with_token(office, key, "logout.user") == "forbidden"
    assert await with_token(office, key) is None


@pytest.mark.parametrize(
    ("changes", "mnemonic", "field"),
    [
        ({"password": "x"}, "auth_error", None),
        ({"login": "nobody@example.test"}, "auth_error", None),
        ({"login": ...}, "required_parameter_missed", "login"),
        ({"password": ...}, "required_parameter_missed", "password"),
        ({"password": None}, "required_parameter_missed", "password"),
        ({"login": 5}, "data_type_error", "login"),
        ({"password": 5}, "data_type_error", "password"),
        ({"pasword": "x"}, "unexpected_parameters", "pasword"),
    ],
)
async def test_a_log_in_that_is_refused(office: Office, changes: dict[str, Any], mnemonic: str, field: str) -> None:
    error = (await log_in(office, **changes))["error"]
    assert (error["data"]["mnemonic"], error["data"]["field"]) == (mnemonic, field)
    assert error["data"]["value"] is None
    if mnemonic == "auth_error":
        assert (error["code"], error["message"]) == (-32001, "Login or password is wrong")
        assert error["data"]["metadata"] == {}


async def test_a_log_in_is_in_the_journal_without_its_secrets(office: Office) -> None:
    session = (await log_in(office))["result"]["data"]
    told = str([entry.body() for entry in office.ground.journal.entries()])
    assert office.account.access.login().login in told
    assert office.account.access.login().password not in told
    assert session["access_token"] not in told


async def test_the_password_of_an_operator_is_not_in_the_journal(office: Office) -> None:
    operator = {"operator_login": "anna", "operator_password": "very secret"}
    assert "error" in await office.ask("create.employees", last_name="Orlov", operator=operator)
    told = str([entry.body() for entry in office.ground.journal.entries()])
    assert ("Orlov" in told, "very secret" in told) == (True, False)


async def test_a_login_finds_its_own_world_by_its_password_if_need_be(office: Office) -> None:
    other = another(office, 8)
    office.accounts.add(other)
    try:
        own = other.access.login()
        told = await log_in(office, login=own.login, password=own.password)
        assert told["result"]["data"]["app_id"] == other.id
        for account, password in ((office.account, "first"), (other, "second")):
            account.access.set_login("same@example.test", password)
        told = await log_in(office, login="same@example.test", password="second")
        assert told["result"]["data"]["app_id"] == other.id
        told = await log_in(office, login="same@example.test", password="first")
        assert told["result"]["data"]["app_id"] == office.account.id
        assert "error" in await log_in(office, login="same@example.test", password="third")
    finally:
        office.accounts.remove(other)
        await other.close()


async def test_a_changed_password(office: Office) -> None:
    office.account.access.set_login(office.account.access.login().login, "another")
    assert office.account.access.login().password == "another"
    assert "result" in await log_in(office)


async def test_a_key_that_ran_out_or_was_blocked(office: Office) -> None:
    key = office.account.tokens.issue("client", timedelta(minutes=5))
    office.account.tokens.change(key, blocked=True)
    assert await with_token(office, key) == "access_token_blocked"
    office.account.tokens.change(key, blocked=False)
    assert await with_token(office, key) is None
    await office.pass_time(300)
    assert await with_token(office, key) == "access_token_expired"
    office.account.tokens.change(key, lasts=timedelta(seconds=1))
    assert await with_token(office, key) is None
    with pytest.raises(NotFound):
        office.account.tokens.change("x", blocked=True)


async def test_addresses_that_may_ask(office: Office) -> None:
    key = office.account.issue_token("client")
    access = office.account.access
    assert access.whitelist() is None
    access.set_whitelist(["192.0.2.0/24"])
    error = (await office.ask("get.account", access_token=key))["error"]
    assert (error["code"], error["message"]) == (-32003, "Your IP 127.0.0.1 is not whitelisted")
    assert (error["data"]["params"], error["data"]["metadata"]) == ({"ip": "127.0.0.1"}, {})
    assert (await log_in(office))["error"]["data"]["mnemonic"] == "ip_not_whitelisted"
    for networks, answered in [
        (["192.0.2.0/24", "127.0.0.1"], True),
        (["127.0.0.0/8"], True),
        (["0.0.0.0/0"], True),
        ([], False),
        (None, True),
    ]:
        access.set_whitelist(networks)
        assert access.whitelist() == networks
        assert (await with_token(office, key) is None) == answered, networks


@pytest.mark.parametrize("network", ["here", "127.0.0.1/40", "", "127.0.0.1/8"])
async def test_an_address_that_is_none(office: Office, network: str) -> None:
    office.account.access.set_whitelist(["192.0.2.1"])
    with pytest.raises(BadRequest) as refused:
        office.account.access.set_whitelist(["::1", network])
    assert refused.value.errors[0].path == "ip_whitelist[1]"
    assert office.account.access.whitelist() == ["192.0.2.1"]


async def test_a_secret_in_the_wrong_place_is_not_repeated(office: Office) -> None:
    for given in (
        {"operator_password": "very secret"},
        {"password": "very secret"},
        {"operator": {"operator_password": ["very secret"]}},
    ):
        refused = await office.ask("create.employees", last_name="Анна", **given)
        assert (refused["error"]["data"]["value"], "very secret" in str(refused)) == (None, False)
    told = str([entry.body() for entry in office.ground.journal.entries()])
    assert "secret" not in told.replace("_secret", "")
