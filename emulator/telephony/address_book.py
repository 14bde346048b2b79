"""The address book: contacts with their numbers and personal managers (facts §1.9).

The vendor's own «Переадресация на персонального менеджера» asks it, and reports name the contact of a call by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from emulator.core.database import Database, Row
from emulator.core.phones import match_key
from emulator.telephony.staff.names import full_name


@dataclass(frozen=True)
class Contact:
    """`phone_numbers` in E.164 with `+`, in the order they were given."""

    id: int
    first_name: str | None
    last_name: str
    patronymic: str | None
    full_name: str
    personal_manager_id: int | None
    phone_numbers: tuple[str, ...]
    emails: tuple[str, ...]


class AddressBook:
    """The contacts of one account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, columns: dict[str, Any], phone_numbers: Sequence[str], emails: Sequence[str] = ()) -> int:
        """Store a contact and return its id. `columns` are the names and the personal manager's id."""
        row = {"first_name": None, "patronymic": None, "personal_manager_id": None, **columns}
        name = full_name(row["first_name"], row["last_name"], row["patronymic"])
        contact_id = self._database.insert("contacts", {**row, "full_name": name})
        self._set_numbers(contact_id, phone_numbers)
        self._set_emails(contact_id, emails)
        return contact_id

    def change(
        self,
        contact_id: int,
        columns: dict[str, Any],
        phone_numbers: Sequence[str] | None = None,
        emails: Sequence[str] | None = None,
    ) -> None:
        """Set columns; numbers and addresses, where given, as a whole."""
        with self._database.transaction():
            self._database.update("contacts", contact_id, columns)
            row = self._database.one("SELECT * FROM contacts WHERE id = ?", contact_id)
            assert row is not None
            name = full_name(row["first_name"], row["last_name"], row["patronymic"])
            self._database.update("contacts", contact_id, {"full_name": name})
            if phone_numbers is not None:
                self._set_numbers(contact_id, phone_numbers)
            if emails is not None:
                self._set_emails(contact_id, emails)

    def delete(self, contact_ids: Sequence[int]) -> None:
        with self._database.transaction():
            for contact_id in contact_ids:
                self._set_numbers(contact_id, ())
                self._set_emails(contact_id, ())
                self._database.execute("DELETE FROM contacts WHERE id = ?", contact_id)

    def all(self) -> list[Contact]:
        """In the order they were made."""
        return self._with("SELECT * FROM contacts ORDER BY id")

    def get(self, contact_id: int) -> Contact | None:
        found = self._with("SELECT * FROM contacts WHERE id = ?", contact_id)
        return found[0] if found else None

    def find(self, phone: str | None) -> Contact | None:
        """The contact with that number, the oldest of several; None for a stranger and a hidden number."""
        key = match_key(phone)
        if not key:
            return None
        question = "SELECT contact_id FROM contact_phones WHERE match_key = ? ORDER BY contact_id LIMIT 1"
        contact_id = self._database.value(question, key)
        return None if contact_id is None else self.get(contact_id)

    def known(self) -> dict[str, tuple[int, str]]:
        """(id, full name) by the keys of all numbers; of several contacts with a number the oldest."""
        rows = self._database.all(
            "SELECT match_key, id, full_name FROM contact_phones JOIN contacts ON id = contact_id ORDER BY id DESC"
        )
        return {row["match_key"]: (row["id"], row["full_name"]) for row in rows}

    def managed_by(self, employee_id: int) -> bool:
        """Whether somebody is the personal manager of a contact."""
        question = "SELECT 1 FROM contacts WHERE personal_manager_id = ? LIMIT 1"
        return self._database.value(question, employee_id) is not None

    def _with(self, contacts: str, *values: Any) -> list[Contact]:
        """The contacts of a question, each with its numbers and addresses."""
        rows = self._database.all(contacts, *values)
        only = "" if len(rows) != 1 else f"WHERE contact_id = {rows[0]['id']}"
        numbers = self._grouped(f"SELECT contact_id, number AS item FROM contact_phones {only}")
        emails = self._grouped(f"SELECT contact_id, email AS item FROM contact_emails {only}")
        return [_contact(row, numbers.get(row["id"], []), emails.get(row["id"], [])) for row in rows]

    def _grouped(self, question: str) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for row in self._database.all(f"{question} ORDER BY contact_id, position"):
            found.setdefault(row["contact_id"], []).append(row["item"])
        return found

    def _set_numbers(self, contact_id: int, phone_numbers: Sequence[str]) -> None:
        self._database.execute("DELETE FROM contact_phones WHERE contact_id = ?", contact_id)
        for position, number in enumerate(phone_numbers):
            row = {
                "contact_id": contact_id,
                "position": position,
                "number": number,
                "match_key": match_key(number),
            }
            self._database.insert("contact_phones", row)

    def _set_emails(self, contact_id: int, emails: Sequence[str]) -> None:
        self._database.execute("DELETE FROM contact_emails WHERE contact_id = ?", contact_id)
        for position, email in enumerate(emails):
            self._database.insert("contact_emails", {"contact_id": contact_id, "position": position, "email": email})


def _contact(row: Row, phone_numbers: list[str], emails: list[str]) -> Contact:
    return Contact(
        id=row["id"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        patronymic=row["patronymic"],
        full_name=row["full_name"],
        personal_manager_id=row["personal_manager_id"],
        phone_numbers=tuple(phone_numbers),
        emails=tuple(emails),
    )
