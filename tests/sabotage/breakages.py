"""One broken version per rule, and the examples that must turn red under it.

A breakage replaces one function of the product while a scenario runs. Each example of the features has its own: a
scenario that stays green under it proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from integration.rules.decisions import AddTag, AssignOwner, Classify, CreateContact, Nothing
from integration.rules.facts import Kind
from tests.sabotage import (
    fields,
    forms,
    last_communication,
    lost,
    outgoing,
    popups,
    primary,
    registration,
    sale,
    tasks,
    telephony,
    unsorted,
)
from tests.sabotage.breakage import Breakage, Function, answers, asks, instead


def at_the_end_of_known_callers(original: Function) -> Function:
    """At its end a call of a known contact is treated like the primary call that made the contact."""

    async def end_facts(end: Any, users: Any) -> Any:
        facts = await original(end, users)
        known = end._call.known_contacts
        return replace(facts, communication=Kind.PRIMARY, contact_id=known[0]) if known else facts

    return end_facts


def own_lost_flag(facts: Any) -> Any:
    """An integration that computes lost by itself: talks under two seconds."""
    return replace(facts, lost=facts.lost or facts.talk_seconds < 2)


def not_primary(facts: Any) -> Any:
    return replace(facts, communication=Kind.SECONDARY, contact_id=None)


def owned_by_who_answered(facts: Any) -> Any:
    """Voice mail and lost calls are not looked at; somebody is made up where nobody answered."""
    return replace(facts, lost=False, voice_mail=False, answered_by=1, answered_by_user=facts.default_responsible - 1)


def owned_from_the_start_by(step: int) -> Callable[[Function], Function]:
    return answers(
        lambda decision: (
            replace(decision, responsible=decision.responsible + step)
            if isinstance(decision, CreateContact)
            else decision
        )
    )


def tagged(when: Callable[[Any], bool], tag: str = "Успех") -> Callable[[Function], Function]:
    """Put the tag on whatever contact there is when the facts say so, else do as the original does."""

    def broken(original: Function) -> Function:
        def at_end(facts: Any) -> Any:
            if facts.contact_id is not None and when(facts):
                return AddTag("SABOTAGE", tag, "sabotage")
            return original(facts)

        return at_end

    return broken


NOTHING = Nothing("SABOTAGE", "sabotage")
PRIMARY = Classify("SABOTAGE", Kind.PRIMARY, "sabotage")

BREAKAGES = (
    Breakage(
        "primary calls create nothing",
        "integration.rules.contacts:at_arrival",
        instead(NOTHING),
        ("PRIM-02.a", "PRIM-03.a", "PRIM-03.b"),
    ),
    Breakage(
        "every call is primary",
        "integration.rules.communications:classify",
        instead(PRIMARY),
        ("PRIM-02.b", "TERM-02.b", "LOG-04.a", "LOG-04.b"),
    ),
    Breakage(
        "calls of one number are processed side by side",
        "integration.events:Envelope.key",
        lambda _original: property(lambda event: f"event:{event.event_id}"),
        ("PRIM-02.c",),
    ),
    Breakage(
        "the contact belongs to somebody else from the start",
        "integration.rules.contacts:at_arrival",
        owned_from_the_start_by(1),
        ("PRIM-05.a", "PRIM-06.b"),
    ),
    Breakage(
        "the card stays with the administrator",
        "integration.rules.contacts:at_end",
        instead(NOTHING),
        ("PRIM-06.a",),
    ),
    Breakage(
        "lost calls, voice mail and strangers to amoCRM are not looked at",
        "integration.rules.contacts:at_end",
        asks(owned_by_who_answered),
        ("PRIM-06.c", "PRIM-06.d", "PRIM-06.e", "PRIM-06.g"),
    ),
    Breakage(
        "lost calls get the tag too",
        "integration.rules.tags:at_end",
        tagged(lambda facts: facts.lost),
        ("PRIM-19.b", "TERM-06.a"),
    ),
    Breakage(
        "known contacts are treated like new ones at the end",
        "integration.calls.end:End._facts",
        at_the_end_of_known_callers,
        ("PRIM-19.e",),
    ),
    Breakage(
        "voice mail is no success",
        "integration.rules.tags:is_successful",
        answers(lambda _success: False),
        ("PRIM-19.c",),
    ),
    Breakage(
        "a tag is made up when none is set",
        "integration.rules.tags:at_end",
        tagged(lambda facts: not facts.success_tag),
        ("PRIM-19.d",),
    ),
    Breakage(
        "short talks are no success",
        "integration.rules.tags:is_successful",
        lambda original: lambda facts: original(facts) and facts.talk_seconds >= 6,
        ("PRIM-19.g",),
    ),
    Breakage(
        "numbers are compared as they are written",
        "integration.amocrm.wire:match_key",
        lambda _original: lambda phone: phone,
        ("TERM-02.c",),
    ),
    Breakage(
        "whether a call is primary is decided anew at its end",
        "integration.rules.tags:at_end",
        asks(not_primary),
        ("TERM-04.a",),
    ),
    Breakage(
        "a contact that was never made is handed over",
        "integration.rules.contacts:at_end",
        instead(AssignOwner("SABOTAGE", None, 1, "sabotage", 60)),  # type: ignore[arg-type]
        ("PRIM-06",),
    ),
    Breakage(
        "a call whose arrival nobody heard of is primary at its end",
        "integration.rules.communications:classify_unseen",
        instead(PRIMARY),
        ("TERM-04",),
    ),
    Breakage(
        "a call between employees is forgotten to be one when nobody heard of its arrival",
        "integration.rules.communications:classify_unseen",
        asks(lambda facts: replace(facts, internal=False)),
        ("LOG-04",),
    ),
    Breakage(
        "some of the waiting is sent as talk",
        "integration.rules.registration:at_end",
        asks(lambda facts: replace(facts, talk_seconds=facts.talk_seconds + 5)),
        ("LOG-01.a", "LOG-03.a"),
    ),
    Breakage(
        "all calls carry one number of the caller's own making",
        "integration.calls.orders:record",
        answers(
            lambda record: type(record)(**{**{f: getattr(record, f) for f in record.__struct_fields__}, "uniq": "1"})
        ),
        ("LOG-01.c",),
    ),
    Breakage(
        "amoCRM writes no note of a call",
        "emulator.amocrm.calls:Calls._add_note",
        instead(None),
        ("LOG-02.a",),
    ),
    Breakage(
        "the integration computes a lost flag of its own",
        "integration.rules.contacts:at_end",
        asks(own_lost_flag),
        ("TERM-06.b",),
    ),
    *registration.BREAKAGES,
    *primary.BREAKAGES,
    *telephony.BREAKAGES,
    *outgoing.BREAKAGES,
    *popups.BREAKAGES,
    *lost.BREAKAGES,
    *unsorted.BREAKAGES,
    *tasks.BREAKAGES,
    *fields.BREAKAGES,
    *forms.BREAKAGES,
    *sale.BREAKAGES,
    *last_communication.BREAKAGES,
)
