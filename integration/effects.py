"""Writes to amoCRM, exactly once in effect.

Each write has a deterministic key (`call:81:contact`) and a row, committed before the request leaves and completed
with the id that came back. A row that is there but open was sent by somebody who never learned the outcome: the
effect is looked up first and sent again, in the same words, only if it is absent. Patches repeat as they are. What
amoCRM refuses is sent once more without those who are gone (`amends`); otherwise a refusal completes the effect as
failed and the other effects of the call go on (LOG-09).

Outside of the guarantee: an amoCRM that does the work after the time limit and after the look-up, and an item in
«Неразобранное» that somebody declines between the two.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from integration.amends import Amends
from integration.model import (
    Call,
    CallRecord,
    ContactPatch,
    EffectRow,
    EffectState,
    FormRequest,
    NewContact,
    NewDeal,
    NewFormItem,
    NewItem,
    NewNote,
    NewTask,
)
from integration.ports import Clock, Crm, Decisions, DroppedError, RefusedError, RenewedError, Store
from integration.rules.decisions import Entity

Order = TypeVar("Order", NewContact, ContactPatch, NewDeal, NewItem, NewFormItem, CallRecord, NewTask, NewNote)
About = Call | FormRequest
Send = Callable[[Order], Awaitable[int | None]]
Find = Callable[[Order], Awaitable[bool | int | None]]
"""The id of what was done already, True when it was done and has no id, None when it was not."""


class Effects:
    """Carries out what was decided for a call. Raises UnavailableError when it has to be tried again."""

    def __init__(self, store: Store, clock: Clock, crm: Crm, decisions: Decisions, amends: Amends) -> None:
        self._store = store
        self._clock = clock
        self._crm = crm
        self._decisions = decisions
        self._amends = amends

    async def contact_of(self, about: About) -> int | None:
        """The contact that this call created, if it did."""
        return await self._made(about, "contact")

    async def deal_of(self, about: About) -> int | None:
        """The deal that this call created, if it did."""
        return await self._made(about, "deal")

    async def _made(self, about: About, name: str) -> int | None:
        effect = await self._store.effect(_key(about, name))
        return effect.result if effect is not None and effect.state == "done" else None

    async def create_contact(self, about: About, contact: NewContact) -> None:
        await self._once(about, "contact", contact, self._crm.create_contact, self._find_contact)

    async def assign_owner(self, call: Call, contact_id: int, user_id: int) -> None:
        await self._once(call, "owner", ContactPatch(contact_id, owner=user_id), self._patch, _cannot_be_found)

    async def add_tag(self, about: About, contact_id: int, tag: str) -> None:
        await self._once(about, "tags", ContactPatch(contact_id, tag=tag), self._patch, _cannot_be_found)

    async def refresh(self, about: About, patch: ContactPatch) -> None:
        await self._once(about, "refresh", patch, self._refresh, _cannot_be_found)

    async def create_deal(self, about: About, deal: NewDeal) -> None:
        await self._once(about, "deal", deal, self._crm.create_deal, self._find_deal)

    async def create_item(self, call: Call, item: NewItem) -> None:
        await self._once(call, "item", item, self._crm.create_item, self._find_item)

    async def create_form_item(self, form: FormRequest, item: NewFormItem) -> None:
        await self._once(form, "item", item, self._crm.create_form_item, self._find_item)

    async def create_note(self, form: FormRequest, note: NewNote) -> None:
        await self._once(form, "note", note, self._crm.create_note, self._crm.find_note)

    async def record_call(self, call: Call, record: CallRecord) -> None:
        await self._once(call, "record", record, self._crm.add_call, self._find_record)

    async def create_task(self, call: Call, task: NewTask) -> None:
        await self._once(call, "task", task, self._crm.create_task, self._crm.find_task)

    async def _once(self, about: About, name: str, order: Order, send: Send[Order], find: Find[Order]) -> None:
        key = _key(about, name)
        effect = await self._store.record_effect(key, msgspec.json.encode(order), self._clock.now())
        if effect.state != "open":
            return
        stored = msgspec.json.decode(effect.order, type=type(order))
        try:
            found = None if effect.fresh else await find(stored)
            result = found if found is not None else await self._send(about, effect, stored, send, find)
        except DroppedError:
            await self._close(about, effect, "dropped", {"because": "amoCRM does not keep this call"})
        except RefusedError as error:
            await self._close(about, effect, "failed", {"status": error.status, "because": error.reason})
        else:
            await self._store.complete_effect(key, "done", None if result is True else result)

    async def _send(
        self, about: About, effect: EffectRow, order: Order, send: Send[Order], find: Find[Order]
    ) -> bool | int | None:
        """Send, and once more after a 401 with a new token: the 401 may have come after the work was done."""
        try:
            return await self._sent(about, effect, order, send)
        except RenewedError:
            found = await find(order)
            return found if found is not None else await self._sent(about, effect, order, send)

    async def _sent(self, about: About, effect: EffectRow, order: Order, send: Send[Order]) -> bool | int | None:
        """Send, and once more when amoCRM refuses because somebody or something that the order names is gone."""
        try:
            return await send(order)
        except RefusedError as refusal:
            mended = await self._amends.made_to(order, about)
            if mended is None:
                raise
            line: dict[str, object] = {
                "decision": "effect_mended",
                "effect": effect.key,
                "instead": msgspec.to_builtins(mended),
                "because": f"what it named is gone: {refusal.reason}",
            }
            await self._decisions.note(f"{effect.key}/mended", about.subject, "LOG-12", line)
            return await send(mended)

    async def _close(self, about: About, effect: EffectRow, state: EffectState, outcome: dict[str, object]) -> None:
        line = {"decision": f"effect_{state}", "effect": effect.key, **outcome}
        await self._decisions.note(f"{effect.key}/{state}", about.subject, "LOG-09", line)
        await self._store.complete_effect(effect.key, state, None)

    async def _patch(self, patch: ContactPatch) -> None:
        await self._crm.patch_contact(patch)

    async def _refresh(self, patch: ContactPatch) -> int:
        """The contact is the result, by which its refreshments are found (`Store.refreshed_at`)."""
        await self._crm.patch_contact(patch)
        return patch.contact_id

    async def _find_contact(self, contact: NewContact) -> int | None:
        found = await self._crm.find_contacts(contact.phone) if contact.phone else ()
        if not found and contact.email:
            found = await self._crm.find_contacts_by_email(contact.email)
        if not (contact.phone or contact.email) and (made_by := contact.fields.get("communication_id")):
            return await self._crm.find_contact_made_by(str(made_by))
        return next((each.id for each in found if each.id not in contact.known), None)

    async def _find_deal(self, deal: NewDeal) -> int | None:
        return await self._crm.find_deal(deal.communication_id)

    async def _find_item(self, item: NewItem | NewFormItem) -> bool | None:
        """The item while it is pending; once it was accepted, the deal that was in it."""
        if await self._crm.has_item(item.source_uid):
            return True
        return True if await self._crm.find_deal(item.communication_id) is not None else None

    async def _find_record(self, record: CallRecord) -> int | None:
        """The call in the notes of the cards that amoCRM may put it on; without one it keeps one call per `uniq`."""
        for entity, entity_id in await self._cards_of(record):
            note = (await self._crm.calls_on(entity, entity_id)).get(record.uniq)
            if note is not None:
                return note
        return None

    async def _cards_of(self, record: CallRecord) -> list[tuple[Entity, int]]:
        """The deal that the call names; the contacts with its number, or without one the companies."""
        named: list[tuple[Entity, int]] = [] if record.deal_id is None else [("deal", record.deal_id)]
        contacts = await self._crm.find_contacts(record.phone)
        if contacts:
            return [*named, *(("contact", contact.id) for contact in contacts)]
        return [*named, *(("company", company) for company in await self._crm.find_companies(record.phone))]


def _key(about: About, name: str) -> str:
    return f"{about.subject}:{name}"


async def _cannot_be_found(_: ContactPatch) -> None:
    """A patch needs no look-up: doing it twice is doing it once."""
