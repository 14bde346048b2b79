"""The ground of both vendor APIs: the JSON-RPC envelope, the error catalogue, an API of one's own on it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from emulator.core.faults import Action, FaultRequest, Match
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.answer import Answer, Params
from emulator.telephony.dispatch import Api, answer
from emulator.telephony.log_in import log_in_methods
from emulator.telephony.rpc import Refusal
from emulator.telephony.rpc_errors import CATALOGUE
from tests.unit.telephony.conftest import Office

ENVELOPES: list[tuple[Any, int, str]] = [
    (b"{", -32700, "parse_error"),
    (5, -32600, "invalid_request"),
    ([], -32099, "batch_opreations_not_supported"),
    ({"id": 1, "method": "get.account"}, -32600, "invalid_request"),
    ({"jsonrpc": "2.0", "method": "get.account"}, -32099, "notifications_not_supported"),
    ({"jsonrpc": "2.0", "id": [], "method": "get.account"}, -32600, "invalid_request"),
    ({"jsonrpc": "2.0", "id": 1, "method": 5}, -32600, "invalid_request"),
    ({"jsonrpc": "2.0", "id": 1, "method": "get.account", "params": []}, -32600, "invalid_request"),
    ({"jsonrpc": "2.0", "id": 1, "method": "get.account"}, -32602, "required_parameter_missed"),
    (
        {"jsonrpc": "2.0", "id": 1, "method": "get.account", "params": {"access_token": "x"}},
        -32001,
        "access_token_invalid",
    ),
]


@pytest.mark.parametrize(("body", "code", "mnemonic"), ENVELOPES, ids=[str(n) for n in range(len(ENVELOPES))])
async def test_an_envelope_that_is_none(office: Office, body: Any, code: int, mnemonic: str) -> None:
    answer = await office.post(body)
    assert (answer["error"]["code"], answer["error"]["data"]["mnemonic"]) == (code, mnemonic)
    assert answer["error"]["data"]["metadata"] == {}
    assert answer["id"] == (body.get("id") if isinstance(body, dict) else None)


@pytest.mark.parametrize("token", ["", "unknown"])
async def test_what_nests_too_deep_is_refused_whoever_asks(office: Office, token: str) -> None:
    deep = b"[" * 300 + b"]" * 300
    given = (token or office.account.issue_token("client")).encode()
    body = b'{"jsonrpc": "2.0", "id": %b, "method": "get.account", "params": {"access_token": "%b"}}' % (deep, given)
    async with office.session.post(f"{office.url}/v2.0", data=body) as answer:
        assert answer.status == 400
        assert "deeper" in (await answer.json(content_type=None))["detail"]


async def test_requests_pass_through_journal_and_faults(office: Office) -> None:
    match = Match(path="/v2.0", body={"method": "get.account"})
    office.ground.faults.add(FaultRequest("telephony", Action(status=503), match))
    token = office.account.issue_token("integration")
    body = {"jsonrpc": "2.0", "id": 1, "method": "get.account", "params": {"access_token": token}}
    async with office.session.post(f"{office.url}/v2.0", json=body) as answer:
        assert answer.status == 503
    assert "result" in await office.post(body)
    asked = [entry.body() for entry in office.ground.journal.entries("request")]
    assert [(entry["from"], entry["to"], entry["subject"]) for entry in asked] == [
        ("integration", "telephony", "POST /v2.0")
    ] * 2
    assert asked[0]["data"]["body"]["params"]["access_token"] == f"…{token[-4:]}"


async def test_numbers_texts_and_what_else_is_in_an_envelope_are_taken(office: Office) -> None:
    token = office.account.issue_token("client")
    for call_id in ("a", 7, 1.5):
        body = {"jsonrpc": "2.0", "id": call_id, "method": "get.account", "params": {"access_token": token}, "limit": 1}
        answered = await office.post(body)
        assert (answered["id"], "result" in answered) == (call_id, True)


async def test_a_token_that_is_no_text(office: Office) -> None:
    said = (await office.ask("get.account", access_token=5))["error"]["data"]
    assert (said["mnemonic"], said["field"], said["value"]) == ("data_type_error", "access_token", None)


CODES = {
    "parse_error": -32700,
    "invalid_request": -32600,
    "method_not_found": -32601,
    "internal_error": -32603,
    "auth_error": -32001,
    "access_token_expired": -32001,
    "forbidden": -32003,
    "ip_not_whitelisted": -32003,
    "invalid_state": -32004,
    "virtual_phone_number_not_found": -32007,
    "method_component_disabled": -32008,
    "account_inactive": -32009,
    "limit_exceeded": -32029,
    "notifications_not_supported": -32099,
    "contact_in_blacklist": -32002,
    "entity_not_found": -32602,
}


def test_codes_are_those_of_their_group() -> None:
    assert {mnemonic: Refusal(mnemonic).code for mnemonic in CODES} == CODES
    groups = {-32700, -32600, -32601, -32602, -32603, *range(-32009, -32000), -32029, -32099}
    assert {code for code, _ in CATALOGUE.values()} <= groups


def test_an_api_may_refuse_with_a_code_of_its_own_and_fill_in_the_text() -> None:
    refusal = Refusal("contact_in_blacklist", "contact", "79161234567", code=-32602, params={"contact": 79161234567})
    error = refusal.error({})
    assert (error["code"], error["message"]) == (-32602, "The contact 79161234567 has been found in the blacklist")
    assert error["data"]["params"] == {"contact": "79161234567"}
    assert Refusal("invalid_parameter_value", hint="from 1 to 2").message == "Invalid parameter value: from 1 to 2"


async def test_another_api_stands_on_the_same_ground(office: Office) -> None:
    """Its own methods, its own metadata in answers and errors, its own points."""

    def start(account: TelephonyAccount, params: Params) -> Answer:
        if "contact" not in params:
            raise Refusal("required_parameter_missed", "contact")
        return Answer({"call_session_id": account.id})

    api = Api("call", {**log_in_methods({"success": True}), "start.call": start}, {"api_version": {"current": "v4.0"}})
    office.account.limits.change(limits="on")

    def asked(method: str, account: TelephonyAccount | None = office.account, **params: Any) -> dict[str, Any]:
        token = office.account.tokens.of("client") or office.account.issue_token("client")
        given = {"access_token": token, **params}
        return answer(api, orjson.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": given}), account, "::1")

    told = asked("start.call", contact="79161234567")["result"]
    assert told["data"] == {"call_session_id": office.account.id}
    assert told["metadata"]["api_version"] == {"current": "v4.0"}
    assert told["metadata"]["limits"]["minute_remaining"] == 199
    missed = asked("start.call")["error"]["data"]
    assert (missed["mnemonic"], missed["metadata"]["limits"]["minute_remaining"]) == ("required_parameter_missed", 199)
    unknown = asked("get.account")["error"]["data"]
    assert (unknown["mnemonic"], unknown["metadata"]) == ("method_not_found", {"api_version": {"current": "v4.0"}})
    assert asked("start.call", None)["error"]["data"]["mnemonic"] == "access_token_invalid"
    assert (await office.ask("get.account"))["result"]["metadata"]["limits"]["minute_remaining"] == 199
