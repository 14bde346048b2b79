"""Who of the staff can be rung by a scenario: who is free, in which group, at which numbers, and if not, why not.

The reasons are the vendor's (facts §1.6).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from emulator.core.database import Database
from emulator.core.errors import BadRequest
from emulator.telephony.staff import Phone, Staff


class Skip(StrEnum):
    """Why an employee, a number or a group was not rung; the staff has further reasons, such as statuses."""

    EMPLOYEE_NOT_EXISTS = "employee_not_exists"
    EMPLOYEE_WITHOUT_PHONES = "employee_without_phones"
    EMPLOYEE_BUSY = "employee_busy"
    EMPLOYEE_PHONE_INACTIVE = "employee_phone_inactive"
    GROUP_WITHOUT_PHONES = "group_without_phones"
    NUMBER_NOT_EXISTS = "numb_not_exists"


class Crew:
    """The staff of one account as scenarios see it."""

    def __init__(self, database: Database, staff: Staff) -> None:
        self._database = database
        self._staff = staff

    def group_names(self) -> Sequence[str]:
        return [group.name for group in self._staff.groups.all()]

    def members(self, group: str) -> Sequence[int]:
        """Employees of a group in the order of priority; nobody for a group that is no more."""
        return next((each.member_ids for each in self._staff.groups.all() if each.name == group), ())

    def exists(self, employee_id: int) -> bool:
        try:
            self._staff.name_of(employee_id, "")
        except BadRequest:
            return False
        return True

    def why_not(self, employee_id: int, call_id: int, *, check_busy: bool) -> str | None:
        """Why the employee is not rung in that call now; None for somebody who can be."""
        if not self.exists(employee_id):
            return Skip.EMPLOYEE_NOT_EXISTS
        refusals = [refusal for _phone, refusal in self.numbers(employee_id)]
        if not refusals:
            return Skip.EMPLOYEE_WITHOUT_PHONES
        if all(refusals):
            return refusals[0]
        return Skip.EMPLOYEE_BUSY if check_busy and self._is_busy(employee_id, call_id) else None

    def numbers(self, employee_id: int, after: int = -1) -> Iterator[tuple[Phone, str | None]]:
        """The active numbers behind the position `after`, in dialling order, each with why it is not rung."""
        while (phone := self._staff.active_phone(employee_id, after)) is not None:
            yield phone, self._staff.refusal_to_ring(phone)
            after = phone.position

    def _is_busy(self, employee_id: int, call_id: int) -> bool:
        """Whether the employee is on the line or is being rung in another call."""
        elsewhere = "SELECT 1 FROM legs WHERE employee_id = ? AND state != 'ended' AND session_id != ? LIMIT 1"
        return self._database.value(elsewhere, employee_id, call_id) is not None
