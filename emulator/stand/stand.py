"""A stand: the servers and the worlds they serve, manual and live, at different times.

In memory a stand forgets its worlds when it ends. With a data folder they are there again at its next start.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import msgspec
from aiohttp import web

from emulator.core.database import Databases
from emulator.core.errors import BadRequest, Conflict, NotFound, nearest
from emulator.stand.answers import Capabilities
from emulator.stand.building import Place, WorldRequest, build, check_seed, connect, connect_copy, copy_of
from emulator.stand.changes import Changes
from emulator.stand.control.app import create_app as create_control_app
from emulator.stand.control.mounted import Mounted
from emulator.stand.doors import Doors, bind_all, port_of
from emulator.stand.keeping import DAMAGE, DataFolder, WorldFolder
from emulator.stand.reopening import Found, clear_away, go_on, look_into, reopen
from emulator.stand.residence import Residence
from emulator.stand.servers import Servers
from emulator.stand.snapshots import Snapshots, refuse_without_snapshots
from emulator.stand.world import World
from integration.app import create_app as create_integration_app

if TYPE_CHECKING:
    from emulator.stand.tls import Tls

_NAME = re.compile(r"(?!(?:[0-9]+|www|localhost)\Z)[a-z0-9][a-z0-9-]{0,62}")
"""A name is a subdomain: the first part of an IP address and the usual names of hosts are none."""
_NAMES_ARE = "lower-case letters, digits and hyphens, at most 63, and neither a number nor `www` nor `localhost`"


class Stand:
    """Use as `async with Stand() as stand`. Ports of 0 are picked freely; with `tls` amoCRM speaks TLS too; the folder
    `data` keeps the worlds.

    `damaged` are the worlds of the folder that could not be opened, with the reason; `notices` says what else went
    wrong with them.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        ports: dict[str, int] | None = None,
        tls: Tls | None = None,
        data: Path | None = None,
    ) -> None:
        self.worlds: dict[str, World] = {}
        self.damaged: dict[str, str] = {}
        self.notices: list[str] = []
        self.changes = Changes()
        self.tls = tls
        self._host = host
        self._ports = ports or {}
        self._path = data
        self._data: DataFolder | None = None
        self._servers = Servers(host)
        self._doors = Doors(self._servers)
        self._residences: dict[str, Residence] = {}
        self._leftovers: list[Path] = []
        self._making: set[str] = set()
        self._control = create_control_app(self)
        self._session: aiohttp.ClientSession | None = None
        self._databases = Databases()
        self._builtin_can: Capabilities | None = None
        self._seeds = 0

    @property
    def urls(self) -> dict[str, str]:
        """Base URLs of stand, amocrm, telephony and integration; by TLS also amocrm_tls and proxy."""
        return self._servers.urls

    async def __aenter__(self) -> Stand:
        try:
            await self._start()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def _start(self) -> None:
        """Worlds are opened before anybody can come in; who connects meanwhile waits."""
        self._data = DataFolder(self._path) if self._path else None
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
        )
        self._bind()
        found = await self._reopen_all(self._data) if self._data else []
        await self._servers.start("stand", self._control)
        await self._doors.open(self._with_control)
        for residence in self._residences.values():
            if residence.doors is not self._doors:
                await residence.doors.open(self._with_control)
        await self._servers.start("integration", create_integration_app(self._data.integration if self._data else None))
        for path in self._leftovers:
            await clear_away(path, self.urls["integration"], self.session)
        for each in found:
            await self._go_on(each)
        if self.tls is not None:
            from emulator.stand.tls import open_front

            await open_front(self.tls, self._servers, self._ports)

    def _bind(self) -> None:
        bind_all(self._servers, self._ports, self._data.ports if self._data else {})
        if self._data:
            self._data.ports = {part: port_of(url) for part, url in self.urls.items()}

    async def _reopen_all(self, data: DataFolder) -> list[Found]:
        found = []
        for path in data.worlds():
            try:
                if each := look_into(path):
                    await self._reopen(each)
                    found.append(each)
                else:
                    self._leftovers.append(path)
            except DAMAGE as problem:
                self.damaged[path.name] = str(problem) or type(problem).__name__
        return found

    async def _reopen(self, found: Found) -> None:
        told = found.kept.told if found.kept.request.own_ports else None
        doors = Doors.own(self._host, told) if told else self._doors
        try:
            world = reopen(found, self._place(doors, found.folder))
            doors.add(world)
        except BaseException:
            found.folder.close()
            if told:
                await doors.servers.stop()
            raise
        self._admit(world, doors, found.folder)

    async def _go_on(self, found: Found) -> None:
        world = self.worlds[found.kept.name]
        if problem := await go_on(world, found, self.snapshots_of(world)):
            self.notices.append(problem)

    async def __aexit__(self, *_exc: object) -> None:
        await self.changes.over()
        if self._data:
            await self._put_down_all(self._data)
        else:
            for name in list(self.worlds):
                await self._leave(name)
        await self.changes.over()
        await self._servers.stop()
        self._databases.close()
        if self._session:
            await self._session.close()

    async def _put_down_all(self, data: DataFolder) -> None:
        """The integration first: it must not take a fake that has gone for one that refuses."""
        for world in self.worlds.values():
            await world.stop()
        await self._servers.stop()
        for name, residence in self._residences.items():
            if residence.doors is not self._doors:
                await residence.doors.servers.stop()
            await self.worlds[name].put_down()
            residence.put_down()
        self.worlds.clear()
        self._residences.clear()
        data.close()

    async def create(self, request: WorldRequest, settings: dict[str, Any] | None = None) -> World:
        """Build a world, which comes to rest. Raises BadRequest for what cannot be used, Conflict for what is taken."""
        seed = self._free_seed(request.seed)
        name = self._free_name(f"world-{seed}" if request.name is None else request.name)

        async def connected(world: World) -> None:
            is_builtin = world.integration.base_url == self.urls["integration"]
            await connect(world, settings or {}, self._builtin_can if is_builtin else None)
            if is_builtin:
                self._builtin_can = world.integration.capabilities
            await world.settle()

        return await self._settle_in(
            name, request.own_ports, lambda place: build(request, name, seed, place), connected
        )

    async def fork(self, origin: World, wanted: str | None) -> World:
        """A copy of `origin` as it is now, with the same ids and tokens, on ports of its own and on its own from now.

        Raises Conflict for a name that is taken and for an integration that cannot copy its tenant.
        """
        refuse_without_snapshots(origin)
        async with origin.still():
            await origin.collect_decisions()
            name = self._free_name(self._fork_name(origin) if wanted is None else wanted)
            request = msgspec.structs.replace(origin.request, name=name, own_ports=True)
            return await self._settle_in(
                name, True, lambda place: copy_of(origin, request, name, place), lambda fork: connect_copy(fork, origin)
            )

    async def _settle_in(
        self, name: str, own_ports: bool, make: Callable[[Place], World], connected: Callable[[World], Awaitable[None]]
    ) -> World:
        """Make a world, let requests find it and connect its integration; all of that or nothing."""
        folder = self._data.make(name) if self._data else None
        doors = Doors.own(self._host) if own_ports else self._doors
        try:
            world = make(self._place(doors, folder))
        except BaseException:
            if folder:
                folder.remove()
            if own_ports:
                await doors.servers.stop()
            raise
        self._admit(world, doors, folder)
        self._making.add(name)
        try:
            if folder:
                folder.keep(world, "making")
            doors.add(world)
            if own_ports:
                await doors.open(self._with_control)
            await connected(world)
            if folder:
                folder.keep(world, "ready")
        except BaseException:
            await self._leave(name)
            raise
        finally:
            self._making.discard(name)
        return world

    def _place(self, doors: Doors, folder: WorldFolder | None) -> Place:
        urls = {**self.urls, **doors.servers.urls}
        return Place(urls, self.session, self._databases, folder.path if folder else None)

    def _admit(self, world: World, doors: Doors, folder: WorldFolder | None) -> None:
        self.worlds[world.name] = world
        self._residences[world.name] = Residence(doors, folder, Snapshots(world, folder))
        if folder:
            folder.follow(world.ground.clock)

    async def remove(self, name: str) -> None:
        """Delete a world with everything in it, its snapshots and its folder too.

        It ends once, and whoever asks again meanwhile waits for that. Raises Conflict while the world is being made.
        """
        if name in self._making:
            raise Conflict(f"the world {name} is being made; it can be deleted once it is there")
        await self._leave(name)

    async def _leave(self, name: str) -> None:
        await self.changes.once(name, lambda: self._forget(name) if name in self.damaged else self._end(name))

    async def _forget(self, name: str) -> None:
        """Delete what cannot be opened."""
        assert self._data is not None
        await clear_away(self._data.path_of(name), self.urls["integration"], self.session)
        del self.damaged[name]

    async def _end(self, name: str) -> None:
        """Name and seed stay taken until everything of the world has ended."""
        world = self.find(name)
        residence = self._residences[name]
        try:
            residence.leave(world)
            await world.close()
        finally:
            del self.worlds[name], self._residences[name]
            residence.clear()
            if residence.doors is not self._doors:
                await residence.doors.servers.refuse()
                self.changes.start(residence.doors.servers.stop())

    def find(self, name: str) -> World:
        """The world of that id. Raises NotFound naming the nearest."""
        if world := self.worlds.get(name):
            return world
        if name in self.damaged:
            raise Conflict(f"the world {name} could not be opened again: {self.damaged[name]}")
        near = nearest(name, list(self.worlds))
        hint = f"; did you mean {near}?" if near else ""
        raise NotFound(f"no world {name}{hint}", nearest=near)

    def snapshots_of(self, world: World) -> Snapshots:
        return self._residences[world.name].snapshots

    def session(self) -> aiohttp.ClientSession:
        """The HTTP client of the stand itself."""
        assert self._session is not None
        return self._session

    def _with_control(self, app: web.Application) -> web.Application:
        app.router.register_resource(Mounted(self._control))
        return app

    def _free_seed(self, wanted: int | None) -> int:
        """A fork has the seed of its origin; nobody else gets it while one of them lives."""
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
            raise BadRequest.field("name", name, _NAMES_ARE)
        if name in self.worlds or name in self.damaged:
            raise Conflict(f"there is a world {name} already")
        return name

    def _fork_name(self, origin: World) -> str:
        """The origin's name with `-fork-` and the first free number."""
        number = 1
        while (name := f"{origin.name[:50]}-fork-{number}") in {*self.worlds, *self.damaged}:
            number += 1
        return name
