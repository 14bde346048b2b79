"""`get.offline_messages_report` (facts §1.8): forms as rows of documented fields.

A documented field that has no column here has nothing to show and is null.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.beginnings import Named
from emulator.telephony.communications.forms import OfflineMessage
from emulator.telephony.communications.ledger import Communication
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.communications import SHARED_COLUMNS, CommunicationsReport
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.period import PERIOD, span_in
from emulator.telephony.data_api.query import flag_in, query_in
from emulator.telephony.numbers import in_reports

_TECHNICAL = "include_tech_offline_messages"


@dataclass(frozen=True)
class FormRow:
    message: OfflineMessage
    communication: Communication | None
    report: CommunicationsReport


FORM_COLUMNS: dict[str, Callable[[FormRow], Any]] = {
    **SHARED_COLUMNS,
    "id": lambda row: row.message.id,
    "date_time": lambda row: row.report.time(row.message.received_at),
    "text": lambda row: row.message.form.message,
    "communication_type": lambda _: "offline_message",
    "communication_id": lambda row: row.message.communication_id,
    "is_agree_to_process_personal_data": lambda row: row.message.form.agrees_to_processing,
    "is_agree_to_mailing": lambda row: row.message.form.agrees_to_mailing,
    "status": lambda row: row.message.status,
    "process_time": lambda row: row.report.time(row.message.processed_at),
    "form_type": lambda row: row.message.form.form_type,
    "form_name": lambda row: row.message.form.form_name,
    "properties": lambda row: row.message.form.message if row.message.form.kind == "callback" else None,
    "employee_id": lambda row: row.message.employee_id,
    "employee_full_name": lambda row: row.report.name(row.message.employee_id),
    "employee_comment": lambda row: row.message.employee_comment,
    "visitor_phone_number": lambda row: in_reports(row.message.form.phone),
    "visitor_email": lambda row: row.message.form.email,
    "visitor_name": lambda row: row.message.form.name,
    "ext_id": lambda row: row.message.form.ext_id,
}


def get_offline_messages_report(account: TelephonyAccount, params: Params) -> Answer:
    """Forms received in the period; technical ones only with `include_tech_offline_messages`."""
    query = query_in(params, fields_of("get.offline_messages_report"), (*PERIOD, _TECHNICAL))
    technical = flag_in(params, _TECHNICAL)
    ids = {"id": Named.FORM, "communication_id": Named.FORM_OF_COMMUNICATION}
    since, until = span_in(params, account, query, ids)
    report = CommunicationsReport(account, since, until)
    rows = [
        FormRow(message, report.communications.get(message.communication_id or 0), report)
        for message in account.forms.between(since, until)
        if technical or message.communication_id is not None
    ]
    return query.run(rows, FORM_COLUMNS)


METHODS: Methods = {"get.offline_messages_report": get_offline_messages_report}
