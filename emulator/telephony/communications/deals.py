"""Deals that a CRM hands over (facts §1.11): kept under its ids and linked to the communication they came from.

A deal that names its communication is linked to that one, however old it is. Otherwise it is linked to the latest
communication of its contacts that is not younger than the deal and at most 30 days older. A deal that is handed over
again replaces what was known of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import orjson

from emulator.core.database import Database, Row
from emulator.telephony.communications.deal_contacts import DealContacts
from emulator.telephony.communications.persons import Persons

LINKED_WITHIN = timedelta(days=30)
_SPAN = LINKED_WITHIN // timedelta(microseconds=1)
_LISTS = ("contact_ext_ids", "tags", "user_fields")


@dataclass(frozen=True)
class Deal:
    """Instants in microseconds, `revenue` in hundredths. `tags` are {ext_id, name}, `user_fields` {ext_id, value}."""

    ext_id: str
    name: str
    created_at: int
    modified_at: int
    stage_modified_at: int
    closed_at: int | None
    sales_funnel_ext_id: str
    stage_ext_id: str
    main_contact_ext_id: str | None
    contact_ext_ids: list[str]
    employee_ext_id: str | None
    lead_ext_id: str | None
    company_ext_id: str | None
    revenue: int | None
    comments: str | None
    source: str | None
    tags: list[dict[str, Any]]
    user_fields: list[dict[str, Any]]
    communication_id: int | None


class Deals:
    """The deals of one account."""

    def __init__(self, database: Database, persons: Persons, contacts: DealContacts) -> None:
        self._database = database
        self._persons = persons
        self._contacts = contacts

    def put(self, deal: Deal) -> None:
        """Keep the deal, linked by its contacts where it names no communication."""
        if deal.communication_id is None:
            deal = replace(deal, communication_id=self._communication_of_contacts(deal))
        row = {**vars(deal), **{name: orjson.dumps(getattr(deal, name)).decode() for name in _LISTS}}
        kept = self._database.value("SELECT id FROM deals WHERE ext_id = ?", deal.ext_id)
        if kept is None:
            self._database.insert("deals", row)
        else:
            self._database.update("deals", kept, row)

    def find(self, ext_id: str) -> Deal | None:
        row = self._database.one("SELECT * FROM deals WHERE ext_id = ?", ext_id)
        return _deal(row) if row else None

    def all(self) -> list[Deal]:
        """In the order in which they were first handed over."""
        return [_deal(row) for row in self._database.all("SELECT * FROM deals ORDER BY id")]

    def _communication_of_contacts(self, deal: Deal) -> int | None:
        persons = self._persons.behind(*self._contacts.reached_at(deal.contact_ext_ids))
        latest = [self._latest_of(person_id, deal.created_at) for person_id in persons]
        return max((each for each in latest if each), default=(0, None))[1]

    def _latest_of(self, person_id: int, before: int) -> tuple[int, int] | None:
        """(begin, id) of the person's last communication up to the second of `before`."""
        row = self._database.one(
            "SELECT created_at, id FROM communications WHERE person_id = ? AND created_at >= ? AND created_at < ?"
            " ORDER BY created_at DESC, id DESC LIMIT 1",
            *(person_id, before - _SPAN, before + 1_000_000),
        )
        return (row["created_at"], row["id"]) if row else None


def _deal(row: Row) -> Deal:
    del row["id"]
    return Deal(**{**row, **{name: orjson.loads(row[name]) for name in _LISTS}})
