"""Broken versions of what primary calls leave: the mode, contacts, deals, items, owners, tags (PRIM, TERM, FEAT)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec

from integration import settings
from integration.ports import UnavailableError
from integration.rules.decisions import AssignOwner, Classify, Nothing
from integration.rules.facts import Kind
from tests.sabotage.breakage import Breakage, Function, answers, as_they_were, asks, instead

NOTHING = Nothing("SABOTAGE", "sabotage")
SECONDARY = Classify("SABOTAGE", Kind.SECONDARY, "sabotage")


def settings_of_now(_original: Function) -> Function:
    """A call ends under the settings of its end."""

    async def of_call(context: Any, _call: Any) -> Any:
        return settings.complete(await context.store.settings(), context.connection.connecting_user)

    return of_call


def somebody_answered(facts: Any) -> Any:
    """Lost calls, voice mail and strangers to amoCRM are not looked at; a user is made up where there is none."""
    user = facts.default_responsible - 1
    return replace(facts, lost=False, answered_by=1, answered_by_user=user)


def owner_of_default(facts: Any) -> Any:
    return replace(facts, lost=True)


def outgoing(*, applied: bool) -> Any:
    return asks(lambda facts: replace(facts, apply_to_outgoing=applied))


def tags_who_has_the_number(original: Function) -> Function:
    """Whatever contact has the number by the end gets the tag, however the call was handled."""

    async def process(end: Any) -> None:
        await original(end)
        for contact in await end._context.crm.find_contacts(end._call.phone):
            await end._context.effects.add_tag(end._call, contact.id, "Успех")

    return process


def marks_the_call(original: Function) -> Function:
    """The call in the telephony gets a tag as well."""

    async def process(end: Any) -> None:
        await original(end)
        telephony = end._context.telephony
        tag = (await telephony._ask("get.tags", {}))[0]["id"]
        communication = int(end._call.communication_id)
        mark = {"communication_id": communication, "communication_type": "call", "tag_id": tag}
        with suppress(UnavailableError):
            await telephony._ask("set.tag_communications", mark)

    return process


def recorded_twice(original: Function) -> Function:
    """Once for the item and once for the contact in it, as two calls."""

    async def record(end: Any, facts: Any) -> None:
        await original(end, facts)
        call = end._call
        end._call = msgspec.structs.replace(
            call, id=f"{call.id}-again", communication_id=f"{call.communication_id}-again"
        )
        await original(end, facts)
        end._call = call

    return record


def one_a_number(original: Function) -> Function:
    """Further deals of a number are not made."""
    numbers: set[str] = set()

    async def create_deal(effects: Any, call: Any, deal: Any) -> None:
        if call.phone not in numbers:
            numbers.add(call.phone)
            await original(effects, call, deal)

    return create_deal


def decided_anew(facts: Any) -> Any:
    """At the end the number is a known one if somebody made a contact meanwhile."""
    return facts if facts.visible_contact is None else replace(facts, communication=Kind.SECONDARY)


BREAKAGES = (
    Breakage(
        "any mode is taken",
        "integration.settings:_error",
        instead(None),
        ("PRIM-01.a",),
    ),
    Breakage(
        "a call ends under the settings of its end",
        "integration.calls.context:Context.settings",
        settings_of_now,
        ("PRIM-01.b",),
    ),
    Breakage(
        "every call makes a contact, in every mode",
        "integration.rules.contacts:not_made",
        instead(None),
        ("PRIM-01.c", "PRIM-21.b", "TERM-02.a", "TERM-02.d", "PRIM-18.e"),
    ),
    Breakage(
        "every call makes a deal",
        "integration.rules.deals:not_made",
        instead(None),
        ("PRIM-07.c",),
    ),
    Breakage(
        "no call makes anything",
        "integration.rules.modes:nothing_made",
        instead(NOTHING),
        ("PRIM-03.c", "PRIM-13.a", "PRIM-21.a", "FEAT-04.a", "FEAT-05.a", "TERM-01.a", "TERM-01.b"),
    ),
    Breakage(
        "no form is primary",
        "integration.rules.forms:classify",
        instead(SECONDARY),
        ("TERM-01.c",),
    ),
    Breakage(
        "a form is taken for something that the company sent",
        "integration.rules.additional_fields:at_later_communication",
        asks(lambda facts: replace(facts, direction="out")),
        ("TERM-08.b",),
    ),
    Breakage(
        "no call is primary",
        "integration.rules.communications:classify",
        instead(SECONDARY),
        ("TERM-01.d",),
    ),
    Breakage(
        "cards come without additional fields",
        "integration.rules.additional_fields:_filled",
        instead(NOTHING),
        ("PRIM-04.a", "PRIM-12.b", "FEAT-09.a"),
    ),
    Breakage(
        "everybody is taken for a visitor from an advertisement",
        "integration.rules.additional_fields:of_new_contact",
        asks(lambda origin: replace(origin, utm_source="yandex")),
        ("FEAT-09.b",),
    ),
    Breakage(
        "the new contact belongs to whoever connected the integration first",
        "integration.rules.contacts:at_arrival",
        asks(lambda facts: replace(facts, connecting_user=facts.connecting_user - 1)),
        ("PRIM-05.b",),
    ),
    Breakage(
        "the card is updated without the delay",
        "integration.rules.contacts:at_end",
        answers(lambda decision: replace(decision, delay=0) if isinstance(decision, AssignOwner) else decision),
        ("PRIM-06.f",),
    ),
    Breakage(
        "accepted items stay",
        "emulator.amocrm.unsorted:Unsorted.accept",
        lambda _original: lambda _unsorted, item, *_choice: item,
        ("PRIM-13.b",),
    ),
    Breakage(
        "declined items stay",
        "emulator.amocrm.unsorted:Unsorted.decline",
        lambda _original: lambda _unsorted, item, _author: item,
        ("PRIM-13.c",),
    ),
    Breakage(
        "a call is recorded for the item and once more for the contact",
        "integration.calls.end:End._record",
        recorded_twice,
        ("PRIM-13.d",),
    ),
    Breakage(
        "the mode is not for outgoing calls",
        "integration.rules.modes:nothing_made",
        outgoing(applied=False),
        ("PRIM-18.a", "PRIM-18.c", "PRIM-18.d"),
    ),
    Breakage(
        "the mode is for all outgoing calls",
        "integration.rules.modes:nothing_made",
        outgoing(applied=True),
        ("PRIM-18.b",),
    ),
    Breakage(
        "who answered is found by name, and the first of a name counts",
        "integration.model:Connection.user_of",
        lambda _original: lambda connection, _employee: connection.employees[0].user_id,
        ("PRIM-23.a",),
    ),
    Breakage(
        "primary calls make no deal",
        "integration.rules.deals:at_end",
        instead(NOTHING),
        ("PRIM-07.a",),
    ),
    Breakage(
        "a number has one deal and no further one",
        "integration.effects:Effects.create_deal",
        one_a_number,
        ("PRIM-07.b", "PRIM-07.d"),
    ),
    Breakage(
        "the deal is not linked to the contact of its call",
        "integration.rules.deals:at_end",
        asks(lambda facts: replace(facts, contact_id=None, visible_contact=None)),
        ("PRIM-12.a",),
    ),
    Breakage(
        "a link that amoCRM refuses is a deal less",
        "integration.amends:Amends._for_the_contact",
        as_they_were,
        ("PRIM-12",),
    ),
    Breakage(
        "everything belongs to the default responsible",
        "integration.rules.responsible:of_call",
        asks(owner_of_default),
        ("PRIM-08.a", "PRIM-08.b", "PRIM-08.c", "PRIM-12.d"),
    ),
    Breakage(
        "it is not looked at who answered, and whether anybody did",
        "integration.rules.responsible:of_call",
        asks(somebody_answered),
        ("PRIM-09.a", "PRIM-10.a", "PRIM-10.b", "PRIM-10.d", "PRIM-12.c"),
    ),
    Breakage(
        "who was deleted in amoCRM still works there",
        "integration.rules.responsible:in_amocrm",
        lambda _original: lambda user, _users: user,
        ("PRIM-10.c",),
        (("integration.amends:Amends._for_people", as_they_were),),
    ),
    Breakage(
        "calls are not recorded",
        "integration.rules.registration:at_end",
        instead(NOTHING),
        ("PRIM-11.a", "PRIM-11.b", "PRIM-11.c"),
    ),
    Breakage(
        "amoCRM keeps the shortest talks",
        "emulator.amocrm.platform:SHORTEST_KEPT",
        lambda _original: timedelta(),
        ("PRIM-11.d",),
    ),
    Breakage(
        "the record does not name the deal",
        "integration.effects:Effects.deal_of",
        lambda _original: no_deal,
        ("PRIM-11.e",),
    ),
    Breakage(
        "only contacts are tagged",
        "integration.calls.orders:new_deal",
        answers(lambda deal: type(deal)(**{**{f: getattr(deal, f) for f in deal.__struct_fields__}, "tag": None})),
        ("PRIM-19.a", "FEAT-06.a"),
    ),
    Breakage(
        "whoever has the number by the end is tagged",
        "integration.calls.end:End.process",
        tags_who_has_the_number,
        ("PRIM-19.f",),
    ),
    Breakage(
        "the call in the telephony is tagged too",
        "integration.calls.end:End.process",
        marks_the_call,
        ("PRIM-20.a",),
    ),
    Breakage(
        "lost calls get no tag",
        "integration.rules.tags:at_end",
        instead(NOTHING),
        ("FEAT-08.a",),
    ),
    Breakage(
        "lost calls get no task",
        "integration.rules.tasks:at_end",
        instead(NOTHING),
        ("FEAT-07.a",),
    ),
    Breakage(
        "a call whose contact was made meanwhile makes no deal",
        "integration.rules.deals:at_end",
        asks(decided_anew),
        ("TERM-04.b",),
    ),
    Breakage(
        "an item has a contact of its own, whoever is known by now",
        "integration.rules.unsorted:at_end",
        asks(lambda facts: replace(facts, visible_contact=None)),
        ("TERM-04.c",),
    ),
    Breakage(
        "outgoing calls are no success",
        "integration.rules.tags:is_successful",
        lambda original: lambda facts: original(facts) and facts.direction == "in",
        ("TERM-07.c",),
    ),
)


async def no_deal(*_arguments: Any) -> None:
    """As if the call had made none."""
