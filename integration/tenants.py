"""All tenants of one process: connecting, loading, snapshots, removing. With a folder each tenant is a file in it."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Coroutine
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import aiohttp

from integration.activity import Activity
from integration.amocrm import Transport, exchange_code
from integration.clock import clock_state
from integration.model import ClockState, Connection, TokenPair
from integration.ports import RefusedError, UnavailableError
from integration.problems import Problem
from integration.snapshots import Snapshots
from integration.store import DamagedError, Image, SqliteStore
from integration.tenant import Tenant, new_clock
from integration.widget.hub import Hub

T = TypeVar("T")

_log = logging.getLogger(__name__)

SPARES = 8
CONNECT_LIMIT_S = 20
"""Real seconds for the code exchange: the tenant's clock cannot move before the tenant exists."""


class Tenants:
    """The registry. Names are checked by the caller: letters, digits, `_` and `-`."""

    def __init__(self, session: aiohttp.ClientSession, data: Path | None) -> None:
        self._session = session
        self._data = data
        self._tenants: dict[str, Tenant] = {}
        self._hubs: dict[str, Hub] = {}
        self._restarting: set[str] = set()
        self._changes: set[asyncio.Task[Any]] = set()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._snapshots = Snapshots(data and data / "snapshots")
        self._spares: list[SqliteStore] = []

    def get(self, name: str) -> Tenant:
        """The tenant, or a 404."""
        if name in self._restarting:
            raise Problem(503, "Tenant restarting", f"The tenant {name!r} is about to run again: repeat the request")
        if name not in self._tenants:
            raise Problem(
                404, "Unknown tenant", f"There is no tenant {name!r}: connect it with PUT /_sut/tenants/{name}"
            )
        return self._tenants[name]

    def hub(self, name: str) -> Hub:
        """The widget sockets of the tenant, which outlast its restarts."""
        return self._hubs.setdefault(name, Hub())

    async def close_sockets(self, reason: str) -> None:
        """Close the sockets of all widgets."""
        await asyncio.gather(*(hub.close(reason) for hub in self._hubs.values()))

    async def load_all(self) -> None:
        """Start every tenant of the folder. One whose file is damaged is named in the log and keeps no other back."""
        if self._data is None:
            return
        self._data.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in sorted(self._data.glob("*.sqlite3")):
            try:
                store = SqliteStore.open(path)
            except DamagedError as error:
                _log.error("the tenant %s cannot be opened: %s", path.stem, error)
            else:
                await self._run(path.stem, store)

    async def close(self) -> None:
        await asyncio.gather(*self._changes, return_exceptions=True)
        for name in list(self._tenants):
            async with self._down(name) as store:
                store.close()
        while self._spares:
            self._spares.pop().close()

    async def connect(self, name: str, connection: Connection, code: str, state: ClockState) -> Tenant:
        """Connect a new tenant, or an existing one anew: its settings, calls and unfinished work stay.

        A refusal of amoCRM is a 502 and stores nothing; a clock that would go back is a 409.
        """
        return await self._to_the_end(self._connect(name, connection, code, state))

    async def _to_the_end(self, change: Coroutine[None, None, T]) -> T:
        """Let a change run to its end even if its caller goes away and the handler is cancelled."""
        task = asyncio.get_running_loop().create_task(change)
        self._changes.add(task)
        task.add_done_callback(self._changes.discard)
        return await asyncio.shield(task)

    def _changing(self, name: str) -> asyncio.Lock:
        """Changes of one tenant follow each other. A lock goes away when nobody holds it or waits for it."""
        return self._locks.setdefault(name, asyncio.Lock())

    async def _connect(self, name: str, connection: Connection, code: str, state: ClockState) -> Tenant:
        async with self._changing(name):
            self._refuse_going_back(name, state)
            with ExitStack() as cleanup:
                draft = self._spares.pop() if self._spares else SqliteStore.create()
                cleanup.callback(self._put_aside, draft)
                tokens = await self._exchange_code(draft, connection, code, state)
                if name in self._tenants:
                    async with self._down(name) as store:
                        await store.save_account(connection, tokens, state)
                        return await self._run_connected(name, store)
                await draft.save_account(connection, tokens, state)
                cleanup.pop_all()
                return await self._run_connected(name, self._settled(name, draft))

    async def _exchange_code(
        self, draft: SqliteStore, connection: Connection, code: str, state: ClockState
    ) -> TokenPair:
        activity = Activity()
        clock = new_clock(draft, activity, state)
        transport = Transport(self._session, activity, clock, connection.amocrm.base_url)
        try:
            with activity.working():
                async with asyncio.timeout(CONNECT_LIMIT_S):
                    return await exchange_code(transport, clock, connection.amocrm, code)
        except (UnavailableError, RefusedError, TimeoutError) as error:
            raise Problem(502, "amoCRM refused the connection", str(error) or "no answer in time") from None
        finally:
            clock.stop()

    def _refuse_going_back(self, name: str, state: ClockState) -> None:
        old = self._tenants.get(name)
        if old and old.clock_kind == "manual" and state.now and state.now < old.clock.now():
            raise Problem(409, "Time goes back", f"The clock of {name!r} is at {old.clock.now().isoformat()}")

    async def remove(self, name: str) -> None:
        """Stop the tenant and forget everything about it, its snapshots too."""
        await self._to_the_end(self._remove(name))

    async def _remove(self, name: str) -> None:
        async with self._changing(name):
            path = self._path(name)
            if path is None or not path.is_file():  # one whose file cannot be opened is removed too
                self.get(name)
            if name in self._tenants:
                async with self._down(name) as store:
                    self._put_aside(store)
            if hub := self._hubs.pop(name, None):
                await hub.close("the tenant is gone")
            self._snapshots.forget(name)  # before the file: what a kill leaves can be removed again
            if path is not None:
                path.unlink(missing_ok=True)

    async def take_snapshot(self, name: str, snapshot: str) -> None:
        """Keep the tenant as it is under a name; one of that name is replaced."""
        self._snapshots.keep(name, snapshot, self.get(name).store.image())

    async def copy(self, origin: str, name: str, connection: Connection, state: ClockState) -> Tenant:
        """Begin the tenant `name` as `origin` is now, but for addresses and clock. A tenant of that name is a 409."""
        return await self._to_the_end(self._copy(origin, name, connection, state))

    async def _copy(self, origin: str, name: str, connection: Connection, state: ClockState) -> Tenant:
        async with self._changing(name):
            if name in self._tenants:
                raise Problem(409, "Tenant exists", f"There is a tenant {name!r} already: a copy is a new one")
            # In memory until it has its own addresses, so that a kill leaves no tenant that works at those of another.
            draft = SqliteStore.create(self.get(origin).store.image())
            await draft.save_account(connection, await draft.tokens(), state)
            return await self._run(name, self._settled(name, draft))

    async def restore_snapshot(self, name: str, snapshot: str, now: datetime | None = None) -> Tenant:
        """Stop the tenant, put the snapshot in its place and start it, on a clock that shows `now`.

        Without `now` a manual clock shows the time of the snapshot, and a live one what it would show anyway. The
        addresses are no state: they stay those it was told last.
        """
        return await self._to_the_end(self._restore(name, snapshot, now))

    async def _restore(self, name: str, snapshot: str, now: datetime | None) -> Tenant:
        async with self._changing(name):
            told = await self.get(name).store.connection()
            # Ready before the tenant stops, so that a snapshot that is of no use leaves it at work.
            draft = await self._draft(self._snapshots.find(name, snapshot), told, now)
            async with self._down(name) as old:
                if not old.in_memory:
                    old.close()
                tenant = await self._run(name, self._settled(name, draft))
                old.close()
                return tenant

    async def _draft(self, image: Image, told: Connection, now: datetime | None) -> SqliteStore:
        """The tenant of `image` in memory, at the addresses of `told` and at the time `now`."""
        draft = SqliteStore.create(image)
        state = await draft.clock_state()
        connection = (await draft.connection()).at_addresses_of(told)
        new_state = clock_state(state.kind, now) if now is not None else state
        await draft.save_account(connection, await draft.tokens(), new_state)
        return draft

    def _settled(self, name: str, draft: SqliteStore) -> SqliteStore:
        """The store that the tenant of this draft is to work on: its file, or the draft itself without a folder."""
        if (path := self._path(name)) is None:
            return draft
        try:
            return SqliteStore.create(draft.image(), path)
        except (OSError, sqlite3.Error, DamagedError) as error:
            raise Problem(503, "Tenant not stored", f"The tenant {name!r} cannot be stored: {error}") from None
        finally:
            self._put_aside(draft)

    async def _run_connected(self, name: str, store: SqliteStore) -> Tenant:
        tenant = await self._run(name, store)
        tenant.prepare_account()
        return tenant

    async def _run(self, name: str, store: SqliteStore) -> Tenant:
        tenant = await Tenant.load(store, self._session, self.hub(name))
        await tenant.start()
        self._tenants[name] = tenant
        return tenant

    @asynccontextmanager
    async def _down(self, name: str) -> AsyncIterator[SqliteStore]:
        """The tenant does not run inside the block, which has its open store: it is "restarting". If the block fails,
        it runs again."""
        self._restarting.add(name)
        tenant = self._tenants.pop(name)
        try:
            await tenant.stop()
            yield tenant.store
        except Exception:
            await self._run(name, self._again(name, tenant.store))
            raise
        finally:
            self._restarting.discard(name)

    def _again(self, name: str, store: SqliteStore) -> SqliteStore:
        """The store of a tenant that was stopped, which may be closed if it is a file."""
        if (path := self._path(name)) is None:
            return store
        store.close()
        return SqliteStore.open(path)

    def _put_aside(self, store: SqliteStore) -> None:
        """A store in memory is emptied and used for the next tenant: a fresh one costs most of a tenant's start."""
        if store.in_memory and len(self._spares) < SPARES:
            store.empty()
            self._spares.append(store)
        else:
            store.close()

    def _path(self, name: str) -> Path | None:
        return None if self._data is None else self._data / f"{name}.sqlite3"
