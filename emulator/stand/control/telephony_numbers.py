"""The numbers of a person in dialling order, as whoever drives a world sets them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from emulator.core.errors import BadRequest
from emulator.telephony.numbers import written
from emulator.telephony.staff import Employee, NumberOfEmployee, Staff

_LOGIN = re.compile(r"[0-9]{2,7}")


class Number(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number with what is to change of it."""

    number: str
    active: bool | UnsetType = UNSET
    dial_time: Annotated[int, msgspec.Meta(ge=1, le=100)] | UnsetType = UNSET
    channels_count: Annotated[int, msgspec.Meta(ge=1, le=150)] | UnsetType = UNSET


def arranged(staff: Staff, employee: Employee, numbers: Sequence[str | Number]) -> None:
    """Give the employee exactly these numbers, in this order. Inside a transaction.

    A short number is a SIP line's login: a line that nobody has becomes theirs, and one that does not exist is made and
    registered. Raises BadRequest for a line of somebody else, a number that is none, and one that is there twice.
    """
    own = {phone.number: phone.id for phone in employee.phones}
    phone_ids: list[int] = []
    for index, asked in enumerate(numbers):
        each = Number(asked) if isinstance(asked, str) else asked
        path = f"numbers[{index}]" if isinstance(asked, str) else f"numbers[{index}].number"
        number = each.number if _LOGIN.fullmatch(each.number) else written(each.number, path)
        phone_id = own.get(number) or _added(staff, employee, number, path)
        if phone_id in phone_ids:
            raise BadRequest.field(path, each.number, "each number once")
        phone_ids.append(phone_id)
        own[number] = phone_id
        staff.phones.change_number(number, _settings(each))
    staff.phones.arrange(employee.id, phone_ids)


def _added(staff: Staff, employee: Employee, number: str, path: str) -> int:
    """A number that the employee did not have until now, without a place yet."""
    if not _LOGIN.fullmatch(number):
        return staff.phones.add_known(employee.id, number)
    line = next((each for each in staff.lines.all() if each.login == number), None)
    if line and line.employee_id is not None:
        raise BadRequest.field(path, number, "a SIP line that nobody else has")
    line_id = line.id if line else staff.lines.add(NumberOfEmployee(number, "SIP"))
    return staff.phones.add(employee.id, None, number, line_id=line_id)


def _settings(asked: Number) -> dict[str, Any]:
    given = {"is_active": asked.active, "dial_time": asked.dial_time, "channels_count": asked.channels_count}
    return {column: value for column, value in given.items() if value is not UNSET}
