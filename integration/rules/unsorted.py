"""Items in «Неразобранное» (PRIM-13, TERM-03, LOST-03; GAP-16, GAP-33, GAP-82)."""

from __future__ import annotations

from integration.rules import responsible
from integration.rules.decisions import CreateItem, Nothing
from integration.rules.facts import EndFacts
from integration.rules.modes import not_made


def at_end(facts: EndFacts) -> CreateItem | Nothing:
    """An item with a deal and a contact, unless one of this number is pending already: amoCRM lets the call join it."""
    if nothing := not_made(facts, "item"):
        return nothing
    if facts.pending_item is not None:
        return Nothing("TERM-03", "the number has an item already, which the call joins")
    owner, because = responsible.of_call(facts)
    return CreateItem("PRIM-13", owner, facts.visible_contact, because)
