"""A call has ended: deal or item, the line in the call log, the owner of the contact, tags, tasks (LOG-03, GAP-30).

Deals and items come before the line of the log, which names the deal and joins the item.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from integration.calls import orders
from integration.calls.context import Context
from integration.calls.fields import CardFields
from integration.events import OWNER_UPDATE, CallFinished, OwnerUpdate, zone
from integration.model import Call, Fields, InboxRow, NewEvent
from integration.rules import (
    contacts,
    deals,
    modes,
    registration,
    responsible,
    tags,
    tasks,
    unsorted,
)
from integration.rules.decisions import (
    AddTag,
    AssignOwner,
    CreateDeal,
    CreateItem,
    CreateTask,
    RecordCall,
)
from integration.rules.facts import EndFacts, Kind, TaskFacts
from integration.settings import Values


class End:
    """The end of one call."""

    def __init__(self, context: Context, row: InboxRow, event: CallFinished, call: Call, values: Values) -> None:
        self._context = context
        self._row = row
        self._event = event
        self._call = call
        self._values = values
        self._fields = CardFields(context, row, event, call, values)

    async def process(self) -> None:
        users = await self._users()
        facts = await self._facts(users)
        tag = await self._context.decide(self._row, self._call, tags.at_end, facts)
        label = tag.tag if isinstance(tag, AddTag) else None
        await self._make_deal(facts, label)
        await self._make_item(facts, label)
        await self._record(facts)
        await self._hand_over(facts)
        if label is not None and facts.contact_id is not None:
            await self._context.effects.add_tag(self._call, facts.contact_id, label)
        await self._make_task(facts, users)

    async def _users(self) -> frozenset[int]:
        """Who works in amoCRM; of a call between employees nobody asks."""
        return frozenset() if self._call.communication is Kind.INTERNAL else await self._context.crm.active_users()

    async def _facts(self, users: Collection[int]) -> EndFacts:
        event, values = self._event, self._values
        connection = self._context.connection
        answered_by = event.first_answered_employee_id
        facts = EndFacts(
            communication=self._call.communication,
            direction=self._call.direction,
            mode=values["calls.primary_mode"],
            apply_to_outgoing=values["calls.apply_to_outgoing"],
            contact_id=await self._context.effects.contact_of(self._call),
            visible_contact=None,
            pending_item=None,
            lost=event.is_lost,
            voice_mail=event.is_voice_mail,
            answered_by=answered_by,
            answered_by_user=responsible.in_amocrm(connection.user_of(answered_by), users),
            talked_by=event.first_talked_employee_id,
            default_responsible=self._context.default_responsible(values, users),
            success_tag=values["calls.success_tag"],
            lost_tag=values["calls.lost_tag"],
            card_update_delay=values["calls.card_update_delay"],
            talk_seconds=int(event.talk_time_duration),
        )
        return await self._with_cards(facts)

    async def _with_cards(self, facts: EndFacts) -> EndFacts:
        """The facts with what amoCRM shows of the number by now, where a deal or an item is about to be made."""
        crm, phone = self._context.crm, self._call.phone or ""
        makes_item = modes.not_made(facts, "item") is None
        makes_card = makes_item or modes.not_made(facts, "deal") is None
        if makes_card:
            await self._fields.prepare()
        if makes_card and facts.contact_id is None:
            visible = await crm.find_contacts(phone)
            facts = replace(facts, visible_contact=visible[0].id if visible else None)
        if makes_item:
            mine = orders.source_uid(self._call.communication_id)
            others = [item.uid for item in await self._context.pending_items(phone) if item.source_uid != mine]
            facts = replace(facts, pending_item=others[0] if others else None)
        return facts

    async def _make_deal(self, facts: EndFacts, tag: str | None) -> None:
        decision = await self._context.decide(self._row, self._call, deals.at_end, facts)
        if isinstance(decision, CreateDeal):
            deal = orders.new_deal(self._call, decision, tag, await self._fields.of_new_deal())
            await self._context.effects.create_deal(self._call, deal)

    async def _make_item(self, facts: EndFacts, tag: str | None) -> None:
        decision = await self._context.decide(self._row, self._call, unsorted.at_end, facts)
        if isinstance(decision, CreateItem):
            of_contact: Fields = {} if decision.contact_id is not None else await self._fields.of_new_contact()
            of_deal = await self._fields.of_new_deal()
            seconds = facts.talk_seconds
            item = orders.new_item(self._call, self._event, seconds, decision, tag, of_contact, of_deal)
            await self._context.effects.create_item(self._call, item)

    async def _record(self, facts: EndFacts) -> None:
        decision = await self._context.decide(self._row, self._call, registration.at_end, facts)
        if isinstance(decision, RecordCall):
            deal_id = await self._context.effects.deal_of(self._call)
            record = orders.record(self._call, self._event, decision, deal_id)
            await self._context.effects.record_call(self._call, record)

    async def _hand_over(self, facts: EndFacts) -> None:
        """The owner of the contact is set, at once or when the delay is over (LOST-05)."""
        decision = await self._context.decide(self._row, self._call, contacts.at_end, facts)
        if not isinstance(decision, AssignOwner):
            return
        until = self._ended_at() + timedelta(seconds=decision.delay)
        if until <= self._context.clock.now():
            await self._context.effects.assign_owner(self._call, decision.contact_id, decision.user_id)
        else:
            await self._put_aside(decision, until)

    def _ended_at(self) -> datetime:
        """The moment of the event, however late it came."""
        sent = self._event.notification_timestamp
        now = self._context.clock.now()
        return now if sent is None else min(now, datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=sent))

    async def _put_aside(self, decision: AssignOwner, until: datetime) -> None:
        update = OwnerUpdate(
            event_id=f"{self._call.id}:owner",
            notification_mnemonic=OWNER_UPDATE,
            communication_id=self._call.communication_id,
            call_id=self._call.id,
            contact_id=decision.contact_id,
            user_id=decision.user_id,
        )
        body = msgspec.json.encode(update)
        event = NewEvent(update.event_id, self._row.key, None, body, self._row.traceparent)
        await self._context.store.put_aside(event, self._context.clock.now(), until)
        await self._context.clock.timers_changed()

    async def _make_task(self, facts: EndFacts, users: Collection[int]) -> None:
        started_at = self._call.started_at.astimezone(zone(self._context.connection.timezone))
        task_facts = await self._task_facts(facts, users, started_at)
        decision = await self._context.decide(self._row, self._call, tasks.at_end, task_facts)
        if isinstance(decision, CreateTask):
            task = orders.new_task(self._call, decision, started_at)
            await self._context.effects.create_task(self._call, task)

    async def _task_facts(self, facts: EndFacts, users: Collection[int], started_at: datetime) -> TaskFacts:
        call = self._call
        group = "tasks.incoming" if call.direction == "in" else "tasks.outgoing"
        known = call.known_contacts[0] if call.known_contacts else None
        task = TaskFacts(
            communication=call.communication,
            direction=call.direction,
            lost=facts.lost,
            enabled=self._values[f"{group}.enabled"],
            assignee=self._values[f"{group}.assignee"],
            contact_id=known if facts.contact_id is None else facts.contact_id,
            deal_id=await self._context.effects.deal_of(call),
            company_id=call.known_companies[0] if call.known_companies else None,
            contact_owner=None,
            owner_is_placeholder=False,
            caller_user=responsible.in_amocrm(self._context.connection.user_of(call.caller), users),
            default_responsible=facts.default_responsible,
            started_at=started_at,
        )
        if task.lost and task.enabled and task.assignee == "contact_responsible":
            return await self._with_owner(task, facts.visible_contact, users)
        return task

    async def _with_owner(self, task: TaskFacts, visible: int | None, users: Collection[int]) -> TaskFacts:
        """The facts with the responsible of the contact, looked up because he is to get the task."""
        contact_id = visible if task.contact_id is None else task.contact_id
        contact = None if contact_id is None else await self._context.crm.contact(contact_id)
        if contact is None:
            return task
        owner = responsible.in_amocrm(contact.responsible, users)
        waits = await self._context.store.is_placeholder(contact.id)
        return replace(task, contact_owner=owner, owner_is_placeholder=waits)
