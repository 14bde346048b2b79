"""What a request puts into «Неразобранное»: an item with its deal, contact and company, read and checked (facts §3.12).

A call brings a deal and a contact with the caller's number even when the request embeds neither; a form brings a deal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.amocrm.cards import Draft
from emulator.amocrm.nested import Nested, adopt, first_of, inside, read_nested
from emulator.amocrm.unsorted_metadata import Metadata, client_number, read_metadata
from emulator.amocrm.validation import Item
from emulator.core.database import Row
from emulator.core.phones import match_key

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

_REQUIRED = ("source_name", "source_uid", "metadata")
_NOT_IN_UNSORTED = frozenset({"id", "pipeline_id", "status_id", "closed_at", "loss_reason_id"})
"""Keys of an embedded deal that mean nothing before it is accepted."""


@dataclass
class UnsortedDraft:
    """One item. `row` has the columns that it says itself, `number` is the caller's as it was written."""

    item: Item
    row: Row
    metadata: Metadata
    number: str
    lead: Draft
    contact: Nested | None
    company: Nested | None

    def give_to(self, user: Row) -> None:
        """The new deal and contact are that user's, who need not work here any more."""
        for card in (self.lead, self.contact and self.contact.draft):
            if card:
                card.row |= {"responsible_user_id": user["id"], "group_id": user["group_id"]}


class UnsortedReader:
    """Reads items for one account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, item: Item, category: str, user_id: int) -> UnsortedDraft:
        """`item` as a draft; flaws are noted in the item."""
        for key in _REQUIRED:
            item.require(key)
        given = item.object("metadata")
        metadata = read_metadata(Item({}, "", {}, "") if given is None else item, "metadata", given or {}, category)
        number = client_number(metadata) if category == "sip" else ""
        row = {
            "category": category,
            "source_uid": item.text("source_uid") or "",
            "source_name": item.text("source_name") or "",
            "key": match_key(number),
            **self._times(item),
        }
        contact = read_nested(self._account, item, "contacts", user_id)
        company = read_nested(self._account, item, "companies", user_id)
        lead = self._lead(item, user_id)
        draft = UnsortedDraft(item, row, metadata, number, lead, contact, company)
        if category == "sip":
            self._add_number(draft, user_id)
        return draft

    def _times(self, item: Item) -> Row:
        now, created_at = self._account.now(), item.instant("created_at")
        return {"created_at": now if created_at is None else created_at, "updated_at": now}

    def _lead(self, item: Item, user_id: int) -> Draft:
        """The deal, on the stage «Неразобранное» of its pipeline."""
        given = first_of(item, "leads") or {}
        path = f"{item.embedded_at}.leads.0"
        if given.get("id") is not None:
            item.refuse("FieldNotExpected", f"{path}.id")
        inner = inside(item, {key: value for key, value in given.items() if key not in _NOT_IN_UNSORTED})
        lead = self._account.leads.read(inner, user_id)
        adopt(item, path, inner)
        named = inside(item, given)
        in_item = item.data.get("pipeline_id") is not None
        lead.row.update(self._stage(item if in_item else named))
        if not in_item:
            adopt(item, path, named)
        return lead

    def _stage(self, item: Item) -> Row:
        pipelines, pipeline_id = self._account.pipelines, item.integer("pipeline_id")
        if pipeline_id is None:
            pipeline_id = pipelines.main()
        status_id = pipelines.unsorted_status(pipeline_id)
        if status_id is None:
            item.refuse("NotSupportedChoice", "pipeline_id")
        return {"pipeline_id": pipeline_id, "status_id": status_id}

    def _add_number(self, draft: UnsortedDraft, user_id: int) -> None:
        """The contact of a call has the caller's number: a new one that came without phones gets it."""
        if draft.contact is None:
            draft.contact = Nested(self._card({"name": draft.number}, user_id))
        if draft.contact.draft is not None and draft.row["key"]:
            values = [{"field_code": "PHONE", "values": [{"value": draft.number}]}]
            phone = self._card({"custom_fields_values": values}, user_id)
            named = {field_id: kept for field_id, kept in draft.contact.draft.fields.items() if kept is not None}
            draft.contact.draft.fields = {**phone.fields, **named}

    def _card(self, data: Mapping[str, Any], user_id: int) -> Draft:
        return self._account.contacts.read(Item(data, "0", {}, ""), user_id)
