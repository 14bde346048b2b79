"""How cards are found by what they say: `query`, and telephone numbers (facts §2.2; GAP-25).

The column `search` has every text of a card. Numbers of ten digits and more also lie in a table of their own, by their
last ten digits, so that the look-ups of a telephony never read through all cards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from emulator.amocrm.custom_fields import CustomFields
from emulator.amocrm.field_values import FieldValues
from emulator.amocrm.query import Conditions, ListQuery, wholes
from emulator.amocrm.visibility import visible
from emulator.core.database import Database, Row
from emulator.core.phones import digits, match_key

_PHONE_SIGNS = frozenset("0123456789+-() ")
_LIKE_A_PHONE = re.compile(r"[0-9+() -]{10,}")
_LONG_NUMBER = re.compile(r"[0-9]{10,}")
_KEY_LENGTH = 10
_LONGEST_ID = 18

Number = tuple[str, int, str, int]
"""A row of the table of numbers: (key, card, digits, whether it is a phone)."""

Holder = tuple[Row, set[Number]]
"""A card that has a value of some field, with its numbers so far."""


class CardSearch:
    """Finds cards of one kind. `phones` is the table of their numbers; `names` tells all that a card is called."""

    def __init__(
        self,
        database: Database,
        fields: CustomFields,
        values: FieldValues,
        table: str,
        phones: str | None,
        names: Callable[[Row], list[str]],
    ) -> None:
        self._database = database
        self._fields = fields
        self._values = values
        self._table = table
        self._phones = phones
        self._names = names

    def narrow(self, conditions: Conditions, query: ListQuery) -> None:
        """Add what `query` looks for; a filter by phone goes through the table of numbers, so that it does not scan."""
        if self._phones and query.tree:
            self._narrow_by_phone(conditions, query.filtered("custom_fields_values"))
        if query.text:
            self._narrow_by_text(conditions, query.text)

    def _narrow_by_phone(self, conditions: Conditions, asked: Any) -> None:
        phone = self._fields.coded(self._table, "PHONE")
        wanted = asked.get(str(phone.id)) if phone and isinstance(asked, dict) else None
        if wanted is None or (isinstance(wanted, dict) and wanted.keys() & {"from", "to"}):
            return
        keys = Conditions()
        keys.among("key", [match_key(text) for text in wholes(wanted)])
        conditions.add(f"id IN (SELECT card_id FROM {self._phones}{keys.sql()})", *keys.arguments)

    def _narrow_by_text(self, conditions: Conditions, text: str) -> None:
        """A substring of any text; a number also as its digits, and it may be the id of a card."""
        number, either = digits(text) if _PHONE_SIGNS.issuperset(text) else "", Conditions()
        either.add("instr(search, ?)", text.casefold())
        if number:
            either.add("instr(search, ?)", number)
        found = f"({' OR '.join(either.clauses)})"
        if self._phones and len(number) >= _KEY_LENGTH:
            found = f"(id IN (SELECT card_id FROM {self._phones} WHERE key = ? AND instr(digits, ?)) AND {found})"
            either.arguments[:0] = [number[-_KEY_LENGTH:], number]
        if number == text and len(number) <= _LONGEST_ID:
            found = f"({found} OR id = ?)"
            either.arguments.append(int(number))
        conditions.add(found, *either.arguments)

    def text_of(self, card: Row) -> str:
        """What `query` looks through. A phone is there as digits, and as written if it holds more than those."""
        lines = self._names(card)
        for is_phone, text in self._values.texts(card.get("fields")):
            if is_phone:
                lines.append(digits(text))
            if not (is_phone and _PHONE_SIGNS.issuperset(text)):
                lines.append(text)
        return "\n".join(lines).casefold()

    def index(self, card: Row, before: Row | None) -> None:
        """Put the numbers of `card` where a look-up finds them; `before` is the card as it was."""
        if self._phones:
            self._put(card, self._numbers(before) if before else set())

    def _put(self, card: Row, old: set[Number]) -> None:
        new = self._numbers(card)
        if old - new:
            delete = f"DELETE FROM {self._phones} WHERE key = ? AND card_id = ? AND digits = ? AND is_phone = ?"
            self._database.many(delete, sorted(old - new))
        if new - old:
            self._database.many(f"INSERT INTO {self._phones} VALUES (?, ?, ?, ?)", sorted(new - old))

    def _numbers(self, card: Row) -> set[Number]:
        """The rows of the table of numbers: phones, and other long numbers that `query` could be asked for."""
        card_id: int = card["id"]
        found = {(run[-_KEY_LENGTH:], card_id, run, 0) for name in self._names(card) for run in _long_numbers(name)}
        for is_phone, text in self._values.texts(card["fields"]):
            if is_phone:
                found.add((match_key(text), card_id, digits(text), 1))
            else:
                found |= {(run[-_KEY_LENGTH:], card_id, run, 0) for run in _long_numbers(text)}
        return found

    def holding(self, field_id: int) -> list[Holder]:
        """The cards that have a value of that field, deleted and hidden ones too."""
        sql = f"SELECT * FROM {self._table} WHERE json_type(fields, ?) IS NOT NULL ORDER BY id"
        rows = self._database.all(sql, f'$."{field_id}"')
        return [(row, self._numbers(row) if self._phones else set()) for row in rows]

    def rewrite(self, holders: Iterable[Holder], cleaned: Callable[[str], str | None]) -> None:
        """Definitions changed: the values of `holders` become `cleaned`, and searches find what is shown now."""
        for row, numbers in holders:
            after = {**row, "fields": cleaned(row["fields"])}
            changes = {"fields": after["fields"], "search": self.text_of(after)}
            self._database.update(self._table, row["id"], changes)
            if self._phones:
                self._put(after, numbers)

    def phone_keys(self, card: Row) -> list[str]:
        """The keys of the card's phones, hidden ones aside."""
        return sorted({key for key, _, _, is_phone in self._numbers(card) if is_phone and key})

    def with_phone(self, key: str) -> int | None:
        """Who has the number: the card that became visible first, ties by id (GAP-25)."""
        if not self._phones:
            return None
        sql = (
            f"SELECT c.id FROM {self._phones} p JOIN {self._table} c ON c.id = p.card_id "
            f"WHERE p.key = ? AND p.is_phone AND {visible('c')} ORDER BY c.visible_at, c.id LIMIT 1"
        )
        card_id: int | None = self._database.value(sql, key)
        return card_id


def _long_numbers(text: str) -> list[str]:
    """Runs of ten digits and more, also of those that are written apart like a phone."""
    if len(text) < _KEY_LENGTH:
        return []
    apart = [digits(run) for run in _LIKE_A_PHONE.findall(text)]
    return [*_LONG_NUMBER.findall(text), *(run for run in apart if len(run) >= _KEY_LENGTH)]
