"""What goes to the call log: facts in, decision out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integration.rules import registration
from integration.rules.decisions import Nothing, RecordCall
from integration.rules.facts import Kind
from tests.unit.integration.rules.facts import ANNA, ANSWERED, LOST, RITA, UNTAKEN_CALLBACK, VIKTOR, VOICE_MAIL


@pytest.mark.parametrize(
    ("change", "status", "seconds", "responsible"),
    [
        ({}, 4, 40, ANNA),
        (VIKTOR, 4, 40, RITA),
        (LOST, 6, 0, RITA),
        (VOICE_MAIL, 1, 0, RITA),
        ({**VOICE_MAIL, "talk_seconds": 7}, 1, 7, RITA),
        (UNTAKEN_CALLBACK, 6, 0, ANNA),
        ({"communication": Kind.HIDDEN}, 4, 40, ANNA),
        ({"communication": Kind.UNSEEN, "mode": "manual"}, 4, 40, ANNA),
    ],
)
def test_registration(change: dict[str, Any], status: int, seconds: int, responsible: int) -> None:
    decision = registration.at_end(replace(ANSWERED, **change))
    assert isinstance(decision, RecordCall)
    assert (decision.status, decision.seconds, decision.responsible) == (status, seconds, responsible)


@pytest.mark.parametrize(("direction", "said"), [("in", "inbound"), ("out", "outbound")])
def test_direction_of_the_record(direction: Any, said: str) -> None:
    decision = registration.at_end(replace(ANSWERED, direction=direction))
    assert isinstance(decision, RecordCall)
    assert decision.direction == said


def test_internal_calls_are_not_recorded() -> None:
    decision = registration.at_end(replace(ANSWERED, communication=Kind.INTERNAL))
    assert (type(decision), decision.rule) == (Nothing, "LOG-04")
