"""`get.account` (facts §1.9): a list with the one account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.query import query_in

ACCOUNT_COLUMNS: dict[str, Callable[[TelephonyAccount], Any]] = {
    "app_id": lambda row: row.id,
    "name": lambda row: row.name,
    "timezone": lambda row: row.ground.zone.key,
}


def get_account(account: TelephonyAccount, params: Params) -> Answer:
    return query_in(params, fields_of("get.account")).run([account], ACCOUNT_COLUMNS)


METHODS: Methods = {"get.account": get_account}
