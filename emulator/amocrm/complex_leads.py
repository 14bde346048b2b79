"""Deals with their contact and company in one request: leads/complex (facts §3.3).

Nothing is looked for: duplicate control is off, so every embedded card without an id is a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from emulator.amocrm.call_drafts import call_of
from emulator.amocrm.cards import Draft
from emulator.amocrm.nested import Nested, adopt, inside, read_nested
from emulator.amocrm.platform import Placement
from emulator.amocrm.unsorted_metadata import CATEGORIES, WANTS_CALL, Metadata, client_number, read_metadata
from emulator.amocrm.validation import Item
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

MOST_FIELDS = 40
"""Values of custom fields that one embedded card may bring."""


@dataclass
class ComplexDraft:
    """One item, checked. `category` and `metadata` say where the deal came from, if the item tells."""

    item: Item
    lead: Draft
    contact: Nested | None
    company: Nested | None
    category: str | None
    metadata: Metadata


class Made(NamedTuple):
    """What became of one item."""

    lead_id: int
    contact_id: int | None
    company_id: int | None


class ComplexLeads:
    """Writes the deals of such requests."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, item: Item, user_id: int) -> ComplexDraft:
        """`item` as a draft; flaws are noted in the item."""
        alone = inside(item, item.data)
        lead = self._account.leads.read(alone, user_id)
        adopt(item, "", alone)
        contact = read_nested(self._account, item, "contacts", user_id)
        company = read_nested(self._account, item, "companies", user_id)
        _refuse_many_fields(item, "", lead)
        for table, nested in (("contacts", contact), ("companies", company)):
            if nested and nested.draft:
                _refuse_many_fields(item, f"{item.embedded_at}.{table}.0.", nested.draft)
        lead.row["source"] = self._account.sources.of_item(item)
        category, metadata = _metadata(item)
        return ComplexDraft(item, lead, contact, company, category, metadata)

    def create(self, drafts: list[ComplexDraft]) -> list[Made]:
        with self._account.database.transaction():
            return [self._create(draft) for draft in drafts]

    def _create(self, draft: ComplexDraft) -> Made:
        account = self._account
        company_id = draft.company.make(account, "companies", hidden=False) if draft.company else None
        contact_id = self._contact(draft.contact, company_id) if draft.contact else None
        draft.lead.row["company_id"] = company_id
        draft.lead.contacts = [] if contact_id is None else [(contact_id, True)]
        [lead] = account.leads.create([draft.lead])
        if draft.category == "sip" and draft.metadata[WANTS_CALL]:
            self._add_call(draft.metadata, lead, contact_id)
        if draft.category == "forms":
            self._add_form(draft.metadata, lead)
        return Made(lead["id"], contact_id, company_id)

    def _contact(self, contact: Nested, company_id: int | None) -> int:
        if contact.draft is not None:
            contact.draft.row["company_id"] = company_id
        return contact.make(self._account, "contacts", hidden=False)

    def _add_call(self, metadata: Metadata, lead: Row, contact_id: int | None) -> None:
        """The call that brought the deal; without a contact the deal shows it."""
        platform, card = self._account.platform, ("leads", lead["id"])
        if contact_id is not None:
            card = platform.target_of(("contacts", contact_id))
        row = call_of(self._account, metadata, client_number(metadata), "amoCRM", lead["responsible_user_id"])
        self._account.calls.add(row, Placement("link", card))

    def _add_form(self, metadata: Metadata, lead: Row) -> None:
        """A note of the form that brought the deal."""
        self._account.notes.add(
            ("leads", lead["id"]),
            "service_message",
            {"service": metadata["form_name"], "text": metadata["form_page"]},
            author=lead["created_by"],
            created_at=lead["created_at"],
            responsible=lead["responsible_user_id"],
        )


def _refuse_many_fields(item: Item, path: str, draft: Draft) -> None:
    if len(draft.fields) > MOST_FIELDS:
        item.refuse("TooMany", f"{path}custom_fields_values")


def _metadata(item: Item) -> tuple[str | None, Metadata]:
    given, path = item.embedded.get("metadata"), f"{item.embedded_at}.metadata"
    if not given:
        return None, {}
    if not isinstance(given, Mapping):
        item.refuse_type(path, "object")
        return None, {}
    category = given.get("category")
    if not isinstance(category, str) or category not in CATEGORIES:
        item.refuse("NotSupportedChoice", f"{path}.category")
        return None, {}
    return category, read_metadata(item, path, given, category)
