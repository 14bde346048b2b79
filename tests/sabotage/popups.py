"""One broken version per rule about pop-ups of calls."""

from __future__ import annotations

from dataclasses import replace

from tests.sabotage.breakage import Breakage, answers, asks
from tests.sabotage.tasks import NOTHING

BREAKAGES = (
    Breakage(
        "pop-ups do not know what the call has made",
        "integration.rules.popups:at_ringing",
        asks(lambda facts: replace(facts, contact_id=None)),
        ("PRIM-22.a", "POPUP-01.a", "POPUP-01.c"),
    ),
    Breakage(
        "pop-ups never close",
        "integration.rules.popups:after_ringing",
        answers(lambda decision: replace(decision, user_ids=())),
        ("POPUP-01.b", "POPUP-12.a"),
    ),
    Breakage(
        "the widget always shows notifications",
        "integration.rules.popups:at_ringing",
        asks(lambda facts: replace(facts, notifications=True)),
        ("POPUP-01",),
    ),
    Breakage(
        "unknown numbers raise no pop-up",
        "integration.rules.popups:at_ringing",
        lambda original: lambda facts: NOTHING if facts.contact_id is None else original(facts),
        ("POPUP-02.a",),
    ),
    Breakage(
        "outgoing calls pop up like those that come in",
        "integration.rules.popups:at_ringing",
        asks(lambda facts: replace(facts, direction="in")),
        ("OUT-05.a",),
    ),
)
