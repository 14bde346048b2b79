"""Plays a flow with a trouble in it and tells what is left; a flow without one tells where trouble can come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp

from emulator.stand.building import introduce
from emulator.stand.stand import Stand
from emulator.stand.world import World
from features.driver import Driver
from tests.recovery.flows import Flow, Stage
from tests.recovery.lives import Lives
from tests.recovery.seen import Seen, seen
from tests.recovery.troubles import Place, Trouble

NOTHING = Trouble("nothing")
SEED = 77
OUTAGE = timedelta(hours=1)
RECOVERY = timedelta(hours=2)
"""Long enough for an event that is an hour late and for the longest pause between tries."""


_JOURNALLED = (
    ("request", "integration", "amocrm"),
    ("request", "integration", "telephony"),
    ("event", "telephony", "integration"),
)


@dataclass(frozen=True)
class Played:
    """What was left of a flow, where trouble could have come, and whether the trouble came."""

    seen: Seen
    places: list[Place]
    met: bool


@dataclass(frozen=True)
class Theatre:
    """Where flows are played: one stand, one integration that can die, a fresh world of one seed for each.

    What is a fault of the stand alone is played with its own integration, which has no file and is quicker.
    """

    stand: Stand
    http: aiohttp.ClientSession
    lives: Lives

    async def play(self, flow: Flow, trouble: Trouble = NOTHING) -> Played:
        async with self.world(flow, "builtin" if trouble.fault else self.lives.url) as do:
            try:
                return await _Evening(self, do, trouble).play(flow)
            finally:
                self.lives.watch()

    @asynccontextmanager
    async def world(self, flow: Flow, integration: str) -> AsyncIterator[Driver]:
        """A world for the flow, with its settings. It is gone afterwards."""
        worlds = f"{self.stand.urls['stand']}/_stand/worlds"
        async with self.http.post(worlds, json={"seed": SEED, "integration": integration}) as answer:
            world = await answer.json()
            assert answer.status == 201, world
        do = Driver(self.http, f"{worlds}/{world['id']}", world)
        try:
            await do.change_as_support(**flow.settings)
            yield do
        finally:
            async with self.http.delete(do.control):
                pass


@dataclass
class _Evening:
    """One flow in one world with one trouble."""

    theatre: Theatre
    do: Driver
    trouble: Trouble
    over: bool = False
    """A trouble that lasts has been ended."""

    async def play(self, flow: Flow) -> Played:
        began = (await self.do._control("GET", "/journal?limit=0"))["last"]
        await self._begin()
        await flow.story(Stage(self.do, self._pause))
        await self.do.time_passes(OUTAGE)
        await self._end()
        await self.do.time_passes(RECOVERY)
        met = await self._was_met()
        await self.do.all_goes_well()
        return Played(await seen(self.do), await self._places(began), met)

    async def _begin(self) -> None:
        lives, trouble = self.theatre.lives, self.trouble
        if trouble.fault:
            await self.do.goes_wrong(**trouble.fault)
        if trouble.revoked is not None:
            lives.watch(trouble.revoked, what=self._revoke)
        else:
            lives.watch(*trouble.dooms)

    async def _pause(self, do: Driver) -> None:
        """What went wrong for an hour is over before the story goes on."""
        await do.time_passes(OUTAGE)
        await self._end()
        await do.time_passes(OUTAGE)

    async def _was_met(self) -> bool:
        if self.trouble.fault and not self.over:
            (fault,) = (await self.do._control("GET", "/faults"))["faults"]
            return bool(fault["applied"])
        return self.over or self.theatre.lives.met

    async def _end(self) -> None:
        """Somebody mends what lasts, if it has begun: amoCRM works again, or an administrator connects anew."""
        if self.over or not self.trouble.lasts or not await self._was_met():
            return
        self.over = True
        await self.do.all_goes_well()
        if self.trouble.revoked is not None:
            await introduce(self._world)
            await self.do.settle()

    def _revoke(self) -> None:
        oauth = self._world.amocrm.oauth
        client = oauth.client_of("integration")
        assert client is not None
        oauth.revoke(client.client_id)

    @property
    def _world(self) -> World:
        return self.theatre.stand.find(self.do.world["id"])

    async def _places(self, began: int) -> list[Place]:
        """Where trouble can come, if there was none: in the integration, at its requests, at what it is sent."""
        if self.trouble is not NOTHING:
            return []
        places = [Place(each.what, each.number, each.name) for each in self.theatre.lives.passed]
        entries = (await self.do._control("GET", f"/journal?since={began}"))["entries"]
        for what, asker, asked in _JOURNALLED:
            found = [each for each in entries if (each["kind"], each["from"], each["to"]) == (what, asker, asked)]
            places += [Place(what, number, each["subject"], asked) for number, each in enumerate(found, 1)]
        return places
