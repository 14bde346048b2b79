"""An integration in this process that can die at any commit and any request, and live on from its file.

`Lives` is one port and one folder. Behind the port stands the application of the present life. When it dies, all that
it was doing is cancelled where it stands, its database is closed without a commit, and a new application opens the
file. What the telephony was telling it is cut off, so that it is told again as after any crash; what the stand asks of
it as its instrument (contract §2) waits for the next life. `test_killed.py` proves that this is how a process dies.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from integration.amocrm.transport import Transport
from integration.app import create_app
from integration.http.keys import TENANTS
from integration.store.database import Database

Where = tuple[str, int, str]
"""A place in a life: "commit" or "request", the n-th, "before" or "after" it."""


@dataclass(frozen=True)
class Passed:
    """Something that a life came by: the n-th `commit` or the n-th `request`, counted from 1."""

    what: str
    number: int
    name: str


@dataclass(eq=False)
class Life:
    """One application, from its start to its death."""

    runner: web.AppRunner
    databases: set[Database] = field(default_factory=set)
    at_work: set[asyncio.Future[Any]] = field(default_factory=set)
    """Requests to it that have no answer yet."""
    over: bool = False

    @property
    def app(self) -> web.Application:
        return self.runner.app

    def end(self) -> None:
        """At once, wherever it is."""
        self.over = True
        for database in self.databases:
            database._connection.close()
        tenants = self.app[TENANTS]
        working = [task for tenant in tenants._tenants.values() for task in tenant.activity._tasks]
        for task in (*self.at_work, *tenants._changes, *working):
            task.cancel()


class Lives:
    """Use as `async with Lives(folder).open()`, inside of `hooked`."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._life: Life | None = None
        self._born = asyncio.Event()
        self._wheres: list[Where] = []
        self._what: Callable[[], None] = self.die
        self.met = False
        """Whether it has been wherever something was to happen."""
        self._rebirth: asyncio.Task[None] | None = None
        self.passed: list[Passed] = []
        self.url = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Lives]:
        front = web.Application(client_max_size=0)
        front.router.add_route("*", "/{path:.*}", self._pass_on)
        runner = web.AppRunner(front, access_log=None, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        await self._begin()
        yield self
        await runner.cleanup()
        assert self._life is not None
        await self._life.runner.cleanup()

    def watch(self, *wheres: Where, what: Callable[[], None] | None = None) -> None:
        """Count anew. `wheres` something is to happen, one after the other; unless it is said what, it dies there."""
        self.passed, self.met = [], False
        self._wheres, self._what = [*wheres], what or self.die

    async def _begin(self) -> None:
        self._life = Life(web.AppRunner(create_app(self.data)))
        await self._life.runner.setup()
        self._born.set()

    async def _again(self, dead: Life) -> None:
        """The connections of the dead life go, and the next one begins."""
        with suppress(Exception):  # of one that finds its database closed
            await dead.runner.cleanup()
        await self._begin()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        while True:
            await self._born.wait()
            life = self._life
            assert life is not None
            answer = asyncio.ensure_future(life.app._handle(request))
            life.at_work.add(answer)
            try:
                await asyncio.wait([answer])
            finally:
                life.at_work.discard(answer)
                answer.cancel()
            if not life.over:
                return await answer
            if request.path.startswith("/telephony/"):
                if request.transport is not None:
                    request.transport.abort()
                return web.Response(status=499)

    def come_to(self, what: str, name: str) -> int:
        """A life comes to a commit or a request; its number. If it is to die before it, this does not return."""
        number = 1 + sum(each.what == what for each in self.passed)
        self.passed.append(Passed(what, number, name))
        self._here(what, number, "before")
        return number

    def leave(self, what: str, number: int) -> None:
        """It is committed, or the answer has come. If it is to die after it, this does not return."""
        self._here(what, number, "after")

    def _here(self, *here: Any) -> None:
        if self._wheres[:1] == [here]:
            self._wheres.pop(0)
            self.met = not self._wheres
            self._what()

    def die(self) -> None:
        """End this life and begin the next. Does not return."""
        assert self._life is not None
        self._born.clear()
        self._life.end()
        self._rebirth = asyncio.ensure_future(self._again(self._life))
        raise asyncio.CancelledError("the integration dies here")

    def owns(self, database: Database) -> bool:
        """Whether it is the file of a tenant of the present life, as it is at work."""
        return self._life is not None and not self._life.over and database in self._life.databases

    def opened(self, database: Database) -> None:
        if database.path is not None and database.path.parent == self.data and self._life is not None:
            self._life.databases.add(database)

    def sends(self, transport: Transport) -> bool:
        """Whether it is the present life that sends by this."""
        life = self._life
        return life is not None and TENANTS in life.app and transport._session is life.app[TENANTS]._session


@contextmanager
def hooked(lives: Lives) -> Iterator[None]:
    """Have every database and every transport of `lives` tell what it comes by."""
    with pytest.MonkeyPatch.context() as patch:
        _hook_database(lives, patch)
        _hook_transport(lives, patch)
        yield


def _hook_database(lives: Lives, patch: pytest.MonkeyPatch) -> None:
    begin = Database.__init__

    def init(self: Database, *arguments: Any) -> None:
        begin(self, *arguments)
        lives.opened(self)

    patch.setattr(Database, "__init__", init)
    for name in ("run", "row", "rows"):
        patch.setattr(Database, name, _commits(lives, getattr(Database, name)))
    patch.setattr(Database, "transaction", _transaction(lives))


def _commits(lives: Lives, statement: Callable[..., Any]) -> Callable[..., Any]:
    """A statement that writes outside of a transaction commits by itself."""

    @wraps(statement)
    def watched(self: Database, sql: str, *values: Any) -> Any:
        words = sql.split()
        if words[0] == "SELECT" or self._connection.in_transaction or not lives.owns(self):
            return statement(self, sql, *values)
        number = lives.come_to("commit", " ".join(words[:3]))
        done = statement(self, sql, *values)
        lives.leave("commit", number)
        return done

    return watched


def _transaction(lives: Lives) -> Callable[[Database], Any]:
    @contextmanager
    def transaction(self: Database) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        number = lives.come_to("commit", "transaction") if lives.owns(self) else 0
        self._connection.execute("COMMIT")
        lives.leave("commit", number)

    return transaction


def _hook_transport(lives: Lives, patch: pytest.MonkeyPatch) -> None:
    send = Transport.send

    @wraps(send)
    async def watched(self: Transport, method: str, path: str, **more: Any) -> Any:
        if not lives.sends(self):
            return await send(self, method, path, **more)
        number = lives.come_to("request", f"{method} {path}")
        answer = await send(self, method, path, **more)
        lives.leave("request", number)
        return answer

    patch.setattr(Transport, "send", watched)
