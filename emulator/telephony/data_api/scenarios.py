"""`get.scenarios` (facts §1.9). What the elements of the arrays look like is nowhere documented."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.query import query_in
from emulator.telephony.numbers import in_reports
from emulator.telephony.scenarios.model import Scenario


def _numbers(scenario: Scenario) -> list[dict[str, Any]]:
    return [
        {"virtual_phone_number_id": each.id, "virtual_phone_number": in_reports(each.number)}
        for each in scenario.numbers
    ]


SCENARIO_COLUMNS: dict[str, Callable[[Scenario], Any]] = {
    "id": lambda row: row.id,
    "name": lambda row: row.name,
    "virtual_phone_numbers": _numbers,
    "sites": lambda _: [],
    "campaigns": lambda _: [],
    "operations": lambda row: [{"id": each.id, "name": each.name} for each in row.operations],
}


def get_scenarios(account: TelephonyAccount, params: Params) -> Answer:
    return query_in(params, fields_of("get.scenarios")).run(account.scenarios.all(), SCENARIO_COLUMNS)


METHODS: Methods = {"get.scenarios": get_scenarios}
