"""Tags (PRIM-19, LOST-06, UNS-05): only on what this very call created (GAP-76), never on the call itself (PRIM-20)."""

from __future__ import annotations

from integration.rules.communications import is_successful
from integration.rules.decisions import AddTag, Nothing
from integration.rules.facts import EndFacts
from integration.rules.modes import nothing_made


def at_end(facts: EndFacts) -> AddTag | Nothing:
    """The success tag for a successful call, the lost tag for a lost one, none for a call that was neither."""
    if nothing := nothing_made(facts):
        return nothing
    if facts.mode == "unsorted" and facts.pending_item is not None:
        return Nothing("UNS-05", "the call joins an item and creates nothing")
    if facts.lost:
        return _tag("LOST-06", facts.lost_tag, "the call was lost")
    if is_successful(facts):
        return _tag("PRIM-19", facts.success_tag, "the call was successful")
    return Nothing("PRIM-19", "the call was neither lost nor successful")


def _tag(rule: str, tag: str | None, because: str) -> AddTag | Nothing:
    if not tag:
        return Nothing(rule, f"{because}, but no tag is set for that")
    return AddTag(rule, tag, because)
