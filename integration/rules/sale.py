"""Which communication gets «Продажа» for a deal that was won (SALE-02..06, SALE-10, SALE-12; GAP-05, GAP-11).

The branches are tried in a fixed order and exactly one of them decides.
"""

from __future__ import annotations

from datetime import timedelta

from integration.rules.decisions import Nothing, PassDealOn
from integration.rules.facts import SaleFacts


def choose(facts: SaleFacts) -> PassDealOn | Nothing:
    """The communication of the deal itself, else that of its contact, else one out of the contact's notes."""
    if facts.deal_communication is not None:
        return PassDealOn("SALE-02", *facts.deal_communication, "it made the deal")
    if facts.contact_id is None:
        return Nothing("SALE-05", "a deal made by hand without a contact")
    if facts.contact_communication is not None:
        return PassDealOn("SALE-06", *facts.contact_communication, "the last communication of an automatic contact")
    return _out_of_notes(facts)


def _out_of_notes(facts: SaleFacts) -> PassDealOn | Nothing:
    """The first one, or the last one of the period before the deal was closed; both its ends count (GAP-11)."""
    found = sorted((at, *mention) for mention, at in facts.noted if at <= facts.closed_at)
    if facts.choice != "first":
        since = facts.closed_at - timedelta(days=facts.period_days)
        found = [each for each in found if each[0] >= since]
    if not found:
        return Nothing("SALE-10", "the notes of the contact name no communication in time")
    _, communication_id, kind = found[0] if facts.choice == "first" else found[-1]
    return PassDealOn("SALE-10", communication_id, kind, f"the choice is {facts.choice}")
