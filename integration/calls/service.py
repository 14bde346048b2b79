"""Which event means what. An end without an arrival, because the integration was connected in mid-call, is registered
and nothing else."""

from __future__ import annotations

import msgspec

from integration.calls.arrival import Arrivals
from integration.calls.context import Context
from integration.calls.end import End
from integration.calls.popups import Popups
from integration.events import (
    ARRIVALS,
    END,
    FORMS,
    OWNER_UPDATE,
    RINGS,
    CallEvent,
    CallFinished,
    Envelope,
    LegEvent,
    OwnerUpdate,
    SiteForm,
)
from integration.forms import FormService
from integration.model import InboxRow
from integration.rules import contacts, responsible
from integration.rules.facts import DelayFacts


class CallService:
    """Processes the events of one tenant, one at a time per key. Raises UnavailableError for "later"."""

    def __init__(self, context: Context, forms: FormService) -> None:
        self._context = context
        self._forms = forms
        self._arrivals = Arrivals(context)
        self._popups = Popups(context)

    async def process(self, row: InboxRow) -> None:
        """Everything one event means. `lost_call_session` and `call_record_ready` change nothing."""
        mnemonic = msgspec.json.decode(row.body, type=Envelope).notification_mnemonic
        if mnemonic == OWNER_UPDATE:
            await self._update_owner(row, msgspec.json.decode(row.body, type=OwnerUpdate))
            return
        event = msgspec.json.decode(row.body, type=FORMS[mnemonic])
        if mnemonic in ARRIVALS and isinstance(event, CallEvent):
            await self._arrivals.process(row, event)
        elif mnemonic == END and isinstance(event, CallFinished):
            await self._end(row, event)
        elif isinstance(event, LegEvent):
            await (self._popups.rings if mnemonic == RINGS else self._popups.rang)(row, event)
        elif isinstance(event, SiteForm):
            await self._forms.process(row, event)

    async def _end(self, row: InboxRow, event: CallFinished) -> None:
        call = await self._context.store.call(str(event.call_session_id))
        if call is None:
            call = await self._arrivals.open_unseen(row, event)
        await self._popups.call_is_over(row, event, call)
        await End(self._context, row, event, call, await self._context.settings(call)).process()

    async def _update_owner(self, row: InboxRow, update: OwnerUpdate) -> None:
        """The delay after the end of a call is over (LOST-05)."""
        call = await self._context.store.call(update.call_id)
        assert call is not None
        users = await self._context.crm.active_users()
        values = await self._context.settings(call)
        facts = DelayFacts(
            contact_id=update.contact_id,
            owner=responsible.in_amocrm(update.user_id, users),
            default_responsible=self._context.default_responsible(values, users),
        )
        decision = await self._context.decide(row, call, contacts.after_delay, facts)
        await self._context.effects.assign_owner(call, decision.contact_id, decision.user_id)
