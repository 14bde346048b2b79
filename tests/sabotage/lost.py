"""One broken version per rule about lost calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from integration.rules.decisions import Nothing
from integration.rules.facts import Kind
from tests.sabotage.breakage import Breakage, Function, answers, as_they_were, asks, instead
from tests.sabotage.telephony import lost

NOTHING = Nothing("SABOTAGE", "sabotage")


def facts_with(**changes: Any) -> Callable[[Any], Any]:
    return lambda facts: replace(facts, **changes)


def like_the_call_that_made_it(original: Function) -> Function:
    """A call of a contact changes it as the primary call did that made it."""

    async def facts_of_end(end: Any, users: Any) -> Any:
        facts = await original(end, users)
        known = end._call.known_contacts
        made = facts_with(communication=Kind.PRIMARY, mode="contact", contact_id=known[0] if known else None)
        return made(facts) if known else facts

    return facts_of_end


def without_creator(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "created_by"}


async def to_whom_the_end_chose(service: Any, _row: Any, update: Any) -> None:
    call = await service._context.store.call(update.call_id)
    await service._context.effects.assign_owner(call, update.contact_id, update.user_id)


BREAKAGES = (
    Breakage(
        "the integration computes a lost flag of its own: talks under two seconds",
        "integration.rules.registration:at_end",
        asks(lambda facts: replace(facts, lost=facts.lost or facts.talk_seconds < 2)),
        ("LOST-01.a",),
    ),
    Breakage(
        "no mode makes a contact",
        "integration.rules.contacts:at_arrival",
        instead(NOTHING),
        ("LOST-02.a", "LOST-02.c"),
    ),
    Breakage(
        "every mode makes a contact",
        "integration.rules.contacts:at_arrival",
        asks(facts_with(mode="contact")),
        ("LOST-02.b", "LOST-02.d", "LOST-02.e"),
    ),
    Breakage(
        "cards belong to the user before the right one",
        "integration.rules.responsible:of_call",
        answers(lambda owner: (owner[0] - 1, owner[1])),
        ("LOST-03.a", "LOST-03.b", "LOST-03.d"),
    ),
    Breakage(
        "nobody asks whether the default responsible still works there",
        "integration.rules.responsible:default",
        lambda _original: lambda setting, _users, _connecting_user: setting,
        ("LOST-03.c",),
    ),
    Breakage(
        "the creator of a card is not changed",
        "integration.amocrm.wire:patch_body",
        answers(without_creator),
        ("LOST-03.e",),
    ),
    Breakage(
        "lost calls are not recorded",
        "integration.rules.registration:at_end",
        lambda original: lambda facts: NOTHING if facts.lost else original(facts),
        ("LOST-04.a",),
    ),
    Breakage(
        "there is always a delay",
        "integration.rules.contacts:at_end",
        asks(facts_with(card_update_delay=60)),
        ("LOST-05.a",),
    ),
    Breakage(
        "there is never a delay",
        "integration.rules.contacts:at_end",
        asks(facts_with(card_update_delay=0)),
        ("LOST-05.b", "LOST-05.d"),
    ),
    Breakage(
        "nobody asks after the delay whether the new owner still works there",
        "integration.calls.service:CallService._update_owner",
        lambda _original: to_whom_the_end_chose,
        ("LOST-05",),
        (("integration.amends:Amends._for_people", as_they_were),),
    ),
    Breakage(
        "everybody sees all settings",
        "integration.settings:visible",
        lambda _original: lambda values, _role: dict(values),
        ("LOST-05.c",),
    ),
    Breakage(
        "there are no tags",
        "integration.rules.tags:at_end",
        instead(NOTHING),
        ("LOST-06.a",),
    ),
    Breakage(
        "successful calls get the tag of lost ones",
        "integration.rules.tags:at_end",
        asks(facts_with(lost=True)),
        ("LOST-06.b",),
    ),
    Breakage(
        "calls of known contacts change them like the call that made them",
        "integration.calls.end:End._facts",
        like_the_call_that_made_it,
        ("LOST-06.c", "LOST-07.a"),
    ),
    Breakage(
        "a tag is made up when none is set",
        "integration.rules.tags:at_end",
        asks(lambda facts: replace(facts, lost_tag=facts.lost_tag or "Потерян")),
        ("LOST-06.d",),
    ),
    Breakage(
        "lost calls get the tag of successful ones",
        "integration.rules.tags:at_end",
        asks(facts_with(lost=False, voice_mail=True)),
        ("LOST-06.e",),
    ),
    Breakage(
        "the telephony calls a call lost that voice mail took",
        "emulator.telephony.engine.step:is_lost",
        lost(lambda call, right: right or call.session.is_voice_mail),
        ("LOST-08.a",),
    ),
)
