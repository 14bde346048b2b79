"""What the Call API asks of other parts of the telephony: scenarios, tags, extensions. One function each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.staff import VirtualNumber


class TagList(Protocol):
    """The tags of communications; a mark has `tag_id` and `tag_name`."""

    def has(self, tag_id: int) -> bool: ...
    def put(self, communication_id: int, tag_id: int) -> None: ...
    def of(self, communication_id: int) -> Sequence[Any]: ...


def tags_of(account: TelephonyAccount) -> TagList | None:
    """None where the account keeps no tags."""
    tags: TagList | None = getattr(account, "tags", None)
    return tags


def has_scenario(account: TelephonyAccount, scenario_id: int) -> bool:
    known = _has_table(account, "scenarios")
    return known and account.database.value("SELECT 1 FROM scenarios WHERE id = ?", scenario_id) is not None


def scenario_of(account: TelephonyAccount, number: VirtualNumber) -> int | None:
    """The scenario that leads calls to a virtual number."""
    if not _has_table(account, "scenario_numbers"):
        return None
    question = "SELECT scenario_id FROM scenario_numbers WHERE virtual_number_id = ?"
    scenario_id: int | None = account.database.value(question, number.id)
    return scenario_id


def employee_at_extension(account: TelephonyAccount, extension: str) -> int | None:
    """The id of who is called at that short number from inside."""
    find = getattr(account.staff, "employee_by_extension", None)
    employee_id: int | None = find(extension) if find else None
    return employee_id


def _has_table(account: TelephonyAccount, name: str) -> bool:
    question = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return account.database.value(question, name) is not None
