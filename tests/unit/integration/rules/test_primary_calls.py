"""Table T1 of the catalogue, every combination: what a primary call leaves, and whose it is.

The columns of the table are computed by the rules together, as the end of a call does it.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

import pytest

from integration.rules import contacts, deals, registration, tags, tasks, unsorted
from integration.rules.decisions import (
    AddTag,
    AssignOwner,
    CreateContact,
    CreateDeal,
    CreateItem,
    CreateTask,
    RecordCall,
)
from integration.rules.facts import DelayFacts, Direction, EndFacts, Kind, Mode
from tests.unit.integration.rules.facts import (
    ANNA,
    ANSWERED,
    ARRIVAL,
    CONTACT,
    DEAL,
    LOST,
    LOST_CALL,
    OLGA,
    RITA,
    UNTAKEN_CALLBACK,
    VIKTOR,
    VISIBLE,
    VOICE_MAIL,
)

MODES: tuple[Mode, ...] = ("contact", "deal", "contact_and_deal", "unsorted", "manual")
SHORT: dict[str, Any] = {"talk_seconds": 3}


class Outcome(NamedTuple):
    """One row of the table without its mode: what happened, who is responsible then, which tag."""

    facts: dict[str, Any]
    responsible: int
    tag: str | None


OUTCOMES = {
    "answered by Anna": Outcome({}, ANNA, "Успех"),
    "answered by Anna, short": Outcome(SHORT, ANNA, "Успех"),
    "answered by Viktor": Outcome(VIKTOR, RITA, "Успех"),
    "answered by Viktor, short": Outcome({**VIKTOR, **SHORT}, RITA, "Успех"),
    "voice mail": Outcome(VOICE_MAIL, RITA, "Успех"),
    "callback that only Anna took": Outcome(UNTAKEN_CALLBACK, ANNA, None),
    "callback that only Viktor took": Outcome({**VIKTOR, **UNTAKEN_CALLBACK}, RITA, None),
    "lost": Outcome(LOST, RITA, "Потерян"),
}
MAKES: dict[Mode, set[str]] = {
    "contact": {"contact"},
    "deal": {"deal"},
    "contact_and_deal": {"contact", "deal"},
    "unsorted": {"item"},
    "manual": set(),
}


def made_at_arrival(mode: Mode, direction: Direction, *, applied: bool, kind: Kind = Kind.PRIMARY) -> bool:
    facts = replace(ARRIVAL, mode=mode, direction=direction, apply_to_outgoing=applied, communication=kind)
    decision = contacts.at_arrival(facts)
    if isinstance(decision, CreateContact):
        assert (decision.responsible, decision.creator) == (OLGA, OLGA)
    return isinstance(decision, CreateContact)


def left(facts: EndFacts) -> dict[str, int]:
    """What the end of the call leaves, with its owner."""
    owners: dict[str, int] = {}
    for decision in (contacts.at_end(facts), deals.at_end(facts), unsorted.at_end(facts)):
        match decision:
            case AssignOwner(contact_id=contact, user_id=user):
                assert contact == facts.contact_id
                owners["contact"] = user
            case CreateDeal(responsible=user):
                owners["deal"] = user
            case CreateItem(responsible=user):
                owners["item"] = user
    return owners


def tag_of(facts: EndFacts) -> str | None:
    decision = tags.at_end(facts)
    return decision.tag if isinstance(decision, AddTag) else None


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("direction", "applied"), [("in", False), ("in", True), ("out", True)])
def test_what_a_primary_call_leaves(mode: Mode, outcome: str, direction: Direction, applied: bool) -> None:
    row = OUTCOMES[outcome]
    assert made_at_arrival(mode, direction, applied=applied) is ("contact" in MAKES[mode])
    contact = CONTACT if "contact" in MAKES[mode] else None
    facts = replace(
        ANSWERED, mode=mode, contact_id=contact, direction=direction, apply_to_outgoing=applied, **row.facts
    )
    assert left(facts) == dict.fromkeys(MAKES[mode], row.responsible)
    assert tag_of(facts) == (row.tag if MAKES[mode] else None)
    assert isinstance(registration.at_end(facts), RecordCall)
    made = {"contact": ("contact", CONTACT), "deal": ("deal", DEAL)}
    cards = [made[what] for what in ("contact", "deal") if what in MAKES[mode]]
    task = tasks.at_end(
        replace(
            LOST_CALL,
            lost=facts.lost,
            direction=direction,
            contact_id=contact,
            deal_id=DEAL if "deal" in MAKES[mode] else None,
        )
    )
    wanted = cards[0] if facts.lost and cards else None
    assert ((task.entity, task.entity_id) if isinstance(task, CreateTask) else None) == wanted


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("kind", [Kind.SECONDARY, Kind.HIDDEN, Kind.INTERNAL, Kind.UNSEEN])
def test_what_any_other_call_leaves(mode: Mode, outcome: str, kind: Kind) -> None:
    facts = replace(ANSWERED, mode=mode, communication=kind, contact_id=None, **OUTCOMES[outcome].facts)
    assert not made_at_arrival(mode, "in", applied=True, kind=kind)
    assert (left(facts), tag_of(facts)) == ({}, None)
    assert isinstance(registration.at_end(facts), RecordCall) is (kind is not Kind.INTERNAL)


@pytest.mark.parametrize(("mode", "outcome"), [*product(MODES, OUTCOMES)])
def test_outgoing_calls_without_the_option_leave_nothing(mode: Mode, outcome: str) -> None:
    facts = replace(ANSWERED, mode=mode, direction="out", contact_id=None, **OUTCOMES[outcome].facts)
    assert not made_at_arrival(mode, "out", applied=False)
    assert (left(facts), tag_of(facts)) == ({}, None)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_call_joins_the_item_of_its_number(outcome: str) -> None:
    facts = replace(ANSWERED, mode="unsorted", contact_id=None, pending_item="uid", **OUTCOMES[outcome].facts)
    assert (left(facts), tag_of(facts)) == ({}, None)


@pytest.mark.parametrize("mode", ["deal", "contact_and_deal"])
def test_an_item_of_the_number_does_not_keep_a_deal_back(mode: Mode) -> None:
    facts = replace(ANSWERED, mode=mode, contact_id=None, pending_item="uid")
    assert (left(facts), tag_of(facts)) == ({"deal": ANNA}, "Успех")


@pytest.mark.parametrize(
    ("mode", "own", "visible", "linked"),
    [
        ("deal", None, None, None),
        ("deal", None, VISIBLE, VISIBLE),
        ("contact_and_deal", CONTACT, None, CONTACT),
        ("contact_and_deal", CONTACT, VISIBLE, CONTACT),
        ("unsorted", None, None, None),
        ("unsorted", None, VISIBLE, VISIBLE),
    ],
)
def test_which_contact_a_deal_or_item_is_linked_to(
    mode: Mode, own: int | None, visible: int | None, linked: int | None
) -> None:
    facts = replace(ANSWERED, mode=mode, contact_id=own, visible_contact=visible)
    decision = unsorted.at_end(facts) if mode == "unsorted" else deals.at_end(facts)
    assert isinstance(decision, CreateDeal | CreateItem)
    assert decision.contact_id == linked


def test_a_contact_that_could_not_be_made_is_handed_to_nobody() -> None:
    assert left(replace(ANSWERED, contact_id=None)) == {}


def test_the_delay_is_that_of_the_settings() -> None:
    decision = contacts.at_end(replace(ANSWERED, card_update_delay=30))
    assert isinstance(decision, AssignOwner)
    assert decision.delay == 30


@pytest.mark.parametrize(("owner", "gets_it"), [(ANNA, ANNA), (None, RITA)], ids=["works there", "was deleted"])
def test_after_the_delay_the_card_goes_to_whom_the_end_chose(owner: int | None, gets_it: int) -> None:
    decision = contacts.after_delay(DelayFacts(CONTACT, owner, RITA))
    assert (decision.contact_id, decision.user_id) == (CONTACT, gets_it)


@pytest.mark.parametrize("change", [{"success_tag": None}, {**LOST, "lost_tag": None}])
def test_no_tag_is_set(change: dict[str, Any]) -> None:
    assert tag_of(replace(ANSWERED, **change)) is None
