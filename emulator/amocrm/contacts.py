"""Contacts: cards with a first name, a last name and a company (facts §3.4)."""

from __future__ import annotations

from emulator.amocrm.cards import Cards, Draft
from emulator.amocrm.links import company_of_item
from emulator.core.database import Row


class Contacts(Cards):
    """The contacts of an account. Names that say no more than `name` are NULL."""

    table = "contacts"
    kind = "contact"
    phones = "contact_phones"

    def _read_more(self, draft: Draft) -> None:
        row, item = draft.row, draft.item
        first, last = item.text("first_name"), item.text("last_name")
        if draft.before is not None:
            known_first, known_last = names(draft.before)
            first = known_first if first is None and last is not None else first
            last = known_last if last is None and first is not None else last
        if first is not None or last is not None:
            row["first_name"], row["last_name"] = first or "", last or ""
            row.setdefault("name", f"{first or ''} {last or ''}".strip())
        elif draft.before is None or "name" in row:
            row["first_name"] = row["last_name"] = None
        if draft.before is None:
            row["company_id"] = company_of_item(self._account, item)


def names(contact: Row) -> tuple[str, str]:
    """First and last name of a contact as shown."""
    if contact["first_name"] is None:
        return contact["name"], ""
    return contact["first_name"], contact["last_name"]
