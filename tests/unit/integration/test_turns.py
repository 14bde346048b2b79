"""A site form with telephone and e-mail takes its turn under both.

Every short row of events is tried, the first failing once or not.

Events of one key are processed one at a time and in order of arrival; whoever has none in common goes at once.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from itertools import product

import pytest

from integration.activity import Activity
from integration.clock import ManualClock
from integration.decisions import DecisionLog
from integration.events import SiteForm
from integration.inbox import Inbox
from integration.model import InboxRow, NewEvent
from integration.ports import UnavailableError
from integration.store import SqliteStore
from integration.store.inbox import RETRY
from tests.unit.integration.driver import NOON

NOW = datetime.fromisoformat(NOON)
KEYS = (("email:a",), ("phone:1",), ("email:a", "phone:1"), ("email:b", "phone:1"), ("email:a", "phone:2"))


@pytest.mark.parametrize(
    ("phone", "email", "keys"),
    [
        ("8 916 123-45-67", " Ivan@OKNA.test", ("email:ivan@okna.test", "phone:9161234567")),
        ("8 916 123-45-67", None, ("phone:9161234567",)),
        (None, "ivan@okna.test", ("email:ivan@okna.test",)),
        (None, None, ("communication:7",)),
    ],
)
def test_the_keys_of_a_form(phone: str | None, email: str | None, keys: tuple[str, ...]) -> None:
    form = SiteForm("7:1", "offline_message", 7, phone, start_time="2026-03-02 12:00:00", visitor_email=email)
    assert form.keys == keys


class Turns:
    """An inbox whose events do nothing but note that they were there; that one fails the first time."""

    def __init__(self, fails: int | None) -> None:
        self.fails = fails
        self.at_work: list[str] = []
        self.most = 0
        self.done: list[int] = []
        self.store = SqliteStore.create()
        self.activity = Activity()
        self.clock = ManualClock(self.store, self.activity, NOW)
        self.inbox = Inbox(self.store, self.clock, self.activity, DecisionLog(self.store, self.clock), self._process)
        self.clock.handle(RETRY, self.inbox.retry)

    async def _process(self, row: InboxRow) -> None:
        mine = [row.key, *([row.also] if row.also else [])]
        assert not {*mine} & {*self.at_work}
        self.at_work += mine
        self.most = max(self.most, len(self.at_work))
        for _ in range(3):
            await asyncio.sleep(0)
        for key in mine:
            self.at_work.remove(key)
        if int(row.event_id) == self.fails and not row.attempts:
            raise UnavailableError("not yet")
        self.done.append(int(row.event_id))

    async def run(self, events: tuple[tuple[str, ...], ...]) -> None:
        for number, (key, *also) in enumerate(events):
            await self.inbox.accept(NewEvent(str(number), key, None, b"{}", None, *also))
        await self.activity.quiet()
        await self.clock.advance(NOW + timedelta(seconds=10))
        await self.activity.quiet()
        await self.activity.stop()
        self.store.close()


async def test_one_at_a_time_under_every_key() -> None:
    for events, fails in product(product(KEYS, repeat=3), (None, 0)):
        turns = Turns(fails)
        await turns.run(events)
        assert sorted(turns.done) == [0, 1, 2], (events, fails)
        for key in {key for keys in events for key in keys}:
            mine = [number for number, keys in enumerate(events) if key in keys]
            assert [number for number in turns.done if number in mine] == mine, (events, fails)


async def test_keys_without_an_event_in_common_go_at_once() -> None:
    turns = Turns(None)
    await turns.run((("email:a", "phone:1"), ("email:b", "phone:2")))
    assert turns.most == 4
