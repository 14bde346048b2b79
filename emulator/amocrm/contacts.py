"""Contacts: cards with a first and a last name, phones that can be looked up, and calls that wait for them.

`contact_phones` holds every PHONE value, and every other run of ten or more digits that `query` could be asked for, by
the key that decides all comparisons of phones (last ten digits); so a look-up by number does not scan.
"""

from __future__ import annotations

import re

from emulator.amocrm.cards import Cards, Draft, number_in
from emulator.amocrm.field_values import Shown
from emulator.amocrm.query import Conditions
from emulator.core.database import Row
from emulator.core.phones import digits, match_key

_LONG_NUMBER = re.compile(r"[0-9]{10,}")
_KEY_LENGTH = 10


class Contacts(Cards):
    """The contacts of an account."""

    table = "contacts"
    kind = "contact"

    def _search(self, conditions: Conditions, text: str) -> None:
        number = number_in(text)
        if len(number) < _KEY_LENGTH:
            super()._search(conditions, text)
            return
        conditions.add(
            "id IN (SELECT contact_id FROM contact_phones WHERE key = ? AND instr(digits, ?))",
            number[-_KEY_LENGTH:],
            number,
        )

    def _read_more(self, draft: Draft) -> None:
        row, item = draft.row, draft.item
        first, last = item.text("first_name"), item.text("last_name")
        if draft.before is not None:
            first = draft.before["first_name"] if first is None and last is not None else first
            last = draft.before["last_name"] if last is None and first is not None else last
        if first is not None or last is not None:
            row["first_name"], row["last_name"] = first or "", last or ""
            row.setdefault("name", f"{first or ''} {last or ''}".strip())
        elif draft.before is None or "name" in row:
            row["first_name"], row["last_name"] = row.get("name", ""), ""

    def _written(self, draft: Draft, card: Row, shown: list[Shown]) -> None:
        if draft.before is None or draft.fields or "name" in draft.row:
            self._index(card["id"], card["name"], shown)
        self._account.platform.contact_seen(card)

    def _index(self, contact_id: int, name: str, shown: list[Shown]) -> None:
        self._database.execute("DELETE FROM contact_phones WHERE contact_id = ?", contact_id)
        rows = []
        for each in [{"field_code": None, "values": [{"value": name}]}, *shown]:
            for value in each["values"]:
                text = str(value["value"])
                if each["field_code"] == "PHONE":
                    rows.append((contact_id, match_key(text), digits(text), text, 1))
                else:
                    rows += [(contact_id, run[-_KEY_LENGTH:], run, text, 0) for run in _LONG_NUMBER.findall(text)]
        if rows:
            self._database.many("INSERT INTO contact_phones VALUES (?, ?, ?, ?, ?)", rows)

    def phone_keys(self, contact_id: int) -> list[str]:
        """The keys of the contact's phones."""
        sql = "SELECT DISTINCT key FROM contact_phones WHERE contact_id = ? AND is_phone AND key <> ''"
        return [row["key"] for row in self._database.all(sql, contact_id)]

    def with_phone(self, key: str) -> int | None:
        """Who has the number: the contact that became visible first, ties by id (GAP-25)."""
        sql = (
            "SELECT c.id FROM contact_phones p JOIN contacts c ON c.id = p.contact_id "
            "WHERE p.key = ? AND p.is_phone AND c.visible_at IS NOT NULL AND NOT c.is_deleted "
            "ORDER BY c.visible_at, c.id LIMIT 1"
        )
        contact: int | None = self._database.value(sql, key)
        return contact

    def leads_of(self, contact_ids: list[int]) -> dict[int, list[int]]:
        """The ids of each contact's visible leads."""
        found: dict[int, list[int]] = {}
        conditions = Conditions()
        conditions.among("lc.contact_id", contact_ids)
        rows = self._database.all(
            "SELECT lc.contact_id, lc.lead_id FROM lead_contacts lc JOIN leads l ON l.id = lc.lead_id"
            f"{conditions.sql()} AND l.visible_at IS NOT NULL AND NOT l.is_deleted ORDER BY lc.lead_id",
            *conditions.arguments,
        )
        for row in rows:
            found.setdefault(row["contact_id"], []).append(row["lead_id"])
        return found
