"""A snapshot replaces the one of its name only when it is whole, at the integration too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest

from emulator.core.errors import Unavailable
from emulator.stand.stand import Stand
from features.driver import Driver
from tests.unit.stand.conftest import Control
from tests.unit.stand.test_snapshots import HOUR, a_plain_integration, everything_of, restored, taken


@pytest.mark.parametrize("has_folder", [False, True])
async def test_a_snapshot_that_fails_leaves_the_one_of_its_name_whole(
    tmp_path: Path, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch, has_folder: bool
) -> None:
    """The integration has stored its part and its answer is lost; the tester asks again later."""
    async with Stand(data=tmp_path if has_folder else None) as stand:
        control = Control(http, stand.urls["stand"])
        status, world = await control.ask("POST", "/_stand/worlds", {"name": "one"})
        assert status == 201
        driver = Driver(http, f"{control.url}/_stand/worlds/one", world)
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await taken(driver)
        before = await everything_of(driver)
        await driver.change_settings(**{"calls.primary_mode": "manual"})
        await driver.time_passes(HOUR)
        link = stand.find("one").integration
        with monkeypatch.context() as patch:
            patch.setattr(link, "take_snapshot", lost_after(link.take_snapshot))
            assert (await control.ask("POST", "/_stand/worlds/one/snapshots/first"))[0] == 503
        await restored(driver)
        assert await everything_of(driver) == before
        await driver.time_passes(HOUR)
        later = await everything_of(driver)
        await taken(driver)
        await driver.change_settings(**{"calls.primary_mode": "manual"})
        await restored(driver)
        assert await everything_of(driver) == later


def lost_after(ask: Callable[[str], Awaitable[None]]) -> Callable[[str], Awaitable[None]]:
    async def asked(name: str) -> None:
        await ask(name)
        raise Unavailable("the answer is lost")

    return asked


async def test_snapshots_that_replace_each_other_do_not_pile_up_at_the_integration(control: Control) -> None:
    async with (
        a_plain_integration({"snapshot": True}) as (url, asked),
        control.world(integration=url) as driver,
    ):
        for _ in range(5):
            await taken(driver)
        await restored(driver)
        names = [path.rsplit("/", 1)[1] for path in asked if "/snapshots/" in path and not path.endswith("restore")]
        assert names == ["1", "2", "1", "2", "1"]
        assert asked[-1].endswith("/snapshots/1/restore")
