"""Persons: who is behind a communication, and which one of theirs it is.

A person is found by telephone, else by e-mail, else as a visitor of a site. Keys learned later are joined to the
person; a key that belongs to somebody else already stays there, so that numbers once given never change.
"""

from __future__ import annotations

from collections.abc import Iterable

from emulator.core.database import Database
from emulator.core.phones import match_key

_KINDS = 3
_ONE_MORE = "UPDATE persons SET communications = communications + 1 WHERE id = ? RETURNING communications"


class Persons:
    """The persons of one account. Thousands of calls a second go through `join`: two statements for a known person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def join(self, phone: str | None, email: str | None, visitor_id: int | None) -> tuple[int | None, int | None]:
        """(person, number of this communication of theirs from 1); (None, None) when nothing tells whose it is."""
        keys = keys_of(phone, email, visitor_id)
        if not keys:
            return None, None
        padded = keys + [None] * (_KINDS - len(keys))
        found = self._database.all("SELECT key, person_id FROM person_keys WHERE key IN (?, ?, ?)", *padded)
        known: dict[str | None, int] = {row["key"]: row["person_id"] for row in found}
        person_id = next((known[key] for key in keys if key in known), None)
        if person_id is None:
            person_id, number = self._database.insert("persons", {"communications": 1}), 1
        else:
            number = self._database.value(_ONE_MORE, person_id)
        for key in keys:
            if key not in known:
                self._database.insert("person_keys", {"key": key, "person_id": person_id})
        return person_id, number

    def behind(self, phones: Iterable[str], emails: Iterable[str]) -> list[int]:
        """The persons known by any of these, the oldest first."""
        found = {self._person_of(key) for phone in phones for key in keys_of(phone, None, None)}
        found |= {self._person_of(key) for email in emails for key in keys_of(None, email, None)}
        return sorted(person_id for person_id in found if person_id is not None)

    def _person_of(self, key: str | None) -> int | None:
        person_id: int | None = self._database.value("SELECT person_id FROM person_keys WHERE key = ?", key)
        return person_id


def keys_of(phone: str | None, email: str | None, visitor_id: int | None) -> list[str | None]:
    """What a person is found by, the strongest first."""
    keys: list[str | None] = []
    if number := match_key(phone):
        keys.append(f"phone:{number}")
    if address := (email or "").strip().casefold():
        keys.append(f"email:{address}")
    if visitor_id is not None:
        keys.append(f"visitor:{visitor_id}")
    return keys
