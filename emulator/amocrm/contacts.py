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
        for key in ("first_name", "last_name"):
            part = draft.item.text(key)
            if part is not None:
                draft.row[key] = part
        if draft.before is None:
            draft.row["company_id"] = company_of_item(self._account, draft.item)

    def _complete(self, draft: Draft) -> None:
        row = draft.row
        if "first_name" in row or "last_name" in row:
            known = names(draft.before) if draft.before else ("", "")
            first, last = row.get("first_name", known[0]), row.get("last_name", known[1])
            row.update(first_name=first, last_name=last)
            row.setdefault("name", f"{first} {last}".strip())
        elif draft.before is None or "name" in row:
            row["first_name"] = row["last_name"] = None

    def _names(self, card: Row) -> list[str]:
        name = card["name"]
        return [name, *(part for part in names(card) if part not in name)]


def names(contact: Row) -> tuple[str, str]:
    """First and last name of a contact as shown."""
    if contact["first_name"] is None:
        return contact["name"], ""
    return contact["first_name"], contact["last_name"]
