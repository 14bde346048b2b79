"""Writes to amoCRM, exactly once in effect.

Each write has a deterministic key (`call:81:contact`) and a row, committed before the request leaves and completed
with the id that came back. A row that is there but open was sent by somebody who never learned the outcome: the
effect is looked up first and sent again, in the same words, only if it is absent. Patches repeat as they are. A
refusal completes the effect as failed and the other effects of the call go on (LOG-09).

Outside of the guarantee: an amoCRM that does the work after the time limit and after the look-up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from integration.model import Call, CallRecord, ContactPatch, EffectRow, NewContact
from integration.ports import Clock, Crm, Decisions, DroppedError, RefusedError, RenewedError, Store

Order = TypeVar("Order", NewContact, ContactPatch, CallRecord)
Send = Callable[[Order], Awaitable[int | None]]


class Effects:
    """Carries out what was decided for a call. Raises UnavailableError when it has to be tried again."""

    def __init__(self, store: Store, clock: Clock, crm: Crm, decisions: Decisions) -> None:
        self._store = store
        self._clock = clock
        self._crm = crm
        self._decisions = decisions

    async def contact_of(self, call: Call) -> int | None:
        """The contact that this call created, if it did."""
        effect = await self._store.effect(_key(call, "contact"))
        return effect.result if effect is not None and effect.state == "done" else None

    async def create_contact(self, call: Call, contact: NewContact) -> None:
        await self._once(call, "contact", contact, self._crm.create_contact, self._find_contact)

    async def assign_owner(self, call: Call, contact_id: int, user_id: int) -> None:
        await self._once(call, "owner", ContactPatch(contact_id, owner=user_id), self._patch, _cannot_be_found)

    async def add_tag(self, call: Call, contact_id: int, tag: str) -> None:
        await self._once(call, "tags", ContactPatch(contact_id, tag=tag), self._patch, _cannot_be_found)

    async def record_call(self, call: Call, record: CallRecord) -> None:
        await self._once(call, "record", record, self._crm.add_call, self._find_record)

    async def _once(self, call: Call, name: str, order: Order, send: Send[Order], find: Send[Order]) -> None:
        key = _key(call, name)
        effect = await self._store.record_effect(key, msgspec.json.encode(order), self._clock.now())
        if effect.state != "open":
            return
        stored = msgspec.json.decode(effect.order, type=type(order))
        try:
            found = None if effect.fresh else await find(stored)
            result = found if found is not None else await self._send(stored, send, find)
        except DroppedError:
            await self._close(call, effect, "dropped", {"because": "amoCRM does not keep this call"})
        except RefusedError as error:
            await self._close(call, effect, "failed", {"status": error.status, "because": error.reason})
        else:
            await self._store.complete_effect(key, "done", result)

    async def _send(self, order: Order, send: Send[Order], find: Send[Order]) -> int | None:
        """Send, and once more after a 401 with a new token: the 401 may have come after the work was done."""
        try:
            return await send(order)
        except RenewedError:
            found = await find(order)
            return found if found is not None else await send(order)

    async def _close(self, call: Call, effect: EffectRow, state: str, outcome: dict[str, object]) -> None:
        line = {"decision": f"effect_{state}", "effect": effect.key, **outcome}
        await self._decisions.note(f"{effect.key}/{state}", call.subject, "LOG-09", line)
        await self._store.complete_effect(effect.key, "dropped" if state == "dropped" else "failed", None)

    async def _patch(self, patch: ContactPatch) -> None:
        await self._crm.patch_contact(patch)

    async def _find_contact(self, contact: NewContact) -> int | None:
        found = await self._crm.find_contacts_by_phone(contact.phone)
        return next((contact_id for contact_id in found if contact_id not in contact.known), None)

    async def _find_record(self, record: CallRecord) -> int | None:
        """The call in the notes of the contacts with its number; without one amoCRM keeps one call per `uniq`."""
        for contact_id in await self._crm.find_contacts_by_phone(record.phone):
            note = (await self._crm.calls_on(contact_id)).get(record.uniq)
            if note is not None:
                return note
        return None


def _key(call: Call, name: str) -> str:
    return f"call:{call.id}:{name}"


async def _cannot_be_found(_: ContactPatch) -> None:
    """A patch needs no look-up: doing it twice is doing it once."""
