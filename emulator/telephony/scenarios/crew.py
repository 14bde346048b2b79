"""Who of the staff can be rung by a scenario: who is free, in which group, with which numbers, and if not, why not.

The reasons are the vendor's (facts §1.6).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from emulator.core.database import Database
from emulator.telephony.engine.records import Call
from emulator.telephony.staff import Phone, Staff


class Skip(StrEnum):
    """Why an employee or a number was not rung."""

    EMPLOYEE_NOT_EXISTS = "employee_not_exists"
    EMPLOYEE_WITHOUT_PHONES = "employee_without_phones"
    EMPLOYEE_BUSY = "employee_busy"
    EMPLOYEE_PHONE_INACTIVE = "employee_phone_inactive"
    GROUP_WITHOUT_PHONES = "group_without_phones"
    PROTOCOL_NOT_ALLOWED = "phone_protocol_not_allowed_by_status"
    NUMBER_NOT_EXISTS = "numb_not_exists"


class Workforce(Protocol):
    """What scenarios ask about groups and statuses."""

    def group_names(self) -> Sequence[str]: ...

    def members(self, group: str) -> Sequence[int]:
        """Employees of a group in the order of priority; nobody for a group that is no more."""
        ...

    def hindrance(self, employee_id: int) -> str | None:
        """The reason that the employee's status gives for taking no calls; None when it lets them through."""
        ...

    def allows(self, employee_id: int, protocol: str) -> bool:
        """Whether the status lets calls through to numbers of that protocol."""
        ...


class EverybodyAvailable:
    """No groups and no statuses: everybody takes calls at all numbers."""

    def group_names(self) -> Sequence[str]:
        return ()

    def members(self, group: str) -> Sequence[int]:
        return ()

    def hindrance(self, employee_id: int) -> str | None:
        return None

    def allows(self, employee_id: int, protocol: str) -> bool:
        return True


class Crew:
    """The staff of one account as scenarios see it."""

    def __init__(self, database: Database, staff: Staff, workforce: Workforce | None = None) -> None:
        self._database = database
        self._staff = staff
        self.workforce: Workforce = workforce or EverybodyAvailable()

    def exists(self, employee_id: int) -> bool:
        return self._database.value("SELECT 1 FROM employees WHERE id = ?", employee_id) is not None

    def why_not(self, employee_id: int, call: Call | None = None, *, check_busy: bool) -> str | None:
        """Why the employee is not rung now; None for somebody who can be. `call` is the one of the step going on."""
        if not self.exists(employee_id):
            return Skip.EMPLOYEE_NOT_EXISTS
        if hindrance := self.workforce.hindrance(employee_id):
            return hindrance
        if self._staff.active_phone(employee_id) is None:
            return Skip.EMPLOYEE_WITHOUT_PHONES
        if self.number_after(employee_id) is None:
            return Skip.PROTOCOL_NOT_ALLOWED
        return Skip.EMPLOYEE_BUSY if check_busy and self._is_busy(employee_id, call) else None

    def _is_busy(self, employee_id: int, call: Call | None) -> bool:
        """Whether the employee is on the line or is being rung. Rows of the step going on are not written yet."""
        if call is not None and call.open_leg_of(employee_id) is not None:
            return True
        elsewhere = "SELECT 1 FROM legs WHERE employee_id = ? AND state != 'ended' AND session_id != ? LIMIT 1"
        return self._database.value(elsewhere, employee_id, call.id if call else 0) is not None

    def number_after(self, employee_id: int, position: int = -1) -> Phone | None:
        """The first active number behind `position` that the employee's status lets calls through to."""
        while (phone := self._staff.active_phone(employee_id, position)) is not None:
            if self.workforce.allows(employee_id, phone.protocol):
                return phone
            position = phone.position
        return None
