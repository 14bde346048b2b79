"""The methods that the Data API serves, and the way of a request through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.data_api import rpc
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.limits import limits
from emulator.telephony.data_api.lists import ACCOUNT_COLUMNS, EMPLOYEE_COLUMNS, VIRTUAL_NUMBER_COLUMNS
from emulator.telephony.data_api.period import PERIOD, period_in
from emulator.telephony.data_api.query import query_in
from emulator.telephony.data_api.reports import CALL_COLUMNS, LEG_COLUMNS, Report
from emulator.telephony.data_api.rpc import Refusal

Params = Mapping[str, Any]
Answered = tuple[list[dict[str, Any]], int]
Method = Callable[[TelephonyAccount, Params], Answered]


def get_calls_report(account: TelephonyAccount, params: Params) -> Answered:
    """Sessions that began in the period; those that go on only with `include_ongoing_calls`."""
    query = query_in(params, fields_of("get.calls_report"), (*PERIOD, "include_ongoing_calls"))
    ongoing = params.get("include_ongoing_calls", False)
    if not isinstance(ongoing, bool):
        raise Refusal("data_type_error", "include_ongoing_calls", ongoing)
    since, until = period_in(params, account.ground.zone)
    return query.run(Report(account).calls(since, until, ongoing=ongoing), CALL_COLUMNS)


def get_call_legs_report(account: TelephonyAccount, params: Params) -> Answered:
    """Legs of the finished sessions that began in the period, the subscriber's own included."""
    query = query_in(params, fields_of("get.call_legs_report"), PERIOD)
    since, until = period_in(params, account.ground.zone)
    return query.run(Report(account).legs(since, until), LEG_COLUMNS)


def get_employees(account: TelephonyAccount, params: Params) -> Answered:
    return query_in(params, fields_of("get.employees")).run(account.employees, EMPLOYEE_COLUMNS)


def get_virtual_numbers(account: TelephonyAccount, params: Params) -> Answered:
    return query_in(params, fields_of("get.virtual_numbers")).run(account.virtual_numbers, VIRTUAL_NUMBER_COLUMNS)


def get_account(account: TelephonyAccount, params: Params) -> Answered:
    """A list with the one account."""
    return query_in(params, fields_of("get.account")).run([account], ACCOUNT_COLUMNS)


METHODS: dict[str, Method] = {
    "get.account": get_account,
    "get.call_legs_report": get_call_legs_report,
    "get.calls_report": get_calls_report,
    "get.employees": get_employees,
    "get.virtual_numbers": get_virtual_numbers,
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
        data, total = method(account, call.params)
    except Refusal as refusal:
        return rpc.failure(call_id, refusal, metadata)
    return rpc.success(call_id, data, {**metadata, "total_items": total})


def _authorized(call: rpc.Call, account: TelephonyAccount | None) -> None:
    if call.params.get("access_token") is None:
        raise Refusal("required_parameter_missed", "access_token")
    if account is None:
        raise Refusal("access_token_invalid", "access_token")
