"""What the rules look at. A facts object is written to the decision log as it is: its names are read by people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Direction = Literal["in", "out"]
Mode = Literal["contact", "deal", "contact_and_deal", "unsorted", "manual"]


class Kind(StrEnum):
    """What a communication is, decided once when it arrives (TERM-04)."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    INTERNAL = "internal"
    HIDDEN = "hidden"
    UNSEEN = "unseen"
    """The integration was not there when it arrived, so it is neither primary nor secondary."""


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """What is known of the other party when a call arrives; `known_contacts` are amoCRM contacts with the number."""

    direction: Direction
    internal: bool
    number_key: str
    known_contacts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ArrivalFacts:
    """A call that reached the platform, and the settings of that moment (PRIM-01)."""

    communication: Kind
    direction: Direction
    mode: Mode
    apply_to_outgoing: bool
    connecting_user: int


@dataclass(frozen=True, slots=True)
class EndFacts:
    """A call that ended. Employees are telephony ids, users amoCRM ids, times whole seconds.

    `contact_id` is the contact that this very call created, None if it created none. `answered_by` is the first
    employee who answered, `answered_by_user` the amoCRM user linked with him.
    """

    communication: Kind
    direction: Direction
    mode: Mode
    contact_id: int | None
    lost: bool
    voice_mail: bool
    answered_by: int | None
    answered_by_user: int | None
    talked_by: int | None
    default_responsible: int
    success_tag: str | None = None
    lost_tag: str | None = None
    talk_seconds: int = 0
    wait_seconds: int = 0
    total_seconds: int = 0
