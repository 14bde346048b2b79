"""One broken version per rule about pop-ups of calls."""

from __future__ import annotations

from dataclasses import replace

from tests.sabotage.breakage import Breakage, asks

BREAKAGES = (
    Breakage(
        "pop-ups do not know what the call has made",
        "integration.rules.popups:at_ringing",
        asks(lambda facts: replace(facts, contact_id=None)),
        ("PRIM-22.a",),
    ),
    Breakage(
        "outgoing calls pop up like those that come in",
        "integration.rules.popups:at_ringing",
        asks(lambda facts: replace(facts, direction="in")),
        ("OUT-05.a",),
    ),
)
