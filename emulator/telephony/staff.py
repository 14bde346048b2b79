"""Employees with their numbers in dialling order, and the virtual numbers of an account (Data API §1.9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from emulator.core.database import Database, Row
from emulator.core.errors import BadRequest
from emulator.core.phones import match_key
from emulator.telephony.numbers import written

Protocol = Literal["SIP", "PSTN"]
NumberType = Literal["va", "call_tracking", "dynamic_call_tracking"]


@dataclass(frozen=True)
class NumberOfEmployee:
    """A number to dial an employee at: a SIP line's login or a telephone. `dial_time` is in seconds (1…100).

    `is_recorded` off: what is talked on this line is not recorded.
    """

    number: str
    protocol: Protocol
    active: bool = True
    dial_time: int = 60
    is_recorded: bool = True


@dataclass(frozen=True)
class EmployeeSpec:
    """An employee to be; the order of `numbers` is the dialling order."""

    full_name: str
    email: str
    numbers: list[NumberOfEmployee]


@dataclass(frozen=True)
class NumberSpec:
    """A virtual number to be: what outside people dial. `is_recorded` off: its calls have no recording."""

    number: str
    name: str = ""
    type: NumberType = "va"
    is_recorded: bool = True


@dataclass(frozen=True)
class Phone:
    """A number of an employee as it is stored; `position` counts from 0 in dialling order."""

    id: int
    employee_id: int
    position: int
    number: str
    protocol: Protocol
    is_active: bool
    dial_time: int
    is_recorded: bool
    is_registered: bool = True
    outgoing_allowed: bool = True
    shows: str | None = None


@dataclass(frozen=True)
class Employee:
    id: int
    full_name: str
    email: str
    phones: tuple[Phone, ...]


@dataclass(frozen=True)
class VirtualNumber:
    id: int
    number: str
    name: str
    type: NumberType
    is_recorded: bool


class Staff:
    """Who works here and which numbers there are, asked from the rows at each use."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hire(self, spec: EmployeeSpec) -> int:
        """Store an employee and return the id. Raises BadRequest for a number that is none."""
        row = {"full_name": spec.full_name, "email": spec.email}
        employee_id = self._database.insert("employees", row)
        for position, phone in enumerate(spec.numbers):
            number = phone.number if phone.protocol == "SIP" else written(phone.number, f"numbers[{position}]")
            self._database.insert(
                "phones",
                {
                    "employee_id": employee_id,
                    "position": position,
                    "number": number,
                    "match_key": match_key(number),
                    "protocol": phone.protocol,
                    "is_active": phone.active,
                    "dial_time": phone.dial_time,
                    "is_recorded": phone.is_recorded,
                },
            )
        return employee_id

    def add_number(self, spec: NumberSpec) -> int:
        """Store a virtual number and return the id. Raises BadRequest for a number that is none."""
        number = written(spec.number, "virtual_numbers")
        row = {
            "number": number,
            "match_key": match_key(number),
            "name": spec.name,
            "type": spec.type,
            "is_recorded": spec.is_recorded,
        }
        return self._database.insert("virtual_numbers", row)

    def employees(self) -> list[Employee]:
        """Everybody, in the order they were hired."""
        phones: dict[int, list[Phone]] = {}
        for row in self._database.all("SELECT * FROM phones ORDER BY employee_id, position"):
            phones.setdefault(row["employee_id"], []).append(_phone(row))
        rows = self._database.all("SELECT id, full_name, email FROM employees ORDER BY id")
        return [Employee(**row, phones=tuple(phones.get(row["id"], ()))) for row in rows]

    def name_of(self, employee_id: int, path: str) -> str:
        """The full name. Raises BadRequest naming `path` when nobody has that id."""
        name: str | None = self._database.value("SELECT full_name FROM employees WHERE id = ?", employee_id)
        if name is None:
            raise BadRequest.field(path, employee_id, "the id of an employee of this account")
        return name

    def names(self) -> dict[int, str]:
        return {row["id"]: row["full_name"] for row in self._database.all("SELECT id, full_name FROM employees")}

    def active_phone(self, employee_id: int, after: int = -1) -> Phone | None:
        """The first active number at a position after `after`; None when there is none left."""
        row = self._database.one(
            "SELECT * FROM phones WHERE employee_id = ? AND position > ? AND is_active ORDER BY position LIMIT 1",
            employee_id,
            after,
        )
        return _phone(row) if row else None

    def phone(self, phone_id: int) -> Phone:
        row = self._database.one("SELECT * FROM phones WHERE id = ?", phone_id)
        assert row is not None
        return _phone(row)

    def phone_with(self, number: str) -> Phone | None:
        """The number of an employee that equals `number` (GAP-73: any of their numbers, active or not)."""
        key = match_key(number)
        row = self._database.one("SELECT * FROM phones WHERE match_key = ? ORDER BY id LIMIT 1", key) if key else None
        return _phone(row) if row else None

    def virtual_numbers(self) -> list[VirtualNumber]:
        rows = self._database.all("SELECT id, number, name, type, is_recorded FROM virtual_numbers ORDER BY id")
        return [_virtual_number(row) for row in rows]

    def virtual_number(self, number: str) -> VirtualNumber | None:
        row = self._database.one(
            "SELECT id, number, name, type, is_recorded FROM virtual_numbers WHERE match_key = ?", match_key(number)
        )
        return _virtual_number(row) if row else None

    def settle_in(self, employees: Sequence[EmployeeSpec], numbers: Sequence[NumberSpec]) -> None:
        for employee in employees:
            self.hire(employee)
        for number in numbers:
            self.add_number(number)


def _phone(row: Row) -> Phone:
    return Phone(
        id=row["id"],
        employee_id=row["employee_id"],
        position=row["position"],
        number=row["number"],
        protocol=row["protocol"],
        is_active=bool(row["is_active"]),
        dial_time=row["dial_time"],
        is_recorded=bool(row["is_recorded"]),
    )


def _virtual_number(row: Row) -> VirtualNumber:
    return VirtualNumber(**{**row, "is_recorded": bool(row["is_recorded"])})
