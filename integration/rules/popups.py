"""Pop-ups of calls in amoCRM (POPUP-01..04, 10, 12; PRIM-22; OUT-05; WID-01, WID-02).

What a pop-up offers: a number that a contact has opens the contact, another one makes a contact. Calls between
employees begin as outgoing ones.
"""

from __future__ import annotations

from integration.rules.decisions import ClosePopup, Nothing, ShowPopup
from integration.rules.facts import RingingFacts, RungFacts


def at_ringing(facts: RingingFacts) -> ShowPopup | Nothing:
    """An incoming call notifies whose telephone rings, on all of their pages (POPUP-01, GAP-57)."""
    if facts.direction == "out":
        return Nothing("OUT-05", "outgoing calls raise no pop-up")
    if not facts.notifications:
        return Nothing("WID-02", "the widget shows no pop-ups")
    if facts.online_user is None:
        return Nothing("POPUP-01", "no page of who is called is open in amoCRM")
    return ShowPopup(
        "POPUP-01", facts.online_user, facts.contact_id, "the contact can be opened, or made if there is none"
    )


def after_ringing(facts: RungFacts) -> ClosePopup:
    """A pop-up closes when its telephone was answered or rings no longer, at the latest when the call ends."""
    return ClosePopup("POPUP-12", facts.shown_to, f"it rings no longer: {facts.event}")
