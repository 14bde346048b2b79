"""The twelve flows that have to come through anything: settings, a story in the driver's verbs, what it leaves.

A story is told with `Stage.later` between two calls where the first is to be over and done with: long enough for an
event that is an hour late and for what went wrong for an hour. What a flow leaves is counted, so that a story which
says nothing any more is found out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from features.driver import Driver

CALLER = "+79161234567"
OTHER = "+79031112233"
LONG_ENOUGH = timedelta(hours=2)


async def _just_wait(do: Driver) -> None:
    await do.time_passes(LONG_ENOUGH)


@dataclass(frozen=True)
class Stage:
    """Where a story is played. `pause` lets `LONG_ENOUGH` pass; what went wrong may be over before it ends."""

    do: Driver
    pause: Callable[[Driver], Awaitable[None]] = _just_wait

    async def later(self) -> None:
        await self.pause(self.do)


@dataclass(frozen=True)
class Flow:
    """`people` are settings whose value is somebody of the cast; `leaves` counts what is there at the end, by list."""

    name: str
    story: Callable[[Stage], Awaitable[None]]
    settings: dict[str, Any]
    leaves: dict[str, int] = field(default_factory=dict)
    other_order: dict[str, Any] | None = None
    """A fault that lets two calls of one instant come the other way round, which is as good. Who of them commits when
    is not always the same either, so that a place may not be reached."""


async def rings_and_answers(do: Driver, call: int, who: str, after: int = 8) -> None:
    await do.rings(call, who)
    await do.time_passes(timedelta(seconds=after))
    await do.answers(call, who)


async def talks(do: Driver, call: int, seconds: int = 60) -> None:
    """Until the client hangs up."""
    await do.time_passes(timedelta(seconds=seconds))
    await do.hangs_up(call)


async def is_answered(do: Driver, phone: str, who: str = "anna", seconds: int = 60) -> None:
    """A whole incoming call."""
    call = (await do.call_arrives(phone))["id"]
    await rings_and_answers(do, call, who)
    await talks(do, call, seconds)


async def is_lost(do: Driver, phone: str) -> None:
    """A whole incoming call that nobody answers."""
    call = (await do.call_arrives(phone))["id"]
    await do.rings(call, "anna")
    await do.time_passes(timedelta(seconds=20))
    await do.hangs_up(call)


async def answered_with_transfer(stage: Stage) -> None:
    do = stage.do
    call = (await do.call_arrives(CALLER))["id"]
    await rings_and_answers(do, call, "anna")
    await do.time_passes(timedelta(seconds=40))
    await do.consults(call, "anna", "boris")
    await do.time_passes(timedelta(seconds=5))
    await do.answers(call, "boris")
    await do.time_passes(timedelta(seconds=20))
    await do.connects(call, "anna", "boris")
    await talks(do, call)


async def lost(stage: Stage) -> None:
    await is_lost(stage.do, CALLER)


async def answered(stage: Stage) -> None:
    await is_answered(stage.do, CALLER)


async def answered_twice(stage: Stage) -> None:
    """The second time by somebody else."""
    await is_answered(stage.do, CALLER)
    await stage.later()
    await is_answered(stage.do, CALLER, "boris", 30)


async def contact_made_by_hand(stage: Stage) -> None:
    """The call waits for a contact; Anna makes it."""
    await is_answered(stage.do, CALLER)
    await stage.later()
    await stage.do.create_contact("Иван Петров", [CALLER], "anna")


async def known_contact_lost_a_day_later(stage: Stage) -> None:
    """By then the access of the integration has run out, and it has to be renewed first."""
    await stage.do.create_contact("Иван Петров", [CALLER], "boris")
    await stage.do.time_passes(timedelta(days=1))
    await is_lost(stage.do, CALLER)


async def nobody_takes_an_outgoing_call(stage: Stage) -> None:
    do = stage.do
    call = (await do.employee_clicks("anna", CALLER))["id"]
    await do.time_passes(timedelta(seconds=5))
    await do.answers(call, "anna")
    await do.time_passes(timedelta(seconds=30))
    await do.does_not_answer(call, "contact")


async def two_calls_at_once(stage: Stage) -> None:
    """Of one number; Anna takes one and Boris the other, which takes longer."""
    do = stage.do
    first, second = (call["id"] for call in await do.together(do.call_arrives(CALLER), do.call_arrives(CALLER)))
    await do.rings(first, "anna")
    await do.rings(second, "boris")
    await do.time_passes(timedelta(seconds=8))
    await do.answers(first, "anna")
    await do.answers(second, "boris")
    await talks(do, first)
    await talks(do, second, 30)


async def visitor_calls_twice(stage: Stage) -> None:
    """From two sources on the site; what is said of the last communication is refreshed by the second call."""
    await visitor_is_answered(stage.do, "yandex", "anna")
    await stage.later()
    await visitor_is_answered(stage.do, "google", "boris")


async def visitor_is_answered(do: Driver, source: str, who: str) -> None:
    marks = {"source": source, "medium": "cpc", "campaign": "spring", "term": "окна", "content": "banner2"}
    visit = await do._control("POST", "/visits", {"site": "main", "utm": marks, "ua_client_id": "35009a79-1a05"})
    call = await do._control("POST", "/calls", {"direction": "in", "from": CALLER, "to": visit["number"]})
    await rings_and_answers(do, call["id"], who)
    await talks(do, call["id"])


TAGS = {"calls.success_tag": "Успех", "calls.lost_tag": "Потерян"}
INCOMING = {"tasks.incoming.enabled": True}
TO_CONTACTS_OWNER = {**INCOMING, "tasks.incoming.assignee": "contact_responsible"}
OUTGOING = {"calls.apply_to_outgoing": True, "tasks.outgoing.enabled": True, "tasks.outgoing.assignee": "caller"}
DELAY = {"calls.card_update_delay": 300}


def _in(mode: str, *more: dict[str, Any]) -> dict[str, Any]:
    return {"calls.primary_mode": mode, **TAGS, **{key: value for each in more for key, value in each.items()}}


ONE_CONTACT = {"contacts": 1, "calls": 1}
ONE_DEAL = {"deals": 1, "calls": 1}

FLOWS = (
    Flow("contact, answered and handed over", answered_with_transfer, _in("contact"), ONE_CONTACT),
    Flow("contact, lost, a task", lost, _in("contact", INCOMING), {**ONE_CONTACT, "tasks": 1}),
    Flow("contact, answered, card updated later", answered, _in("contact", DELAY), ONE_CONTACT),
    Flow("deal, answered", answered, _in("deal"), ONE_DEAL),
    Flow("deal, lost, a task", lost, _in("deal", INCOMING), {"deals": 1, "tasks": 1}),
    Flow("contact and deal, answered", answered, _in("contact_and_deal"), {**ONE_CONTACT, "deals": 1}),
    Flow(
        "unsorted, answered, a second call joins",
        answered_twice,
        _in("unsorted"),
        {"items": 1, "contacts": 1, "deals": 1, "calls": 2},
    ),
    Flow("by hand, the call waits for its contact", contact_made_by_hand, _in("manual"), ONE_CONTACT),
    Flow(
        "known contact, lost, a task for its owner",
        known_contact_lost_a_day_later,
        _in("contact", TO_CONTACTS_OWNER),
        {**ONE_CONTACT, "tasks": 1},
    ),
    Flow(
        "outgoing, not answered",
        nobody_takes_an_outgoing_call,
        _in("contact", OUTGOING),
        {**ONE_CONTACT, "tasks": 1},
    ),
    Flow(
        "two calls of one number at once",
        two_calls_at_once,
        _in("contact"),
        {"contacts": 1, "calls": 2},
        other_order={"target": "events", "match": {"nth": 1}, "action": {"reset": True}},
    ),
    Flow("visitor calls twice", visitor_calls_twice, _in("contact_and_deal"), {"contacts": 1, "deals": 1, "calls": 2}),
)
