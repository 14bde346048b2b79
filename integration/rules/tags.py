"""Tags (PRIM-19, LOST-06): only on what this very call created (GAP-76), never on the call itself (PRIM-20)."""

from __future__ import annotations

from integration.rules.communications import is_successful, nothing_for
from integration.rules.decisions import AddTag, Nothing
from integration.rules.facts import EndFacts


def at_end(facts: EndFacts) -> AddTag | Nothing:
    """The success tag for a successful call, the lost tag for a lost one, none for a call that was neither."""
    if nothing := nothing_for(facts.communication):
        return nothing
    if facts.contact_id is None:
        return Nothing("PRIM-19", "this call created no contact")
    if facts.lost:
        return _tag("LOST-06", facts.contact_id, facts.lost_tag, "the call was lost")
    if is_successful(facts):
        return _tag("PRIM-19", facts.contact_id, facts.success_tag, "the call was successful")
    return Nothing("PRIM-19", "the call was neither lost nor successful")


def _tag(rule: str, contact_id: int, tag: str | None, because: str) -> AddTag | Nothing:
    if not tag:
        return Nothing(rule, f"{because}, but no tag is set for that")
    return AddTag(rule, contact_id, tag, because)
