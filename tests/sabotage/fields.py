"""Broken versions of the rules about additional fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from integration.rules import additional_fields
from tests.sabotage.breakage import Breakage, Function, answers, instead
from tests.sabotage.tasks import NOTHING, facts_with

VALUES = "integration.rules.additional_fields:_values"
LATER = "integration.rules.additional_fields:at_later_communication"

VISITOR = (
    *("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "ua_client_id"),
    *("session", "search_query", "site", "campaign"),
)


def told(change: Callable[[Any], Any]) -> Callable[[Function], Function]:
    """The rule sees another origin of the communication."""
    return lambda original: lambda origin: original(change(origin))


def unknown_visitor(origin: Any) -> Any:
    return replace(origin, **dict.fromkeys(VISITOR))


def all_values(origin: Any) -> dict[str, Any]:
    return dict(additional_fields._values(origin))


BREAKAGES = (
    Breakage(
        "nothing of a visitor comes into the fields",
        VALUES,
        told(unknown_visitor),
        (
            *("FIELD-01.a", "FIELD-04.a", "FIELD-05.a", "FIELD-06.a", "FIELD-07.a", "FIELD-08.a", "FIELD-09.a"),
            *("FIELD-14.b", "FIELD-15.a", "FIELD-18.b"),
        ),
    ),
    Breakage(
        "contacts made by hand get the fields of later calls",
        LATER,
        facts_with(is_automatic=True),
        ("FIELD-01.b",),
    ),
    Breakage(
        "what a field takes is left out, and nothing else",
        "integration.rules.additional_fields:takes",
        answers(lambda takes: not takes),
        ("FIELD-01",),
    ),
    Breakage(
        "deals have the fields of contacts",
        "integration.amocrm.fields:wanted",
        instead(additional_fields.OF_CONTACT),
        ("FIELD-03.a", "FIELD-13.a", "FIELD-17.a"),
    ),
    Breakage(
        "every widget is that of CoMagic",
        "integration.rules.additional_fields:_filled",
        lambda original: lambda origin, fields: original(replace(origin, widget="comagic"), fields),
        ("FIELD-03.b",),
    ),
    Breakage(
        "later calls do not come into the fields",
        LATER,
        instead(NOTHING),
        ("FIELD-10.a", "FIELD-12.a", "FIELD-13.b"),
    ),
    Breakage(
        "communication_id is no id of the telephony",
        VALUES,
        told(lambda origin: replace(origin, communication_id=f"{origin.communication_id}1")),
        ("FIELD-10.b",),
    ),
    Breakage(
        "a list takes everything",
        "emulator.amocrm.field_readers:_option",
        lambda _original: lambda _given, definition, *_keys: next(iter(definition.options.values())),
        ("FIELD-11.b",),
    ),
    Breakage(
        "calls are called site forms",
        VALUES,
        told(lambda origin: replace(origin, communication_type="Заявка с сайта")),
        ("FIELD-11.d",),
    ),
    Breakage(
        "calls without a campaign have no source",
        VALUES,
        told(lambda origin: replace(origin, source=origin.campaign)),
        ("FIELD-12.b",),
    ),
    Breakage(
        "communication_time is that of the answer",
        VALUES,
        told(lambda origin: replace(origin, arrived_at=origin.arrived_at + 90)),
        ("FIELD-13.c",),
    ),
    Breakage(
        "all calls have one session",
        VALUES,
        told(lambda origin: replace(origin, session="1")),
        ("FIELD-14.a", "FIELD-18.a"),
    ),
    Breakage(
        "who searched for nothing searched for the site",
        VALUES,
        told(lambda origin: replace(origin, search_query=origin.search_query or origin.site)),
        ("FIELD-15.b",),
    ),
    Breakage(
        "later calls change all fields",
        "integration.rules.additional_fields:refreshed",
        lambda _original: all_values,
        ("FIELD-16.a", "FIELD-16.b"),
    ),
    Breakage(
        "nobody asks which fields are there",
        "integration.rules.additional_fields:missing",
        lambda _original: lambda fields, _there: list(fields),
        ("FIELD-17.b",),
    ),
    Breakage(
        "contacts are made without fields",
        "integration.rules.additional_fields:of_new_contact",
        instead(NOTHING),
        ("FIELD-19.a",),
    ),
)
