"""When a pop-up appears, what it offers, and when it closes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integration.rules import popups
from integration.rules.decisions import Nothing, ShowPopup
from integration.rules.facts import Kind, RingingFacts, RungFacts
from tests.unit.integration.rules.facts import ANNA, BORIS, CONTACT

RINGING = RingingFacts(
    communication=Kind.PRIMARY,
    direction="in",
    notifications=True,
    online_user=ANNA,
    contact_id=CONTACT,
)


@pytest.mark.parametrize(
    ("facts", "contact"),
    [
        ({}, CONTACT),
        ({"communication": Kind.SECONDARY}, CONTACT),
        ({"contact_id": None}, None),
        ({"communication": Kind.HIDDEN, "contact_id": None}, None),
    ],
)
def test_an_incoming_call_pops_up_where_it_rings(facts: dict[str, Any], contact: int | None) -> None:
    decision = popups.at_ringing(replace(RINGING, **facts))
    assert isinstance(decision, ShowPopup)
    assert (decision.user_id, decision.contact_id) == (ANNA, contact)


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"direction": "out"}, "OUT-05"),
        ({"notifications": False}, "WID-02"),
        ({"online_user": None}, "POPUP-01"),
    ],
)
def test_nothing_pops_up(facts: dict[str, Any], rule: str) -> None:
    decision = popups.at_ringing(replace(RINGING, **facts))
    assert isinstance(decision, Nothing)
    assert decision.rule == rule


def test_what_is_open_closes() -> None:
    decision = popups.after_ringing(RungFacts("call_connected", (ANNA, BORIS)))
    assert (decision.rule, decision.user_ids) == ("POPUP-12", (ANNA, BORIS))
