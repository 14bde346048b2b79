"""`get.communications_report` (facts §1.8), and the columns that it shares with the report of offline messages.

Calls between employees are no communications: they are in the calls report only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from emulator.core.instants import local_text
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.communications.ledger import Communication
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.origins import ORIGIN_COLUMNS, Origins
from emulator.telephony.data_api.period import PERIOD, period_in
from emulator.telephony.data_api.query import query_in
from emulator.telephony.data_api.tagging import TAG_COLUMNS, Tagging, columns_over


class Shared:
    """What the rows of one report have in common; each part reads its rows when a column looks at them first."""

    def __init__(self, account: TelephonyAccount, since: int, until: int) -> None:
        self.tagging = Tagging(account, since, until)
        self._account = account
        self._span = since, until

    def time(self, instant: int | None) -> str | None:
        return None if instant is None else local_text(instant, self._account.ground.zone)

    @cached_property
    def origins(self) -> Origins:
        return Origins(self._account)

    @cached_property
    def lost(self) -> set[int]:
        return self._account.communications.lost(*self._span)

    @cached_property
    def names(self) -> dict[int, str]:
        return self._account.staff.names()


class Row(Protocol):
    """A row of a report of communications; a technical form has none."""

    @property
    def shared(self) -> Shared: ...
    @property
    def communication(self) -> Communication | None: ...


_OWN: dict[str, Callable[[Shared, Communication], Any]] = {
    "communication_type": lambda _, communication: communication.type,
    "attributes": lambda shared, communication: ["lost"] if communication.id in shared.lost else [],
}

SHARED_COLUMNS: dict[str, Callable[[Row], Any]] = {
    **columns_over(_OWN, lambda row: (row.shared, row.communication)),
    **columns_over(TAG_COLUMNS, lambda row: (row.shared.tagging, row.communication)),
    **columns_over(ORIGIN_COLUMNS, lambda row: (row.shared.origins, row.communication)),
}


@dataclass(frozen=True)
class CommunicationRow:
    communication: Communication
    shared: Shared


COMMUNICATION_COLUMNS: dict[str, Callable[[CommunicationRow], Any]] = {
    **SHARED_COLUMNS,
    "id": lambda row: row.communication.id,
    "date_time": lambda row: row.shared.time(row.communication.created_at),
}


def get_communications_report(account: TelephonyAccount, params: Params) -> Answer:
    """The communications that began in the period, calls that go on included."""
    query = query_in(params, fields_of("get.communications_report"), PERIOD)
    since, until = period_in(params, account.ground.zone)
    shared, internal = Shared(account, since, until), account.communications.internal(since, until)
    found = [each for each in account.communications.between(since, until) if each.id not in internal]
    return query.run([CommunicationRow(each, shared) for each in found], COMMUNICATION_COLUMNS)


METHODS: Methods = {"get.communications_report": get_communications_report}
