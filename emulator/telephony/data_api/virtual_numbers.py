"""`get.virtual_numbers` (facts §1.9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from emulator.core.instants import local_text
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.campaigns import Tracking
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.query import query_in
from emulator.telephony.numbers import in_reports
from emulator.telephony.staff import VirtualNumber


@dataclass(frozen=True)
class NumberRow:
    """`scenario` is (id, name) of the one that the number leads to, `campaigns` those that show the number."""

    number: VirtualNumber
    scenario: tuple[int, str] | None
    campaigns: list[dict[str, Any]]
    zone: ZoneInfo

    def scenarios(self) -> list[dict[str, Any]]:
        if self.scenario is None:
            return []
        scenario_id, name = self.scenario
        shown = {"scenario_id": scenario_id, "scenario_name": name}
        return [{**shown, "call_processing_rule_id": None, "is_active": True}]


VIRTUAL_NUMBER_COLUMNS: dict[str, Callable[[NumberRow], Any]] = {
    "id": lambda row: row.number.id,
    "virtual_phone_number": lambda row: in_reports(row.number.number),
    "activation_date": lambda row: local_text(row.number.activated_at, row.zone),
    "status": lambda _: "active",
    "category": lambda _: "usual",
    "type": lambda row: row.number.type,
    "name": lambda row: row.number.name or None,
    "campaigns": lambda row: row.campaigns,
    "site_blocks": lambda _: [],
    "scenarios": lambda row: row.scenarios(),
}


def get_virtual_numbers(account: TelephonyAccount, params: Params) -> Answer:
    scenarios, tracking = account.scenarios.of_numbers(), Tracking(account)
    rows = [
        NumberRow(number, scenarios.get(number.id), tracking.campaigns_of(number), account.ground.zone)
        for number in account.virtual_numbers
    ]
    return query_in(params, fields_of("get.virtual_numbers")).run(rows, VIRTUAL_NUMBER_COLUMNS)


METHODS: Methods = {"get.virtual_numbers": get_virtual_numbers}
