"""The numbers and employees that a request of the Call API names (facts §2.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from emulator.core.phones import match_key
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.numbers import written
from emulator.telephony.rpc import Refusal
from emulator.telephony.staff import Employee, Phone, VirtualNumber

_DIGITS = re.compile(r"\+?[1-9][0-9]{7,14}")
_RUSSIAN = re.compile(r"8?[1-9][0-9]{9}")
"""As people write Russian numbers at home."""

_ANY_NUMBER = re.compile(r"\+?[0-9]{1,15}")


@dataclass(frozen=True)
class Called:
    """An employee to dial at `phone`; `dials_on`: at the other active numbers too."""

    phone: Phone
    dials_on: bool


def outside(value: str, field: str) -> str:
    """A telephone number in E.164, with or without `+`, as it is written here. Raises Refusal."""
    if _RUSSIAN.fullmatch(value):
        return written(value, field)
    if not _DIGITS.fullmatch(value):
        raise Refusal("invalid_parameter_value", field, value, "a number in E.164, such as 79161234567")
    return f"+{value.removeprefix('+')}"


def virtual_number(account: TelephonyAccount, value: str) -> VirtualNumber:
    """Raises Refusal `virtual_phone_number_not_found`."""
    found = account.staff.virtual_number(value) if _ANY_NUMBER.fullmatch(value) else None
    if found is None:
        params = {"virtual_phone_number": value}
        raise Refusal("virtual_phone_number_not_found", "virtual_phone_number", value, params=params)
    return found


def refuse_own_number(account: TelephonyAccount, value: str, field: str) -> None:
    """The account's own virtual numbers are not dialled. Raises Refusal."""
    if account.staff.virtual_number(value) is not None:
        raise Refusal("own_virtual_phone_number_not_allowed", field, value)


def colleague(account: TelephonyAccount, value: str) -> Phone | None:
    """The number of an employee that a contact is, active or not (GAP-73)."""
    return account.staff.phone_with(value) if _ANY_NUMBER.fullmatch(value) else None


def contact(account: TelephonyAccount, value: str) -> str:
    """The number to dial for `contact`: one outside, or the SIP number of an employee. Raises Refusal."""
    refuse_own_number(account, value, "contact")
    inside = colleague(account, value)
    return inside.number if inside else outside(value, "contact")


def employee(account: TelephonyAccount, employee_id: int, number: str | None) -> Called:
    """The employee of `employee`, at that number alone if one is given.

    Raises Refusal `employee_not_found`, `no_active_phone_number`.
    """
    found = next((each for each in account.employees if each.id == employee_id), None)
    if found is None:
        raise Refusal("employee_not_found", "employee.id", employee_id, params={"employee_id": employee_id})
    if number is None or account.staff.employee_by_extension(number) == employee_id:
        return _at_any(account, employee_id, "employee", employee_id)
    phone = _with_number(found, number)
    if phone is None or not phone.is_active:
        raise Refusal("no_active_phone_number", "employee.phone_number", number)
    return Called(phone, dials_on=False)


def _with_number(found: Employee, number: str) -> Phone | None:
    key = match_key(number)
    return next((phone for phone in found.phones if key and match_key(phone.number) == key), None)


def _at_any(account: TelephonyAccount, employee_id: int, field: str, value: object) -> Called:
    phone = account.staff.active_phone(employee_id)
    if phone is None:
        raise Refusal("no_active_phone_number", field, value)
    return Called(phone, dials_on=True)


def somebody(account: TelephonyAccount, value: str, field: str) -> Called | str:
    """Whoever can be dialled for a talk: an extension, a number of an employee, a telephone outside. Raises Refusal."""
    if account.staff.virtual_number(value) is not None:
        raise Refusal("invalid_parameter_value", field, value, "somebody else's number: this is your virtual one")
    by_extension = account.staff.employee_by_extension(value)
    if by_extension is not None:
        return _at_any(account, by_extension, field, value)
    phone = colleague(account, value)
    if phone is None:
        return outside(value, field)
    if not phone.is_active:
        raise Refusal("no_active_phone_number", field, value)
    return Called(phone, dials_on=False)
