"""The account in which a scenario begins: zone, time, and how its amoCRM is set up are there before the first step.

A world has its zone and its switches from the moment it is made, and its time goes on only. So the Given sentences of
this kind are read beforehand, wherever they stand among the steps; as steps they see to it that it is so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_bdd.parser import render_string

from features.collector import PLACE
from features.slots import SlotParser

Json = dict[str, Any]

IN_ZONE = "the account is in {zone}"
IT_IS = "it is {date} at {moment}"
NO_LOST_CALLS = "amoCRM keeps no lost call at all"

MOSCOW = "Europe/Moscow"
"""Where an account is that nothing is said of."""


def _zone(zone: str) -> Json:
    return {"timezone": zone}


def _time(date: date, moment: time) -> Json:
    return {"now": datetime.combine(date, moment)}


def _no_lost_calls() -> Json:
    return {"switches": {"lost_calls": "literal"}}


SENTENCES: tuple[tuple[SlotParser, Callable[..., Json]], ...] = (
    (SlotParser(IN_ZONE), _zone),
    (SlotParser(IT_IS), _time),
    (SlotParser(NO_LOST_CALLS), _no_lost_calls),
)


def told(sentences: Iterable[str]) -> Json:
    """The keys of POST /_stand/worlds that these sentences ask for; of two that say the same thing the first counts.

    Times are those of the account's zone.
    """
    asked: Json = {}
    for text in sentences:
        for parser, part in SENTENCES:
            if (slots := parser.parse_arguments(text)) is not None:
                asked = {**part(**slots), **asked}
    if "now" in asked:
        asked["now"] = asked["now"].replace(tzinfo=ZoneInfo(asked.get("timezone", MOSCOW))).isoformat()
    return asked


def world_request(item: pytest.Item) -> Json:
    """What the scenario of this item asks of its world in its Given sentences; nothing where it is no scenario."""
    place = item.stash.get(PLACE, None)
    if place is None:
        return {}
    given = (step for step in place.template.steps if step.type == "given")
    return told(render_string(step.name, place.example) for step in given)
