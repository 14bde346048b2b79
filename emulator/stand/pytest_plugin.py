"""Fixtures for tests and features on a stand. Load it with `-p emulator.stand.pytest_plugin`.

`stand_url` is the base URL of a control plane: of a stand inline on the session's loop, or, with `--served`, of a
process of its own, or, with `--stand URL`, of one that runs already. `world` is a fresh world per test, built from the
hash of the test's node id and deleted afterwards; it is the JSON object of contract §1. Override `world_request` to ask
for another one, say at another time. `run` runs a coroutine on the session's loop, where an inline stand stands still
between steps.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine, Iterator
from hashlib import blake2b
from typing import Any

import aiohttp
import orjson
import pytest

from emulator.core.ids import MAX_SEED
from emulator.stand import parked
from emulator.stand.served import served
from emulator.stand.stand import Stand
from emulator.stand.world import World

Run = Callable[[Coroutine[Any, Any, Any]], Any]

INLINE: pytest.StashKey[Stand] = pytest.StashKey()
"""The stand inline, whose rows can be looked at."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("amostand")
    group.addoption("--served", action="store_true", help="run against a stand in a process of its own")
    group.addoption("--stand", metavar="URL", help="run against the stand at this base URL")
    group.addoption("--integration", metavar="URL", default="builtin", help="connect this integration to each world")


_GARBAGE = (200_000, 20, 20)
"""How much is made before it is looked through for cycles: tests have memory, and looking took a twentieth of a run
when it was done as often as usual. It is 20 MB a part."""


def pytest_collection_finish() -> None:
    """What was imported and collected stays for the run: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE)


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The loop of the session; all inline servers and clients share it."""
    loop = asyncio.SelectorEventLoop()
    asyncio.set_event_loop(loop)
    yield loop
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


@pytest.fixture(scope="session")
def run(loop: asyncio.AbstractEventLoop) -> Run:
    return loop.run_until_complete


@pytest.fixture(scope="session")
def http(run: Run) -> Iterator[aiohttp.ClientSession]:
    """One HTTP client for the session."""

    async def opened() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())

    session: aiohttp.ClientSession = run(opened())
    yield session
    run(session.close())


@pytest.fixture(scope="session")
def stand_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The base URL of the control plane."""
    if url := request.config.getoption("--stand"):
        yield url.rstrip("/")
    elif request.config.getoption("--served"):
        with served() as stand:
            yield stand.urls["stand"]
    else:
        yield from _inline(request.getfixturevalue("run"), request.config)


def _inline(run: Run, config: pytest.Config) -> Iterator[str]:
    stand = config.stash[INLINE] = Stand()
    run(stand.__aenter__())
    yield stand.urls["stand"]
    run(stand.__aexit__(None, None, None))


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of this test: the hash of its node id."""
    digest = blake2b(request.node.nodeid.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % (MAX_SEED + 1)


@pytest.fixture
def world_request() -> dict[str, Any]:
    """What the world of this test differs in, as keys of POST /_stand/worlds: nothing, unless overridden."""
    return {}


@pytest.fixture
def world(
    request: pytest.FixtureRequest,
    run: Run,
    http: aiohttp.ClientSession,
    stand_url: str,
    seed: int,
    world_request: dict[str, Any],
) -> Iterator[dict[str, Any]]:
    """A fresh connected world (JSON of contract §1); afterwards its journal is checked and it is deleted."""
    body = {"seed": seed, "integration": request.config.getoption("--integration"), **world_request}
    world: dict[str, Any] = run(_ask(http, "POST", f"{stand_url}/_stand/worlds", body))
    url = f"{stand_url}/_stand/worlds/{world['id']}"
    yield world
    try:
        if INLINE in request.config.stash:
            run(_check(request.config.stash[INLINE].find(world["id"])))
        else:
            run(_check_from_outside(http, url))
    finally:
        run(_ask(http, "DELETE", url))


async def _check(world: World) -> None:
    """Fail when the journal overflowed, or it or a row of the fakes shows the parked process clock."""
    await world.collect_decisions()
    _refuse_parked(parked.in_text(world.ground.journal.raw()))
    if overflowed := world.ground.journal.overflowed:
        pytest.fail(f"the journal overflowed by {overflowed} entries")
    _refuse_parked(", ".join(parked.in_rows(world)))


async def _check_from_outside(http: aiohttp.ClientSession, url: str) -> None:
    """Fail when the journal overflowed or shows the parked process clock."""
    async with http.get(f"{url}/journal") as answer:
        raw = await answer.read()
    _refuse_parked(parked.in_text(raw))
    if overflowed := orjson.loads(raw)["overflowed"]:
        pytest.fail(f"the journal overflowed by {overflowed} entries")


def _refuse_parked(around: str | None) -> None:
    if around:
        pytest.fail(f"something read the process clock instead of the world's: …{around}…")


async def _ask(http: aiohttp.ClientSession, method: str, url: str, body: Any = None) -> Any:
    data = orjson.dumps(body) if body is not None else None
    headers = {"Content-Type": "application/json"} if data else {}
    async with http.request(method, url, data=data, headers=headers) as answer:
        raw = await answer.read()
        if answer.status >= 400:
            pytest.fail(f"{method} {url} answered {answer.status}: {raw.decode()}")
        return orjson.loads(raw) if raw else None
