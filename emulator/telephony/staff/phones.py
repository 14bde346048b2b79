"""The numbers of employees in dialling order, each with its SIP line if it is one's (facts §1.9).

The engine asks for a number with each ring, so that this is one statement by an index.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emulator.core.database import Database
from emulator.core.phones import match_key
from emulator.telephony.staff.records import Phone

_AFTER_ALL = 1_000_000
"""The position of a number that was taken away while it rang: nobody is dialled after it."""

_SELECT = f"""
SELECT p.id, p.employee_id, coalesce(p.position, {_AFTER_ALL}), p.number, p.protocol, p.is_active, p.dial_time,
    coalesce(l.is_recorded, p.is_recorded) AND e.call_recording != 'off', p.channels_count, p.line_id,
    l.id IS NULL OR l.registered_at IS NOT NULL, coalesce(l.billing_state, 'active'),
    coalesce(l.is_outgoing_allowed, 1), v.number, e.call_recording
FROM phones AS p
JOIN employees AS e ON e.id = p.employee_id
LEFT JOIN sip_lines AS l ON l.id = p.line_id
LEFT JOIN virtual_numbers AS v ON v.id = l.virtual_number_id
"""
"""The fields of a Phone in their order."""

_FLAGS = (5, 7, 10, 12)
"""Which of them are flags."""

_NEXT_ACTIVE = f"{_SELECT} WHERE p.employee_id = ? AND p.position > ? AND p.is_active ORDER BY p.position LIMIT 1"
_BY_ID = f"{_SELECT} WHERE p.id = ?"
_BY_NUMBER = f"{_SELECT} WHERE p.match_key = ? AND p.position IS NOT NULL ORDER BY p.id LIMIT 1"
_ALL = f"{_SELECT} WHERE p.position IS NOT NULL ORDER BY p.employee_id, p.position"
_OF_ONE = f"{_SELECT} WHERE p.employee_id = ? AND p.position IS NOT NULL ORDER BY p.position"


class Phones:
    """The numbers of one account's employees."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def next_active(self, employee_id: int, after: int = -1) -> Phone | None:
        """The first active number at a position after `after`; None when there is none left."""
        row = self._database.execute(_NEXT_ACTIVE, employee_id, after).fetchone()
        return _phone(row) if row else None

    def get(self, phone_id: int) -> Phone:
        """The number with that id, also one that was taken away since."""
        return _phone(self._database.execute(_BY_ID, phone_id).fetchone())

    def with_number(self, number: str) -> Phone | None:
        """The number of an employee that equals `number` (GAP-73: any of their numbers, active or not)."""
        key = match_key(number)
        row = self._database.execute(_BY_NUMBER, key).fetchone() if key else None
        return _phone(row) if row else None

    def of(self, employee_id: int) -> list[Phone]:
        """In dialling order."""
        return [_phone(row) for row in self._database.execute(_OF_ONE, employee_id)]

    def by_employee(self) -> dict[int, list[Phone]]:
        found: dict[int, list[Phone]] = {}
        for row in self._database.execute(_ALL):
            phone = _phone(row)
            found.setdefault(phone.employee_id, []).append(phone)
        return found

    def add(
        self,
        employee_id: int,
        position: int | None,
        number: str,
        *,
        line_id: int | None = None,
        is_active: bool = True,
        channels_count: int = 1,
        dial_time: int = 60,
        is_recorded: bool = True,
    ) -> int:
        """Give an employee a number, a line's login or a telephone, and return its id."""
        row = {
            "employee_id": employee_id,
            "position": position,
            "number": number,
            "match_key": match_key(number),
            "protocol": "PSTN" if line_id is None else "SIP",
            "is_active": is_active,
            "channels_count": channels_count,
            "dial_time": dial_time,
            "is_recorded": is_recorded,
            "line_id": line_id,
        }
        return self._database.insert("phones", row)

    def append(self, employee_id: int, number: str, line_id: int) -> int:
        """Put a line's number behind all others of the employee."""
        question = "SELECT coalesce(max(position) + 1, 0) FROM phones WHERE employee_id = ?"
        return self.add(employee_id, self._database.value(question, employee_id), number, line_id=line_id)

    def change(self, phone_id: int, changes: dict[str, Any]) -> None:
        """Set columns of a number."""
        self._database.update("phones", phone_id, changes)

    def renumber(self, phone_id: int, number: str) -> None:
        """Another telephone in the same place."""
        self.change(phone_id, {"number": number, "match_key": match_key(number)})

    def add_known(self, employee_id: int, number: str) -> int:
        """Give an employee a telephone without a place yet, set as that of others who have it; return its id."""
        question = "SELECT is_active, channels_count, dial_time FROM phones WHERE match_key = ? AND number = ? LIMIT 1"
        twin = self._database.one(question, match_key(number), number)
        return self.add(employee_id, None, number, **(twin or {}))

    def change_number(self, number: str, changes: dict[str, Any]) -> None:
        """Set columns of a number for everybody who has it."""
        question = "SELECT id FROM phones WHERE match_key = ? AND number = ?"
        for row in self._database.all(question, match_key(number), number):
            self.change(row["id"], changes)

    def arrange(self, employee_id: int, phone_ids: Sequence[int]) -> None:
        """Let the employee have these numbers in this order, and no others; lines that were theirs are nobody's."""
        self._database.execute("UPDATE phones SET position = NULL WHERE employee_id = ?", employee_id)
        for position, phone_id in enumerate(phone_ids):
            self.change(phone_id, {"position": position})
        self._database.execute(
            "UPDATE phones SET line_id = NULL WHERE employee_id = ? AND position IS NULL", employee_id
        )

    def take_away(self, phone_id: int) -> None:
        """The number is no longer the employee's; its line, if it is one's, is nobody's."""
        self.change(phone_id, {"position": None, "line_id": None})


def _phone(row: Sequence[Any]) -> Phone:
    values = list(row)
    for flag in _FLAGS:
        values[flag] = bool(values[flag])
    return Phone(*values)
