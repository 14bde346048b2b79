"""One connected tenant at work: its store, clock, client, inbox and decision log, wired here and nowhere else."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from integration import settings
from integration.activity import Activity
from integration.amends import Amends
from integration.amocrm import AccountFields, AmoCrm, Requests, TokenKeeper, Transport
from integration.calls import CallService
from integration.calls.context import Context
from integration.clock import LiveClock, ManualClock, TenantClock
from integration.deals import DealRun
from integration.decisions import DecisionLog
from integration.effects import Effects
from integration.forms import FormService
from integration.inbox import Inbox
from integration.model import ClockState, Connection, TokenPair
from integration.ports import UnavailableError, WidgetHub
from integration.rules.additional_fields import OUR_WIDGET
from integration.store import SqliteStore
from integration.store.inbox import EARLY, RETRY
from integration.telephony import DataApi


def new_clock(store: SqliteStore, activity: Activity, state: ClockState) -> TenantClock:
    """The clock that `state` describes."""
    if state.kind == "live":
        return LiveClock(store, activity, timedelta(microseconds=state.offset_us))
    assert state.now is not None
    return ManualClock(store, activity, state.now)


class Tenant:
    """A tenant between `start` and `stop`. Make it with `load`."""

    def __init__(
        self,
        store: SqliteStore,
        session: aiohttp.ClientSession,
        connection: Connection,
        tokens: TokenPair,
        clock: ClockState,
        hub: WidgetHub,
    ) -> None:
        self.store = store
        self.connection = connection
        self.clock_kind = clock.kind
        self.activity = Activity()
        self.clock = new_clock(store, self.activity, clock)
        decisions = DecisionLog(store, self.clock)
        transport = Transport(session, self.activity, self.clock, connection.amocrm.base_url)
        keeper = TokenKeeper(transport, store, self.clock, self.activity, connection.amocrm, tokens)
        requests = Requests(transport, keeper)
        self._fields = AccountFields(requests, self.activity)
        crm = AmoCrm(requests, self._fields)
        data_api = Transport(session, self.activity, self.clock, connection.telephony.data_api_url)
        telephony = DataApi(data_api, self.clock, connection.telephony.access_token)
        effects = Effects(store, self.clock, crm, decisions, Amends(store, crm, connection))
        context = Context(store, self.clock, crm, telephony, decisions, effects, connection, hub)
        calls = CallService(context, FormService(context))
        self.deals = DealRun(context, self.activity)
        self.inbox = Inbox(store, self.clock, self.activity, decisions, calls.process)
        self.clock.handle(RETRY, self.inbox.retry)
        self.clock.handle(EARLY, self.inbox.give_up_waiting)

    @classmethod
    async def load(cls, store: SqliteStore, session: aiohttp.ClientSession, hub: WidgetHub) -> Tenant:
        """The tenant that lies in this store."""
        return cls(store, session, await store.connection(), await store.tokens(), await store.clock_state(), hub)

    async def start(self) -> None:
        """Go on with whatever is unfinished."""
        with self.activity.working():
            await self.clock.start()
            await self.inbox.start()

    def prepare_account(self) -> None:
        """Make the additional fields that the account lacks (FIELD-17). What fails is made when a card needs them."""
        self.activity.spawn(self._prepare_fields())

    async def _prepare_fields(self) -> None:
        values = await self.read_settings(None)
        if values["widget.type"] == OUR_WIDGET:
            with suppress(UnavailableError):
                await self._fields.prepare()

    async def stop(self) -> None:
        """Stop all work at once; what was not finished goes on at the next start. The store stays open."""
        self.clock.stop()
        await self.activity.stop()
        self.clock.stop()

    async def read_settings(self, role: str | None) -> settings.Values:
        """The settings as this role reads them."""
        values = settings.complete(await self.store.settings(), self.connection.connecting_user)
        return settings.visible(values, role)

    async def change_settings(self, patch: dict[str, Any], role: str | None) -> settings.Values:
        """All of the patch or, with a Problem, nothing of it; the settings after it."""
        await self.store.save_settings(settings.changed(await self.store.settings(), patch, role))
        return await self.read_settings(role)

    async def advance(self, to: datetime) -> None:
        """Move the clock. Raises TimeGoesBackError."""
        with self.activity.working():
            await self.clock.advance(to)
