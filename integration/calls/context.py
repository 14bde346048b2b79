"""What processing a communication needs, and how a rule is asked: facts in, decision into the log, decision out."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from integration import settings
from integration.calls import orders
from integration.effects import Effects
from integration.model import Call, Connection, FormRequest, InboxRow, PendingItem
from integration.ports import Clock, Crm, Decisions, Store, Telephony, WidgetHub
from integration.rules import responsible
from integration.rules.decisions import Decision
from integration.settings import Values

Facts = TypeVar("Facts")
Made = TypeVar("Made", bound=Decision)
Communication = Call | FormRequest


@dataclass(frozen=True, slots=True)
class Context:
    """One tenant's parts."""

    store: Store
    clock: Clock
    crm: Crm
    telephony: Telephony
    decisions: Decisions
    effects: Effects
    connection: Connection
    hub: WidgetHub

    async def settings(self, about: Communication) -> Values:
        """The settings under which a communication is handled: those of its arrival (GAP-17)."""
        return settings.complete(await self.store.settings(about.settings_version), self.connection.connecting_user)

    def default_responsible(self, values: Values, users: Collection[int]) -> int:
        """Who is responsible by default, out of those who work in amoCRM (`users`)."""
        return responsible.default(values["calls.responsible_user_id"], users, self.connection.connecting_user)

    async def pending_items(self, phone: str | None) -> list[PendingItem]:
        """The items in «Неразобранное» that a call of this number joins, oldest first (GAP-16)."""
        known = {orders.source_uid(communication_id) for communication_id in await self.store.forms_of(phone)}
        return await self.crm.pending_items(phone or "", known)

    async def decide(self, row: InboxRow, about: Communication, rule: Callable[[Facts], Made], facts: Facts) -> Made:
        """What the rule answers, after it was logged."""
        decision = rule(facts)
        by = f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}"
        await self.decisions.log(f"{row.event_id}/{by}", about.subject, by, facts, decision)
        return decision
