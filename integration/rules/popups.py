"""Pop-ups of calls in amoCRM (POPUP-01..04, 10, 12; PRIM-22; OUT-05; WID-01, WID-02).

What a pop-up offers: a number that a contact has opens the contact, another one makes a contact.
"""

from __future__ import annotations

from integration.rules.decisions import ClosePopup, Nothing, ShowPopup
from integration.rules.facts import Kind, RingingFacts, RungFacts


def at_ringing(facts: RingingFacts) -> ShowPopup | Nothing:
    """An incoming call notifies whose telephone rings, on all of their pages (POPUP-01, GAP-57)."""
    if facts.communication is Kind.INTERNAL:
        return Nothing("POPUP-01", "a call between employees raises no pop-up")
    if facts.direction == "out":
        return Nothing("OUT-05", "outgoing calls raise no pop-up")
    if not facts.notifications:
        return Nothing("WID-02", "the widget shows no pop-ups")
    if facts.user_id is None:
        return Nothing("POPUP-01", "who is called is not in amoCRM")
    if not facts.is_online:
        return Nothing("POPUP-01", "no page of theirs is open")
    return ShowPopup(*_offer(facts, facts.user_id))


def _offer(facts: RingingFacts, user_id: int) -> tuple[str, int, int | None, str]:
    if facts.contact_id is None:
        return "POPUP-02", user_id, None, "no contact has the number: one can be made"
    if facts.made_by_call:
        return "PRIM-22", user_id, facts.contact_id, "the call has made the contact already: it can be opened"
    return "POPUP-03", user_id, facts.contact_id, "a contact has the number: it can be opened"


def after_ringing(facts: RungFacts) -> ClosePopup | Nothing:
    """A pop-up closes when its telephone was answered or rings no longer, at the latest when the call ends."""
    if not facts.shown_to:
        return Nothing("POPUP-12", "no pop-up is open")
    return ClosePopup("POPUP-12", facts.shown_to, f"it rings no longer: {facts.event}")
