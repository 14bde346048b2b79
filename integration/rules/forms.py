"""Site forms: whether a request is passed on, and what it leaves (FORM-01..11; GAP-12, 60..62, 81, 82)."""

from __future__ import annotations

from integration.rules.decisions import (
    AddNote,
    Classify,
    CreateContact,
    CreateDeal,
    CreateItem,
    Nothing,
)
from integration.rules.facts import FormFacts, Kind, SenderFacts

DEAL_AND_CONTACT = "contact_and_deal"


def classify(facts: SenderFacts) -> Classify:
    """Decide once, at receipt, whether the sender is known: by telephone, else by e-mail (GAP-61)."""
    if facts.known_contacts:
        return Classify("TERM-02", Kind.SECONDARY, "a contact has this telephone or e-mail")
    return Classify("TERM-01", Kind.PRIMARY, "no contact has this telephone or e-mail")


def not_passed(facts: FormFacts) -> Nothing | None:
    """Why a request leaves no trace in amoCRM (GAP-81); None when it is passed on."""
    if not facts.enabled:
        return Nothing("FORM-01", "site forms are not passed to amoCRM")
    if facts.mode != DEAL_AND_CONTACT and facts.only_primary and facts.communication is Kind.SECONDARY:
        return Nothing("FORM-07", "only primary requests are passed on")
    return None


def contact(facts: FormFacts) -> CreateContact | Nothing:
    """«Создавать сделку и контакт»: a contact of a primary request."""
    if nothing := _other_mode(facts, DEAL_AND_CONTACT):
        return nothing
    if facts.communication is Kind.SECONDARY:
        return Nothing("FORM-04", "the sender has a contact already")
    owner = facts.default_responsible
    return CreateContact("FORM-04", owner, owner, "a primary request: default responsible (FORM-08)")


def deal(facts: FormFacts) -> CreateDeal | Nothing:
    """«Создавать сделку и контакт»: a deal of every request, linked to the contact of the sender."""
    if nothing := _other_mode(facts, DEAL_AND_CONTACT):
        return nothing
    return CreateDeal("FORM-03", facts.default_responsible, facts.contact_id, "a request: default responsible")


def note(facts: FormFacts) -> AddNote | Nothing:
    """«Создавать сделку и контакт»: the request is noted on the contact, for the search of SALE-10 (GAP-12)."""
    if nothing := _other_mode(facts, DEAL_AND_CONTACT):
        return nothing
    if facts.contact_id is None:
        return Nothing("FORM-04", "there is no contact to note it on")
    return AddNote("FORM-04", facts.contact_id, "the request is noted on the contact")


def item(facts: FormFacts) -> CreateItem | Nothing:
    """«Использовать функционал «Неразобранное»»: an item of its own (GAP-16), on a known contact (GAP-82)."""
    if nothing := _other_mode(facts, "unsorted"):
        return nothing
    return CreateItem("FORM-05", facts.default_responsible, facts.contact_id, "a request: default responsible")


def _other_mode(facts: FormFacts, mode: str) -> Nothing | None:
    if nothing := not_passed(facts):
        return nothing
    if facts.mode != mode:
        return Nothing("FORM-02", f"the mode of site forms is {facts.mode}")
    return None
