"""SIP lines: `get./create./update./delete.sip_lines`, `update.sip_line_password`, `get.sip_line_virtual_numbers`
(facts §1.9).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from emulator.core.instants import local_text
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.employee_shapes import MOST_NUMBERS
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.params import Shape, checked, choice, number, required, text
from emulator.telephony.data_api.query import query_in
from emulator.telephony.numbers import in_reports
from emulator.telephony.rpc import Refusal
from emulator.telephony.staff import Line, NumberOfEmployee, VirtualNumber

SERVER = "voip.example.test:9060"
"""Where a telephone registers."""

MOST_CHANNELS = 150


@dataclass(frozen=True)
class _Row:
    line: Line
    employee: str | None
    zone: ZoneInfo

    def addresses(self) -> list[dict[str, Any]]:
        """Whence the line is registered; nothing when it is not."""
        if self.line.registered_at is None:
            return []
        return [{"date_time": local_text(self.line.registered_at, self.zone), "ip": self.line.ip}]


LINE_COLUMNS: dict[str, Callable[[_Row], Any]] = {
    "id": lambda row: row.line.id,
    "phone_number": lambda row: row.line.login,
    "type": lambda row: "in_out" if row.line.is_outgoing_allowed else "in",
    "channels_count": lambda row: row.line.channels_count,
    "dial_time": lambda row: row.line.dial_time,
    "billing_state": lambda row: row.line.billing_state,
    "physical_state": lambda row: "Зарегистрирован" if row.line.is_registered else "Не зарегистрирован",
    "virtual_phone_number": lambda row: in_reports(row.line.virtual_number) if row.line.is_outgoing_allowed else None,
    "status": lambda row: "active" if row.line.is_active else "inactive",
    "employee_id": lambda row: row.line.employee_id,
    "employee_full_name": lambda row: row.employee,
    "ip_addresses": lambda row: row.addresses(),
}
_NUMBER_COLUMNS: dict[str, Callable[[VirtualNumber], Any]] = {
    "virtual_phone_number": lambda row: in_reports(row.number),
}

_CREATE: Shape = {"employee_id": required(number()), "virtual_phone_number": text()}
_UPDATE: Shape = {
    "id": required(number()),
    **_CREATE,
    "billing_state": choice("active", "manual_lock"),
    "channels_count": number(1, MOST_CHANNELS),
}
_ONE: Shape = {"id": required(number())}


def get_sip_lines(account: TelephonyAccount, params: Params) -> Answer:
    names = account.staff.names()
    rows = [_Row(line, names.get(line.employee_id or 0), account.ground.zone) for line in account.staff.lines.all()]
    return query_in(params, fields_of("get.sip_lines")).run(rows, LINE_COLUMNS)


def get_sip_line_virtual_numbers(account: TelephonyAccount, params: Params) -> Answer:
    """The virtual numbers that a line may show."""
    rows = account.staff.virtual_numbers()
    return query_in(params, fields_of("get.sip_line_virtual_numbers")).run(rows, _NUMBER_COLUMNS)


def create_sip_lines(account: TelephonyAccount, params: Params) -> Answer:
    """A line that nobody has registered yet; without a virtual number it can be called only.

    The password is told here and with a new one, and never again.
    """
    given = checked(params, _CREATE)
    lines = account.staff.lines
    _employee(account, given["employee_id"], None)
    seen = _virtual_number(account, given)
    login = lines.free_login()
    spec = NumberOfEmployee(
        login,
        "SIP",
        is_registered=False,
        is_outgoing_allowed=seen is not None,
        virtual_number=seen.number if seen else None,
    )
    with account.database.transaction():
        line_id = lines.add(spec)
        line = _line(account, line_id)
        lines.give(line, given["employee_id"])
    return Answer({"id": line_id, "phone_number": login, "password": line.password, "server": SERVER})


def update_sip_lines(account: TelephonyAccount, params: Params) -> Answer:
    """Who has the line, what it shows and whether it is locked. `virtual_phone_number` null: it can be called only."""
    given = checked(params, _UPDATE)
    line = _line(account, given["id"])
    _employee(account, given["employee_id"], line)
    changes: dict[str, Any] = {
        name: given[name] for name in ("billing_state", "channels_count") if given.get(name) is not None
    }
    if "virtual_phone_number" in given:
        seen = _virtual_number(account, given)
        changes |= {"is_outgoing_allowed": seen is not None, "virtual_number_id": seen.id if seen else None}
    with account.database.transaction():
        account.staff.lines.change(line.id, changes)
        account.staff.lines.give(line, given["employee_id"])
    return Answer({})


def update_sip_line_password(account: TelephonyAccount, params: Params) -> Answer:
    """The telephone that is registered stays so until its registration is over."""
    line = _line(account, checked(params, _ONE)["id"])
    return Answer({"password": account.staff.lines.renew_password(line.id)})


def delete_sip_lines(account: TelephonyAccount, params: Params) -> Answer:
    line = _line(account, checked(params, _ONE)["id"])
    with account.database.transaction():
        account.staff.lines.delete(line)
    return Answer({})


def _line(account: TelephonyAccount, line_id: int) -> Line:
    line = account.staff.lines.get(line_id)
    if line is None:
        raise Refusal("entity_not_found", "id", line_id)
    return line


def _employee(account: TelephonyAccount, employee_id: int, line: Line | None) -> None:
    """Somebody who has the line already, or room for one more number. Raises Refusal."""
    employee = account.staff.employee(employee_id)
    if employee is None:
        raise Refusal("entity_not_found", "employee_id", employee_id)
    if (line is None or line.employee_id != employee_id) and len(employee.phones) >= MOST_NUMBERS:
        raise Refusal("data_limit_exceeded", "employee_id", employee_id, f"{MOST_NUMBERS} numbers")


def _virtual_number(account: TelephonyAccount, given: dict[str, Any]) -> VirtualNumber | None:
    """The number to show; None when there is to be none."""
    wanted = given.get("virtual_phone_number")
    if wanted is None:
        return None
    found = account.staff.virtual_number(wanted)
    if found is None:
        raise Refusal("entity_not_found", "virtual_phone_number", wanted)
    return found


METHODS: Methods = {
    "create.sip_lines": create_sip_lines,
    "delete.sip_lines": delete_sip_lines,
    "get.sip_line_virtual_numbers": get_sip_line_virtual_numbers,
    "get.sip_lines": get_sip_lines,
    "update.sip_line_password": update_sip_line_password,
    "update.sip_lines": update_sip_lines,
}
