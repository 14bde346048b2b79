"""Deals of primary calls, made after the end, when their owner is known (PRIM-07..10, 12; GAP-29, GAP-30, GAP-82)."""

from __future__ import annotations

from integration.rules import responsible
from integration.rules.decisions import CreateDeal, Nothing
from integration.rules.facts import EndFacts
from integration.rules.modes import not_made


def at_end(facts: EndFacts) -> CreateDeal | Nothing:
    """A deal, linked to the contact of the same call, else to one with the number that can be seen by now."""
    if nothing := not_made(facts, "deal"):
        return nothing
    owner, because = responsible.of_call(facts)
    rule = "PRIM-07" if facts.mode == "deal" else "PRIM-12"
    contact = facts.visible_contact if facts.contact_id is None else facts.contact_id
    return CreateDeal(rule, owner, contact, because)
