"""`get.virtual_numbers` (facts §1.9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.campaigns import Tracking
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.query import query_in
from emulator.telephony.numbers import in_reports
from emulator.telephony.staff import VirtualNumber

VIRTUAL_NUMBER_COLUMNS: dict[str, Callable[[VirtualNumber], Any]] = {
    "id": lambda row: row.id,
    "virtual_phone_number": lambda row: in_reports(row.number),
    "status": lambda _: "active",
    "category": lambda _: "usual",
    "type": lambda row: row.type,
    "name": lambda row: row.name or None,
    "scenarios": lambda _: [],
}


def get_virtual_numbers(account: TelephonyAccount, params: Params) -> Answer:
    columns = {**VIRTUAL_NUMBER_COLUMNS, "campaigns": Tracking(account).campaigns_of}
    return query_in(params, fields_of("get.virtual_numbers")).run(account.virtual_numbers, columns)


METHODS: Methods = {"get.virtual_numbers": get_virtual_numbers}
