"""When a pop-up appears, what it offers, and when it closes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integration.rules import popups
from integration.rules.decisions import ClosePopup, Nothing, ShowPopup
from integration.rules.facts import Kind, RingingFacts, RungFacts
from tests.unit.integration.rules.facts import ANNA, BORIS, CONTACT

RINGING = RingingFacts(
    communication=Kind.PRIMARY,
    direction="in",
    notifications=True,
    user_id=ANNA,
    is_online=True,
    contact_id=CONTACT,
    made_by_call=True,
)


@pytest.mark.parametrize(
    ("facts", "rule", "contact"),
    [
        ({}, "PRIM-22", CONTACT),
        ({"communication": Kind.SECONDARY, "made_by_call": False}, "POPUP-03", CONTACT),
        ({"contact_id": None, "made_by_call": False}, "POPUP-02", None),
        ({"communication": Kind.HIDDEN, "contact_id": None, "made_by_call": False}, "POPUP-02", None),
    ],
)
def test_an_incoming_call_pops_up_where_it_rings(facts: dict[str, Any], rule: str, contact: int | None) -> None:
    decision = popups.at_ringing(replace(RINGING, **facts))
    assert isinstance(decision, ShowPopup)
    assert (decision.rule, decision.user_id, decision.contact_id) == (rule, ANNA, contact)


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"direction": "out"}, "OUT-05"),
        ({"direction": "out", "communication": Kind.INTERNAL}, "POPUP-01"),
        ({"communication": Kind.INTERNAL}, "POPUP-01"),
        ({"notifications": False}, "WID-02"),
        ({"user_id": None, "is_online": False}, "POPUP-01"),
        ({"is_online": False}, "POPUP-01"),
    ],
)
def test_nothing_pops_up(facts: dict[str, Any], rule: str) -> None:
    decision = popups.at_ringing(replace(RINGING, **facts))
    assert isinstance(decision, Nothing)
    assert decision.rule == rule


def test_what_is_open_closes() -> None:
    decision = popups.after_ringing(RungFacts("call_connected", (ANNA, BORIS)))
    assert isinstance(decision, ClosePopup)
    assert (decision.rule, decision.user_ids) == ("POPUP-12", (ANNA, BORIS))
    assert isinstance(popups.after_ringing(RungFacts("call_connected", ())), Nothing)
