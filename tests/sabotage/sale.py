"""Broken versions of the choice of the communication that a won deal goes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from integration.model import Call
from integration.rules.decisions import Nothing, PassDealOn
from tests.sabotage.breakage import Breakage, Function, answers, asks, instead

NOTHING = Nothing("SABOTAGE", "sabotage")
CHOOSE = "integration.rules.sale:choose"
NOTED = "integration.amocrm.client:AmoCrm.noted_on"
SECOND = timedelta(seconds=1)


def facts_with(**changes: Any) -> Function:
    return asks(lambda facts: replace(facts, **changes))


def noted_at(change: Any) -> Function:
    """What is noted was at another time; `change` takes that time and when the deal was closed."""

    def moved(facts: Any) -> Any:
        return replace(facts, noted=tuple((mention, change(at, facts.closed_at)) for mention, at in facts.noted))

    return asks(moved)


def the_other_way_round(original: Function) -> Function:
    def choose(facts: Any) -> PassDealOn | Nothing:
        if isinstance(original(facts), PassDealOn):
            return NOTHING
        (mention, _), *_ = facts.noted
        return PassDealOn("SABOTAGE", *mention, "sabotage")

    return choose


def nothing_without_contact(original: Function) -> Function:
    return lambda facts: NOTHING if facts.contact_id is None else original(facts)


def last_call_there_was(original: Function) -> Function:
    """A deal of which nothing else is known goes to the last call of the account."""

    async def handle(run: Any, deal: Any, values: Any, now: Any) -> None:
        facts = await run._facts(deal, values)
        if deal.communication is None and facts.contact_communication is None and not facts.noted:
            calls = run._context.store._db.rows("SELECT body FROM calls ORDER BY length(id), id")
            call = msgspec.json.decode(calls[-1][0], type=Call)
            deal = replace_struct(deal, communication=(call.communication_id, "call"))
        await original(run, deal, values, now)

    return handle


def whatever_is_noted(_original: Function) -> Function:
    """Notes of any kind that name or end with a number."""

    async def noted_on(crm: Any, contact_id: int) -> list[Any]:
        notes = crm._requests.items(f"/api/v4/contacts/{contact_id}/notes", "notes")
        return [
            ((number, "call"), datetime.fromtimestamp(note["created_at"], UTC))
            async for note in notes
            if (number := str(note["params"].get("uniq") or note["params"].get("text", "").rpartition(" ")[2]))
        ]

    return noted_on


def since_the_contact_is_there(original: Function) -> Function:
    async def noted_on(crm: Any, contact_id: int) -> list[Any]:
        contact = (await crm._requests.send("GET", f"/api/v4/contacts/{contact_id}")).body
        since = datetime.fromtimestamp(contact["created_at"], UTC)
        return [each for each in await original(crm, contact_id) if each[1] >= since]

    return noted_on


async def not_kept(*_arguments: Any) -> None:
    """The run begins where it always did."""


def replace_struct(struct: Any, **changes: Any) -> Any:
    return type(struct)(**{**{name: getattr(struct, name) for name in struct.__struct_fields__}, **changes})


BREAKAGES = (
    Breakage(
        "what the deal itself says is not looked at",
        CHOOSE,
        facts_with(deal_communication=None),
        ("SALE-02.a", "SALE-02.b", "SALE-03.d", "SALE-12.a", "FIELD-02.a"),
        also=(("integration.amocrm.wire:deal_in", answers(lambda deal: replace_struct(deal, communication=None))),),
    ),
    Breakage(
        "every communication is a call",
        "integration.amocrm.wire:mention_in",
        answers(lambda mention: mention and (mention[0], "call")),
        ("SALE-02", "SALE-06"),
    ),
    Breakage(
        "the contact is asked before the deal",
        "integration.deals.run:DealRun._handle",
        lambda original: lambda run, deal, *more: original(run, replace_struct(deal, communication=None), *more),
        ("SALE-03.a",),
    ),
    Breakage(
        "cards with an empty field count as made by the integration",
        "integration.amocrm.wire:mention_in",
        answers(lambda mention: mention or ("999999999", "call")),
        ("SALE-03.b", "SALE-03.c", "SALE-03.e"),
    ),
    Breakage(
        "deals of which nothing is known go to the last call there was",
        "integration.deals.run:DealRun._handle",
        last_call_there_was,
        ("SALE-05.a", "SALE-05.b", "SALE-11.d", "SALE-12.b"),
    ),
    Breakage(
        "no deal without a contact is passed on",
        CHOOSE,
        nothing_without_contact,
        ("SALE-05.c",),
    ),
    Breakage(
        "each run begins where the first one did",
        "integration.store.account:Account.save_run_state",
        lambda _original: not_kept,
        ("SALE-05.d",),
    ),
    Breakage(
        "what the contact says is not looked at",
        CHOOSE,
        facts_with(contact_communication=None),
        ("SALE-06.a", "SALE-06.b", "SALE-06.c"),
    ),
    Breakage(
        "the last communication is always chosen",
        CHOOSE,
        facts_with(choice="last_in_period"),
        ("SALE-10.a", "SALE-10.e"),
    ),
    Breakage(
        "the first communication is always chosen",
        CHOOSE,
        facts_with(choice="first"),
        ("SALE-10.b", "SALE-10.c"),
    ),
    Breakage(
        "what is in the period and what is out of it are mixed up",
        CHOOSE,
        the_other_way_round,
        ("SALE-10.d",),
    ),
    Breakage(
        "communications after the deal was won count",
        CHOOSE,
        noted_at(min),
        ("SALE-10.f",),
    ),
    Breakage(
        "a communication of the moment at which the deal was won does not count",
        CHOOSE,
        noted_at(lambda at, _closed: at + SECOND),
        ("SALE-10",),
    ),
    Breakage(
        "amoCRM keeps the shortest calls of unknown numbers",
        "emulator.amocrm.platform:SHORTEST_KEPT",
        lambda _original: timedelta(),
        ("SALE-11.a",),
    ),
    Breakage(
        "notes of any kind count",
        NOTED,
        whatever_is_noted,
        ("SALE-11.b", "SALE-11.c", "SALE-11.e"),
    ),
    Breakage(
        "calls that are older than the contact do not count",
        NOTED,
        since_the_contact_is_there,
        ("SALE-11.g",),
    ),
    Breakage(
        "notes are not looked at",
        "integration.rules.sale:_out_of_notes",
        instead(NOTHING),
        ("PRIM-17.f",),
    ),
)
