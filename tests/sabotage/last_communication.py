"""Broken versions of what cards remember of communications."""

from __future__ import annotations

from tests.sabotage.breakage import Breakage, instead
from tests.sabotage.fields import LATER
from tests.sabotage.tasks import NOTHING, facts_with

BREAKAGES = (
    Breakage(
        "deals say nothing of their communication",
        "integration.rules.additional_fields:of_new_deal",
        instead(NOTHING),
        ("SALE-04.a", "SALE-04.b"),
    ),
    Breakage(
        "contacts say nothing of their communication",
        "integration.rules.additional_fields:of_new_contact",
        instead(NOTHING),
        ("SALE-07.a", "SALE-07.b"),
    ),
    Breakage(
        "contacts do not say which communication was the last",
        LATER,
        instead(NOTHING),
        ("SALE-08", "SALE-08.a", "SALE-08.b", "SALE-08.d", "SALE-08.f"),
    ),
    Breakage(
        "outgoing calls are no different",
        LATER,
        facts_with(direction="in"),
        ("SALE-08.c",),
    ),
    Breakage(
        "the communication that is told last is the last",
        LATER,
        facts_with(holds_since=None),
        ("SALE-08.e",),
    ),
    Breakage(
        "every contact is an automatic one",
        LATER,
        facts_with(is_automatic=True),
        ("SALE-09.a",),
    ),
)
