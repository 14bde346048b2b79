"""Contacts of primary calls: made at arrival, handed over after the end (PRIM-02..06, 12, 18; LOST-03, LOST-05)."""

from __future__ import annotations

from integration.rules import responsible
from integration.rules.decisions import AssignOwner, CreateContact, Nothing
from integration.rules.facts import ArrivalFacts, DelayFacts, EndFacts
from integration.rules.modes import not_made


def at_arrival(facts: ArrivalFacts) -> CreateContact | Nothing:
    """A contact as soon as the call reaches the platform, before anyone answers (PRIM-03)."""
    if nothing := not_made(facts, "contact"):
        return nothing
    rule = "PRIM-02" if facts.mode == "contact" else "PRIM-12"
    admin = facts.connecting_user
    return CreateContact(rule, admin, admin, "a primary call; the administrator owns it until the end (PRIM-05)")


def at_end(facts: EndFacts) -> AssignOwner | Nothing:
    """The contact that this call made passes from the administrator to its owner, after the delay of LOST-05."""
    if facts.contact_id is None:
        return Nothing("PRIM-06", "this call created no contact")
    owner, because = responsible.of_call(facts)
    rule = "LOST-03" if facts.lost else "PRIM-06"
    return AssignOwner(rule, facts.contact_id, owner, because, facts.card_update_delay)


def after_delay(facts: DelayFacts) -> AssignOwner:
    """Whom the end of the call chose, unless he was deleted in amoCRM during the delay (STAFF-07)."""
    if facts.owner is None:
        because = "who was chosen was deleted in amoCRM: default responsible"
        return AssignOwner("LOST-05", facts.contact_id, facts.default_responsible, because)
    return AssignOwner("LOST-05", facts.contact_id, facts.owner, "the delay is over")
