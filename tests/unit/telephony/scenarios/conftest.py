"""An office whose main number has a scenario, and an integration that answers questions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
import pytest
from aiohttp import web

from emulator.core.work import Piece, one_turn
from emulator.telephony.account import CallView
from emulator.telephony.scenarios.details import Details, OperationDetails
from tests.unit.telephony.conftest import CONTACT, MAIN, Office, start

FAILED = {"failed": "mail"}
MAIL = {"voice_mail": {}}


@dataclass(frozen=True)
class Said:
    """An answer over HTTP that comes after `delay` seconds of world time; with `cut` there is none at all."""

    body: Any = None
    status: int = 200
    delay: float = 0
    cut: bool = False
    hangs: bool = False


HANGS = 200
"""Seconds of world time; longer than anybody listens."""


async def _sent(request: web.Request, response: web.Response) -> None:
    """Send the answer now, and let the other side read it."""
    await response.prepare(request)
    await response.write_eof()
    for _ in range(10):
        await one_turn()


@dataclass
class Integration:
    """The other side: what it was asked, and what it answers, by default that nobody is known."""

    base: str
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Said] = field(default_factory=list)
    online: Callable[[int], Said] = lambda _user: Said({"online": True})
    office: Office | None = None
    listening: dict[str, Piece] = field(default_factory=dict)
    """Who waits for an answer from outside, by the trace of the question. They count as silent from the moment on at
    which a slow answer begins: no real time decides that."""

    @property
    def questions(self) -> list[Any]:
        """The bodies of the questions about managers."""
        return [body for _method, path, body in self.asked if path.endswith("/personal-manager")]

    @property
    def checks(self) -> list[str]:
        """The users whose presence was asked for."""
        return [path.rpartition("/")[2] for _method, path, _body in self.asked if "/presence/" in path]

    async def take(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        if request.path.endswith("/events"):
            self.events.append(orjson.loads(raw))
            return web.Response()
        self.asked.append((request.method, request.path_qs, orjson.loads(raw) if raw else None))
        self.headers.append(dict(request.headers))
        if "/presence/" in request.path:
            return await self._say(request, self.online(int(request.path.rpartition("/")[2])))
        return await self._say(request, self.answers.pop(0) if self.answers else Said({"user_id": None}))

    async def _say(self, request: web.Request, said: Said) -> web.StreamResponse:
        assert self.office is not None
        if said.cut and request.transport:
            request.transport.abort()
        body = said.body if isinstance(said.body, bytes) else orjson.dumps(said.body)
        response = web.Response(body=body, status=said.status, content_type="application/json")
        if said.delay or said.hangs:
            with self.office.ground.work.piece("a slow answer", "integration"):
                if who := self.listening.get(request.headers.get("traceparent", "")):
                    asyncio.get_running_loop().call_soon(who.park)
                await self.office.ground.clock.sleep(timedelta(seconds=said.delay or HANGS))
                await _sent(request, response)
        return response


@dataclass
class Line:
    """A server that lives as long as the session."""

    url: str
    integration: Integration | None = None


@pytest.fixture(scope="session")
def server(loop: asyncio.AbstractEventLoop) -> Iterator[Line]:
    app = web.Application()

    async def take(request: web.Request) -> web.StreamResponse:
        assert line.integration is not None
        return await line.integration.take(request)

    app.router.add_route("*", "/{path:.*}", take)
    runner = web.AppRunner(app, shutdown_timeout=0)
    line = Line(loop.run_until_complete(start(runner)))
    yield line
    loop.run_until_complete(runner.cleanup())


@dataclass
class Pbx:
    """An office and what can be said of calls to its main number."""

    office: Office

    def has(self, operations: dict[str, Any], first: str | None = None, name: str = "day") -> None:
        """The main number leads to a scenario of these operations, people in them by name."""
        document = {"numbers": [MAIN], "first": first or next(iter(operations)), "operations": self._by_id(operations)}
        self.office.account.scenarios.put(name, document)

    def _by_id(self, value: Any) -> Any:
        """People by name in lists become ids."""
        if isinstance(value, dict):
            return {key: self._by_id(each) for key, each in value.items()}
        if isinstance(value, list):
            names = [each.full_name.lower() for each in self.office.account.employees]
            return [self.office.id_of(each) if each in names else self._by_id(each) for each in value]
        return value

    async def call(self, contact: str | None = CONTACT) -> int:
        call = self.office.account.calls.place("in", contact, MAIN)
        await self.office.settle()
        return call

    async def press(self, call: int, digits: str) -> None:
        """The subscriber presses keys."""
        with self.office.account.engine.routed(call, "dtmf") as step:
            if step:
                self.office.account.engine.routing.pressed(step, digits)
        await self.office.settle()

    async def does(self, call: int, verb: str, who: str) -> None:
        self.office.do(call, verb, who=who)
        await self.office.settle()

    def view(self, call: int) -> CallView:
        return self.office.account.calls.get(call)

    def details(self, call: int) -> Details:
        details = self.office.account.routing.details.of(call)
        assert details is not None
        return details

    def operation(self, call: int, name: str) -> OperationDetails:
        """The last passage of the operation called `name`."""
        return next(each for each in reversed(self.details(call).operations) if each.name == name)

    def way(self, call: int) -> list[tuple[str, str | None]]:
        """(operation, exit) in order."""
        return [(each.name, each.exit) for each in self.details(call).operations]

    def is_now(self, name: str, status: str) -> None:
        """Somebody changes their status."""
        self.office.account.staff.cards.change(self.office.id_of(name), {"status": status})
        self.office.account.staff_changed()

    def ringing(self, call: int) -> list[tuple[str | None, str | None]]:
        """(who, number) of the telephones that ring."""
        return [
            (self.office.name_of(leg.employee_id), leg.number) for leg in self.view(call).legs if leg.state == "ringing"
        ]

    def rung(self, call: int) -> list[str | None]:
        """Numbers in the order in which they were rung."""
        return [leg.number for leg in self.view(call).legs if leg.role == "operator"]


@pytest.fixture
def pbx(office: Office) -> Pbx:
    """Without an integration."""
    return Pbx(office)


@pytest.fixture
def integration(office: Office, server: Line) -> Integration:
    """A connected one."""
    integration = server.integration = Integration(server.url, office=office)
    office.receiver.url = f"{server.url}/telephony/t/events"
    return integration
