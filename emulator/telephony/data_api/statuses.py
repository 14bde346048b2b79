"""`get.statuses` (facts §1.9): the standard statuses of employees. None of them can be deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.query import flag_in, query_in
from emulator.telephony.staff import STATUSES, Status
from emulator.telephony.staff.statuses import status_id


@dataclass(frozen=True)
class _Row:
    id: int
    status: Status


STATUS_COLUMNS: dict[str, Callable[[_Row], Any]] = {
    "id": lambda row: row.id,
    "name": lambda row: row.status.name,
    "mnemonic": lambda row: row.status.mnemonic,
    "description": lambda row: row.status.description,
    "color": lambda row: row.status.color,
    "is_deleted": lambda _: False,
    "in_external_allowed_call_directions": lambda row: list(row.status.rings),
    "in_internal_allowed_call_directions": lambda row: list(row.status.rings),
    "out_external_allowed_call_directions": lambda row: list(row.status.calls),
    "out_internal_allowed_call_directions": lambda row: list(row.status.calls),
    "allowed_phone_protocols": lambda row: list(row.status.protocols),
    "is_select_allowed": lambda row: row.status.is_selectable,
    "is_worktime": lambda row: row.status.is_worktime,
    "is_auto_out_calls_ready": lambda row: row.status.is_auto_out_calls_ready,
}


def get_statuses(account: TelephonyAccount, params: Params) -> Answer:
    """With `is_deleted` only those that were deleted."""
    query = query_in(params, fields_of("get.statuses"), ("is_deleted",))
    deleted = flag_in(params, "is_deleted")
    ids = account.ground.ids
    rows = [] if deleted else [_Row(status_id(ids, each.mnemonic), each) for each in STATUSES.values()]
    return query.run(rows, STATUS_COLUMNS)


METHODS: Methods = {"get.statuses": get_statuses}
