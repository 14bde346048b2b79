"""What a communication is: internal, hidden, primary or secondary; successful or not (TERM-01..07, LOG-04, PRIM-24).

Lost is never computed here: it is the flag of the telephony (TERM-06).
"""

from __future__ import annotations

from integration.rules.decisions import Classify
from integration.rules.facts import EndFacts, Kind, NumberFacts


def classify(facts: NumberFacts) -> Classify:
    """Decide once, at arrival, what the call is."""
    if facts.internal:
        return Classify("LOG-04", Kind.INTERNAL, "a call between employees")
    if not facts.number_key:
        return Classify("PRIM-24", Kind.HIDDEN, "the number is hidden and cannot be matched")
    if facts.known_contacts:
        return Classify("TERM-02", Kind.SECONDARY, "a contact has this number")
    if facts.known_companies:
        return Classify("TERM-02", Kind.SECONDARY, "a company has this number (GAP-80)")
    return Classify("TERM-01", Kind.PRIMARY, "neither a contact nor a company has this number")


def classify_unseen(facts: NumberFacts) -> Classify:
    """A call whose arrival was never received: only registered, because nothing may be decided late (TERM-04)."""
    if facts.internal:
        return Classify("LOG-04", Kind.INTERNAL, "a call between employees")
    return Classify("TERM-04", Kind.UNSEEN, "its arrival was not seen, so it is neither primary nor secondary")


def is_successful(facts: EndFacts) -> bool:
    """TERM-07, GAP-18, GAP-19: not lost, and the parties talked or voice mail took the call."""
    return not facts.lost and (facts.talked_by is not None or facts.voice_mail)
