"""Broken versions of the rules about tasks for lost calls."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, time, timedelta
from typing import Any

import msgspec

from integration.rules.decisions import Nothing
from tests.sabotage.breakage import Breakage, Function, as_they_were, asks, instead

NOTHING = Nothing("SABOTAGE", "sabotage")


def facts_with(**others: Any) -> Callable[[Function], Function]:
    """The rule sees these facts instead of the real ones."""
    return asks(lambda facts: replace(facts, **others))


def somebody_else(facts: Any) -> Any:
    """Pavel, who has nothing to do with it, is taken for the contact's responsible."""
    return replace(facts, contact_owner=facts.default_responsible - 1, owner_is_placeholder=False)


def as_the_card_says(facts: Any) -> Any:
    """Where nobody looked whose the card is, it is Pavel's."""
    owner = facts.contact_owner or facts.default_responsible - 1
    return replace(facts, assignee="contact_responsible", contact_owner=owner)


def somebody_called(facts: Any) -> Any:
    """As above, for employees who are no users of amoCRM."""
    return replace(facts, caller_user=facts.caller_user or facts.default_responsible - 1)


def once(original: Function) -> Function:
    """A contact has a task already when it has had one."""
    known: set[int | None] = set()

    def at_end(facts: Any) -> Any:
        if facts.contact_id in known:
            return NOTHING
        known.add(facts.contact_id)
        return original(facts)

    return at_end


def takes_every_event(original: Function) -> Function:
    """An event that comes again is another one."""

    async def accept_event(inbox: Any, event: Any, *about: Any) -> Any:
        accepted = await original(inbox, event, *about)
        another = msgspec.structs.replace(event, event_id=f"{event.event_id}/again")
        return accepted if accepted != "repeated" else await original(inbox, another, *about)

    return accept_event


def keys_tasks_anew(original: Function) -> Function:
    """Nothing tells the task of an event that comes again from another one."""
    counted = itertools.count(1)
    return lambda call, name: f"{original(call, name)}{next(counted) if name == 'task' else ''}"


def offers_caller(original: Function) -> Function:
    """The choices of both directions are the same."""
    incoming, outgoing = "tasks.incoming.assignee", "tasks.outgoing.assignee"
    return lambda key, value, role: original(outgoing if key == incoming else key, value, role)


def tells_nothing_internal(original: Function) -> Function:
    def put(notices: Any, session: Any, mnemonic: str, now: int, said: dict[str, Any]) -> None:
        original(notices, session, mnemonic, now, {**said, "is_internal": False})

    return put


AT_END = "integration.rules.tasks:at_end"
EVENING = "integration.rules.tasks:EVENING"


def evening_at(*moment: int) -> Callable[[Any], Any]:
    return lambda _evening: time(*moment)


BREAKAGES = (
    Breakage(
        "nobody asks whether tasks are on",
        AT_END,
        facts_with(enabled=True),
        ("TASK-01.a", "TASK-02.a", "TASK-02.b"),
    ),
    Breakage(
        "lost calls leave no tasks",
        AT_END,
        instead(NOTHING),
        ("TASK-01.b", "TASK-14.a", "TASK-14.b"),
    ),
    Breakage(
        "calls that were not lost leave tasks too",
        AT_END,
        facts_with(lost=True),
        ("TASK-01.c", "TASK-18.b"),
    ),
    Breakage(
        "the card decides whose the task is, whatever was chosen",
        AT_END,
        asks(as_the_card_says),
        ("TASK-02.c", "TASK-03.a", "TASK-05.a", "TASK-07.a"),
    ),
    Breakage(
        "the default responsible gets every task, whatever was chosen",
        AT_END,
        facts_with(assignee="default_responsible"),
        ("TASK-04.a", "TASK-06.a", "TASK-07.d"),
    ),
    Breakage(
        "somebody is taken for the contact's responsible",
        AT_END,
        asks(somebody_else),
        ("TASK-04.b", "TASK-15.b"),
    ),
    Breakage(
        "users who were deleted in amoCRM get tasks",
        "integration.rules.responsible:in_amocrm",
        lambda _original: lambda user_id, _users: user_id,
        ("TASK-04.c",),
        (("integration.amends:Amends._for_people", as_they_were),),
    ),
    Breakage(
        "the administrator on a new card is taken for its responsible",
        AT_END,
        facts_with(owner_is_placeholder=False),
        ("TASK-04.d", "TASK-04.e"),
    ),
    Breakage(
        "employees without a user are taken for somebody else",
        AT_END,
        asks(somebody_called),
        ("TASK-07.b",),
    ),
    Breakage(
        "both directions offer the same choices",
        "integration.settings:_error",
        offers_caller,
        ("TASK-07.c", "TASK-19.a"),
    ),
    Breakage(
        "the evening begins at midnight",
        EVENING,
        evening_at(0),
        ("TASK-08.a", "TASK-08.b", "TASK-08.c"),
    ),
    Breakage(
        "there is no evening",
        EVENING,
        lambda _evening: time.max,
        ("TASK-09.a", "TASK-09.b", "TASK-09.c", "TASK-09.d", "TASK-11.d"),
    ),
    Breakage(
        "the evening begins a second early",
        EVENING,
        evening_at(18, 59, 59),
        ("TASK-10.a",),
    ),
    Breakage(
        "19:00:00 itself is before the evening",
        EVENING,
        evening_at(19, 0, 0, 1),
        ("TASK-10.b",),
    ),
    Breakage(
        "the clock of the server decides, which shows UTC",
        "integration.rules.tasks:due",
        lambda original: lambda started: original(started.astimezone(UTC)),
        ("TASK-11.a", "TASK-11.b", "TASK-11.e", "TASK-11.f", "TASK-11"),
    ),
    Breakage(
        "the end of the call decides",
        "integration.rules.tasks:due",
        lambda original: lambda started: original(started + timedelta(seconds=30)),
        ("TASK-11.c",),
    ),
    Breakage(
        "«Неразобранное» and handling by hand make a contact as well",
        "integration.rules.modes:MAKES",
        lambda makes: {mode: what | {"contact"} for mode, what in makes.items()},
        ("TASK-12.a", "TASK-12.b", "TASK-12.c", "TASK-17.c"),
    ),
    Breakage(
        "companies have no tasks",
        AT_END,
        facts_with(company_id=None),
        ("TASK-14.c",),
    ),
    Breakage(
        "deals have no tasks",
        AT_END,
        facts_with(deal_id=None),
        ("TASK-15.a",),
    ),
    Breakage(
        "the deal comes before the contact",
        AT_END,
        asks(lambda facts: replace(facts, contact_id=None if facts.deal_id else facts.contact_id)),
        ("TASK-15.c",),
    ),
    Breakage(
        "a contact gets one task and no more",
        AT_END,
        once,
        ("TASK-16.a",),
    ),
    Breakage(
        "each telling of an end leaves a task",
        "integration.store.inbox:Inbox.accept_event",
        takes_every_event,
        ("TASK-16.b",),
        also=(("integration.effects:_key", keys_tasks_anew),),
    ),
    Breakage(
        "nobody asks whether the mode is applied to outgoing calls",
        "integration.rules.modes:nothing_made",
        facts_with(apply_to_outgoing=True),
        ("TASK-17.a",),
    ),
    Breakage(
        "the mode is never applied to outgoing calls",
        "integration.rules.modes:nothing_made",
        facts_with(apply_to_outgoing=False),
        ("TASK-17.b",),
    ),
    Breakage(
        "the telephony does not say that a call is internal",
        "emulator.telephony.engine.notices:Notices._put",
        tells_nothing_internal,
        ("TASK-18.a",),
    ),
)
