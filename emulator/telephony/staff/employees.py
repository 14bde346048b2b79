"""The cards of employees: names, status, what kinds of calls they may take and make, extension (facts §1.9)."""

from __future__ import annotations

from typing import Any

from emulator.core.database import Database, Row
from emulator.core.errors import BadRequest
from emulator.telephony.staff.names import full_name
from emulator.telephony.staff.records import BOTH_WAYS, Direction, Employee, Extension, Phone

KINDS_OF_CALL = ("in_external", "in_internal", "out_external", "out_internal")
"""The lists of directions: those of incoming and outgoing sessions, with people outside and among colleagues."""

_ANY = ",".join(BOTH_WAYS)
NEW: dict[str, Any] = {
    "first_name": None,
    "patronymic": None,
    "email": None,
    "status": "available",
    **dict.fromkeys(KINDS_OF_CALL, _ANY),
    "call_recording": "all",
}
"""What an employee is unless told otherwise."""


class Employees:
    """The cards of one account, without their numbers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, columns: dict[str, Any]) -> int:
        """Store a card of these columns and return its id."""
        row = {**NEW, **columns}
        name = full_name(row["first_name"], row["last_name"], row["patronymic"])
        return self._database.insert("employees", {**row, "full_name": name})

    def change(self, employee_id: int, changes: dict[str, Any]) -> None:
        """Set columns of a card."""
        with self._database.transaction():
            self._database.update("employees", employee_id, changes)
            row = self.row(employee_id)
            assert row is not None
            name = full_name(row["first_name"], row["last_name"], row["patronymic"])
            self._database.update("employees", employee_id, {"full_name": name})

    def delete(self, employee_id: int) -> None:
        """Nobody finds the card any more; calls keep the name."""
        self._database.update("employees", employee_id, {"is_deleted": True, "extension": None})

    def row(self, employee_id: int) -> Row | None:
        """The columns of a card; None for a stranger and for one that was deleted."""
        return self._database.one("SELECT * FROM employees WHERE id = ? AND NOT is_deleted", employee_id)

    def rows(self) -> list[Row]:
        return self._database.all("SELECT * FROM employees WHERE NOT is_deleted ORDER BY id")

    def name_of(self, employee_id: int, path: str, *, also_dismissed: bool = False) -> str:
        """The full name. Raises BadRequest naming `path` when nobody has that id."""
        question = "SELECT full_name FROM employees WHERE id = ? AND (? OR NOT is_deleted)"
        name: str | None = self._database.value(question, employee_id, also_dismissed)
        if name is None:
            raise BadRequest.field(path, employee_id, "the id of an employee of this account")
        return name

    def names(self) -> dict[int, str]:
        """In the order of hiring, also of those who were deleted."""
        rows = self._database.all("SELECT id, full_name FROM employees ORDER BY id")
        return {row["id"]: row["full_name"] for row in rows}

    def with_extension(self, extension: str) -> int | None:
        """The id of who is called at that short number from inside."""
        found: int | None = self._database.value("SELECT id FROM employees WHERE extension = ?", extension)
        return found


def directions(text: str) -> tuple[Direction, ...]:
    """A column of KINDS_OF_CALL as the directions it allows."""
    return tuple(way for way in BOTH_WAYS if way in text.split(","))


def employee(row: Row, phones: list[Phone], group_ids: list[int]) -> Employee:
    extension = Extension(row["extension"], bool(row["has_voice_mail"]), bool(row["has_queue"]))
    return Employee(
        id=row["id"],
        full_name=row["full_name"],
        email=row["email"],
        phones=tuple(phones),
        first_name=row["first_name"],
        last_name=row["last_name"],
        patronymic=row["patronymic"],
        status=row["status"],
        **{kind: directions(row[kind]) for kind in KINDS_OF_CALL},
        call_recording=row["call_recording"],
        coach_id=row["coach_id"],
        is_coach_always_enabled=bool(row["is_coach_always_enabled"]),
        extension=extension if row["extension"] else None,
        group_ids=tuple(group_ids),
    )
