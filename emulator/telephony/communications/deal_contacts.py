"""Contacts of deals: telephones and e-mails by which a deal finds the communications of its people (facts §1.11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from emulator.core.database import Database
from emulator.core.errors import Conflict


@dataclass(frozen=True)
class DealContact:
    """A contact under the CRM's id; `created_at` in microseconds."""

    ext_id: str
    name: str
    created_at: int
    phones: list[str]
    emails: list[str]


class DealContacts:
    """The contacts of one account's deals."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, contact: DealContact) -> None:
        """Raises Conflict when there is a contact of that `ext_id`."""
        if self._database.value("SELECT 1 FROM deal_contacts WHERE ext_id = ?", contact.ext_id):
            raise Conflict(f"there is a contact {contact.ext_id} already")
        row = {
            "ext_id": contact.ext_id,
            "name": contact.name,
            "created_at": contact.created_at,
            "phones": orjson.dumps(contact.phones).decode(),
            "emails": orjson.dumps(contact.emails).decode(),
        }
        self._database.insert("deal_contacts", row)

    def reached_at(self, ext_ids: Iterable[str]) -> tuple[list[str], list[str]]:
        """(telephones, e-mails) of those contacts that are known."""
        phones: list[str] = []
        emails: list[str] = []
        for ext_id in ext_ids:
            if row := self._database.one("SELECT phones, emails FROM deal_contacts WHERE ext_id = ?", ext_id):
                phones += orjson.loads(row["phones"])
                emails += orjson.loads(row["emails"])
        return phones, emails
