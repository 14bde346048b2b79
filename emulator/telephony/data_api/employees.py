"""`get.employees` and `delete.employees` (facts §1.9); what else changes cards is in `employee_changes`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.core.ids import Ids
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.employee_changes import create_employees, update_employees
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.params import Shape, checked, number, required
from emulator.telephony.data_api.query import query_in
from emulator.telephony.numbers import in_reports
from emulator.telephony.rpc import Refusal
from emulator.telephony.staff import Employee, Extension, Phone
from emulator.telephony.staff.statuses import status_id


@dataclass(frozen=True)
class _Row:
    """An employee with what the account knows: names of colleagues and of groups."""

    employee: Employee
    names: dict[int, str]
    groups: dict[int, str]
    ids: Ids

    def coach(self) -> dict[str, Any]:
        coach_id = self.employee.coach_id
        if coach_id is None:
            return {}
        return {
            "coach_id": coach_id,
            "coach_full_name": self.names.get(coach_id),
            "coach_always_enabled": self.employee.is_coach_always_enabled,
        }


def _phone(phone: Phone) -> dict[str, Any]:
    return {
        "phone_id": phone.id,
        "phone_number": in_reports(phone.number),
        "channels_count": phone.channels_count,
        "dial_time": phone.dial_time,
        "status": "active" if phone.is_active else "inactive",
    }


def _extension(extension: Extension | None) -> dict[str, Any]:
    if extension is None:
        return {}
    return {
        "extension_phone_number": extension.number,
        "extension_voice_mail_enabled": extension.has_voice_mail,
        "extension_queue_enabled": extension.has_queue,
    }


def _kinds(internal: object, external: object) -> list[str]:
    return [name for name, allowed in (("internal", internal), ("external", external)) if allowed]


EMPLOYEE_COLUMNS: dict[str, Callable[[_Row], Any]] = {
    "id": lambda row: row.employee.id,
    "login": lambda row: row.employee.email,
    "first_name": lambda row: row.employee.first_name,
    "last_name": lambda row: row.employee.last_name,
    "patronymic": lambda row: row.employee.patronymic,
    "full_name": lambda row: row.employee.full_name,
    "status": lambda row: row.employee.status,
    "status_id": lambda row: status_id(row.ids, row.employee.status),
    "calls_available": lambda row: bool(row.employee.in_external or row.employee.in_internal),
    "allowed_in_call_types": lambda row: _kinds(row.employee.in_internal, row.employee.in_external),
    "in_external_allowed_call_directions": lambda row: list(row.employee.in_external),
    "in_internal_allowed_call_directions": lambda row: list(row.employee.in_internal),
    "allowed_out_call_types": lambda row: _kinds(row.employee.out_internal, row.employee.out_external),
    "out_external_allowed_call_directions": lambda row: list(row.employee.out_external),
    "out_internal_allowed_call_directions": lambda row: list(row.employee.out_internal),
    "email": lambda row: row.employee.email,
    "call_recording": lambda row: row.employee.call_recording,
    "coach": lambda row: row.coach(),
    "groups": lambda row: [{"group_id": each, "group_name": row.groups[each]} for each in row.employee.group_ids],
    "phone_numbers": lambda row: [_phone(phone) for phone in row.employee.phones],
    "extension": lambda row: _extension(row.employee.extension),
    "operator": lambda _: {},
}

_DELETE: Shape = {"id": required(number())}


def get_employees(account: TelephonyAccount, params: Params) -> Answer:
    names = account.staff.names()
    groups = {group.id: group.name for group in account.staff.groups.all()}
    rows = [_Row(each, names, groups, account.ground.ids) for each in account.employees]
    return query_in(params, fields_of("get.employees")).run(rows, EMPLOYEE_COLUMNS)


def delete_employees(account: TelephonyAccount, params: Params) -> Answer:
    """Raises Refusal `entity_not_found`, and `dependency_error` for a personal manager and a coach of somebody."""
    employee_id = checked(params, _DELETE)["id"]
    if account.staff.employee(employee_id) is None:
        raise Refusal("entity_not_found", "id", employee_id)
    if account.address_book.managed_by(employee_id):
        raise Refusal("dependency_error", "id", employee_id, "the personal manager of a contact")
    if any(each.coach_id == employee_id for each in account.employees):
        raise Refusal("dependency_error", "id", employee_id, "the coach of an employee")
    account.staff.dismiss(employee_id)
    return Answer({})


METHODS: Methods = {
    "create.employees": create_employees,
    "delete.employees": delete_employees,
    "get.employees": get_employees,
    "update.employees": update_employees,
}
