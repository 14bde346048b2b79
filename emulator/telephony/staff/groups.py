"""Groups of employees, called together in the order of their members (facts §1.9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emulator.core.database import Database, Row
from emulator.telephony.staff.records import Group


class Groups:
    """The groups of one account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        name: str,
        member_ids: Sequence[int] = (),
        *,
        extension: str | None = None,
        has_queue: bool = False,
        channels_count: int = 1,
    ) -> int:
        """Store a group of these employees, in this order, and return its id."""
        row = {"name": name, "extension": extension, "has_queue": has_queue, "channels_count": channels_count}
        group_id = self._database.insert("employee_groups", row)
        self.set_members(group_id, member_ids)
        return group_id

    def all(self) -> list[Group]:
        """In the order in which they were made."""
        members: dict[int, list[int]] = {}
        for row in self._database.all("SELECT group_id, employee_id FROM group_members ORDER BY group_id, position"):
            members.setdefault(row["group_id"], []).append(row["employee_id"])
        rows = self._database.all("SELECT * FROM employee_groups ORDER BY id")
        return [_group(row, members.get(row["id"], [])) for row in rows]

    def get(self, group_id: int) -> Group | None:
        row = self._database.one("SELECT * FROM employee_groups WHERE id = ?", group_id)
        if row is None:
            return None
        question = "SELECT employee_id FROM group_members WHERE group_id = ? ORDER BY position"
        return _group(row, [member["employee_id"] for member in self._database.all(question, group_id)])

    def with_extension(self, extension: str) -> Group | None:
        """The group that is called at that short number."""
        group_id = self._database.value("SELECT id FROM employee_groups WHERE extension = ?", extension)
        return None if group_id is None else self.get(group_id)

    def change(self, group_id: int, changes: dict[str, Any]) -> None:
        """Set columns of a group."""
        self._database.update("employee_groups", group_id, changes)

    def set_members(self, group_id: int, member_ids: Sequence[int]) -> None:
        """Exactly these, in this order."""
        self._database.execute("DELETE FROM group_members WHERE group_id = ?", group_id)
        for position, employee_id in enumerate(member_ids):
            row = {"group_id": group_id, "position": position, "employee_id": employee_id}
            self._database.insert("group_members", row)

    def set_groups_of(self, employee_id: int, group_ids: Sequence[int]) -> None:
        """Let an employee be in exactly these groups: a new member comes last, the places of others stay."""
        for group in self.all():
            is_in, shall_be_in = employee_id in group.member_ids, group.id in group_ids
            if shall_be_in and not is_in:
                self.set_members(group.id, [*group.member_ids, employee_id])
            elif is_in and not shall_be_in:
                self.set_members(group.id, [each for each in group.member_ids if each != employee_id])

    def delete(self, group_id: int) -> None:
        self.set_members(group_id, [])
        self._database.execute("DELETE FROM employee_groups WHERE id = ?", group_id)


def _group(row: Row, member_ids: list[int]) -> Group:
    return Group(
        id=row["id"],
        name=row["name"],
        member_ids=tuple(member_ids),
        extension=row["extension"],
        has_queue=bool(row["has_queue"]),
        channels_count=row["channels_count"],
    )
