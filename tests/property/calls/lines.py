"""The parts of a flow: a person on the line, a stretch of talk, something that will happen by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.property.calls.house import STAFF, Number

IN_TALK = ("talking", "held", "holding", "consulting")


@dataclass
class Line:
    """A person on the line or being rung. `rest` are further numbers that are tried by themselves; `asked_by` is the
    colleague who consults this one; `since` when the present stretch of talk with the other party began."""

    serial: int
    who: str
    role: str
    state: str
    number: Number
    asked_by: str | None = None
    rest: tuple[Number, ...] = ()
    by_itself: bool = False
    always_recorded: bool = True
    recording: bool = True
    began: int = 0
    answered: int | None = None
    talked: int | None = None
    since: int | None = None
    ended: int | None = None
    keys: str = ""

    @property
    def is_operator(self) -> bool:
        return self.role in ("operator", "caller")

    @property
    def is_employee(self) -> bool:
        return self.who in STAFF


@dataclass(frozen=True)
class Stretch:
    """Talk with the other party."""

    who: str
    since: int
    until: int
    recorded: bool


@dataclass(frozen=True)
class Due:
    """Something that a telephone or a person will do by itself; of two at one instant the first that was set."""

    at: int
    order: int
    what: str
    line: Line


def merged(pieces: Iterable[tuple[str, int, int]]) -> dict[str, list[tuple[int, int]]]:
    """Pieces of talk by who talked; those that touch are one, those of no length are none."""
    found: dict[str, list[tuple[int, int]]] = {}
    for who, since, until in sorted(pieces):
        if since == until:
            continue
        own = found.setdefault(who, [])
        if own and own[-1][1] == since:
            since = own.pop()[0]
        own.append((since, until))
    return found
