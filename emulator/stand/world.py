"""A world: one amoCRM account, one telephony account and one tenant of the integration on one clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from emulator.amocrm.account import Account as AmocrmAccount
from emulator.core.clock import Fired
from emulator.core.errors import Problem
from emulator.core.ground import Ground
from emulator.core.settle import settle
from emulator.stand.integration_link import IntegrationLink
from emulator.stand.people import People
from emulator.stand.tabs import Tabs
from emulator.telephony.account import TelephonyAccount

if TYPE_CHECKING:
    from emulator.stand.building import WorldRequest


@dataclass(frozen=True)
class OutsideAccess:
    """What a developer's own client needs: OAuth client and long-lived token in amoCRM, a token in the telephony."""

    client_id: str
    client_secret: str
    redirect_uri: str
    amocrm_token: str
    telephony_token: str


@dataclass
class World:
    """The parts of one world, and what is done to all of them at once.

    `urls` are base URLs by part, `request` is what the world was made from.
    """

    ground: Ground
    amocrm: AmocrmAccount
    telephony: TelephonyAccount
    integration: IntegrationLink
    people_now: Callable[[], People]
    access: OutsideAccess
    urls: dict[str, str]
    tabs: Tabs
    request: WorldRequest

    @property
    def name(self) -> str:
        return self.ground.name

    @property
    def people(self) -> People:
        """Who is there now, read from the rows."""
        return self.people_now()

    @property
    def has_integration(self) -> bool:
        """Whether it wants one: the fakes may be alone."""
        return self.request.integration is not None

    @property
    def numbers(self) -> dict[str, str]:
        """The virtual numbers that have a key, by it."""
        return {each.name: each.number for each in self.telephony.virtual_numbers if each.name}

    @property
    def told(self) -> dict[str, str]:
        """The addresses that its integration knows."""
        return {part: self.urls[part] for part in ("amocrm", "telephony")}

    async def settle(self) -> None:
        """Return when nothing of this world can go on without its time moving."""
        await settle(self.ground.work, self.integration, self.ground.barriers)

    async def advance(self, to: datetime | timedelta, *, at_least: bool = False) -> list[Fired]:
        """Go to an instant or on by a span, timer by timer; what fired is in the journal too.

        `at_least`: it may be later already.
        """
        fired = await self.ground.clock.advance(to, self.settle, [self.integration], at_least=at_least)
        for timer in fired:
            self.ground.journal.add("timer", "stand", timer.owner, timer.what, {}, at=timer.at)
        return fired

    @asynccontextmanager
    async def still(self, *, settled: bool = True) -> AsyncIterator[None]:
        """Nothing moves inside the block: no time, no delivery, and requests that come in wait.

        `settled`: what was going on has come to rest before. Deliveries that wait go on afterwards.
        """
        async with self.ground.clock.standing():
            if settled:
                await self.settle()
            try:
                with self.ground.gate.shut():
                    yield
            finally:
                self.resume_deliveries()

    def resume_deliveries(self) -> None:
        """Go on sending the events and webhooks that wait."""
        self.amocrm.resume_deliveries()
        self.telephony.resume_deliveries()

    async def collect_decisions(self) -> None:
        """Copy the integration's new decisions into the journal."""
        for decision in await self.integration.new_decisions():
            self.ground.journal.add(
                "decision",
                "integration",
                "integration",
                decision.head.subject,
                decision.data,
                decision.head.cause,
                decision.head.at,
            )

    def body(self) -> dict[str, Any]:
        """The world of contract §1."""
        login = self.telephony.access.login()
        return {
            "id": self.name,
            "seed": self.ground.ids.seed,
            "timezone": self.ground.zone.key,
            "clock": {"now": self.ground.clock.now().isoformat(), "kind": self.ground.clock.kind},
            "amocrm": {
                "base_url": self.urls["amocrm"],
                "subdomain": self.amocrm.subdomain,
                "access_token": self.access.amocrm_token,
                "client_id": self.access.client_id,
                "client_secret": self.access.client_secret,
                "redirect_uri": self.access.redirect_uri,
            },
            "telephony": {
                "data_api_url": f"{self.urls['telephony']}/v2.0",
                "call_api_url": f"{self.urls['telephony']}/v4.0",
                "access_token": self.access.telephony_token,
                "login": login.login,
                "password": login.password,
            },
            "integration": self._integration_body(),
            "people": self._people_body(),
            "numbers": self.numbers,
            "sites": {
                site.key: {"id": site.id, "domain": site.domain_name} for site in self.telephony.marketing.sites.all()
            },
        }

    def _integration_body(self) -> dict[str, str | None] | None:
        if not self.has_integration:
            return None
        link = self.integration
        urls = {"settings_url": link.settings_url, "widget_socket_url": link.widget_socket_url}
        return {"url": link.base_url, **urls}

    def _people_body(self) -> dict[str, Any]:
        phones = self.telephony.staff.phones.by_employee()
        return {
            key: {**person.body(), "numbers": [phone.number for phone in phones.get(person.employee_id or 0, ())]}
            for key, person in self.people.by_key.items()
        }

    def person_body(self, key: str) -> dict[str, Any]:
        """One of the people of contract §1."""
        return dict(self._people_body()[key])

    async def close(self) -> None:
        """Stop everything of this world and forget it."""
        try:
            await self.stop()
            if self.integration.connected:
                with suppress(Problem):  # one that is gone or knows nothing of the world has forgotten it too
                    await self.integration.disconnect()
        finally:
            await self.put_down()

    async def stop(self) -> None:
        """Let nothing go on by itself; the rows stay open."""
        await self.tabs.close_all()
        await self.ground.close()

    async def put_down(self) -> None:
        """Let go of the rows; the ground is closed."""
        await self.amocrm.close()
        await self.telephony.close()
