"""The way of a JSON-RPC request through an API of the vendor: envelope, method, token, address, limits, the method.

Data API and Call API differ in their methods and in what their metadata say besides the limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from emulator.telephony import rpc
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.answer import Methods
from emulator.telephony.limits import ApiName
from emulator.telephony.rpc import Call, Refusal


@dataclass(frozen=True)
class Api:
    """One of the vendor's APIs. `metadata` are in every answer of it, errors included."""

    name: ApiName
    methods: Methods
    metadata: Mapping[str, Any] = field(default_factory=dict)


def answer(api: Api, body: bytes, account: TelephonyAccount | None, remote: str | None = None) -> dict[str, Any]:
    """The JSON-RPC answer to `body`. `account` is the one that its token or login belongs to, if there is any;
    `remote` is the address of who asks.

    A point is charged for what succeeded; metadata show what remains after it.
    """
    call_id = None
    try:
        call_id, document = rpc.read(body)
        call = rpc.call_in(document)
        method = api.methods.get(call.method)
        if method is None:
            raise Refusal("method_not_found", "method", call.method)
        account = _admitted(call, account, remote)
        account.limits.refuse_if_used_up(api.name)
        answered = method(account, call.params)
        account.limits.charge(api.name)
        if not call.method.startswith("get."):
            account.staff_changed()
    except Refusal as refusal:
        shown = _limits(api, account) if refusal.shows_limits else {}
        return rpc.failure(call_id, refusal, {**api.metadata, **shown})
    total = {} if answered.total is None else {"total_items": answered.total}
    return rpc.success(call_id, answered.data, {**api.metadata, **_limits(api, account), **total})


def _admitted(call: Call, account: TelephonyAccount | None, remote: str | None) -> TelephonyAccount:
    """The account that the call may be made to. Raises Refusal."""
    if call.method == rpc.LOG_IN:
        if account is None:
            _refuse_log_in(call)
    else:
        token = call.params.get("access_token")
        if token is None:
            raise Refusal("required_parameter_missed", "access_token")
        if not isinstance(token, str):
            raise Refusal("data_type_error", "access_token")
        if account is None:
            raise Refusal("access_token_invalid", "access_token")
        account.tokens.check(token)
    if not account.access.admits(remote):
        raise Refusal("ip_not_whitelisted", params={"ip": remote or "unknown"})
    return account


def _refuse_log_in(call: Call) -> NoReturn:
    """Nobody has that login. What is wrong with its form is said first."""
    for name in ("login", "password"):
        if call.params.get(name) is None:
            raise Refusal("required_parameter_missed", name)
        if not isinstance(call.params[name], str):
            raise Refusal("data_type_error", name)
    raise Refusal("auth_error")


def _limits(api: Api, account: TelephonyAccount | None) -> dict[str, Any]:
    return {"limits": account.limits.shown(api.name)} if account else {}
