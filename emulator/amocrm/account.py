"""One amoCRM account of one world: its rows and the resources that work on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp

from emulator.amocrm.calls import Calls
from emulator.amocrm.cards import Cards
from emulator.amocrm.changes import Changes
from emulator.amocrm.companies import Companies
from emulator.amocrm.complex_leads import ComplexLeads
from emulator.amocrm.contacts import Contacts
from emulator.amocrm.custom_fields import CustomFields
from emulator.amocrm.events import Events
from emulator.amocrm.field_groups import FieldGroups
from emulator.amocrm.founding import found
from emulator.amocrm.held import HeldCalls
from emulator.amocrm.leads import Leads
from emulator.amocrm.limits import Limits
from emulator.amocrm.links import Links
from emulator.amocrm.loss_reasons import LossReasons
from emulator.amocrm.notes import Notes
from emulator.amocrm.oauth import OAuth
from emulator.amocrm.oauth_hooks import OAuthHooks
from emulator.amocrm.one_time_tokens import OneTimeTokens
from emulator.amocrm.pipelines import Pipelines
from emulator.amocrm.platform import Platform
from emulator.amocrm.popups import Popups
from emulator.amocrm.presence import Presence
from emulator.amocrm.profile import Profile
from emulator.amocrm.roles import Roles
from emulator.amocrm.schema import COUNTERS, SCHEMA
from emulator.amocrm.sessions import Sessions
from emulator.amocrm.short_links import ShortLinks
from emulator.amocrm.sources import Sources
from emulator.amocrm.tags import Tags
from emulator.amocrm.tasks import Tasks
from emulator.amocrm.unsorted import Unsorted
from emulator.amocrm.users import PersonSpec, Users
from emulator.amocrm.webhooks import Webhooks, no_session
from emulator.amocrm.widgets import Widgets
from emulator.core.copies import Source
from emulator.core.database import Database
from emulator.core.ground import Ground
from emulator.core.instants import micros
from emulator.core.timers import Timers

__all__ = ["Account", "PersonSpec"]


class Account:
    """State of an account; knows no HTTP.

    `domain` is what follows the subdomain in the account's host name; tokens carry it.
    """

    def __init__(
        self,
        ground: Ground,
        subdomain: str,
        name: str,
        profile: Profile,
        database: Database,
        session: Callable[[], aiohttp.ClientSession] = no_session,
    ) -> None:
        self.ground = ground
        self.subdomain = subdomain
        self.name = name
        self.profile = profile
        self.database = database
        self.id = ground.ids.first("account")
        self.zone = ground.zone
        self.domain = "amocrm.ru"
        self.timers = Timers("amocrm", database, ground.clock)
        self.changes = Changes(ground.journal)
        self.events = Events(self)
        self.webhooks = Webhooks(self, session)
        self.users = Users(self)
        self.roles = Roles(self)
        self.oauth = OAuth(self)
        self.oauth_hooks = OAuthHooks(self, session)
        self.one_time_tokens = OneTimeTokens(self)
        self.limits = Limits(self)
        self.sessions = Sessions(self)
        self.presence = Presence(ground)
        self.pipelines = Pipelines(self)
        self.loss_reasons = LossReasons(self)
        self.sources = Sources(self)
        self.widgets = Widgets(self)
        self.short_links = ShortLinks(self)
        self.custom_fields = CustomFields(self)
        self.field_groups = FieldGroups(self)
        self.tags = Tags(self)
        self.links = Links(self)
        self.contacts = Contacts(self)
        self.companies = Companies(self)
        self.leads = Leads(self)
        self.notes = Notes(self)
        self.tasks = Tasks(self)
        self.unsorted = Unsorted(self)
        self.complex_leads = ComplexLeads(self)
        self.calls = Calls(self)
        self.held_calls = HeldCalls(self)
        self.popups = Popups(self)
        self.platform = Platform(self)
        database.on_restore += [self.limits.reload, self.presence.restored]
        self.cards: dict[str, Cards] = {"contacts": self.contacts, "companies": self.companies, "leads": self.leads}

    @classmethod
    def open(
        cls,
        ground: Ground,
        *,
        subdomain: str,
        profile: Profile,
        people: list[PersonSpec],
        name: str | None = None,
        path: Path | None = None,
        source: Source | None = None,
        limits: bool = False,
        session: Callable[[], aiohttp.ClientSession] = no_session,
    ) -> Account:
        """An account with `people`; in memory, or in the file `path`, which may hold it already. With a `source` it has
        the rows of that one.

        `limits` says whether they are in force, `session` gives the HTTP client that webhooks are sent with.
        """
        database = ground.databases.open(SCHEMA, COUNTERS, ground.ids, path)
        if source is not None:
            database.restore(source)
        account = cls(ground, subdomain, name or subdomain, profile, database, session)
        if database.one("SELECT 1 FROM account") is None:
            found(account, people)
            account.limits.found(limits)
        return account

    def now(self) -> int:
        """The world's time in microseconds, as rows keep it."""
        return micros(self.ground.clock.now())

    @property
    def user_ids(self) -> list[int]:
        """The users in the order of `people`."""
        return self.users.ids()

    def call_log(self) -> list[dict[str, Any]]:
        """The page «Звонки»: rows as the contract's "Call log", oldest first."""
        return self.calls.log()

    def resume_deliveries(self) -> None:
        """Go on sending the webhooks that wait: after a restart or a restored snapshot."""
        self.webhooks.deliveries.wake()

    async def close(self) -> None:
        await self.presence.close()
        self.database.close()
