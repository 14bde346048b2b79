"""The methods that the Data API serves, and the way of a request through them."""

from __future__ import annotations

from typing import Any

from emulator.telephony import rpc
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.data_api import account as account_methods
from emulator.telephony.data_api import calls, employees, scenarios, virtual_numbers
from emulator.telephony.data_api.answer import Methods
from emulator.telephony.limits import limits
from emulator.telephony.rpc import Refusal

METHODS: Methods = {
    **account_methods.METHODS,
    **calls.METHODS,
    **employees.METHODS,
    **scenarios.METHODS,
    **virtual_numbers.METHODS,
}


def answer(body: bytes, account: TelephonyAccount | None) -> dict[str, Any]:
    """The JSON-RPC answer to `body`; `account` is the one its access token belongs to, if there is any."""
    metadata = {"limits": limits(account.ground)} if account else {}
    call_id = None
    try:
        call_id, document = rpc.read(body)
        call = rpc.call_in(document)
        method = METHODS.get(call.method)
        if method is None:
            raise Refusal("method_not_found", "method", call.method)
        _authorized(call, account)
        assert account is not None
        answered = method(account, call.params)
    except Refusal as refusal:
        return rpc.failure(call_id, refusal, metadata)
    total = {} if answered.total is None else {"total_items": answered.total}
    return rpc.success(call_id, answered.data, {**metadata, **total})


def _authorized(call: rpc.Call, account: TelephonyAccount | None) -> None:
    if call.params.get("access_token") is None:
        raise Refusal("required_parameter_missed", "access_token")
    if account is None:
        raise Refusal("access_token_invalid", "access_token")
