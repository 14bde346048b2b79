"""What is told when something of an account changes: the journal, the events, the webhooks (facts §3.11, §3.16).

Whoever changes a row announces it inside the same transaction; whoever has to know listens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from emulator.core.database import Row
from emulator.core.journal import Journal

Kind = Literal[
    "lead",
    "contact",
    "company",
    "task",
    "note",
    "call",
    "unsorted",
    "tag",
    "custom_field",
    "pipeline",
    "user",
    "webhook",
]
Action = Literal["added", "changed", "deleted", "restored", "linked", "unlinked", "accepted", "declined"]

SINGULAR: dict[str, Kind] = {"contacts": "contact", "leads": "lead", "companies": "company"}
PLURAL: dict[str, str] = {kind: table for table, kind in SINGULAR.items()}
ELEMENT_TYPES = {"contacts": 1, "leads": 2, "companies": 3}
"""What webhooks and API v2 call the kinds of cards."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to one row.

    `before` and `after` are the whole rows; None where there was or is none. `author` is a user id or 0, the robot.
    `said` is what the journal shows. A link is announced by both cards: `other` is (plural of its kind, id).
    """

    kind: Kind
    action: Action
    id: int | str
    author: int = 0
    before: Row | None = None
    after: Row | None = None
    said: Mapping[str, Any] | None = None
    other: tuple[str, int] | None = None


Listener = Callable[[Change], None]


class Changes:
    """Passes changes on in the order they are announced."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Let `listener` see every change from now on. It runs inside the transaction of the change."""
        self._listeners.append(listener)

    def announce(self, change: Change) -> None:
        subject = f"{change.kind}:{change.id}"
        self._journal.add("change", "amocrm", "amocrm", subject, {change.action: change.said or {}})
        for listener in self._listeners:
            listener(change)
