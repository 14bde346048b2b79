"""A stand inline, and an integration in a process of its own that can be killed and started again."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from emulator.stand.pytest_plugin import INLINE
from features.driver import Driver
from integration.__main__ import main
from tests.recovery.flows import Flow
from tests.recovery.lives import Lives, hooked
from tests.recovery.playing import Played, Theatre
from tests.recovery.program import Program

Run = Callable[..., Any]


@dataclass
class IntegrationProcess:
    """`python -m integration` on one port and one folder, through its lives."""

    data: Path
    port: int = 0
    program: Program = field(default_factory=lambda: Program("integration", main))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        ready = json.loads(self.program.start("--port", str(self.port), "--data", str(self.data)))
        self.port = int(ready["integration"].rsplit(":", 1)[1])

    def kill(self) -> None:
        """SIGKILL: nothing is said goodbye to."""
        self.program.end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        return self.program.end(signal.SIGTERM)


@pytest.fixture(scope="module")
def integration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IntegrationProcess]:
    """One for the tests of a module; each of them kills it and starts it again. It also goes politely."""
    process = IntegrationProcess(tmp_path_factory.mktemp("integration"))
    process.start()
    yield process
    assert process.stop() == 0


@pytest.fixture(scope="session")
def theatre(
    request: pytest.FixtureRequest,
    run: Run,
    http: aiohttp.ClientSession,
    stand_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Theatre]:
    lives = Lives(tmp_path_factory.mktemp("lives"))
    with hooked(lives):
        opened = lives.open()
        run(opened.__aenter__())
        yield Theatre(request.config.stash[INLINE], http, lives)
        run(opened.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def undisturbed(run: Run, theatre: Theatre) -> Callable[[Flow], Played]:
    """A flow without trouble, played once."""
    kept: dict[str, Played] = {}

    def played(flow: Flow) -> Played:
        if flow.name not in kept:
            kept[flow.name] = run(theatre.play(flow))
        return kept[flow.name]

    return played


GONE_THROUGH: pytest.StashKey[Counter[str]] = pytest.StashKey()


@pytest.fixture(scope="session")
def gone_through(request: pytest.FixtureRequest) -> Counter[str]:
    """How many points of each kind were gone through, which is told at the end."""
    return request.config.stash.setdefault(GONE_THROUGH, Counter())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if counts := config.stash.get(GONE_THROUGH, None):
        told = ", ".join(f"{count} of {kind}" for kind, count in counts.items())
        terminalreporter.write_line(f"recovery: {counts.total()} points ({told})")


@pytest.fixture
def make_driver(
    run: Callable[..., Any], http: aiohttp.ClientSession, stand_url: str, seed: int
) -> Iterator[Callable[..., Driver]]:
    """Makes a driver of a fresh world in the mode «Создавать контакт»."""
    made: list[Driver] = []

    async def create(wanted: dict[str, Any]) -> Driver:
        async with http.post(f"{stand_url}/_stand/worlds", json={"seed": seed, **wanted}) as answer:
            world = await answer.json()
            assert answer.status == 201, world
        driver = Driver(http, f"{stand_url}/_stand/worlds/{world['id']}", world)
        await driver.change_settings(**{"calls.primary_mode": "contact", "calls.success_tag": "Успех"})
        return driver

    def make(**wanted: Any) -> Driver:
        made.append(run(create(wanted)))
        return made[-1]

    async def delete(driver: Driver) -> None:
        async with http.delete(driver.control):
            pass

    yield make
    for driver in made:
        run(delete(driver))
