"""`get.visitor_sessions_report` (facts §1.8): visits with the pages that they opened and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from emulator.core.instants import whole_seconds
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.communications.ledger import Communication
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.origins import VISIT_COLUMNS, VisitColumn
from emulator.telephony.data_api.period import PERIOD, period_in
from emulator.telephony.data_api.query import query_in
from emulator.telephony.data_api.report import Report
from emulator.telephony.marketing.sessions import Hit, VisitorSession


class VisitsReport(Report):
    """Visits that began in the span."""

    def visits(self) -> list[VisitRow]:
        return [VisitRow(visit, self) for visit in self.account.marketing.visits.between(self.since, self.until)]

    @cached_property
    def hits(self) -> dict[int, list[Hit]]:
        return self.account.marketing.visits.hits_between(self.since, self.until)

    @cached_property
    def communications_of(self) -> dict[int, list[Communication]]:
        """By visit, oldest first."""
        return self.account.communications.of_visits_between(self.since, self.until)

    @cached_property
    def persons(self) -> dict[int, int]:
        return self.account.communications.persons_of_visitors(self.since, self.until)


@dataclass(frozen=True)
class VisitRow:
    visit: VisitorSession
    report: VisitsReport

    @property
    def hits(self) -> list[Hit]:
        return self.report.hits[self.visit.id]

    def pages(self) -> list[dict[str, Any]]:
        """Each page with how long it was looked at: until the next one."""
        ends = [*(hit.at for hit in self.hits[1:]), self.hits[-1].at]
        return [
            {
                "hit_time": self.report.time(hit.at),
                "hit_duration": _clock(whole_seconds(end - hit.at)),
                "hit_url": hit.url,
            }
            for hit, end in zip(self.hits, ends, strict=True)
        ]

    def communications(self) -> list[dict[str, Any]]:
        return [
            {
                "communication_type": each.type,
                "communication_id": each.id,
                "communication_date_time": self.report.time(each.created_at),
            }
            for each in self.report.communications_of.get(self.visit.id, [])
        ]

    def engine(self) -> str | None:
        """The advertising system whose mark of a click the entrance has."""
        if self.visit.yclid:
            return "yandex.direct"
        return "google.adwords" if self.visit.gclid else None


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _of_visit(column: VisitColumn) -> Callable[[VisitRow], Any]:
    return lambda row: column(row.report.origins, row.visit)


VISITOR_SESSION_COLUMNS: dict[str, Callable[[VisitRow], Any]] = {
    **{name: _of_visit(column) for name, column in VISIT_COLUMNS.items()},
    "id": lambda row: row.visit.id,
    "date_time": lambda row: row.report.time(row.visit.started_at),
    "cm_id": lambda row: row.visit.cm_id,
    "exit_page": lambda row: row.hits[-1].url,
    "duration": lambda row: whole_seconds(row.hits[-1].at - row.hits[0].at),
    "engine": lambda row: row.engine(),
    "integrated_campaign_data": lambda _: {},
    "person_id": lambda row: row.report.persons.get(row.visit.visitor_id),
    "visitor_ip_address": lambda row: row.visit.ip,
    "hits_count": lambda row: len(row.hits),
    "hits": lambda row: row.pages(),
    "communications": lambda row: row.communications(),
}


def get_visitor_sessions_report(account: TelephonyAccount, params: Params) -> Answer:
    """Visits that began in the period."""
    query = query_in(params, fields_of("get.visitor_sessions_report"), PERIOD)
    report = VisitsReport(account, *period_in(params, account.ground.zone))
    return query.run(report.visits(), VISITOR_SESSION_COLUMNS)


METHODS: Methods = {"get.visitor_sessions_report": get_visitor_sessions_report}
