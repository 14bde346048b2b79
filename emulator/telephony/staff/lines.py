"""SIP lines: who has them, whether a telephone is registered, what is billed, what outside people see (facts §1.9).

A line's employee is the one in whose dialling order its number stands.
"""

from __future__ import annotations

from typing import Any

from emulator.core.database import Database, Row
from emulator.core.errors import BadRequest, NotFound
from emulator.core.ground import Ground
from emulator.core.instants import micros
from emulator.telephony.staff.phones import Phones
from emulator.telephony.staff.records import Line, NumberOfEmployee
from emulator.telephony.staff.virtual_numbers import VirtualNumbers

_SELECT = """
SELECT l.id, l.login, l.password, l.billing_state, l.channels_count, l.is_outgoing_allowed, v.number AS virtual_number,
    l.is_recorded, l.registered_at, l.ip, p.employee_id, p.id AS phone_id, coalesce(p.is_active, 0) AS is_active,
    coalesce(p.dial_time, 60) AS dial_time
FROM sip_lines AS l
LEFT JOIN phones AS p ON p.line_id = l.id
LEFT JOIN virtual_numbers AS v ON v.id = l.virtual_number_id
"""
_FIRST_LOGIN = 100_001
_FLAGS = ("is_outgoing_allowed", "is_recorded", "is_active")


class Lines:
    """The SIP lines of one account."""

    def __init__(self, ground: Ground, database: Database, phones: Phones, numbers: VirtualNumbers) -> None:
        self._ground = ground
        self._database = database
        self._phones = phones
        self._numbers = numbers

    def add(self, spec: NumberOfEmployee) -> int:
        """A new line, which nobody has yet, and its id. Raises BadRequest for a login that another line has."""
        if self._database.value("SELECT 1 FROM sip_lines WHERE login = ?", spec.number):
            raise BadRequest.field("numbers", spec.number, "a login that no other SIP line has")
        seen = self._numbers.find(spec.virtual_number) if spec.virtual_number else self._numbers.first()
        line_id = self._database.insert(
            "sip_lines",
            {
                "login": spec.number,
                "password": "",
                "passwords": 0,
                "billing_state": spec.billing_state,
                "channels_count": spec.channels_count,
                "is_outgoing_allowed": spec.is_outgoing_allowed,
                "virtual_number_id": seen.id if seen else None,
                "is_recorded": spec.is_recorded,
            },
        )
        self.renew_password(line_id)
        if spec.is_registered:
            self.register(line_id)
        return line_id

    def free_login(self) -> str:
        """The number of the next line to be made."""
        last = self._database.value("SELECT max(CAST(login AS INTEGER)) FROM sip_lines")
        return str(max(_FIRST_LOGIN, (last or 0) + 1))

    def all(self) -> list[Line]:
        """By SIP id."""
        return [_line(row) for row in self._database.all(f"{_SELECT} ORDER BY l.id")]

    def get(self, line_id: int) -> Line | None:
        row = self._database.one(f"{_SELECT} WHERE l.id = ?", line_id)
        return _line(row) if row else None

    def with_login(self, login: str) -> Line:
        """Raises NotFound for a login that no line has."""
        row = self._database.one(f"{_SELECT} WHERE l.login = ?", login)
        if row is None:
            raise NotFound(f"no SIP line {login}")
        return _line(row)

    def first_of(self, employee_id: int) -> Line | None:
        """The employee's first line: of those that are active in billing the one with the greatest SIP id, registered
        or not (PHONE-04, GAP-58).
        """
        row = self._database.one(
            f"{_SELECT} WHERE p.employee_id = ? AND l.billing_state = 'active' ORDER BY l.id DESC LIMIT 1", employee_id
        )
        return _line(row) if row else None

    def give(self, line: Line, employee_id: int) -> None:
        """From now on it is that employee's last number to dial; whoever had it has it no longer."""
        if line.employee_id == employee_id:
            return
        if line.phone_id is not None:
            self._phones.take_away(line.phone_id)
        self._phones.append(employee_id, line.login, line.id)

    def register(self, line_id: int, ip: str | None = None) -> None:
        """A telephone stands behind the line from now on."""
        address = ip or f"192.0.2.{line_id % 254 + 1}"
        self.change(line_id, {"registered_at": micros(self._ground.clock.now()), "ip": address})

    def unregister(self, line_id: int) -> None:
        self.change(line_id, {"registered_at": None, "ip": None})

    def renew_password(self, line_id: int) -> str:
        """A new password, which it returns."""
        count = self._database.value("SELECT passwords FROM sip_lines WHERE id = ?", line_id)
        password = self._ground.ids.token(f"sip password {line_id}", count, 8)
        self.change(line_id, {"password": password, "passwords": count + 1})
        return password

    def change(self, line_id: int, changes: dict[str, Any]) -> None:
        """Set columns of a line."""
        self._database.update("sip_lines", line_id, changes)

    def delete(self, line: Line) -> None:
        """The line is gone, and with it the number from its employee's card."""
        if line.phone_id is not None:
            self._phones.take_away(line.phone_id)
        self._database.execute("DELETE FROM sip_lines WHERE id = ?", line.id)


def _line(row: Row) -> Line:
    for flag in _FLAGS:
        row[flag] = bool(row[flag])
    return Line(**row)
