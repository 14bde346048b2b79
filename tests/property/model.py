"""A small model of an amoCRM account: what the fake must show after any sequence of requests.

It knows cards, their links, items in «Неразобранное», tasks and notes, and which webhooks each change must send. It is
written without a look at the fake's code: plain dictionaries and sets.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

KINDS = ("contacts", "companies", "leads")
SINGULAR = {"contacts": "contact", "companies": "company", "leads": "lead"}
MAX_COMPANIES = 1


@dataclass
class Card:
    """What is known of one card. `hidden` lives in «Неразобранное» only."""

    name: str
    responsible: int
    tags: frozenset[str] = frozenset()
    phone: str | None = None
    price: int = 0
    status: int = 0
    hidden: bool = False
    deleted: bool = False

    @property
    def visible(self) -> bool:
        return not self.hidden and not self.deleted


@dataclass
class State:
    """All that a snapshot keeps. Links are pairs of (kind, id), the lead or contact first; `main` is per lead
    the contact that was made the main one, even if it is in the bin now; tasks are (card, whether done)."""

    cards: dict[tuple[str, int], Card] = field(default_factory=dict)
    links: set[tuple[tuple[str, int], tuple[str, int]]] = field(default_factory=set)
    main: dict[int, int] = field(default_factory=dict)
    pending: dict[str, tuple[int, int]] = field(default_factory=dict)
    tasks: dict[int, tuple[tuple[str, int], bool]] = field(default_factory=dict)
    notes: set[int] = field(default_factory=set)

    def copy(self) -> State:
        """As `copy.deepcopy`, which takes many times as long."""
        cards = {key: replace(card) for key, card in self.cards.items()}
        return State(cards, {*self.links}, {**self.main}, {**self.pending}, {**self.tasks}, {*self.notes})


class Model:
    """`state` is the account; `hooks` counts the webhooks that must have been sent, ever."""

    def __init__(self) -> None:
        self.state = State()
        self.hooks: Counter[tuple[str, str]] = Counter()
        self.snapshots: dict[str, State] = {}

    def visible(self, kind: str) -> list[int]:
        return sorted(card_id for (each, card_id), card in self.state.cards.items() if each == kind and card.visible)

    def deleted(self, kind: str) -> list[int]:
        return sorted(card_id for (each, card_id), card in self.state.cards.items() if each == kind and card.deleted)

    def add(self, kind: str, card_id: int, card: Card) -> None:
        assert (kind, card_id) not in self.state.cards, f"{kind} {card_id} was given away twice"
        self.state.cards[kind, card_id] = card
        if not card.hidden:
            self.hook(f"add_{SINGULAR[kind]}", card_id)

    def change(self, kind: str, card_id: int, changes: dict[str, Any]) -> None:
        card = self.state.cards[kind, card_id]
        if changes.get("status", card.status) != card.status:
            self.hook("status_lead", card_id)
        if changes.get("responsible", card.responsible) != card.responsible:
            self.hook(f"responsible_{SINGULAR[kind]}", card_id)
        self.hook(f"update_{SINGULAR[kind]}", card_id)
        for key, value in changes.items():
            setattr(card, key, value)

    def bin(self, kind: str, card_id: int, *, deleted: bool) -> None:
        self.state.cards[kind, card_id].deleted = deleted
        self.hook(f"{'delete' if deleted else 'restore'}_{SINGULAR[kind]}", card_id)

    def link(self, one: tuple[str, int], two: tuple[str, int], *, is_main: bool = False) -> None:
        first, second = ordered(one, two)
        if second[0] == "companies":
            self.state.links -= {pair for pair in self.state.links if pair[0] == first and pair[1][0] == "companies"}
        elif is_main or self.main(first[1]) is None:
            self.state.main[first[1]] = second[1]
        self.state.links.add((first, second))

    def unlink(self, one: tuple[str, int], two: tuple[str, int]) -> None:
        first, second = ordered(one, two)
        self.state.links.discard((first, second))
        if second[0] == "contacts" and self.state.main.get(first[1]) == second[1]:
            self.state.main.pop(first[1])
            heir = self.main(first[1])
            if heir is not None:
                self.state.main[first[1]] = heir

    def main(self, lead_id: int) -> int | None:
        """The main contact as it is shown: the one made so, or the first of the others while it cannot be read."""
        contacts = sorted(card_id for kind, card_id in self.linked(("leads", lead_id)) if kind == "contacts")
        chosen = self.state.main.get(lead_id)
        return chosen if chosen in contacts else next(iter(contacts), None)

    def linked(self, card: tuple[str, int]) -> set[tuple[str, int]]:
        """The visible cards at the other ends."""
        ends = {two if one == card else one for one, two in self.state.links if card in (one, two)}
        return {end for end in ends if self.state.cards[end].visible}

    def readable_tasks(self) -> dict[int, bool]:
        """Whether each task that can be read is done: those of cards in the bin cannot."""
        return {task: done for task, (card, done) in self.state.tasks.items() if self.state.cards[card].visible}

    def hook(self, code: str, identifier: int | str) -> None:
        self.hooks[code, str(identifier)] += 1

    def snapshot(self, name: str) -> None:
        self.snapshots[name] = self.state.copy()

    def restore(self, name: str) -> None:
        self.state = self.snapshots[name].copy()


def ordered(one: tuple[str, int], two: tuple[str, int]) -> tuple[tuple[str, int], tuple[str, int]]:
    """The lead before the contact before the company, as the model keeps links."""
    rank = {"leads": 0, "contacts": 1, "companies": 2}
    return (one, two) if rank[one[0]] < rank[two[0]] else (two, one)
