"""Parallel across numbers, one at a time within a number (design §5)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from features.driver import Driver

Run = Callable[..., Any]


def test_fifty_unknown_numbers_at_one_instant_while_amocrm_is_slow(
    run: Run, make_driver: Callable[..., Driver]
) -> None:
    """amoCRM answers each request 1 s late: all fifty contacts exist at +3 s, not at +50 s."""
    driver = make_driver()

    async def story() -> None:
        await driver.goes_wrong(target="amocrm", match={"path": "/api/v4/*"}, action={"delay": 1}, times=None)
        await asyncio.gather(*(driver.call_arrives(f"+79160000{number:03}") for number in range(50)))
        await driver.time_passes(timedelta(seconds=3))
        await driver.all_goes_well()
        assert len(await driver.contacts()) == 50

    run(story())


def test_two_calls_of_one_unknown_number_at_the_same_instant_while_amocrm_is_slow(
    run: Run, make_driver: Callable[..., Driver]
) -> None:
    driver = make_driver()

    async def story() -> None:
        await driver.goes_wrong(target="amocrm", match={"path": "/api/v4/*"}, action={"delay": 1}, times=None)
        await driver.together(driver.call_arrives("+79161234567"), driver.call_arrives("8 (916) 123-45-67"))
        await driver.time_passes(timedelta(seconds=10))
        await driver.all_goes_well()
        assert len(await driver.contacts()) == 1

    run(story())
