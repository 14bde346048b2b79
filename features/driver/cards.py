"""amoCRM: contacts, companies and deals, and the notes on them, as a person sees and changes them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from features.driver.requests import Json
from features.driver.stand import Stand


class Cards(Stand):
    """The cards of amoCRM."""

    # Contacts

    async def contacts(self, phone: str | None = None) -> list[Json]:
        """All contacts, or those that a search for the phone finds."""
        query = f"?query={phone[-10:]}" if phone else ""
        return await self._list(f"/api/v4/contacts{query}", "contacts")

    async def contact(self, identifier: int) -> Json:
        return await self._amocrm("GET", f"/api/v4/contacts/{identifier}")

    async def create_contact(self, name: str, phones: list[str], responsible: str, email: str | None = None) -> Json:
        """A manager makes a contact by hand."""
        user = self.user_id(responsible)
        reached = [*([phones_of_card(phones)] if phones else []), *([email_of_card(email)] if email else [])]
        contact = {"name": name, "responsible_user_id": user, "created_by": user, "custom_fields_values": reached}
        made = await self._amocrm("POST", "/api/v4/contacts", [contact])
        await self.settle()
        return await self.contact(made["_embedded"]["contacts"][0]["id"])

    async def delete_contact(self, identifier: int) -> None:
        """Into the bin, from the page of contacts: API v4 deletes no cards."""
        form = urlencode({"ACTION": "DELETE", "ID[]": identifier})
        await self._amocrm("POST", "/ajax/contacts/multiple/delete/", form)
        await self.settle()

    async def add_phone(self, contact: int, phone: str, who: str) -> None:
        """A manager adds a number to those on a contact's card."""
        fields = (await self.contact(contact))["custom_fields_values"] or []
        phones = [value for field in fields if field["field_code"] == "PHONE" for value in field["values"]]
        values = [*phones, {"value": phone, "enum_code": "WORK"}]
        phone_field = {"field_code": "PHONE", "values": values}
        change = {"updated_by": self.user_id(who), "custom_fields_values": [phone_field]}
        await self._amocrm("PATCH", f"/api/v4/contacts/{contact}", change)
        await self.settle()

    # Companies

    async def companies(self) -> list[Json]:
        return await self._list("/api/v4/companies", "companies")

    async def create_company(self, name: str, phone: str, responsible: str) -> Json:
        """A manager makes a company by hand."""
        user = self.user_id(responsible)
        numbers = [phones_of_card([phone])]
        company = {"name": name, "responsible_user_id": user, "created_by": user, "custom_fields_values": numbers}
        made = await self._amocrm("POST", "/api/v4/companies", [company])
        await self.settle()
        return dict(made["_embedded"]["companies"][0])

    # Notes on a contact

    async def calls_on_card(self, contact: int) -> list[Json]:
        """The call notes on a contact's card."""
        notes = await self._list(f"/api/v4/contacts/{contact}/notes", "notes")
        return [note for note in notes if note["note_type"] in ("call_in", "call_out")]

    async def notes_on_card(self, contact: int) -> list[str]:
        """What the notes on a contact's card say, those of calls left out."""
        notes = await self._list(f"/api/v4/contacts/{contact}/notes", "notes")
        return [note["params"]["text"] for note in notes if "text" in note["params"]]

    async def write_note(self, contact: int, text: str) -> None:
        """A manager writes a note on a contact's card."""
        await self._note(contact, {"note_type": "common", "params": {"text": text}})

    async def note_call(self, contact: int, direction: str, **params: Any) -> None:
        """Whatever has access to amoCRM notes a call on a contact's card; the direction is `in` or `out`."""
        await self._note(contact, {"note_type": f"call_{direction}", "params": params})

    async def _note(self, contact: int, note: Json) -> None:
        await self._amocrm("POST", f"/api/v4/contacts/{contact}/notes", [note])
        await self.settle()

    # Deals

    async def deals(self) -> list[Json]:
        """All deals; what is in «Неразобранное» is none yet."""
        return await self._list("/api/v4/leads", "leads")

    async def deal(self, identifier: int) -> Json:
        """With the contacts that it is linked to."""
        return await self._amocrm("GET", f"/api/v4/leads/{identifier}?with=contacts")

    async def create_deal(self, name: str, responsible: str, **cards: Json) -> Json:
        """A manager makes a deal by hand, of the `contacts` and `companies` of that id if there are any."""
        embedded = {kind: [{"id": card["id"]}] for kind, card in cards.items()}
        deal = {"name": name, "responsible_user_id": self.user_id(responsible), "_embedded": embedded}
        made = await self._amocrm("POST", "/api/v4/leads", [deal])
        await self.settle()
        return await self.deal(made["_embedded"]["leads"][0]["id"])

    async def link_deal(self, deal: int, contact: int) -> None:
        """A manager adds a contact to a deal."""
        await self._amocrm(
            "POST", f"/api/v4/leads/{deal}/link", [{"to_entity_id": contact, "to_entity_type": "contacts"}]
        )
        await self.settle()

    async def win_deal(self, deal: int, who: str) -> None:
        """Somebody closes a deal as won."""
        await self._amocrm("PATCH", f"/api/v4/leads/{deal}", {"status_id": 142, "updated_by": self.user_id(who)})
        await self.settle()

    async def give_deal(self, deal: int, who: str) -> None:
        """Somebody else becomes responsible for a deal."""
        await self._amocrm("PATCH", f"/api/v4/leads/{deal}", {"responsible_user_id": self.user_id(who)})
        await self.settle()


def phones_of_card(phones: list[str]) -> Json:
    return {"field_code": "PHONE", "values": [{"value": phone, "enum_code": "WORK"} for phone in phones]}


def email_of_card(email: str) -> Json:
    return {"field_code": "EMAIL", "values": [{"value": email, "enum_code": "WORK"}]}
