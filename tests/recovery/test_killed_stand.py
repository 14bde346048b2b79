"""A stand with a data folder is killed while clients write: what was answered 2xx is there afterwards, once."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from emulator.stand.cli import main
from features.driver import Driver
from tests.recovery.program import Program

Run = Callable[..., Any]

WRITERS = 4
LIVES = 5


@dataclass
class StandProcess:
    """`amostand up --data` in a process of its own, through its lives."""

    data: Path
    urls: dict[str, str] = field(default_factory=dict)
    program: Program = field(default_factory=lambda: Program("emulator.stand.cli", main))

    def start(self) -> None:
        self.urls = json.loads(self.program.start("up", "--json", "--port", "0", "--data", str(self.data)))

    def end(self, how: signal.Signals) -> int:
        return self.program.end(how)


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandProcess]:
    """One for the tests of this module; some of them kill it and start it again. It also goes politely."""
    process = StandProcess(tmp_path_factory.mktemp("stand") / "data")
    process.start()
    yield process
    assert process.end(signal.SIGTERM) == 0


async def made(http: aiohttp.ClientSession, stand: StandProcess, **wanted: Any) -> None:
    async with http.post(f"{stand.urls['stand']}/_stand/worlds", json=wanted) as answer:
        assert answer.status == 201, await answer.text()


async def found(http: aiohttp.ClientSession, stand: StandProcess, name: str) -> Driver:
    control = f"{stand.urls['stand']}/_stand/worlds/{name}"
    async with http.get(control) as answer:
        assert answer.status == 200, await answer.text()
        return Driver(http, control, await answer.json())


class Writers:
    """Clients that make contacts as fast as they can, one by one and in batches, and remember every answer."""

    def __init__(self, http: aiohttp.ClientSession, draw: random.Random) -> None:
        self.http = http
        self.draw = draw
        self.sent: set[str] = set()
        self.answered: dict[int, str] = {}
        self.answers = 0

    async def write_until(self, driver: Driver, answers: int, kill: Callable[[], object]) -> None:
        """Write; once there are that many answers more, `kill` the stand in the middle of it all."""
        self.answers = 0
        writing = [asyncio.ensure_future(self._write(driver, number)) for number in range(WRITERS)]
        while self.answers < answers:
            assert not any(task.done() for task in writing), "a client was refused"
            await asyncio.sleep(0)
        kill()
        await asyncio.gather(*writing)

    async def _write(self, driver: Driver, writer: int) -> None:
        amocrm = driver.world["amocrm"]
        headers = {"Authorization": f"Bearer {amocrm['access_token']}"}
        while True:
            names = [f"{writer}-{len(self.sent)}-{place}" for place in range(self.draw.choice((1, 1, 2, 7, 20)))]
            self.sent |= set(names)
            body = [{"name": name, "request_id": name} for name in names]
            try:
                async with self.http.post(f"{amocrm['base_url']}/api/v4/contacts", json=body, headers=headers) as said:
                    answer = await said.json(content_type=None)
                    assert said.status == 200, answer
            except (aiohttp.ClientError, OSError):
                return
            self.answers += 1
            made = answer["_embedded"]["contacts"]
            assert len(made) == len(names)
            for each in made:
                assert each["id"] not in self.answered, "an id was given twice"
                self.answered[each["id"]] = each["request_id"]


async def contacts_by_id(driver: Driver) -> dict[int, str]:
    """All contacts, page by page."""
    found: list[tuple[int, str]] = []
    page = 1
    while page:
        said = await driver._amocrm("GET", f"/api/v4/contacts?limit=250&page={page}")
        found += [(each["id"], each["name"]) for each in said["_embedded"]["contacts"]] if said else []
        page = page + 1 if said and "next" in said["_links"] else 0
    assert len(dict(found)) == len(found), "an id is there twice"
    return dict(found)


def test_contacts_that_were_answered_survive_kills_in_the_middle_of_writes(
    run: Run, http: aiohttp.ClientSession, stand: StandProcess, seed: int
) -> None:
    draw = random.Random(seed)
    writers = Writers(http, draw)
    run(made(http, stand, name="written"))
    for life in range(LIVES):
        driver = run(found(http, stand, "written"))
        run(writers.write_until(driver, draw.randint(1, 30 * (life + 1)), lambda: stand.end(signal.SIGKILL)))
        stand.start()
        driver = run(found(http, stand, "written"))
        there = run(contacts_by_id(driver))
        assert {key: there.get(key) for key in writers.answered} == writers.answered
        assert set(there.values()) <= writers.sent
        assert len(set(there.values())) == len(there), "a contact is there twice"
    assert len(writers.answered) > LIVES


def test_everything_that_was_answered_survives_a_kill(
    run: Run, http: aiohttp.ClientSession, stand: StandProcess
) -> None:
    """Time, settings, calls, snapshots, forks and what the integration made of them."""

    async def before() -> dict[str, Any]:
        await made(http, stand, name="mine")
        driver = await found(http, stand, "mine")
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await driver._control("POST", "/snapshots/empty", {})
        await driver.call_arrives("+79161234567")
        await driver._control("POST", "/fork", {"name": "fork"})
        await driver.time_passes(timedelta(hours=5))
        return await seen(driver)

    async def seen(driver: Driver) -> dict[str, Any]:
        contacts = [(each["id"], each["name"], each["responsible_user_id"]) for each in await driver.contacts()]
        return {"now": await driver.now(), "contacts": contacts, "calls": await driver._control("GET", "/calls")}

    async def after() -> dict[str, Any]:
        driver, fork = await found(http, stand, "mine"), await found(http, stand, "fork")
        there = await seen(driver)
        assert [each["id"] for each in await fork.contacts()] == [each[0] for each in there["contacts"]]
        assert await fork.now() == there["now"] - timedelta(hours=5)
        await driver._control("POST", "/snapshots/empty/restore", {})
        assert await driver.contacts() == []
        assert len(await fork.contacts()) == 1
        return there

    told = run(before())
    stand.end(signal.SIGKILL)
    stand.start()
    assert run(after()) == told


def test_a_second_stand_on_the_folder_is_refused(stand: StandProcess) -> None:
    command = [sys.executable, "-m", "emulator.stand.cli", "up", "--json", "--port", "0", "--data", str(stand.data)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode != 0
    assert "another stand works on the folder" in second.stderr
