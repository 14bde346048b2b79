"""Scenarios that were collected, run inside a fork: whether they stay green and who decides in them.

The stand of the session starts with the first scenario of a fork and ends with the fork.
"""

from __future__ import annotations

import signal
from collections.abc import Generator, Iterator
from typing import Any, NamedTuple

import pytest
from _pytest.runner import runtestprotocol

PATIENCE = 20.0
"""Real seconds for one scenario; after that the system ends the fork by SIGALRM."""

_DECIDERS: pytest.StashKey[set[str]] = pytest.StashKey()


class Played(NamedTuple):
    """A scenario that ran: its node id, what it failed of, and the modules of rules that decided in it."""

    node: str
    failure: str | None
    by: set[str]


class Listener:
    """A plugin that looks who decided in a world before it is deleted."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: Any) -> Generator[None, object, object]:
        result = yield
        world, run, http, stand = map(item._request.getfixturevalue, ("world", "run", "http", "stand_url"))
        journal = run(_read(http, f"{stand}/_stand/worlds/{world['id']}/journal?kind=decision"))
        outcomes = [entry["data"]["outcome"] for entry in journal["entries"]]
        item.stash[_DECIDERS] = {outcome["by"].split(".")[0] for outcome in outcomes if "by" in outcome}
        return result


async def _read(http: Any, url: str) -> Any:
    async with http.get(url) as answer:
        return await answer.json()


def play(items: list[pytest.Item]) -> Iterator[Played]:
    """Each scenario as it has been run; ends with the first that fails."""
    for place, item in enumerate(items):
        following = items[(place + 1) % len(items)]
        signal.setitimer(signal.ITIMER_REAL, PATIENCE)
        reports = runtestprotocol(item, log=False, nextitem=following if following is not item else None)
        signal.setitimer(signal.ITIMER_REAL, 0)
        failures = [report.longreprtext for report in reports if report.failed]
        yield Played(item.nodeid, failures[0] if failures else None, item.stash.get(_DECIDERS, set()))
        if failures:
            return
