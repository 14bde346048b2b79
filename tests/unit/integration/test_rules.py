"""The rules as tables: facts in, decision out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integration.rules import communications, primary, registration, tags
from integration.rules.decisions import AddTag, AssignOwner, CreateContact, Nothing, RecordCall
from integration.rules.facts import ArrivalFacts, EndFacts, Kind, NumberFacts

OLGA, RITA, ANNA = 501, 502, 503
CONTACT, EMPLOYEE = 10, 7

ARRIVAL = ArrivalFacts(Kind.PRIMARY, "in", "contact", apply_to_outgoing=False, connecting_user=OLGA)
ANSWERED = EndFacts(
    communication=Kind.PRIMARY,
    direction="in",
    mode="contact",
    contact_id=CONTACT,
    lost=False,
    voice_mail=False,
    answered_by=EMPLOYEE,
    answered_by_user=ANNA,
    talked_by=EMPLOYEE,
    default_responsible=RITA,
    success_tag="Успех",
    lost_tag="Потерян",
    talk_seconds=40,
    wait_seconds=10,
    total_seconds=50,
)
NOBODY: dict[str, Any] = {"answered_by": None, "answered_by_user": None, "talked_by": None, "talk_seconds": 0}
LOST: dict[str, Any] = {**NOBODY, "lost": True}
VOICE_MAIL: dict[str, Any] = {**NOBODY, "voice_mail": True}
UNTAKEN_CALLBACK: dict[str, Any] = {"talked_by": None, "talk_seconds": 0}
VIKTOR: dict[str, Any] = {"answered_by": 9, "answered_by_user": None, "talked_by": 9}


@pytest.mark.parametrize(
    ("facts", "rule", "kind"),
    [
        (NumberFacts("in", False, "9161234567"), "TERM-01", Kind.PRIMARY),
        (NumberFacts("out", False, "9161234567"), "TERM-01", Kind.PRIMARY),
        (NumberFacts("in", False, "9161234567", (10,)), "TERM-02", Kind.SECONDARY),
        (NumberFacts("in", False, ""), "PRIM-24", Kind.HIDDEN),
        (NumberFacts("out", True, "101"), "LOG-04", Kind.INTERNAL),
        (NumberFacts("out", True, ""), "LOG-04", Kind.INTERNAL),
    ],
)
def test_classify(facts: NumberFacts, rule: str, kind: Kind) -> None:
    decision = communications.classify(facts)
    assert (decision.rule, decision.communication) == (rule, kind)


@pytest.mark.parametrize(("internal", "kind"), [(False, Kind.UNSEEN), (True, Kind.INTERNAL)])
def test_classify_unseen(internal: bool, kind: Kind) -> None:
    assert communications.classify_unseen(NumberFacts("in", internal, "9161234567")).communication is kind


@pytest.mark.parametrize(
    ("change", "successful"),
    [({}, True), (VOICE_MAIL, True), (LOST, False), (UNTAKEN_CALLBACK, False), ({"lost": True}, False)],
)
def test_is_successful(change: dict[str, Any], successful: bool) -> None:
    assert communications.is_successful(replace(ANSWERED, **change)) is successful


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"communication": Kind.SECONDARY}, "PRIM-01"),
        ({"communication": Kind.HIDDEN}, "PRIM-24"),
        ({"communication": Kind.INTERNAL}, "LOG-04"),
        ({"mode": "manual"}, "PRIM-14"),
        ({"direction": "out"}, "PRIM-18"),
    ],
)
def test_nothing_is_created_at_arrival(change: dict[str, Any], rule: str) -> None:
    decision = primary.at_arrival(replace(ARRIVAL, **change))
    assert isinstance(decision, Nothing)
    assert decision.rule == rule


@pytest.mark.parametrize("change", [{}, {"direction": "out", "apply_to_outgoing": True}])
def test_a_contact_is_created_at_arrival(change: dict[str, Any]) -> None:
    decision = primary.at_arrival(replace(ARRIVAL, **change))
    assert isinstance(decision, CreateContact)
    assert (decision.rule, decision.responsible, decision.creator) == ("PRIM-02", OLGA, OLGA)


@pytest.mark.parametrize(
    ("change", "rule", "owner"),
    [
        ({}, "PRIM-06", ANNA),
        (VIKTOR, "PRIM-06", RITA),
        (VOICE_MAIL, "PRIM-06", RITA),
        (LOST, "LOST-03", RITA),
        ({"lost": True}, "LOST-03", RITA),
        (NOBODY, "PRIM-06", RITA),
        (UNTAKEN_CALLBACK, "PRIM-06", ANNA),
    ],
)
def test_owner_after_the_end(change: dict[str, Any], rule: str, owner: int) -> None:
    decision = primary.at_end(replace(ANSWERED, **change))
    assert isinstance(decision, AssignOwner)
    assert (decision.rule, decision.contact_id, decision.user_id) == (rule, CONTACT, owner)


@pytest.mark.parametrize("change", [{"contact_id": None}, {"communication": Kind.SECONDARY}])
def test_what_this_call_did_not_create_stays_as_it_is(change: dict[str, Any]) -> None:
    facts = replace(ANSWERED, **change)
    assert isinstance(primary.at_end(facts), Nothing)
    assert isinstance(tags.at_end(facts), Nothing)


@pytest.mark.parametrize(
    ("change", "rule", "tag"),
    [
        ({}, "PRIM-19", "Успех"),
        ({"talk_seconds": 3}, "PRIM-19", "Успех"),
        (VOICE_MAIL, "PRIM-19", "Успех"),
        (LOST, "LOST-06", "Потерян"),
        (UNTAKEN_CALLBACK, "PRIM-19", None),
        ({"success_tag": None}, "PRIM-19", None),
        ({**LOST, "lost_tag": None}, "LOST-06", None),
        ({**LOST, "success_tag": None}, "LOST-06", "Потерян"),
    ],
)
def test_tags(change: dict[str, Any], rule: str, tag: str | None) -> None:
    decision = tags.at_end(replace(ANSWERED, **change))
    assert decision.rule == rule
    assert (decision.tag if isinstance(decision, AddTag) else None) == tag


@pytest.mark.parametrize(
    ("change", "status", "seconds", "responsible"),
    [
        ({}, 4, 40, ANNA),
        (VIKTOR, 4, 40, RITA),
        (LOST, 6, 0, RITA),
        (VOICE_MAIL, 1, 40, RITA),
        ({**VOICE_MAIL, "talk_seconds": 7}, 1, 7, RITA),
        ({**VOICE_MAIL, "wait_seconds": 60}, 1, 0, RITA),
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
