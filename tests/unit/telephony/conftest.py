"""An office on a manual clock: Anna and Boris with several numbers, Viktor with none that is active."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import orjson
import pytest
from aiohttp import web

from emulator.core.clock import ManualClock
from emulator.core.database import Databases
from emulator.core.ground import Ground
from emulator.core.sender import Destination
from emulator.core.settle import settle
from emulator.telephony import (
    Accounts,
    EmployeeSpec,
    NumberOfEmployee,
    NumberSpec,
    TelephonyAccount,
    create_app,
)

ARRIVAL = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CONTACT = "+79161234567"
MAIN = "+74951112233"
SILENT = "+74951112244"
"""A virtual number whose calls are not recorded."""

STAFF = [
    EmployeeSpec(
        "Anna", "anna@office.test", [NumberOfEmployee("100101", "SIP"), NumberOfEmployee("+79030000001", "PSTN")]
    ),
    EmployeeSpec(
        "Boris",
        "boris@office.test",
        [
            NumberOfEmployee("100201", "SIP", active=False),
            NumberOfEmployee("100202", "SIP", is_recorded=False),
            NumberOfEmployee("8 903 000-00-02", "PSTN"),
        ],
    ),
    EmployeeSpec("Viktor", "viktor@office.test", [NumberOfEmployee("100301", "SIP", active=False)]),
]


@dataclass
class Receiver:
    """The integration's end: what was posted, and with which status it answers."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(orjson.loads(await request.read()))
        self.headers.append(dict(request.headers))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@dataclass
class Office:
    """One account with its world; `receiver.url` empty means that no integration is connected."""

    ground: Ground
    accounts: Accounts
    receiver: Receiver
    session: aiohttp.ClientSession
    url: str
    account: TelephonyAccount = field(init=False)

    def open(self, path: Any = None) -> TelephonyAccount:
        self.account = TelephonyAccount.open(
            self.ground,
            name="Office",
            employees=STAFF,
            virtual_numbers=[
                NumberSpec(MAIN, "main"),
                NumberSpec(SILENT, "silent", "call_tracking", is_recorded=False),
            ],
            base_url=self.url,
            integration=self.destination,
            session=lambda: self.session,
            path=path,
        )
        self.accounts.add(self.account)
        return self.account

    def destination(self) -> Destination | None:
        url = self.receiver.url
        return Destination(url, {"Authorization": "Bearer secret"}) if url else None

    def id_of(self, name: str) -> int:
        found = self.account.database.value(
            "SELECT id FROM employees WHERE casefold(full_name) = ? AND NOT is_deleted", name
        )
        assert found is not None, f"nobody is called {name}"
        return int(found)

    def name_of(self, employee_id: int | None) -> str | None:
        return next((each.full_name.lower() for each in self.account.employees if each.id == employee_id), None)

    def do(self, call: int, verb: str, **people: Any) -> None:
        """A verb with people by name."""
        words = {key: self._ids(value) if key in ("who", "by", "to") else value for key, value in people.items()}
        self.account.calls.do(call, verb, **words)

    def _ids(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.id_of(each) for each in value]
        return value if value == "contact" else self.id_of(value)

    async def play(self, call: int, script: list[tuple[float, str, dict[str, Any]]]) -> None:
        """(seconds since now, verb, people), on the world's clock."""
        start = self.ground.clock.now()
        for at, verb, people in script:
            await self.ground.clock.advance(start + timedelta(seconds=at), self.settle, [])
            self.do(call, verb, **people)
        await self.settle()

    async def pass_time(self, seconds: float) -> None:
        await self.ground.clock.advance(self.ground.clock.now() + timedelta(seconds=seconds), self.settle, [])

    async def settle(self) -> None:
        await settle(self.ground.work, None, [])

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """A Data API call over TCP; the whole answer."""
        given = {"access_token": self.account.issue_token("client"), **params}
        return await self.post({"jsonrpc": "2.0", "id": "req1", "method": method, "params": given})

    async def post(self, body: Any) -> dict[str, Any]:
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        async with self.session.post(f"{self.url}/v2.0", data=data) as answer:
            assert answer.status == 200
            return dict(orjson.loads(await answer.read()))

    async def report(self, method: str = "get.calls_report", **params: Any) -> list[dict[str, Any]]:
        """The rows of a report on the day of the calls."""
        period = {"date_from": "2026-03-02 00:00:00", "date_till": "2026-03-02 23:59:59"}
        answer = await self.ask(method, **period, **params)
        assert "error" not in answer, answer
        return list(answer["result"]["data"])


@dataclass
class Line:
    """Servers that live as long as the session."""

    accounts: Accounts
    url: str
    receiver: Receiver
    receiver_url: str
    session: aiohttp.ClientSession
    databases: Databases
    """Shared, because compiling the statements anew is most of what an account costs."""


@pytest.fixture(scope="session")
def line(loop: asyncio.AbstractEventLoop) -> Iterator[Line]:
    accounts, receiver = Accounts(), Receiver()
    inbox = web.Application()

    async def take(request: web.Request) -> web.Response:
        return await line.receiver.take(request)

    inbox.router.add_post("/telephony/t/events", take)
    runners = [web.AppRunner(create_app(accounts)), web.AppRunner(inbox)]
    urls = [loop.run_until_complete(start(runner)) for runner in runners]

    async def client() -> aiohttp.ClientSession:
        return aiohttp.ClientSession()

    session = loop.run_until_complete(client())
    line = Line(accounts, urls[0], receiver, f"{urls[1]}/telephony/t/events", session, Databases())
    yield line
    line.databases.close()
    loop.run_until_complete(line.session.close())
    for runner in runners:
        loop.run_until_complete(runner.cleanup())


async def start(runner: web.AppRunner) -> str:
    """The base URL at which `runner` serves from now on."""
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"


@pytest.fixture
def office(loop: asyncio.AbstractEventLoop, line: Line) -> Iterator[Office]:
    """An office without an integration."""
    line.receiver = Receiver()
    ground = Ground.lay("t", ManualClock(ARRIVAL), 7, ZoneInfo("Europe/Moscow"), line.databases)
    office = Office(ground, line.accounts, line.receiver, line.session, line.url)
    office.open()
    yield office
    line.accounts.remove(office.account)
    loop.run_until_complete(ground.close())
    loop.run_until_complete(office.account.close())
    assert ground.work.failures == []


@pytest.fixture
def connected(office: Office, line: Line) -> Office:
    """The office with an integration that takes events over TCP."""
    office.receiver.url = line.receiver_url
    return office
