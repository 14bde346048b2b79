"""The imperative shell of calls: loads the facts a rule needs, asks the rule, logs the decision, carries it out.

What a call is and which settings it runs under is fixed when its arrival is processed and kept in its row (TERM-04,
PRIM-01). An end without an arrival, because the integration was connected in mid-call, is registered and nothing else.
"""

from __future__ import annotations

import msgspec

from integration import settings
from integration.effects import Effects
from integration.events import ARRIVALS, END, FORMS, CallEvent, CallFinished, Envelope, started_at
from integration.model import Call, CallRecord, Connection, InboxRow, NewContact
from integration.phones import display, match_key
from integration.ports import Crm, Decisions, Store
from integration.rules import communications, primary, registration, tags
from integration.rules.decisions import AddTag, AssignOwner, CreateContact, Decision, RecordCall
from integration.rules.facts import ArrivalFacts, EndFacts, NumberFacts


class CallService:
    """Processes the events of one tenant, one at a time per key. Raises UnavailableError for "later"."""

    def __init__(self, store: Store, crm: Crm, decisions: Decisions, effects: Effects, connection: Connection) -> None:
        self._store = store
        self._crm = crm
        self._decisions = decisions
        self._effects = effects
        self._connection = connection

    async def process(self, row: InboxRow) -> None:
        """Everything one event means. Leg events, `lost_call_session` and `call_record_ready` change nothing."""
        mnemonic = msgspec.json.decode(row.body, type=Envelope).notification_mnemonic
        event = msgspec.json.decode(row.body, type=FORMS[mnemonic])
        if mnemonic in ARRIVALS and isinstance(event, CallEvent):
            await self._arrived(row, event)
        elif mnemonic == END and isinstance(event, CallFinished):
            await self._ended(row, event)

    async def _arrived(self, row: InboxRow, event: CallEvent) -> None:
        call = await self._store.call(str(event.call_session_id)) or await self._open(row, event)
        values = await self._settings(call)
        facts = ArrivalFacts(
            communication=call.communication,
            direction=call.direction,
            mode=values["calls.primary_mode"],
            apply_to_outgoing=values["calls.apply_to_outgoing"],
            connecting_user=self._connection.connecting_user,
        )
        decision = primary.at_arrival(facts)
        await self._log(row, call, "primary", facts, decision)
        if isinstance(decision, CreateContact) and call.phone:
            contact = NewContact(
                name=display(call.phone),
                phone=call.phone,
                responsible=decision.responsible,
                creator=decision.creator,
                known=call.known_contacts,
            )
            await self._effects.create_contact(call, contact)

    async def _open(self, row: InboxRow, event: CallEvent, *, seen: bool = True) -> Call:
        """Decide what the call is and keep it."""
        key = match_key(event.contact_phone_number)
        known: tuple[int, ...] = ()
        if seen and key and not event.is_internal:
            known = await self._crm.find_contacts_by_phone(event.contact_phone_number or "")
        facts = NumberFacts(event.direction, event.is_internal, key, known)
        decision = communications.classify(facts) if seen else communications.classify_unseen(facts)
        call = Call(
            id=str(event.call_session_id),
            communication_id=str(event.communication_id),
            direction=event.direction,
            communication=decision.communication,
            phone=event.contact_phone_number,
            started_at=started_at(event, self._connection.timezone),
            settings_version=row.settings_version,
            known_contacts=known,
        )
        await self._log(row, call, "communication", facts, decision)
        await self._store.save_call(call)
        return call

    async def _ended(self, row: InboxRow, event: CallFinished) -> None:
        call = await self._store.call(str(event.call_session_id)) or await self._open(row, event, seen=False)
        facts = await self._end_facts(call, event)
        for name, rule in (("record", registration.at_end), ("owner", primary.at_end), ("tags", tags.at_end)):
            decision = rule(facts)
            await self._log(row, call, name, facts, decision)
            await self._carry_out(call, event, decision)

    async def _carry_out(self, call: Call, event: CallFinished, decision: Decision) -> None:
        match decision:
            case RecordCall():
                await self._effects.record_call(call, _record(call, event, decision))
            case AssignOwner():
                await self._effects.assign_owner(call, decision.contact_id, decision.user_id)
            case AddTag():
                await self._effects.add_tag(call, decision.contact_id, decision.tag)

    async def _end_facts(self, call: Call, event: CallFinished) -> EndFacts:
        values = await self._settings(call)
        answered_by = event.first_answered_employee_id
        return EndFacts(
            communication=call.communication,
            direction=call.direction,
            mode=values["calls.primary_mode"],
            contact_id=await self._effects.contact_of(call),
            lost=event.is_lost,
            voice_mail=event.is_voice_mail,
            answered_by=answered_by,
            answered_by_user=self._connection.user_of(answered_by),
            talked_by=event.first_talked_employee_id,
            default_responsible=values["calls.responsible_user_id"],
            success_tag=values["calls.success_tag"],
            lost_tag=values["calls.lost_tag"],
            talk_seconds=int(event.talk_time_duration),
            wait_seconds=int(event.wait_time_duration),
            total_seconds=int(event.total_time_duration),
        )

    async def _settings(self, call: Call) -> settings.Values:
        return settings.complete(await self._store.settings(call.settings_version), self._connection.connecting_user)

    async def _log(self, row: InboxRow, call: Call, name: str, facts: object, decision: Decision) -> None:
        await self._decisions.log(f"{row.event_id}/{name}", call.subject, facts, decision)


def _record(call: Call, event: CallFinished, decision: RecordCall) -> CallRecord:
    links = event.record_file_links or ()
    return CallRecord(
        uniq=call.communication_id,
        direction=decision.direction,
        phone=call.phone or "",
        seconds=decision.seconds,
        status=decision.status,
        responsible=decision.responsible,
        started_at=call.started_at,
        link=links[0] if links else None,
    )
