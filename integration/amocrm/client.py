"""`ports.Crm` over API v4: the few operations that the core needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import Any

from integration.amocrm import wire
from integration.amocrm.fields import CARDS, AccountFields
from integration.amocrm.requests import Requests, id_of, refuse_unless_ok
from integration.amocrm.transport import Answer
from integration.amocrm.wire import Json, embedded
from integration.model import (
    CallRecord,
    Contact,
    ContactPatch,
    Customer,
    NewContact,
    NewDeal,
    NewFormItem,
    NewItem,
    NewNote,
    NewTask,
    PendingItem,
    WonDeal,
)
from integration.phones import email_key, match_key
from integration.ports import DroppedError, RefusedError
from integration.rules.decisions import Entity
from integration.rules.facts import Mention

CONTACTS = "/api/v4/contacts"
COMPANIES = "/api/v4/companies"
LEADS = "/api/v4/leads"
UNSORTED = "/api/v4/leads/unsorted"
CALLS = "/api/v4/calls"
TASKS = "/api/v4/tasks"
USERS = "/api/v4/users"
EVENTS = "/api/v4/events"

PAGE = {"limit": "250"}
IDS_OF_EVENTS = 10
"""How many cards amoCRM lets a filter of events name."""


class AmoCrm:
    """The amoCRM account of one tenant. Raises UnavailableError, and for writes RefusedError."""

    def __init__(self, requests: Requests, fields: AccountFields) -> None:
        self._requests = requests
        self._fields = fields

    # people

    async def active_users(self) -> frozenset[int]:
        """Ids of the users who work there."""
        found = self._requests.items(USERS, "users", PAGE)
        return frozenset([user["id"] async for user in found if wire.is_active(user)])

    # contacts and companies

    async def find_contacts(self, phone: str) -> tuple[Contact, ...]:
        """The contacts that have this number as a PHONE, the one that could be seen first in front (GAP-25)."""
        found = await self._with_phone(CONTACTS, "contacts", phone)
        contacts = [wire.contact_in(each) for each in found]
        if len(contacts) < 2:
            return tuple(contacts)
        seen = await self._seen_since([contact.id for contact in contacts])
        return tuple(sorted(contacts, key=lambda contact: (seen.get(contact.id, 0), contact.id)))

    async def find_contacts_by_email(self, email: str) -> tuple[Contact, ...]:
        """The contacts that have this address as an EMAIL, oldest first."""
        key = email_key(email)
        found = self._requests.items(CONTACTS, "contacts", {"query": key})
        mine = [wire.contact_in(card) async for card in found if wire.has_email(card, key)]
        return tuple(sorted(mine, key=lambda contact: contact.id))

    async def find_contact_made_by(self, communication_id: str) -> int | None:
        """The contact with that communication_id, for senders who left neither telephone nor address."""
        return await self._made_by(CONTACTS, "contacts", communication_id)

    async def find_companies(self, phone: str) -> tuple[int, ...]:
        """Ids of the companies that have this number as a PHONE."""
        return tuple([company["id"] for company in await self._with_phone(COMPANIES, "companies", phone)])

    async def _with_phone(self, path: str, name: str, phone: str) -> list[Json]:
        key = match_key(phone)
        if not key:
            return []
        found = self._requests.items(path, name, {"query": key})
        return [card async for card in found if wire.has_phone(card, key)]

    async def _seen_since(self, contacts: list[int]) -> dict[int, int]:
        """When contacts appeared, in Unix seconds: one out of «Неразобранное» when its item was accepted."""
        seen: dict[int, int] = {}
        for start in range(0, len(contacts), IDS_OF_EVENTS):
            some = contacts[start : start + IDS_OF_EVENTS]
            asked = {"filter[type]": "contact_added", "filter[entity]": "contact"}
            asked |= {f"filter[entity_id][{place}]": str(each) for place, each in enumerate(some)}
            found = self._requests.items(EVENTS, "events", asked)
            seen |= {event["entity_id"]: event["created_at"] async for event in found}
        return seen

    async def contact(self, contact_id: int) -> Contact | None:
        """The contact as it is now; None when it cannot be seen."""
        card = await self._seen(f"{CONTACTS}/{contact_id}")
        return wire.contact_in(card) if card else None

    async def customer(self, contact_id: int) -> Customer:
        """The names of the contact and of its company, as far as they can be seen."""
        contact = await self._seen(f"{CONTACTS}/{contact_id}")
        companies = embedded(contact, "companies")
        company = await self._seen(f"{COMPANIES}/{companies[0]['id']}") if companies else {}
        return Customer(contact_id, contact.get("name") or None, company.get("name") or None)

    async def _seen(self, path: str) -> Json:
        """A card; nothing when it cannot be seen."""
        answer = await self._requests.send("GET", path)
        return answer.body if answer.is_ok and isinstance(answer.body, dict) else {}

    async def create_contact(self, contact: NewContact) -> int:
        """The id of the new contact."""

        async def body() -> list[Json]:
            return [wire.contact_body(contact, await self._fields.values("contacts", contact.fields))]

        return id_of(await self._write("POST", CONTACTS, body), "contacts")

    async def patch_contact(self, patch: ContactPatch) -> None:
        async def body() -> Json:
            return wire.patch_body(patch, await self._fields.values("contacts", patch.fields))

        await self._write("PATCH", f"{CONTACTS}/{patch.contact_id}", body)

    # deals and «Неразобранное»

    async def create_deal(self, deal: NewDeal) -> int:
        """The id of the new deal."""

        async def body() -> list[Json]:
            return [wire.deal_body(deal, await self._fields.values("leads", deal.fields))]

        return id_of(await self._write("POST", LEADS, body), "leads")

    async def find_deal(self, communication_id: str) -> int | None:
        """The deal that a communication made, by its communication_id."""
        return await self._made_by(LEADS, "leads", communication_id)

    async def _made_by(self, path: str, name: str, communication_id: str) -> int | None:
        found = self._requests.items(path, name, {**PAGE, "query": communication_id})
        mine = [card["id"] async for card in found if wire.field_in(card, "communication_id") == communication_id]
        return min(mine, default=None)

    async def pending_items(self, phone: str, known: Collection[str] = ()) -> list[PendingItem]:
        """The items of this number in «Неразобранное», oldest first: of calls, and those whose `source_uid` is known
        to be of this number, because items of site forms do not show it."""
        key = match_key(phone)
        asked = PAGE if known else {**PAGE, "filter[category][0]": "sip"}
        found = self._requests.items(UNSORTED, "unsorted", asked)
        mine = [each async for each in found if key in wire.numbers_of(each) or each.get("source_uid") in known]
        return sorted(map(wire.item_in, mine), key=wire.age)

    async def create_item(self, item: NewItem) -> int | None:
        """Put an item into «Неразобранное»; it has no id of its own that is a number."""

        async def body() -> list[Json]:
            contact_fields = await self._fields.values("contacts", item.contact_fields)
            deal_fields = await self._fields.values("leads", item.deal_fields)
            return [wire.item_body(item, contact_fields, deal_fields)]

        await self._write("POST", f"{UNSORTED}/sip", body)
        return None

    async def has_item(self, source_uid: str) -> bool:
        """Whether that item waits in «Неразобранное»."""
        found = self._requests.items(UNSORTED, "unsorted", PAGE)
        return any([str(each.get("source_uid")) == source_uid async for each in found])

    async def create_form_item(self, item: NewFormItem) -> int | None:
        """Put an item of a site form into «Неразобранное»."""

        async def body() -> list[Json]:
            contact_fields = await self._fields.values("contacts", item.contact.fields)
            deal_fields = await self._fields.values("leads", item.deal_fields)
            return [wire.form_item_body(item, contact_fields, deal_fields)]

        await self._write("POST", f"{UNSORTED}/forms", body)
        return None

    # notes

    async def create_note(self, note: NewNote) -> int:
        """The id of the new note."""
        answer = await self._requests.write("POST", f"{CONTACTS}/{note.contact_id}/notes", [wire.note_body(note)])
        return id_of(answer, "notes")

    async def find_note(self, note: NewNote) -> int | None:
        """The note with that text."""
        found = self._requests.items(f"{CONTACTS}/{note.contact_id}/notes", "notes", PAGE)
        mine = [each["id"] async for each in found if wire.text_of(each) == note.text]
        return min(mine, default=None)

    # calls

    async def calls_on(self, entity: Entity, entity_id: int) -> dict[str, int]:
        """Calls in the notes of a card and of its deals, where amoCRM may put them: `uniq` -> id of the note."""
        cards = [f"/api/v4/{wire.PLURAL[entity]}/{entity_id}"]
        if entity != "deal":
            seen = await self._requests.send("GET", cards[0], params={"with": "leads"})
            cards += [f"{LEADS}/{lead['id']}" for lead in embedded(seen.body, "leads")] if seen.is_ok else []
        wanted = {"filter[note_type][0]": "call_in", "filter[note_type][1]": "call_out"}
        found: dict[str, int] = {}
        for card in cards:
            async for note in self._requests.items(f"{card}/notes", "notes", wanted):
                found[str((note.get("params") or {}).get("uniq"))] = note["id"]
        return found

    async def add_call(self, record: CallRecord) -> int:
        """Hand a call over to the call log; its id.

        Raises DroppedError when amoCRM answers 263, «Entity not found».
        """
        answer = await self._requests.send("POST", CALLS, [wire.call_body(record)])
        calls = embedded(answer.body, "calls")
        if wire.is_dropped(answer.body) and not calls:
            raise DroppedError
        refuse_unless_ok(answer)
        return id_of(answer, "calls")

    # tasks

    async def create_task(self, task: NewTask) -> int:
        """The id of the new task."""
        return id_of(await self._requests.write("POST", TASKS, [wire.task_body(task)]), "tasks")

    async def find_task(self, task: NewTask) -> int | None:
        """The task about that card, with that deadline, that ends with the same number of a call (TASK-16)."""
        asked = {**PAGE, "filter[entity_type]": wire.PLURAL[task.entity], "filter[entity_id]": str(task.entity_id)}
        found = self._requests.items(TASKS, "tasks", asked)
        mine = [each["id"] async for each in found if wire.is_task(each, task)]
        return min(mine, default=None)

    # deals that were won

    async def won_deals(self, since: datetime, until: datetime) -> list[WonDeal]:
        """Deals won in [since, until), those that were closed first in front (SYNC-09)."""
        asked = {
            **PAGE,
            "with": "contacts",
            "filter[closed_at][from]": str(int(since.timestamp())),
            "filter[closed_at][to]": str(int(until.timestamp())),
        }
        found = [wire.deal_in(lead) async for lead in self._requests.items(LEADS, "leads", asked) if wire.is_won(lead)]
        return sorted((deal for deal in found if since <= deal.closed_at < until), key=lambda deal: deal.closed_at)

    async def mention_on_contact(self, contact_id: int) -> Mention | None:
        """The communication in the fields of an automatic contact."""
        return wire.mention_in(await self._seen(f"{CONTACTS}/{contact_id}"))

    async def noted_on(self, contact_id: int) -> list[tuple[Mention, datetime]]:
        """Incoming communications out of the notes of a contact, and when they were (SALE-11)."""
        asked = {**PAGE, "filter[note_type][0]": "call_in", "filter[note_type][1]": "extended_service_message"}
        found = self._requests.items(f"{CONTACTS}/{contact_id}/notes", "notes", asked)
        return [mentioned async for note in found if (mentioned := wire.mentioned_by(note)) is not None]

    # additional fields

    async def unusable_fields(self) -> list[str]:
        """What is wrong with additional fields that do not take their values, in words."""
        wrong = [
            f"the field {name} of {cards} {why}"
            for cards in CARDS
            for name, why in (await self._fields.conflicts(cards)).items()
        ]
        return [*wrong, *([self._fields.refusal] if self._fields.refusal else [])]

    async def _write(self, method: str, path: str, body: Callable[[], Awaitable[Any]]) -> Answer:
        """A write with additional fields. A refusal may mean that one was deleted: they are read anew."""
        sent = await body()
        try:
            return await self._requests.write(method, path, sent)
        except RefusedError as error:
            if error.status != 400:
                raise
            self._fields.forget()
            again = await body()
            if again == sent:
                raise
            return await self._requests.write(method, path, again)
