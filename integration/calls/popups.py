"""Telephones of employees begin and cease to ring: pop-ups in their amoCRM pages, which never hold up anything else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from integration.calls.context import Context
from integration.events import CallEvent, LegEvent
from integration.model import Call, Customer, InboxRow
from integration.phones import display
from integration.ports import UnavailableError
from integration.rules import popups
from integration.rules.decisions import ShowPopup
from integration.rules.facts import RingingFacts, RungFacts
from integration.widget import notices

PATIENCE = timedelta(seconds=2)
"""How long a pop-up waits for the names of a known contact."""


class Popups:
    """The pop-ups of the calls of one tenant. Which are open is kept with the call, because widgets come back."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def rings(self, row: InboxRow, event: LegEvent) -> None:
        """A leg rings; those of people outside concern nobody."""
        call = await self._context.store.call(str(event.call_session_id))
        if call is None or event.employee_id is None:
            return
        made = await self._context.effects.contact_of(call)
        decision = await self._context.decide(row, call, popups.at_ringing, await self._facts(call, event, made))
        if isinstance(decision, ShowPopup):
            await self._context.store.save_call(call.with_popup(event.leg, decision.user_id))
            customer = await self._customer(call, decision.contact_id, made)
            await self._context.hub.push(decision.user_id, notices.call(call, event, customer))

    async def rang(self, row: InboxRow, event: LegEvent) -> None:
        """A leg was answered or has ended."""
        call = await self._context.store.call(str(event.call_session_id))
        if call is not None and event.leg in call.popups:
            await self._close(row, event, call, {event.leg: call.popups[event.leg]})

    async def call_is_over(self, row: InboxRow, event: CallEvent, call: Call) -> None:
        """The call has ended, and with it whatever rang."""
        if call.popups:
            await self._close(row, event, call, call.popups)

    async def _facts(self, call: Call, event: LegEvent, made: int | None) -> RingingFacts:
        values = await self._context.settings(call)
        user_id = self._context.connection.user_of(event.employee_id)
        known = call.known_contacts[0] if call.known_contacts else None
        return RingingFacts(
            communication=call.communication,
            direction=call.direction,
            notifications=values["widget.enabled"] and values["widget.notifications"],
            online_user=user_id if user_id is not None and await self._context.hub.online(user_id) else None,
            contact_id=known if made is None else made,
        )

    async def _customer(self, call: Call, contact_id: int | None, made: int | None) -> Customer:
        """Who calls, as far as amoCRM says so at once: a pop-up without a name is better than one too late."""
        if contact_id is None:
            return notices.NOBODY
        if contact_id == made:
            return Customer(contact_id, display(call.phone or ""), None)
        try:
            async with self._context.clock.timeout(PATIENCE):
                return await self._context.crm.customer(contact_id)
        except (UnavailableError, TimeoutError):
            return Customer(contact_id, None, None)

    async def _close(self, row: InboxRow, event: CallEvent, call: Call, open_now: Mapping[str, int]) -> None:
        facts = RungFacts(event.notification_mnemonic, tuple(open_now.values()))
        decision = await self._context.decide(row, call, popups.after_ringing, facts)
        for leg, user_id in open_now.items():
            if user_id in decision.user_ids:
                await self._context.hub.push(user_id, notices.release_call(call.id, leg))
        await self._context.store.save_call(call.without_popups(open_now))
