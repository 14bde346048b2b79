"""Table T6 of the catalogue: what a site form leaves in each mode."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from integration.rules import forms
from integration.rules.decisions import AddNote, CreateContact, CreateDeal, CreateItem
from integration.rules.facts import FormFacts, FormMode, Kind, SenderFacts
from tests.unit.integration.rules.facts import CONTACT, RITA

REQUEST = FormFacts(
    communication=Kind.PRIMARY,
    enabled=True,
    mode="contact_and_deal",
    only_primary=False,
    contact_id=None,
    default_responsible=RITA,
)
KINDS = (Kind.PRIMARY, Kind.SECONDARY)


def left(facts: FormFacts) -> set[type[Any]]:
    decisions = [forms.contact(facts), forms.deal(facts), forms.note(facts), forms.item(facts)]
    return {type(each) for each in decisions} & {CreateContact, CreateDeal, AddNote, CreateItem}


@pytest.mark.parametrize(("known", "kind"), [((), Kind.PRIMARY), ((CONTACT,), Kind.SECONDARY)])
def test_classify(known: tuple[int, ...], kind: Kind) -> None:
    assert forms.classify(SenderFacts("9161234567", "", known)).communication is kind


@pytest.mark.parametrize(("kind", "only_primary"), [*product(KINDS, [True, False])])
def test_deal_and_contact(kind: Kind, only_primary: bool) -> None:
    facts = replace(REQUEST, communication=kind, only_primary=only_primary)
    made: set[type[Any]] = {CreateContact} if kind is Kind.PRIMARY else set()
    assert left(facts) == made | {CreateDeal}
    assert left(replace(facts, contact_id=CONTACT)) == made | {CreateDeal, AddNote}


@pytest.mark.parametrize(("kind", "only_primary"), [*product(KINDS, [True, False])])
def test_unsorted(kind: Kind, only_primary: bool) -> None:
    facts = replace(REQUEST, mode="unsorted", communication=kind, only_primary=only_primary, contact_id=CONTACT)
    passed = kind is Kind.PRIMARY or not only_primary
    assert left(facts) == ({CreateItem} if passed else set())
    assert (forms.not_passed(facts) is None) is passed


@pytest.mark.parametrize("mode", ["contact_and_deal", "unsorted"])
def test_off(mode: FormMode) -> None:
    assert left(replace(REQUEST, enabled=False, mode=mode, contact_id=CONTACT)) == set()


def test_everything_is_of_the_default_responsible_and_about_the_contact() -> None:
    facts = replace(REQUEST, contact_id=CONTACT)
    contact, deal, note = forms.contact(facts), forms.deal(facts), forms.note(facts)
    item = forms.item(replace(facts, mode="unsorted"))
    assert isinstance(contact, CreateContact)
    assert isinstance(deal, CreateDeal)
    assert isinstance(note, AddNote)
    assert isinstance(item, CreateItem)
    assert {contact.responsible, contact.creator, deal.responsible, item.responsible} == {RITA}
    assert {deal.contact_id, note.contact_id, item.contact_id} == {CONTACT}
