"""The face of employees, numbers, lines and groups to the rest of the telephony, asked from the rows at each use."""

from __future__ import annotations

from collections.abc import Sequence

from emulator.core.database import Database
from emulator.core.ground import Ground
from emulator.telephony.numbers import written
from emulator.telephony.staff import availability
from emulator.telephony.staff.employees import Employees, employee
from emulator.telephony.staff.groups import Groups
from emulator.telephony.staff.lines import Lines
from emulator.telephony.staff.names import parted
from emulator.telephony.staff.phones import Phones
from emulator.telephony.staff.records import Employee, EmployeeSpec, Group, Line, NumberSpec, Phone, VirtualNumber
from emulator.telephony.staff.virtual_numbers import VirtualNumbers


class Staff:
    """Who works here. `cards`, `phones`, `lines`, `groups` and `numbers` are for those who change something."""

    def __init__(self, ground: Ground, database: Database) -> None:
        self._database = database
        self.cards = Employees(database)
        self.phones = Phones(database)
        self.groups = Groups(database)
        self.numbers = VirtualNumbers(ground, database)
        self.lines = Lines(ground, database, self.phones, self.numbers)

    def settle_in(self, employees: Sequence[EmployeeSpec], numbers: Sequence[NumberSpec]) -> None:
        """The numbers first: lines show one of them to outside people."""
        for number in numbers:
            self.numbers.add(number)
        for each in employees:
            self.hire(each)

    def hire(self, spec: EmployeeSpec) -> int:
        """Store an employee and return the id. Raises BadRequest for a number that is none."""
        numbers = [
            each.number if each.protocol == "SIP" else written(each.number, f"numbers[{position}]")
            for position, each in enumerate(spec.numbers)
        ]
        own = {"email": spec.email, "extension": spec.extension, "call_recording": spec.call_recording}
        employee_id = self.cards.add({**parted(spec.full_name), **own})
        for position, (number, each) in enumerate(zip(numbers, spec.numbers, strict=True)):
            self.phones.add(
                employee_id,
                position,
                number,
                line_id=self.lines.add(each) if each.protocol == "SIP" else None,
                is_active=each.active,
                channels_count=each.channels_count,
                dial_time=each.dial_time,
                is_recorded=each.is_recorded,
            )
        return employee_id

    def dismiss(self, employee_id: int) -> None:
        """Delete an employee: out of all lists and groups, numbers gone, SIP lines nobody's. Calls keep the name."""
        with self._database.transaction():
            self.groups.set_groups_of(employee_id, ())
            self.phones.arrange(employee_id, ())
            self.cards.delete(employee_id)

    def employees(self) -> list[Employee]:
        """Everybody, in the order they were hired."""
        phones = self.phones.by_employee()
        groups: dict[int, list[int]] = {}
        for group in self.groups.all():
            for member_id in group.member_ids:
                groups.setdefault(member_id, []).append(group.id)
        return [employee(row, phones.get(row["id"], []), groups.get(row["id"], [])) for row in self.cards.rows()]

    def hired(self) -> list[int]:
        """The ids of all who were ever hired, in that order: those who were dismissed keep their places."""
        return list(self.cards.names())

    def employee(self, employee_id: int) -> Employee | None:
        """None when nobody has that id."""
        row = self.cards.row(employee_id)
        if row is None:
            return None
        groups = [group.id for group in self.groups.all() if employee_id in group.member_ids]
        return employee(row, self.phones.of(employee_id), groups)

    def name_of(self, employee_id: int, path: str) -> str:
        """The full name. Raises BadRequest naming `path` when nobody has that id."""
        return self.cards.name_of(employee_id, path)

    def name_ever(self, employee_id: int, path: str) -> str:
        """As `name_of`, also of those who were dismissed: their lines go on until somebody hangs up."""
        return self.cards.name_of(employee_id, path, also_dismissed=True)

    def names(self) -> dict[int, str]:
        """Full names by id, also of those who were deleted."""
        return self.cards.names()

    def employee_by_extension(self, extension: str) -> int | None:
        """The id of who is called at that short number from inside."""
        return self.cards.with_extension(extension)

    def group(self, group_id: int) -> Group | None:
        """None when there is no such group."""
        return self.groups.get(group_id)

    def active_phone(self, employee_id: int, after: int = -1) -> Phone | None:
        """The first active number at a position after `after`; None when there is none left."""
        return self.phones.next_active(employee_id, after)

    def phone(self, phone_id: int) -> Phone:
        """The number with that id, also one that was taken away since."""
        return self.phones.get(phone_id)

    def phone_with(self, number: str) -> Phone | None:
        """The number of an employee that equals `number` (GAP-73: any of their numbers, active or not)."""
        return self.phones.with_number(number)

    def first_line_of(self, employee_id: int) -> Line | None:
        """The line that is active in billing and has the greatest SIP id (PHONE-04)."""
        return self.lines.first_of(employee_id)

    def refusal_to_ring(self, phone: Phone, *, is_internal: bool = False) -> str | None:
        """Why whoever has `phone` is not rung at it, as a finish reason; None: ring."""
        card = self.cards.row(phone.employee_id)
        if card is None:
            return "employee_not_exists"
        return availability.refusal_to_ring(card, phone, is_internal=is_internal)

    def refusal_to_call(self, phone: Phone, *, is_internal: bool = False) -> str | None:
        """Why whoever has `phone` cannot call from it, as a finish reason; None: they can."""
        card = self.cards.row(phone.employee_id)
        if card is None:
            return "employee_not_exists"
        return availability.refusal_to_call(card, phone, is_internal=is_internal)

    def virtual_numbers(self) -> list[VirtualNumber]:
        """In the order they were given."""
        return self.numbers.all()

    def virtual_number(self, number: str) -> VirtualNumber | None:
        return self.numbers.find(number)
