"""The deal run: won deals of the window go to the telephony, and their communications get «Продажа» (SYNC, SALE).

One run at a time. What fails in the middle leaves the window where it was; marking again is harmless (SYNC-08).
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from integration.activity import Activity
from integration.calls.context import Context
from integration.model import RunState, WonDeal
from integration.ports import NotFoundError, UnavailableError
from integration.rules import sale
from integration.rules.decisions import PassDealOn
from integration.rules.facts import SaleFacts
from integration.settings import Values, complete

_log = logging.getLogger(__name__)

FIRST_WINDOW = timedelta(hours=24)
"""What the very first run covers (SYNC-04)."""


class DealRun:
    """The runs of one tenant."""

    def __init__(self, context: Context, activity: Activity) -> None:
        self._context = context
        self._activity = activity
        self._is_running = False

    def start(self) -> None:
        """Begin a run, unless one is going on (SYNC-02)."""
        if not self._is_running:
            self._is_running = True
            self._activity.spawn(self._run())

    async def _run(self) -> None:
        try:
            stored = await self._context.store.settings()
            values = complete(stored, self._context.connection.connecting_user)
            if values["deals.transfer_enabled"]:  # SALE-01
                await self._pass_on(values)
        finally:
            self._is_running = False

    async def _pass_on(self, values: Values) -> None:
        now = self._context.clock.now()
        state = await self._context.store.run_state()
        since = state.cursor or now - FIRST_WINDOW
        try:
            for deal in await self._context.crm.won_deals(since, now):
                await self._handle(deal, values, now)
        except UnavailableError as error:
            await self._context.store.save_run_state(RunState(state.cursor, state.last_success, error.reason))
        except Exception as error:
            _log.exception("a deal run failed")
            reason = f"internal error {type(error).__name__}"
            await self._context.store.save_run_state(RunState(state.cursor, state.last_success, reason))
        else:
            await self._context.store.save_run_state(RunState(now, now, None))

    async def _handle(self, deal: WonDeal, values: Values, now: datetime) -> None:
        facts = await self._facts(deal, values)
        decision = sale.choose(facts)
        ref, subject = f"deals:{now.isoformat()}/{deal.id}", f"deal:{deal.id}"
        await self._context.decisions.log(ref, subject, "sale.choose", facts, decision)
        if not isinstance(decision, PassDealOn):
            return
        try:
            zone = self._context.connection.timezone
            await self._context.telephony.mark_sale(deal, decision.communication_id, decision.communication_type, zone)
        except NotFoundError as error:
            outcome: dict[str, object] = {"decision": "communication_not_found", "because": error.reason}
            await self._context.decisions.note(f"{ref}/not_found", subject, "SALE-13", outcome)

    async def _facts(self, deal: WonDeal, values: Values) -> SaleFacts:
        """What is not needed to decide is not asked for."""
        crm, contact_id = self._context.crm, deal.contact_id
        contact = None
        if deal.communication is None and contact_id is not None:
            contact = await crm.mention_on_contact(contact_id)
        by_hand = deal.communication is None and contact_id is not None and contact is None
        return SaleFacts(
            deal_communication=deal.communication,
            contact_id=contact_id,
            contact_communication=contact,
            noted=tuple(await crm.noted_on(contact_id)) if by_hand and contact_id is not None else (),
            choice=values["deals.manual_contact_choice"],
            period_days=values["deals.manual_contact_period_days"],
            closed_at=deal.closed_at,
        )
