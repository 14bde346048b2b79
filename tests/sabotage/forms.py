"""One broken version per rule about site forms."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from integration.model import NewTask
from integration.rules.additional_fields import CALL
from integration.rules.decisions import AddNote, Classify, Nothing
from integration.rules.facts import Kind
from tests.sabotage.breakage import Breakage, Function, asks, instead

NOTHING = Nothing("SABOTAGE", "sabotage")
REQUEST_NOTED = "integration.forms.service:Receipt._note"


def as_calls_are_handled(original: Function) -> Function:
    """Who handles calls by hand is taken to handle forms by hand."""

    async def facts(receipt: Any) -> Any:
        found = await original(receipt)
        return replace(found, enabled=receipt._values["calls.primary_mode"] != "manual")

    return facts


def tags_known_contacts(original: Function) -> Function:
    async def create_contact(receipt: Any, facts: Any) -> None:
        for contact in receipt._form.known_contacts:
            await receipt._context.effects.add_tag(receipt._form, contact, receipt._values["forms.tag_contact"])
        await original(receipt, facts)

    return create_contact


def with_tag(tag: str | None) -> Function:
    """All new cards get this tag."""
    return lambda original: lambda name, user, _tag, fields: original(name, user, tag, fields)


def asks_somebody_to_call(original: Function) -> Function:
    async def note(receipt: Any, facts: Any) -> None:
        await original(receipt, facts)
        form, due = receipt._form, receipt._form.started_at + timedelta(hours=1)
        task = NewTask("contact", facts.contact_id, facts.default_responsible, f"Заявка {form.communication_id}", due)
        await receipt._context.effects.create_task(form, task)

    return note


def noted_on_nobody(original: Function) -> Function:
    def note(facts: Any) -> Any:
        return original(facts) if facts.contact_id is not None else AddNote("SABOTAGE", facts.contact_id, "sabotage")

    return note


async def nowhere(_fields: Any) -> None:
    return None


BREAKAGES = (
    Breakage(
        "forms are passed on whatever the settings say, and in both modes",
        "integration.rules.forms:_other_mode",
        instead(None),
        ("FORM-01.a", "FORM-02.a"),
    ),
    Breakage(
        "forms make no deal",
        "integration.rules.forms:deal",
        instead(NOTHING),
        ("FORM-01.b", "FORM-03.a", "FORM-03.b", "FORM-04.b"),
    ),
    Breakage(
        "forms follow each other per telephone alone",
        "integration.events:SiteForm.keys",
        lambda _original: property(lambda form: (form.key,)),
        ("FORM-03",),
    ),
    Breakage(
        "forms are handled by hand when calls are",
        "integration.forms.service:Receipt._facts",
        as_calls_are_handled,
        ("FORM-01.c",),
    ),
    Breakage(
        "forms make no contact",
        "integration.rules.forms:contact",
        instead(NOTHING),
        ("FORM-04.a", "PRIM-16.e"),
    ),
    Breakage(
        "forms do not come into the fields of contacts that are known",
        "integration.rules.additional_fields:at_later_communication",
        instead(NOTHING),
        ("FORM-04.c",),
    ),
    Breakage(
        "forms are not noted",
        "integration.rules.forms:note",
        instead(NOTHING),
        ("FORM-04.d", "SALE-11.f"),
    ),
    Breakage(
        "forms are noted on a contact that there is not",
        "integration.rules.forms:note",
        noted_on_nobody,
        ("FORM-04",),
    ),
    Breakage(
        "forms make no item",
        "integration.rules.forms:item",
        instead(NOTHING),
        ("FORM-05.a", "FORM-05.b", "FORM-06.a"),
    ),
    Breakage(
        "an item of a form has a contact of its own, whoever is known",
        "integration.rules.forms:item",
        asks(lambda facts: replace(facts, contact_id=None)),
        ("FORM-05.c", "FORM-12.a"),
    ),
    Breakage(
        "the limit to new people is one of every mode",
        "integration.rules.forms:not_passed",
        asks(lambda facts: replace(facts, mode="unsorted")),
        ("FORM-06",),
    ),
    Breakage(
        "forms of everybody are passed on",
        "integration.rules.forms:not_passed",
        asks(lambda facts: replace(facts, only_primary=False)),
        ("FORM-07.a", "FORM-07.d"),
    ),
    Breakage(
        "nobody looks for the e-mail of a form",
        "integration.forms.service:email_key",
        instead(""),
        ("FORM-07.b",),
    ),
    Breakage(
        "every sender of a form is known",
        "integration.rules.forms:classify",
        instead(Classify("SABOTAGE", Kind.SECONDARY, "sabotage")),
        ("FORM-07.c",),
    ),
    Breakage(
        "what forms make belongs to who connected the integration",
        "integration.rules.responsible:default",
        lambda _original: lambda _setting, _users, connecting: connecting,
        ("FORM-08.a", "FORM-08.b", "FORM-08.c"),
    ),
    Breakage(
        "who was deleted in amoCRM still gets what forms make",
        "integration.rules.responsible:default",
        lambda _original: lambda setting, _users, _connecting: setting,
        ("FORM-08.d",),
    ),
    Breakage(
        "what forms make gets no tag",
        "integration.amocrm.wire:_owned",
        with_tag(None),
        ("FORM-09.a", "FORM-09.c"),
    ),
    Breakage(
        "forms tag contacts that are known",
        "integration.forms.service:Receipt._create_contact",
        tags_known_contacts,
        ("FORM-09.b",),
    ),
    Breakage(
        "what forms make gets the tag of successful calls",
        "integration.amocrm.wire:_owned",
        with_tag("Успех"),
        ("FORM-09.d",),
    ),
    Breakage(
        "forms are called calls",
        "integration.calls.fields:SITE_FORM",
        lambda _original: CALL,
        ("FORM-10.a", "FIELD-11.a", "FIELD-11.c"),
    ),
    Breakage(
        "a form is taken for a lost call",
        REQUEST_NOTED,
        asks_somebody_to_call,
        ("FORM-11.a",),
    ),
    Breakage(
        "calls of who sent a form are primary",
        "integration.rules.communications:classify",
        instead(Classify("SABOTAGE", Kind.PRIMARY, "sabotage")),
        ("FORM-12.b",),
    ),
    Breakage(
        "forms without a campaign have no source",
        "integration.calls.fields:CardFields._name_of_place",
        lambda _original: nowhere,
        ("FIELD-12.c",),
    ),
    Breakage(
        "the time of a form is read as UTC",
        "integration.forms.service:started_at",
        lambda original: lambda event, _zone: original(event, "UTC"),
        ("FIELD-13.d",),
    ),
)
