"""An account behind a real TCP server: one server and client a session, a fresh account a test."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import orjson
import pytest
from aiohttp.test_utils import TestServer

from emulator.amocrm.account import Account, PersonSpec
from emulator.amocrm.accounts import Accounts
from emulator.amocrm.app import create_app
from emulator.amocrm.profile import Profile
from emulator.core.clock import ManualClock
from emulator.core.database import Databases
from emulator.core.ground import Ground
from tests.routes import hits

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOON_UNIX = int(NOON.timestamp())
REDIRECT = "https://pbx.test/back"
PEOPLE = [
    PersonSpec("Ольга", "olga@acme.test", is_admin=True),
    PersonSpec("Рита", "rita@acme.test"),
    PersonSpec("Анна", "anna@acme.test", group="Поддержка"),
]


@dataclass
class Answer:
    """Status, exact Content-Type, headers and body: decoded JSON, None when empty, otherwise text."""

    status: int
    type: str
    headers: Any
    body: Any

    def items(self, name: str) -> list[Any]:
        found: list[Any] = self.body["_embedded"][name]
        return found


@dataclass
class Client:
    """A client of the API with one bearer token."""

    session: aiohttp.ClientSession
    base: str
    token: str | None

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        data = body.encode() if isinstance(body, str) else None if body is None else orjson.dumps(body)
        url = path if path.startswith("http") else self.base + path
        async with self.session.request(method, url, data=data, headers=headers) as response:
            raw = await response.read()
            kind = response.headers.get("Content-Type", "")
            body = None if not raw else orjson.loads(raw) if "json" in kind else raw.decode()
            return Answer(response.status, kind, response.headers, body)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", path, **headers)

    async def post(self, path: str, body: Any) -> Answer:
        return await self.ask("POST", path, body)

    async def patch(self, path: str, body: Any) -> Answer:
        return await self.ask("PATCH", path, body)

    async def contact(self, phone: str | None = None, **fields: Any) -> int:
        """A new contact; returns the id."""
        phones = [{"field_code": "PHONE", "values": [{"value": phone}]}] if phone else None
        answer = await self.post("/api/v4/contacts", [{"custom_fields_values": phones, **fields}])
        assert answer.status == 200, answer.body
        return int(answer.items("contacts")[0]["id"])


@dataclass
class Scene:
    """One account, its clock and a client that acts as its first user."""

    account: Account
    client: Client
    accounts: Accounts

    @property
    def users(self) -> list[int]:
        return self.account.user_ids

    async def pass_time(self, **delta: float) -> None:
        async def settled() -> None:
            pass

        clock = self.account.ground.clock
        await clock.advance(clock.now() + timedelta(**delta), settled, [])


MakeScene = Callable[..., Scene]


@pytest.fixture(scope="session")
def server(loop: asyncio.AbstractEventLoop) -> Iterator[tuple[Accounts, str, aiohttp.ClientSession]]:
    accounts = Accounts()
    server = TestServer(create_app(accounts))

    async def start() -> aiohttp.ClientSession:
        await server.start_server()
        return aiohttp.ClientSession()

    session = loop.run_until_complete(start())
    yield accounts, str(server.make_url("")).rstrip("/"), session
    loop.run_until_complete(session.close())
    loop.run_until_complete(server.close())


@pytest.fixture(scope="session")
def seeds() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """What closed accounts leave to the next ones, as in a stand."""
    databases = Databases()
    yield databases
    databases.close()


@pytest.fixture
def make_scene(
    request: pytest.FixtureRequest,
    server: tuple[Accounts, str, aiohttp.ClientSession],
    seeds: Iterator[int],
    loop: asyncio.AbstractEventLoop,
    databases: Databases,
) -> Iterator[MakeScene]:
    """Scenes of worlds of their own; switches of the profile as keywords; a seed where it matters."""
    accounts, base, session = server
    opened: list[Account] = []

    def make(profile: str = "documented", seed: int | None = None, **switches: Any) -> Scene:
        seed = next(seeds) if seed is None else seed
        ground = Ground.lay(f"w{seed}", ManualClock(NOON), seed, ZoneInfo("Europe/Moscow"), databases)
        account = Account.open(
            ground,
            subdomain=f"w{seed}",
            profile=Profile.named(profile, switches),
            people=PEOPLE,
            name="Acme",
            session=lambda: session,
        )
        accounts.add(account)
        opened.append(account)
        client_id = account.oauth.register_client("test", REDIRECT).client_id
        token = account.oauth.long_lived_token(client_id, account.user_ids[0])
        return Scene(account, Client(session, base, token), accounts)

    yield make
    for account in opened:
        answers = account.ground.journal.entries(kind="response")
        hits.keep(request.config, hits.OWN, ((entry.subject, entry.data["status"]) for entry in answers))
        accounts.remove(account)
        loop.run_until_complete(account.close())


@pytest.fixture
def scene(make_scene: MakeScene) -> Scene:
    return make_scene()


@pytest.fixture
def client(scene: Scene) -> Client:
    return scene.client
