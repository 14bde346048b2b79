"""The two reports of calls: sessions (facts §1.6) and legs (facts §1.7) as rows of documented fields.

A documented field that has no column here has nothing to show yet and is null.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from emulator.core.instants import micros, whole_seconds
from emulator.core.phones import match_key
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.beginnings import Named
from emulator.telephony.communications.ledger import Communication
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.origins import ORIGIN_COLUMNS
from emulator.telephony.data_api.period import PERIOD, span_in
from emulator.telephony.data_api.query import flag_in, query_in
from emulator.telephony.data_api.report import Report
from emulator.telephony.data_api.tagging import TAG_COLUMNS, columns_over
from emulator.telephony.engine import ends
from emulator.telephony.engine.figures import Figures, clean_talk, figures
from emulator.telephony.engine.processing import processed_after
from emulator.telephony.engine.records import Call, Leg, Session
from emulator.telephony.numbers import in_reports
from emulator.telephony.scenarios.passages import Way


class CallsReport(Report):
    """Calls that began in the span, as they stand at the time of the report."""

    def __init__(self, account: TelephonyAccount, since: int, until: int) -> None:
        super().__init__(account, since, until)
        self.now = micros(account.ground.clock.now())

    @cached_property
    def ways(self) -> dict[int, Way]:
        """The scenarios that led calls, by call."""
        return self.account.routing.passages.ways(self.since, self.until)

    @cached_property
    def contacts(self) -> dict[str, tuple[int, str]]:
        """The contacts of the address book by the keys of their numbers."""
        return self.account.address_book.known()

    @cached_property
    def processed(self) -> dict[int, int]:
        return processed_after(self.account.database, self.since)

    def calls(self, *, ongoing: bool) -> list[CallRow]:
        """Oldest first; those that go on only when `ongoing`."""
        calls = self.account.store.all(self.since, self.until)
        return [CallRow(call, self) for call in calls if ongoing or call.session.ended_at is not None]

    def legs(self) -> list[LegRow]:
        """Legs of the finished calls."""
        return [LegRow(leg, row) for row in self.calls(ongoing=False) for leg in row.call.legs]

    def record_hashes(self, cut: str, call: Call, leg: Leg | None = None) -> list[str]:
        """Of all lines of the call, or of `leg`."""
        return self.account.recordings.hashes(cut, call, leg)

    def api_request_id(self, session: Session) -> int | None:
        """The number of the Call API's request that began the call."""
        row = self.account.preludes.of(session)
        return row["id"] if row else None

    def record_link(self, session: Session) -> str | None:
        return self.account.recordings.link(session)


@dataclass(frozen=True)
class CallRow:
    call: Call
    report: CallsReport

    @property
    def session(self) -> Session:
        return self.call.session

    @cached_property
    def communication(self) -> Communication:
        return self.report.communications[self.session.communication_id]

    @cached_property
    def contact(self) -> tuple[int | None, str | None]:
        """Id and name of the other party, who stands in the address book."""
        return self.report.contacts.get(match_key(self.session.contact_phone), (None, None))

    @cached_property
    def figures(self) -> Figures:
        return figures(self.session, self.report.now)

    def employees(self) -> list[dict[str, Any]]:
        """Who was rung, each once, in the order of ringing."""
        found: dict[int, dict[str, Any]] = {}
        for leg in self.call.legs:
            if not leg.is_operator or leg.employee_id is None:
                continue
            line = {"employee_id": leg.employee_id, "employee_full_name": self.report.name(leg.employee_id)}
            seen = found.setdefault(leg.employee_id, {**line, "is_answered": False, "is_talked": False})
            if leg.connected_at is not None:
                seen["is_answered"] = seen["is_talked"] = True
        return list(found.values())

    def number(self) -> int | None:
        """Empty for a session of the virtual PBX alone, one that no site or campaign led to (facts §1.6)."""
        communication = self.communication
        has_origin = communication.site_id is not None or communication.campaign_id is not None
        return communication.number if has_origin or self.session.source != "va" else None

    @property
    def way(self) -> Way | None:
        return self.report.ways.get(self.call.id)

    def operations(self) -> list[dict[str, Any]]:
        """The operations of scenarios that the call passed, each once."""
        passed = dict(self.way.operations) if self.way else {}
        return [{"id": operation_id, "name": name} for operation_id, name in passed.items()]

    def operator_number(self) -> str | None:
        """The number of the operator who talked last."""
        talked = [leg for leg in self.call.legs if leg.was_rung and leg.connected_at is not None]
        return in_reports(talked[-1].number) if talked else None


@dataclass(frozen=True)
class LegRow:
    leg: Leg
    row: CallRow

    @property
    def report(self) -> CallsReport:
        return self.row.report

    @property
    def session(self) -> Session:
        return self.row.session

    @property
    def end(self) -> int:
        return self.report.now if self.leg.ended_at is None else self.leg.ended_at

    @property
    def is_dialled_out(self) -> bool:
        return ends.is_dialled_out(self.row.call, self.leg)

    def calling(self) -> str | None:
        return in_reports(ends.calling(self.row.call, self.leg))

    def called(self) -> str | None:
        return in_reports(ends.called(self.row.call, self.leg))

    def operation_name(self) -> str | None:
        way, operation_id = self.row.way, self.leg.operation_id
        return dict(way.operations).get(operation_id) if way and operation_id else None

    def duration(self) -> int:
        return 0 if self.leg.connected_at is None else whole_seconds(self.end - self.leg.connected_at)


CALL_COLUMNS: dict[str, Callable[[CallRow], Any]] = {
    "id": lambda row: row.session.id,
    "start_time": lambda row: row.report.time(row.session.started_at),
    "finish_time": lambda row: row.report.time(row.session.ended_at),
    "finish_reason": lambda row: row.session.finish_reason,
    "direction": lambda row: row.session.direction,
    "source": lambda row: row.session.source,
    "is_lost": lambda row: row.session.is_lost,
    "contact_phone_number": lambda row: in_reports(row.session.contact_phone),
    "virtual_phone_number": lambda row: in_reports(row.session.virtual_phone),
    "communication_id": lambda row: row.session.communication_id,
    "communication_type": lambda _: "call",
    "wait_duration": lambda row: row.figures.wait,
    "total_wait_duration": lambda row: row.figures.wait,
    "talk_duration": lambda row: row.figures.talk,
    "clean_talk_duration": lambda row: clean_talk(row.call, row.report.now),
    "total_duration": lambda row: row.figures.total,
    "postprocess_duration": lambda _: 0,
    "lost_call_processing_duration": lambda row: row.report.processed.get(row.session.id),
    "call_records": lambda row: row.report.record_hashes("talk", row.call),
    "wav_call_records": lambda row: row.report.record_hashes("wav", row.call),
    "full_record_file_link": lambda row: row.report.record_link(row.session),
    "voice_mail_records": lambda row: row.report.record_hashes("voice_mail", row.call),
    "is_transfer": lambda row: row.session.is_transfer,
    "employees": lambda row: row.employees(),
    "first_answered_employee_id": lambda row: row.session.first_answered_employee_id,
    "first_answered_employee_full_name": lambda row: row.report.name(row.session.first_answered_employee_id),
    "last_answered_employee_id": lambda row: row.session.last_answered_employee_id,
    "last_answered_employee_full_name": lambda row: row.report.name(row.session.last_answered_employee_id),
    "first_talked_employee_id": lambda row: row.session.first_talked_employee_id,
    "first_talked_employee_full_name": lambda row: row.report.name(row.session.first_talked_employee_id),
    "last_talked_employee_id": lambda row: row.session.last_talked_employee_id,
    "last_talked_employee_full_name": lambda row: row.report.name(row.session.last_talked_employee_id),
    "operator_phone_number": lambda row: row.operator_number(),
    "call_api_request_id": lambda row: row.report.api_request_id(row.session),
    "call_api_external_id": lambda row: row.session.external_id,
    "scenario_id": lambda row: row.way and row.way.scenario_id,
    "scenario_name": lambda row: row.way and row.way.scenario_name,
    "scenario_operations": lambda row: row.operations(),
    "contact_id": lambda row: row.contact[0],
    "contact_full_name": lambda row: row.contact[1],
    "attributes": lambda row: ["lost"] if row.session.is_lost else [],
    **columns_over(ORIGIN_COLUMNS, lambda row: (row.report.origins, row.communication)),
    **columns_over(TAG_COLUMNS, lambda row: (row.report.tagging, row.communication)),
    "communication_number": lambda row: row.number(),
}

LEG_COLUMNS: dict[str, Callable[[LegRow], Any]] = {
    "id": lambda row: row.leg.id,
    "call_session_id": lambda row: row.session.id,
    "call_records": lambda row: row.report.record_hashes("talk", row.row.call, row.leg),
    "wav_call_records": lambda row: row.report.record_hashes("wav", row.row.call, row.leg),
    "start_time": lambda row: row.report.time(row.leg.started_at),
    "connect_time": lambda row: row.report.time(row.leg.connected_at),
    "duration": lambda row: row.duration(),
    "total_duration": lambda row: whole_seconds(row.end - row.leg.started_at),
    "finish_reason": lambda row: row.leg.finish_reason,
    "virtual_phone_number": lambda row: in_reports(row.session.virtual_phone),
    "calling_phone_number": lambda row: row.calling(),
    "called_phone_number": lambda row: row.called(),
    "direction": lambda row: "out" if row.is_dialled_out else "in",
    "is_transfered": lambda row: row.leg.is_transferred,
    "is_operator": lambda row: row.leg.is_operator,
    "employee_id": lambda row: row.leg.employee_id,
    "employee_full_name": lambda row: row.report.name(row.leg.employee_id),
    "employee_phone_number": lambda row: in_reports(row.leg.number) if row.leg.is_operator else None,
    "is_coach": lambda _: False,
    "is_failed": lambda row: row.leg.connected_at is None,
    "is_talked": lambda row: row.leg.connected_at is not None,
    "contact_id": lambda row: row.row.contact[0],
    "contact_full_name": lambda row: row.row.contact[1],
    "contact_phone_number": lambda row: in_reports(row.session.contact_phone),
    "scenario_id": lambda row: row.row.way and row.row.way.scenario_id,
    "scenario_name": lambda row: row.row.way and row.row.way.scenario_name,
    "action_id": lambda row: row.leg.operation_id,
    "action_name": lambda row: row.operation_name(),
}


def get_calls_report(account: TelephonyAccount, params: Params) -> Answer:
    """Sessions that began in the period; those that go on only with `include_ongoing_calls`."""
    query = query_in(params, fields_of("get.calls_report"), (*PERIOD, "include_ongoing_calls"))
    ongoing = flag_in(params, "include_ongoing_calls")
    since, until = span_in(params, account, query, {"id": Named.CALL, "communication_id": Named.CALL_OF_COMMUNICATION})
    return query.run(CallsReport(account, since, until).calls(ongoing=ongoing), CALL_COLUMNS)


def get_call_legs_report(account: TelephonyAccount, params: Params) -> Answer:
    """Legs of the finished sessions that began in the period, the subscriber's own included."""
    query = query_in(params, fields_of("get.call_legs_report"), PERIOD)
    since, until = span_in(params, account, query, {"id": Named.CALL_OF_LEG, "call_session_id": Named.CALL})
    return query.run(CallsReport(account, since, until).legs(), LEG_COLUMNS)


METHODS: Methods = {
    "get.call_legs_report": get_call_legs_report,
    "get.calls_report": get_calls_report,
}
