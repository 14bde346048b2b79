"""The columns that every report of communications has: whose it is, which tags it carries, and its sale (facts §1.6).

Tags and sales are read once a report, with one statement each, and only when a request looks at such a column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

from emulator.core.instants import local_text
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.communications.ledger import Communication
from emulator.telephony.communications.money import shown
from emulator.telephony.communications.sales import Sale
from emulator.telephony.communications.tags import Mark, by_communication

T = TypeVar("T")
S = TypeVar("S")


class Tagging:
    """What the communications that began in [since, until) carry; made once a report."""

    def __init__(self, account: TelephonyAccount, since: int, until: int) -> None:
        self._account = account
        self._span = since, until

    def tags(self, communication_id: int) -> list[dict[str, Any]]:
        """In the order in which they were put."""
        return [self._tag(mark) for mark in self._marks.get(communication_id, ())]

    def sale(self, communication_id: int) -> Sale | None:
        """Nothing while the site of the communication does not count sales (REP-01)."""
        return self._sales.get(communication_id)

    def time(self, instant: int) -> str:
        return local_text(instant, self._account.ground.zone)

    @cached_property
    def _marks(self) -> dict[int, list[Mark]]:
        return by_communication(self._account.tags.between(*self._span))

    @cached_property
    def _sales(self) -> dict[int, Sale]:
        return {sale.communication_id: sale for sale in self._account.sales.shown(*self._span)}

    @cached_property
    def _names(self) -> dict[int, str]:
        return self._account.staff.names()

    def _tag(self, mark: Mark) -> dict[str, Any]:
        by = mark.by
        return {
            "tag_id": mark.tag_id,
            "tag_name": mark.tag_name,
            "tag_type": by.type,
            "tag_change_time": self.time(mark.changed_at),
            "tag_user_id": by.user_id,
            "tag_user_login": by.user_login,
            "tag_employee_id": by.employee_id,
            "tag_employee_full_name": None if by.employee_id is None else self._names.get(by.employee_id),
        }


def _sale_date(tagging: Tagging, communication: Communication) -> str | None:
    sale = tagging.sale(communication.id)
    return tagging.time(sale.sold_at) if sale else None


def _sale_cost(tagging: Tagging, communication: Communication) -> float | None:
    sale = tagging.sale(communication.id)
    return shown(sale.value) if sale else None


TAG_COLUMNS: dict[str, Callable[[Tagging, Communication], Any]] = {
    "tags": lambda tagging, communication: tagging.tags(communication.id),
    "sale_date": _sale_date,
    "sale_cost": _sale_cost,
    "communication_number": lambda _, communication: communication.number,
    "person_id": lambda _, communication: communication.person_id,
}


def columns_over(
    columns: Mapping[str, Callable[[S, Communication], Any]], of: Callable[[T], tuple[S, Communication | None]]
) -> dict[str, Callable[[T], Any]]:
    """Shared columns as columns of one report; `of` says what they look at in a row of it.

    A row that is no communication has nothing to show in them.
    """

    def column_over(name: str, column: Callable[[S, Communication], Any]) -> Callable[[T], Any]:
        def value(row: T) -> Any:
            source, communication = of(row)
            if communication is None:
                return [] if name in _LISTS else None
            return column(source, communication)

        return value

    return {name: column_over(name, column) for name, column in columns.items()}


_LISTS = ("tags", "segments", "visitor_custom_properties")
