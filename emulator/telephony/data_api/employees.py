"""`get.employees` (facts §1.9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.query import query_in
from emulator.telephony.numbers import in_reports
from emulator.telephony.staff import Employee, Phone

_BOTH_WAYS = ("in", "out")


def _phone(phone: Phone) -> dict[str, Any]:
    return {
        "phone_id": phone.id,
        "phone_number": in_reports(phone.number),
        "channels_count": 1,
        "dial_time": phone.dial_time,
        "status": "active" if phone.is_active else "inactive",
    }


def _first_name(employee: Employee) -> str | None:
    """The vendor keeps three names, our people have one: what stands before the last space is the first name."""
    return employee.full_name.rpartition(" ")[0] or None


EMPLOYEE_COLUMNS: dict[str, Callable[[Employee], Any]] = {
    "id": lambda row: row.id,
    "login": lambda row: row.email,
    "first_name": _first_name,
    "last_name": lambda row: row.full_name.rpartition(" ")[2],
    "full_name": lambda row: row.full_name,
    "status": lambda _: "available",
    "calls_available": lambda _: True,
    "allowed_in_call_types": lambda _: ["internal", "external"],
    "in_external_allowed_call_directions": lambda _: list(_BOTH_WAYS),
    "in_internal_allowed_call_directions": lambda _: list(_BOTH_WAYS),
    "allowed_out_call_types": lambda _: ["internal", "external"],
    "out_external_allowed_call_directions": lambda _: list(_BOTH_WAYS),
    "out_internal_allowed_call_directions": lambda _: list(_BOTH_WAYS),
    "email": lambda row: row.email,
    "call_recording": lambda row: "all" if any(phone.is_recorded for phone in row.phones) else "off",
    "groups": lambda _: [],
    "phone_numbers": lambda row: [_phone(phone) for phone in row.phones],
}


def get_employees(account: TelephonyAccount, params: Params) -> Answer:
    return query_in(params, fields_of("get.employees")).run(account.employees, EMPLOYEE_COLUMNS)


METHODS: Methods = {"get.employees": get_employees}
