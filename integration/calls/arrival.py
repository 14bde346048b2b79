"""A call reaches the platform: what it is and which settings it runs under is fixed here (TERM-04, PRIM-01)."""

from __future__ import annotations

from collections.abc import Callable

from integration.calls import orders
from integration.calls.context import Context
from integration.calls.fields import CardFields
from integration.events import CallEvent, started_at
from integration.model import Call, Contact, InboxRow
from integration.phones import match_key
from integration.rules import communications, contacts, modes
from integration.rules.decisions import Classify, CreateContact
from integration.rules.facts import ArrivalFacts, Kind, NumberFacts


class Arrivals:
    """The first event of a call."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def process(self, row: InboxRow, event: CallEvent) -> None:
        found: tuple[Contact, ...] = ()
        call = await self._context.store.call(str(event.call_session_id))
        if call is None:
            call, found = await self._open(row, event)
        values = await self._context.settings(call)
        facts = ArrivalFacts(
            communication=call.communication,
            direction=call.direction,
            mode=values["calls.primary_mode"],
            apply_to_outgoing=values["calls.apply_to_outgoing"],
            connecting_user=self._context.connection.connecting_user,
        )
        fields = CardFields(self._context, row, event, call, values)
        if modes.not_made(facts, "contact") is None:
            await fields.prepare()
        decision = await self._context.decide(row, call, contacts.at_arrival, facts)
        if isinstance(decision, CreateContact):
            contact = orders.new_contact(call, decision, await fields.of_new_contact())
            await self._context.effects.create_contact(call, contact)
        known = await self._known(call, facts, found)
        if known is not None:
            await fields.refresh(known, call.direction, on_outgoing=values["calls.refresh_on_outgoing"])

    async def open_unseen(self, row: InboxRow, event: CallEvent) -> Call:
        """Keep a call of which nothing but its end came."""
        facts = NumberFacts(event.direction, event.is_internal, match_key(event.contact_phone_number))
        return await self._keep(row, event, facts, communications.classify_unseen)

    async def _open(self, row: InboxRow, event: CallEvent) -> tuple[Call, tuple[Contact, ...]]:
        """Decide what the call is and keep it; the contacts that had its number come with it."""
        key = match_key(event.contact_phone_number)
        found: tuple[Contact, ...] = ()
        companies: tuple[int, ...] = ()
        if key and not event.is_internal:
            found = await self._context.crm.find_contacts(event.contact_phone_number or "")
            companies = () if found else await self._context.crm.find_companies(event.contact_phone_number or "")
        known = tuple(contact.id for contact in found)
        facts = NumberFacts(event.direction, event.is_internal, key, known, companies)
        return await self._keep(row, event, facts, communications.classify), found

    async def _keep(
        self, row: InboxRow, event: CallEvent, facts: NumberFacts, rule: Callable[[NumberFacts], Classify]
    ) -> Call:
        call = Call(
            id=str(event.call_session_id),
            communication_id=str(event.communication_id),
            direction=event.direction,
            communication=Kind.UNSEEN,
            phone=event.contact_phone_number,
            started_at=started_at(event, self._context.connection.timezone),
            settings_version=row.settings_version,
            known_contacts=facts.known_contacts,
            known_companies=facts.known_companies,
            caller=event.employee_id if event.direction == "out" else None,
        )
        decision = await self._context.decide(row, call, rule, facts)
        call = call.classified(decision.communication)
        await self._context.store.save_call(call)
        return call

    async def _known(self, call: Call, facts: ArrivalFacts, found: tuple[Contact, ...]) -> Contact | None:
        """The contact with the number, or the one inside a pending item.

        `found` are the contacts with the number if they were looked up just now.
        """
        if call.communication is Kind.SECONDARY and call.known_contacts:
            return found[0] if found else await self._context.crm.contact(call.known_contacts[0])
        if modes.not_made(facts, "item") is None:
            return await self._inside_item(call)
        return None

    async def _inside_item(self, call: Call) -> Contact | None:
        """The contact inside the item that this call will join (UNS-06)."""
        for item in await self._context.pending_items(call.phone):
            if item.contact_id is not None:
                refreshed = await self._context.store.refreshed_at(item.contact_id)
                return Contact(item.contact_id, 0, orders.made_by(item), refreshed or item.called_at)
        return None
