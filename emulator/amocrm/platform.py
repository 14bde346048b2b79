"""Rules that amoCRM itself enforces on calls: where a call goes, which are kept, which are held.

LOG-06, LOG-07, LOG-11, PRIM-11, PRIM-15, PRIM-16 with GAP-16, GAP-22, GAP-23, GAP-25, GAP-31, GAP-80. The decisions are
pure functions over facts; `Platform` looks the facts up and lets the waiting calls of a number go to its card.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from emulator.amocrm.profile import Profile
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

SHORTEST_KEPT = timedelta(seconds=6)
"""An answered call shorter than this is not kept when its number is unknown (LOG-06)."""

LOST_STATUSES = frozenset({3, 6, 7})
"""amoCRM's call_status: not available, no answer, busy. A call that left a message or talked is not lost."""

Outcome = Literal["link", "join", "hold", "drop", "refuse"]
Target = tuple[str, int]
"""(plural of the kind of card, id)"""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What decides about a call: `talk` is whole seconds, `card` and `item` tell who knows the number."""

    hidden: bool
    card: bool
    item: bool
    lost: bool
    talk: int


def is_lost(call_status: int | None) -> bool:
    return call_status in LOST_STATUSES


def decide(facts: CallFacts, profile: Profile) -> Outcome:
    """What becomes of a call: to the card, to the item in «Неразобранное», held, dropped or refused (263)."""
    if facts.lost and profile.lost_calls == "literal":
        return "drop"
    if facts.card:
        return "link"
    if facts.item:
        return "join"
    if profile.unknown_calls == "reject":
        return "refuse"
    if facts.hidden or facts.lost or timedelta(seconds=facts.talk) < SHORTEST_KEPT:
        return "drop"
    return "hold"


def target(card: Target, active_leads: list[int], profile: Profile) -> Target:
    """Where a call of this contact or company is shown: there, or on its only active lead if the profile says so."""
    if profile.call_target == "lead_customer_contact" and len(active_leads) == 1:
        return "leads", active_leads[0]
    return card


@dataclass(frozen=True, slots=True)
class Placement:
    """The outcome for one call, the card that shows it and the item in «Неразобранное» it is on, if any."""

    outcome: Outcome
    card: Target | None = None
    item_id: int | None = None


class Platform:
    """The thin part: looks facts up and applies what was decided."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def place(self, key: str, call_status: int | None, talk: int, named_lead: int | None) -> Placement:
        """Where a call that comes in now goes. `named_lead` is the deal that shows it while it waits (GAP-31)."""
        card = self.card_with(key)
        item = self._account.unsorted.item_with(key) if key and card is None else None
        facts = CallFacts(not key, card is not None, item is not None, is_lost(call_status), talk)
        outcome = decide(facts, self._account.profile)
        if outcome == "link" and card is not None:
            return Placement(outcome, self.target_of(card))
        if outcome == "join" and item is not None:
            return Placement(outcome, ("contacts", item["contact_id"]), item["id"])
        if outcome == "hold" and named_lead is not None:
            return Placement(outcome, ("leads", named_lead))
        return Placement(outcome)

    def card_with(self, key: str) -> Target | None:
        """Who has the number: a contact, else a company (GAP-25, GAP-80)."""
        for table in ("contacts", "companies") if key else ():
            card_id = self._account.cards[table].search.with_phone(key)
            if card_id is not None:
                return table, card_id
        return None

    def target_of(self, card: Target) -> Target:
        """The card that shows the calls of this contact or company."""
        profile = self._account.profile
        leads = self._account.leads.active_of(*card) if profile.call_target != "contact" else []
        return target(card, leads, profile)

    def card_seen(self, table: str, card: Row) -> None:
        """A card became visible or its numbers changed: waiting calls of its numbers go to it (PRIM-11, PRIM-16)."""
        for key in self._account.cards[table].search.phone_keys(card):
            for call in self._account.calls.waiting(key):
                self._account.calls.attach(call, self.target_of((table, card["id"])))
