"""`get.communications_report` (facts §1.8), and the columns that it shares with the report of offline messages.

Calls between employees are no communications: they are in the calls report only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.beginnings import Named
from emulator.telephony.communications.ledger import Communication
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.origins import ORIGIN_COLUMNS
from emulator.telephony.data_api.period import PERIOD, span_in
from emulator.telephony.data_api.query import query_in
from emulator.telephony.data_api.report import Report
from emulator.telephony.data_api.tagging import TAG_COLUMNS, columns_over


class CommunicationsReport(Report):
    """Communications of any kind."""

    @cached_property
    def lost(self) -> set[int]:
        return self.account.communications.lost(self.since, self.until)


class Row(Protocol):
    """A row of a report of communications; a technical form has none."""

    @property
    def report(self) -> CommunicationsReport: ...
    @property
    def communication(self) -> Communication | None: ...


_OWN: dict[str, Callable[[CommunicationsReport, Communication], Any]] = {
    "communication_type": lambda _, communication: communication.type,
    "attributes": lambda report, communication: ["lost"] if communication.id in report.lost else [],
}

SHARED_COLUMNS: dict[str, Callable[[Row], Any]] = {
    **columns_over(_OWN, lambda row: (row.report, row.communication)),
    **columns_over(TAG_COLUMNS, lambda row: (row.report.tagging, row.communication)),
    **columns_over(ORIGIN_COLUMNS, lambda row: (row.report.origins, row.communication)),
}


@dataclass(frozen=True)
class CommunicationRow:
    communication: Communication
    report: CommunicationsReport


COMMUNICATION_COLUMNS: dict[str, Callable[[CommunicationRow], Any]] = {
    **SHARED_COLUMNS,
    "id": lambda row: row.communication.id,
    "date_time": lambda row: row.report.time(row.communication.created_at),
}


def get_communications_report(account: TelephonyAccount, params: Params) -> Answer:
    """The communications that began in the period, calls that go on included."""
    query = query_in(params, fields_of("get.communications_report"), PERIOD)
    since, until = span_in(params, account, query, {"id": Named.COMMUNICATION})
    report, internal = CommunicationsReport(account, since, until), account.communications.internal(since, until)
    rows = [CommunicationRow(each, report) for each in report.communications.values() if each.id not in internal]
    return query.run(rows, COMMUNICATION_COLUMNS)


METHODS: Methods = {"get.communications_report": get_communications_report}
