"""Scenarios that were collected, run inside a fork: whether they stay green and what is decided in them.

The stand of the session starts with the first scenario of a fork and ends with the fork.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Generator, Iterator
from typing import Any, NamedTuple

import pytest
from _pytest.runner import runtestprotocol

PATIENCE = 20.0
"""Real seconds for one scenario; after that the system ends the fork by SIGALRM."""

_WORDS = ("because", "by")
_JOURNAL: pytest.StashKey[list[dict[str, Any]]] = pytest.StashKey()


class Played(NamedTuple):
    """A scenario that ran: its node id, what it failed of, the modules that decided in it, and what they decided."""

    node: str
    failure: str | None
    by: list[str]
    decided: list[str]


class Listener:
    """A plugin that keeps the decisions of a world before it is deleted."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: Any) -> Generator[None, object, object]:
        result = yield
        world, run, http, stand = map(item._request.getfixturevalue, ("world", "run", "http", "stand_url"))
        journal = run(_read(http, f"{stand}/_stand/worlds/{world['id']}/journal?kind=decision"))
        item.stash[_JOURNAL] = [entry["data"] for entry in journal["entries"]]
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
        journal = item.stash.get(_JOURNAL, [])
        yield Played(item.nodeid, failures[0] if failures else None, _deciders(journal), _decided(journal))
        if failures:
            return


def _deciders(journal: list[dict[str, Any]]) -> list[str]:
    """Modules of rules; "?" for a line that does not say who decided."""
    return sorted({str(line["outcome"].get("by", "?")).split(".")[0] for line in journal})


def _decided(journal: list[dict[str, Any]]) -> list[str]:
    """The outcomes without the words for people, in an order that does not depend on which came first."""
    kept = ({key: value for key, value in line["outcome"].items() if key not in _WORDS} for line in journal)
    return sorted(json.dumps(outcome, sort_keys=True) for outcome in kept)
