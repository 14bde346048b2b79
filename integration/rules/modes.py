"""What the chosen mode lets a call leave in amoCRM (PRIM-01, 02, 07, 12..14, 18, 24; LOG-04; TERM-04).

| mode | label | leaves |
|---|---|---|
| contact | «Создавать контакт» | a contact at arrival |
| deal | «Создавать сделку» | a deal at the end |
| contact_and_deal | «Создавать контакт и сделку» | a contact at arrival, a deal at the end |
| unsorted | «Использовать функционал «Неразобранное»» | an item at the end |
| manual | «Обрабатывать вручную» | nothing |
"""

from __future__ import annotations

from typing import Literal

from integration.rules.decisions import Nothing
from integration.rules.facts import ArrivalFacts, EndFacts, Kind, Mode

What = Literal["contact", "deal", "item"]

MAKES: dict[Mode, frozenset[What]] = {
    "contact": frozenset({"contact"}),
    "deal": frozenset({"deal"}),
    "contact_and_deal": frozenset({"contact", "deal"}),
    "unsorted": frozenset({"item"}),
    "manual": frozenset(),
}

_NOTHING_FOR = {
    Kind.INTERNAL: Nothing("LOG-04", "calls between employees do not reach amoCRM"),
    Kind.HIDDEN: Nothing("PRIM-24", "nothing is created for a hidden number"),
    Kind.SECONDARY: Nothing("PRIM-01", "a secondary call creates nothing"),
    Kind.UNSEEN: Nothing("TERM-04", "the arrival of the call was not seen"),
}


def nothing_made(facts: ArrivalFacts | EndFacts) -> Nothing | None:
    """Why a call creates nothing at all; None when its mode makes something of it."""
    if facts.communication is not Kind.PRIMARY:
        return _NOTHING_FOR[facts.communication]
    if facts.direction == "out" and not facts.apply_to_outgoing:
        return Nothing("PRIM-18", "the mode is not applied to outgoing calls")
    if not MAKES[facts.mode]:
        return Nothing("PRIM-14", "primary calls are handled by hand")
    return None


def not_made(facts: ArrivalFacts | EndFacts, what: What) -> Nothing | None:
    """Why a call creates no contact, deal or item; None when it does."""
    if nothing := nothing_made(facts):
        return nothing
    if what not in MAKES[facts.mode]:
        return Nothing("PRIM-01", f"the mode {facts.mode} makes no {what}")
    return None
