"""One broken version per rule about «Неразобранное»."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from integration.rules.decisions import Classify, Nothing
from integration.rules.facts import Kind
from tests.sabotage.breakage import Breakage, Function, answers, asks, instead

NOTHING = Nothing("SABOTAGE", "sabotage")


def every_call_is(kind: Kind) -> Function:
    return instead(Classify("SABOTAGE", kind, "sabotage"))


def in_plain_sight(original: Function) -> Function:
    """The cards of an item are seen like any other."""
    return lambda cards, draft, _hidden: original(cards, draft, hidden=False)


def to_the_next_stage(original: Function) -> Function:
    def accept(items: Any, item: Any, status_id: int, *who: Any) -> Any:
        return original(items, item, status_id + 1, *who)

    return accept


def accepts_instead(_original: Function) -> Function:
    """Whoever declines an item gets its deal on the first stage."""

    def decline(items: Any, item: Any, author: int) -> Any:
        stage = items._account.pipelines.first_status(item["pipeline_id"])
        return items.accept(item, stage, None, author)

    return decline


def plays_something(original: Function) -> Function:
    return lambda recordings, session: original(recordings, session) or "https://nobody.test/1"


def without_pending_item(facts: Any) -> Any:
    return replace(facts, pending_item=None)


BREAKAGES = (
    Breakage(
        "amoCRM shows the cards of an item before it is sorted",
        "emulator.amocrm.cards:Cards._create",
        in_plain_sight,
        ("UNS-01.a",),
    ),
    Breakage(
        "an item comes to the stage after the one that was chosen",
        "emulator.amocrm.unsorted:Unsorted.accept",
        to_the_next_stage,
        ("UNS-02.a",),
    ),
    Breakage(
        "declining an item accepts it",
        "emulator.amocrm.unsorted:Unsorted.decline",
        accepts_instead,
        ("UNS-02.b", "UNS-03.b"),
    ),
    Breakage(
        "numbers that amoCRM knows are primary",
        "integration.rules.communications:classify",
        every_call_is(Kind.PRIMARY),
        ("UNS-03.a", "TERM-03.c"),
    ),
    Breakage(
        "an item plays the whole recording",
        "emulator.telephony.recordings.recordings:Recordings.first_employee_link",
        lambda _original: lambda recordings, call: recordings.link(call.session),
        ("UNS-04.a",),
    ),
    Breakage(
        "an item plays nothing",
        "emulator.telephony.recordings.recordings:Recordings.first_employee_link",
        instead(None),
        ("UNS-04.b",),
    ),
    Breakage(
        "the telephony records the talk with the first employee only",
        "emulator.telephony.recordings.recordings:whole",
        answers(lambda cut: cut[:1]),
        ("UNS-04.c",),
    ),
    Breakage(
        "there is a recording of every call",
        "emulator.telephony.recordings.recordings:Recordings.link",
        plays_something,
        ("UNS-04.d",),
    ),
    Breakage(
        "cards in an item get no tag",
        "integration.rules.tags:at_end",
        instead(NOTHING),
        ("UNS-05.a", "UNS-05.b"),
    ),
    Breakage(
        "cards in an item get no additional fields",
        "integration.rules.additional_fields:of_new_deal",
        instead(NOTHING),
        ("UNS-06.a",),
    ),
    Breakage(
        "the fields of a card stay those of its first call",
        "integration.rules.additional_fields:at_later_communication",
        instead(NOTHING),
        ("UNS-06.b",),
    ),
    Breakage(
        "each call makes an item of its own",
        "integration.rules.unsorted:at_end",
        asks(without_pending_item),
        ("TERM-03.a", "UNS-05.c"),
    ),
    Breakage(
        "a number that an item knows is secondary",
        "integration.rules.communications:classify",
        every_call_is(Kind.SECONDARY),
        ("TERM-03.b",),
    ),
    Breakage(
        "a form of a number that an item knows makes no item",
        "integration.rules.forms:item",
        instead(NOTHING),
        ("TERM-03.d",),
    ),
    Breakage(
        "amoCRM does not look for calls' numbers in items",
        "emulator.amocrm.unsorted:Unsorted.item_with",
        instead(None),
        ("TERM-03.e",),
    ),
)
