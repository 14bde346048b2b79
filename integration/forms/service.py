"""A site form was received: what it is and which settings it is handled under is fixed here (TERM-04, FORM-01..11)."""

from __future__ import annotations

from dataclasses import replace

from integration.calls.context import Context
from integration.calls.fields import CardFields
from integration.events import SiteForm, started_at
from integration.forms import orders
from integration.model import Contact, FormRequest, InboxRow
from integration.phones import email_key, match_key
from integration.rules import forms
from integration.rules.decisions import AddNote, CreateContact, CreateDeal, CreateItem
from integration.rules.facts import FormFacts, Kind, SenderFacts
from integration.settings import Values


class FormService:
    """Handles the site forms of one tenant. Raises UnavailableError for "later"."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def process(self, row: InboxRow, event: SiteForm) -> None:
        form = await self._context.store.form(str(event.communication_id)) or await self._open(row, event)
        await Receipt(self._context, row, event, form, await self._context.settings(form)).process()

    async def _open(self, row: InboxRow, event: SiteForm) -> FormRequest:
        """Decide what the request is and keep it."""
        known = tuple(contact.id for contact in await self._senders(event))
        facts = SenderFacts(match_key(event.contact_phone_number), email_key(event.visitor_email), known)
        form = FormRequest(
            communication_id=str(event.communication_id),
            communication=Kind.UNSEEN,
            name=event.visitor_name,
            phone=event.contact_phone_number,
            email=event.visitor_email,
            started_at=started_at(event, self._context.connection.timezone),
            settings_version=row.settings_version,
            known_contacts=known,
        )
        decision = await self._context.decide(row, form, forms.classify, facts)
        form = form.classified(decision.communication)
        await self._context.store.save_form(form)
        return form

    async def _senders(self, event: SiteForm) -> tuple[Contact, ...]:
        """The contacts of the sender: by telephone, else by e-mail (GAP-61)."""
        found = await self._context.crm.find_contacts(event.contact_phone_number or "")
        if not found and email_key(event.visitor_email):
            found = await self._context.crm.find_contacts_by_email(event.visitor_email or "")
        return found


class Receipt:
    """One site form."""

    def __init__(self, context: Context, row: InboxRow, event: SiteForm, form: FormRequest, values: Values) -> None:
        self._context = context
        self._row = row
        self._event = event
        self._form = form
        self._values = values
        self._fields = CardFields(context, row, event, form, values)

    async def process(self) -> None:
        """The contact first: deal, note and item are about it."""
        facts = await self._facts()
        if forms.not_passed(facts) is None:
            await self._fields.prepare()
        await self._create_contact(facts)
        facts = replace(facts, contact_id=await self._contact())
        if forms.not_passed(facts) is None:
            await self._refresh()
        await self._create_deal(facts)
        await self._note(facts)
        await self._create_item(facts)

    async def _facts(self) -> FormFacts:
        users = await self._context.crm.active_users()
        return FormFacts(
            communication=self._form.communication,
            enabled=self._values["forms.enabled"],
            mode=self._values["forms.mode"],
            only_primary=self._values["forms.only_primary"],
            contact_id=await self._contact(),
            default_responsible=self._context.default_responsible(self._values, users),
        )

    async def _contact(self) -> int | None:
        """The sender's contact: known before, else the one that this request made."""
        if self._form.known_contacts:
            return self._form.known_contacts[0]
        return await self._context.effects.contact_of(self._form)

    async def _create_contact(self, facts: FormFacts) -> None:
        decision = await self._context.decide(self._row, self._form, forms.contact, facts)
        if isinstance(decision, CreateContact):
            tag, fields = self._values["forms.tag_contact"], await self._fields.of_new_contact()
            contact = orders.new_contact(self._form, decision.responsible, tag, fields)
            await self._context.effects.create_contact(self._form, contact)

    async def _refresh(self) -> None:
        known = self._form.known_contacts
        contact = await self._context.crm.contact(known[0]) if known else None
        if contact is not None:
            await self._fields.refresh(contact, "in", on_outgoing=False)

    async def _create_deal(self, facts: FormFacts) -> None:
        decision = await self._context.decide(self._row, self._form, forms.deal, facts)
        if isinstance(decision, CreateDeal):
            tag, fields = self._values["forms.tag_deal"], await self._fields.of_new_deal()
            deal = orders.new_deal(self._form, self._event, decision, tag, fields)
            await self._context.effects.create_deal(self._form, deal)

    async def _note(self, facts: FormFacts) -> None:
        decision = await self._context.decide(self._row, self._form, forms.note, facts)
        if isinstance(decision, AddNote):
            note = orders.new_note(self._form, self._event, decision)
            await self._context.effects.create_note(self._form, note)

    async def _create_item(self, facts: FormFacts) -> None:
        decision = await self._context.decide(self._row, self._form, forms.item, facts)
        if isinstance(decision, CreateItem):
            tag, of_contact = self._values["forms.tag_unsorted"], await self._fields.of_new_contact()
            of_deal = await self._fields.of_new_deal()
            item = orders.new_item(self._form, self._event, decision, tag, of_contact, of_deal)
            await self._context.effects.create_form_item(self._form, item)
