"""Primary calls in the modes «Создавать контакт» and «Обрабатывать вручную» (PRIM-01..06, 14, 18, 21, 24; LOST-03)."""

from __future__ import annotations

from integration.rules.communications import nothing_for
from integration.rules.decisions import AssignOwner, CreateContact, Nothing
from integration.rules.facts import ArrivalFacts, EndFacts


def at_arrival(facts: ArrivalFacts) -> CreateContact | Nothing:
    """What a call creates when it reaches the platform, before anyone answers (PRIM-03)."""
    if nothing := nothing_for(facts.communication):
        return nothing
    if facts.direction == "out" and not facts.apply_to_outgoing:
        return Nothing("PRIM-18", "the mode is not applied to outgoing calls")
    if facts.mode == "contact":
        admin = facts.connecting_user
        return CreateContact(
            "PRIM-02", admin, admin, "a primary call; the administrator owns it until the end (PRIM-05)"
        )
    return Nothing("PRIM-14", "primary calls are handled by hand")


def at_end(facts: EndFacts) -> AssignOwner | Nothing:
    """Who owns the contact once the call has ended: the first employee who answered, else the default responsible."""
    if nothing := nothing_for(facts.communication):
        return nothing
    if facts.contact_id is None:
        return Nothing("PRIM-06", "this call created no contact")
    default = facts.default_responsible
    if facts.lost:
        return AssignOwner("LOST-03", facts.contact_id, default, "the call was lost: default responsible")
    if facts.answered_by is None:
        because = "voice mail took the call" if facts.voice_mail else "no employee answered"
        return AssignOwner("PRIM-06", facts.contact_id, default, f"{because}: default responsible")
    if facts.answered_by_user is None:
        return AssignOwner("PRIM-06", facts.contact_id, default, "who answered is not in amoCRM: default responsible")
    return AssignOwner("PRIM-06", facts.contact_id, facts.answered_by_user, "the first employee who answered")
