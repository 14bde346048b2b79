"""A stand: the servers and the worlds they serve, manual and live, at different times."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

from emulator.amocrm.accounts import Accounts as AmocrmAccounts
from emulator.amocrm.app import create_app as create_amocrm_app
from emulator.core.database import Databases
from emulator.core.errors import BadRequest, Conflict, NotFound, nearest
from emulator.core.web import CONTROL_PREFIX
from emulator.stand.building import WorldRequest, build, check_seed, connect
from emulator.stand.control.app import create_app as create_control_app
from emulator.stand.integration_link import Capabilities
from emulator.stand.servers import Servers
from emulator.stand.world import World
from emulator.telephony.accounts import Accounts as TelephonyAccounts
from emulator.telephony.app import create_app as create_telephony_app
from integration.app import create_app as create_integration_app

if TYPE_CHECKING:
    from emulator.stand.tls import Tls

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Stand:
    """Use as `async with Stand() as stand`. Ports of 0 are picked freely. With `tls` amoCRM speaks TLS as well."""

    def __init__(self, host: str = "127.0.0.1", ports: dict[str, int] | None = None, tls: Tls | None = None) -> None:
        self.worlds: dict[str, World] = {}
        self.tls = tls
        self._ports = ports or {}
        self._servers = Servers(host)
        self._session: aiohttp.ClientSession | None = None
        self._amocrm = AmocrmAccounts()
        self._telephony = TelephonyAccounts()
        self._databases = Databases()
        self._builtin_can: Capabilities | None = None
        self._seeds = 0

    @property
    def urls(self) -> dict[str, str]:
        """Base URLs of stand, amocrm, telephony and integration; by TLS also amocrm_tls and proxy."""
        return self._servers.urls

    async def __aenter__(self) -> Stand:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
        )
        apps = {
            "stand": create_control_app(self),
            "amocrm": self._with_control(create_amocrm_app(self._amocrm)),
            "telephony": self._with_control(create_telephony_app(self._telephony)),
            "integration": create_integration_app(),
        }
        for name, app in apps.items():
            await self._servers.start(name, app, self._ports.get(name, 0))
        if self.tls is not None:
            from emulator.stand.tls import open_front

            await open_front(self.tls, self._servers, self._ports)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        for name in list(self.worlds):
            await self.remove(name)
        await self._servers.stop()
        self._databases.close()
        if self._session:
            await self._session.close()

    async def create(self, request: WorldRequest, settings: dict[str, Any] | None = None) -> World:
        """Build a world. Raises BadRequest for what cannot be used and Conflict for a name or seed that is taken."""
        seed = self._free_seed(request.seed)
        name = self._free_name(f"world-{seed}" if request.name is None else request.name)
        world = build(request, name, seed, self.urls, self.session, self._databases)
        self.worlds[name] = world
        try:
            self._amocrm.add(world.amocrm)
            self._telephony.add(world.telephony)
            is_builtin = world.integration.base_url == self.urls["integration"]
            await connect(world, settings or {}, self._builtin_can if is_builtin else None)
        except BaseException:
            await self.remove(name)
            raise
        if is_builtin:
            self._builtin_can = world.integration.capabilities
        return world

    async def remove(self, name: str) -> None:
        """Delete a world with everything in it."""
        world = self.find(name)
        self._amocrm.remove(world.amocrm)
        self._telephony.remove(world.telephony)
        await asyncio.shield(self._close(world))

    async def _close(self, world: World) -> None:
        """Name and seed stay taken until everything of the world has ended."""
        try:
            await world.close()
        finally:
            self.worlds.pop(world.name, None)

    def find(self, name: str) -> World:
        """The world of that id. Raises NotFound naming the nearest."""
        if world := self.worlds.get(name):
            return world
        near = nearest(name, list(self.worlds))
        hint = f"; did you mean {near}?" if near else ""
        raise NotFound(f"no world {name}{hint}", nearest=near)

    def session(self) -> aiohttp.ClientSession:
        """The HTTP client of the stand itself."""
        assert self._session is not None
        return self._session

    def _with_control(self, app: web.Application) -> web.Application:
        app.add_subapp(CONTROL_PREFIX, create_control_app(self, prefix=""))
        return app

    def _free_seed(self, wanted: int | None) -> int:
        taken = {world.ground.ids.seed: name for name, world in self.worlds.items()}
        if wanted is not None:
            if owner := taken.get(check_seed(wanted)):
                raise Conflict(f"seed {wanted} belongs to the world {owner}, which is still there")
            return wanted
        self._seeds += 1
        while self._seeds in taken:
            self._seeds += 1
        return check_seed(self._seeds)

    def _free_name(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise BadRequest.field("name", name, "lower-case letters, digits and hyphens, at most 63")
        if name in self.worlds:
            raise Conflict(f"there is a world {name} already")
        return name
