"""One broken version per rule about calls of employees to clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from integration.rules.decisions import Nothing
from tests.sabotage.breakage import Breakage, Function, answers, asks, instead

NOTHING = Nothing("SABOTAGE", "sabotage")


def only_incoming(original: Function) -> Function:
    """Outgoing calls are left out."""
    return lambda facts: NOTHING if facts.direction == "out" else original(facts)


def long_talks_for_short_ones(original: Function) -> Function:
    """What amoCRM holds it drops, and the other way round."""
    swapped = {"hold": "drop", "drop": "hold"}

    def decide(facts: Any, profile: Any) -> Any:
        decided = original(facts, profile)
        return swapped.get(decided, decided)

    return decide


def hours(count: int) -> Callable[[Any], timedelta]:
    return lambda _original: timedelta(hours=count)


BREAKAGES = (
    Breakage(
        "outgoing calls are not recorded",
        "integration.rules.registration:at_end",
        only_incoming,
        ("OUT-01.a", "OUT-01.b", "OUT-01.c"),
    ),
    Breakage(
        "amoCRM keeps short talks and drops long ones",
        "emulator.amocrm.platform:decide",
        long_talks_for_short_ones,
        ("OUT-01.d",),
    ),
    Breakage(
        "outgoing calls make no contact at arrival",
        "integration.rules.contacts:at_arrival",
        only_incoming,
        ("OUT-02.a",),
    ),
    Breakage(
        "nobody asks whether the mode is applied to outgoing calls",
        "integration.rules.modes:nothing_made",
        asks(lambda facts: replace(facts, apply_to_outgoing=True)),
        ("OUT-02.b",),
    ),
    Breakage(
        "what outgoing calls make gets no tag",
        "integration.rules.tags:at_end",
        only_incoming,
        ("OUT-02.c",),
    ),
    Breakage(
        "cards belong to the user before the right one",
        "integration.rules.responsible:of_call",
        answers(lambda owner: (owner[0] - 1, owner[1])),
        ("OUT-04.a", "OUT-04.b", "OUT-04.c"),
    ),
    Breakage(
        "calls that wait do not go to a contact that comes later",
        "emulator.amocrm.platform:Platform.card_seen",
        instead(None),
        ("OUT-03.a",),
    ),
    Breakage(
        "amoCRM waits eleven hours",
        "emulator.amocrm.held:HELD_FOR",
        hours(11),
        ("OUT-03.b",),
    ),
)
