"""Broken versions of the call log: of the integration that fills it, and of the amoCRM that decides what it keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec

from emulator.amocrm.profile import Profile
from emulator.amocrm.visibility import visible
from integration.amocrm.requests import embedded
from integration.ports import UnavailableError
from integration.rules.decisions import Classify, Nothing
from integration.rules.facts import Kind
from tests.sabotage.breakage import Breakage, Function, answers, asks, instead

NOTHING = Nothing("SABOTAGE", "sabotage")
LITERAL = Profile(lost_calls="literal")


def shortest_kept(seconds: int, *turns_red: str) -> Breakage:
    what = f"amoCRM keeps answered calls of unknown numbers from {seconds} s on"
    place = "emulator.amocrm.platform:SHORTEST_KEPT"
    return Breakage(what, place, lambda _original: timedelta(seconds=seconds), turns_red)


def with_link(link: str | None) -> Any:
    """Calls are sent with another link to their recording; one that is not None is sent where there is none."""
    return answers(lambda record: msgspec.structs.replace(record, link=link and (record.link or link)))


def every_mode_is(mode: str) -> Any:
    return answers(lambda values: {**values, "calls.primary_mode": mode})


def filters_short_calls(original: Function) -> Function:
    """An integration that does not bother amoCRM with short talks."""
    return lambda facts: NOTHING if facts.talk_seconds < 6 else original(facts)


def waits_when_lost(original: Function) -> Function:
    """A lost call of an unknown number waits for a contact like any other."""

    def decide(facts: Any, profile: Profile) -> str:
        kept: str = original(facts, profile)
        return "hold" if facts.lost and kept == "drop" and not facts.hidden else kept

    return decide


def waits_with_the_card(original: Function) -> Function:
    """The record of a call waits as long as the update of the card, and is then forgotten."""

    async def record(end: Any, facts: Any) -> None:
        if not facts.card_update_delay:
            await original(end, facts)

    return record


def insists(original: Function) -> Function:
    """A call that amoCRM answers with no card has to be sent again, until it has one."""

    def id_of(answer: Any, name: str) -> Any:
        if name == "calls" and embedded(answer.body, name)[0]["entity_id"] is None:
            raise UnavailableError("the call is on no card")
        return original(answer, name)

    return id_of


def taken_for_another_call(original: Function) -> Function:
    """An end that is reported again is taken for that of a further call."""

    async def accept(inbox: Any, event: Any) -> bool:
        if await original(inbox, event):
            return True
        said = msgspec.json.decode(event.body)
        further = {key: int(f"{said[key]}2") for key in ("call_session_id", "communication_id")}
        body = msgspec.json.encode({**said, **further})
        again = msgspec.structs.replace(event, event_id=f"{event.event_id}:2", follows=None, body=body)
        return bool(await original(inbox, again))

    return accept


def oldest_contact(_original: Function) -> Function:
    """Of the contacts that can be seen the one with the lowest number gets the calls."""

    def with_phone(search: Any, key: str) -> Any:
        sql = (
            f"SELECT min(c.id) FROM {search._phones} p JOIN {search._table} c ON c.id = p.card_id "
            f"WHERE p.key = ? AND p.is_phone AND {visible('c')}"
        )
        return search._database.value(sql, key)

    return with_phone


def finds_nothing(_original: Function) -> Function:
    async def find(*_arguments: Any) -> None:
        return None

    return find


def newest_contact(_original: Function) -> Function:
    """The contact that was made last gets the calls of its number."""

    def with_phone(search: Any, key: str) -> Any:
        sql = f"SELECT max(card_id) FROM {search._phones} WHERE key = ? AND is_phone"
        return search._database.value(sql, key)

    return with_phone


def gives_up(_original: Function) -> Function:
    """What cannot be done now is never done."""

    async def postpone(inbox: Any, row: Any, *_why: Any) -> None:
        await inbox._store.finish_event(row.seq)

    return postpone


def by_the_clock_on_the_wall(_original: Function) -> Function:
    """Ten hours are over when the clocks show ten hours more, whatever they did in between."""

    def hold(held: Any, call_id: int) -> None:
        now = held._account.ground.clock.now().astimezone(held._account.ground.zone)
        held._account.timers.set("held call", str(call_id), now + timedelta(hours=10))

    return hold


BREAKAGES = (
    Breakage(
        "the integration sends no links to recordings",
        "integration.calls.orders:record",
        with_link(None),
        ("FEAT-01.a", "FEAT-01.c"),
    ),
    Breakage(
        "the integration sends a link where nothing was recorded",
        "integration.calls.orders:record",
        with_link("https://telephony.example.test/recording"),
        ("FEAT-01.b",),
    ),
    Breakage(
        "every call is sent as an incoming one",
        "integration.rules.registration:at_end",
        asks(lambda facts: replace(facts, direction="in")),
        ("LOG-01.b",),
    ),
    Breakage(
        "every mode makes a contact",
        "integration.settings:complete",
        every_mode_is("contact"),
        ("LOG-02.b", "PRIM-14.a", "PRIM-14.b"),
    ),
    Breakage(
        "calls of colleagues and of hidden numbers are primary ones",
        "integration.rules.communications:classify",
        instead(Classify("SABOTAGE", Kind.PRIMARY, "sabotage")),
        ("LOG-04.c", "PRIM-24.a"),
    ),
    Breakage(
        "calls are recorded when the card is updated",
        "integration.calls.end:End._record",
        waits_with_the_card,
        ("LOG-03.b",),
    ),
    shortest_kept(5, "LOG-06.a", "LOG-08.b", "PRIM-17.d"),
    shortest_kept(7, "LOG-06.b"),
    shortest_kept(8, "LOG-06.c"),
    shortest_kept(3, "PRIM-17.j"),
    Breakage(
        "the telephony rounds what it should cut off",
        "emulator.telephony.engine.figures:whole_seconds",
        lambda _original: lambda span: round(span / 1_000_000),
        ("LOG-06.f",),
    ),
    Breakage(
        "amoCRM does not look for the contact of a call that comes in",
        "emulator.amocrm.platform:Platform.card_with",
        instead(None),
        ("LOG-06.d", "PRIM-15.a"),
    ),
    Breakage(
        "amoCRM compares numbers as they are written",
        "emulator.amocrm.card_search:match_key",
        lambda _original: lambda text: text,
        ("PRIM-15.b",),
    ),
    Breakage(
        "amoCRM does not look for the item of a call that comes in",
        "emulator.amocrm.unsorted:Unsorted.item_with",
        instead(None),
        ("LOG-06.e", "PRIM-17.g"),
    ),
    Breakage(
        "lost calls of unknown numbers wait for a contact",
        "emulator.amocrm.platform:decide",
        waits_when_lost,
        ("LOG-07.a",),
    ),
    Breakage(
        "no account keeps lost calls",
        "emulator.amocrm.platform:decide",
        lambda original: lambda facts, _profile: original(facts, LITERAL),
        ("LOG-07.b", "LOG-07.c", "LOG-07.d"),
    ),
    Breakage(
        "nobody looks at the switch of lost calls",
        "emulator.amocrm.platform:decide",
        lambda original: lambda facts, _profile: original(facts, Profile()),
        ("LOG-07.e", "LOG-07.f", "LOG-07.g"),
    ),
    Breakage(
        "the integration sends no short calls",
        "integration.rules.registration:at_end",
        filters_short_calls,
        ("LOG-08.a",),
    ),
    Breakage(
        "a call without a card is sent again",
        "integration.amocrm.client:id_of",
        insists,
        ("LOG-09.a", "LOG-09.b"),
    ),
    Breakage(
        "what is reported twice happened twice",
        "integration.inbox:Inbox.accept",
        taken_for_another_call,
        ("LOG-10.a",),
    ),
    Breakage(
        "the contact with the lowest number gets the calls",
        "emulator.amocrm.card_search:CardSearch.with_phone",
        oldest_contact,
        ("LOG-11.b",),
    ),
    Breakage(
        "a contact that may have been made is not looked for",
        "integration.effects:Effects._find_contact",
        finds_nothing,
        ("LOG-12.c",),
    ),
    Breakage(
        "the newest contact gets the calls",
        "emulator.amocrm.card_search:CardSearch.with_phone",
        newest_contact,
        ("LOG-11.a",),
    ),
    Breakage(
        "what amoCRM cannot take is not tried again",
        "integration.inbox:Inbox._postpone",
        gives_up,
        ("LOG-12.a",),
    ),
    Breakage(
        "whatever fails is tried again every second",
        "integration.inbox:pause_after",
        instead(timedelta(seconds=1)),
        ("LOG-12.b",),
    ),
    Breakage(
        "calls of one number are processed side by side",
        "integration.events:Envelope.key",
        lambda _original: property(lambda event: f"event:{event.event_id}"),
        ("LOG-12.d",),
    ),
    Breakage(
        "a contact that appears does not get the calls that wait",
        "emulator.amocrm.platform:Platform.card_seen",
        instead(None),
        ("PRIM-16.a", "PRIM-16.c", "PRIM-16.d", "PRIM-16.f"),
    ),
    Breakage(
        "amoCRM waits two seconds longer for a contact",
        "emulator.amocrm.held:HELD_FOR",
        lambda original: original + timedelta(seconds=2),
        ("PRIM-16.b", "PRIM-17.a"),
    ),
    Breakage(
        "an item does not take the other calls that wait",
        "emulator.amocrm.unsorted:Unsorted._collect_waiting",
        instead(None),
        ("PRIM-17.b", "PRIM-17.i"),
    ),
    Breakage(
        "amoCRM waits by the clock on the wall",
        "emulator.amocrm.held:HeldCalls.hold",
        by_the_clock_on_the_wall,
        ("PRIM-17.c",),
    ),
    Breakage(
        "whoever asks amoCRM for the owner of the account gets somebody else",
        "emulator.amocrm.users:Users.owner",
        lambda _original: lambda users: users.get(users.ids()[-1]),
        ("PRIM-17.e",),
    ),
    Breakage(
        "a declined item takes calls like one that is there",
        "emulator.amocrm.unsorted:_PENDING",
        lambda _original: "SELECT id FROM unsorted WHERE state <> 'accepted'",
        ("PRIM-17.h",),
    ),
    Breakage(
        "amoCRM keeps calls of hidden numbers",
        "emulator.amocrm.platform:decide",
        lambda original: lambda facts, profile: original(replace(facts, hidden=False), profile),
        ("PRIM-24.b",),
    ),
    Breakage(
        "amoCRM takes tasks without a card",
        "emulator.amocrm.tasks:Tasks._entity",
        instead({"entity_id": None, "entity_type": None}),
        ("TASK-13.a", "TASK-13.c"),
    ),
    Breakage(
        "a task is made for a card that is not there",
        "integration.rules.tasks:_card",
        instead(("contact", 1)),
        ("TASK-13.b",),
    ),
)
