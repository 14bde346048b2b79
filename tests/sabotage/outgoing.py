"""One broken version per rule about calls of employees to clients."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from integration.rules.decisions import Nothing
from tests.sabotage.breakage import Breakage, Function, instead


def only_incoming(original: Function) -> Function:
    """Outgoing calls are left out."""
    left_out = Nothing("SABOTAGE", "outgoing calls are left out")
    return lambda facts: left_out if facts.direction == "out" else original(facts)


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
