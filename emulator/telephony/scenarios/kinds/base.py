"""What every kind of operation is: a name, settings, exits, and what it does when something happens to the call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import msgspec

from emulator.core.errors import BadRequest
from emulator.telephony.engine.records import Leg
from emulator.telephony.scenarios.crew import Crew
from emulator.telephony.scenarios.passages import Passage
from emulator.telephony.scenarios.requests import Reply
from emulator.telephony.scenarios.run import Run, Tools

S = TypeVar("S", bound=msgspec.Struct)

NEXT, FAILED = "next", "failed"


Id = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
"""An id of this or another system."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of an operation; seconds are numbers."""


class Kind(Generic[S]):
    """A kind of operation. `title` is its name in the vendor's editor, `number` and `mnemonic` its ids where known."""

    name: ClassVar[str]
    title: ClassVar[str]
    mnemonic: ClassVar[str | None] = None
    number: ClassVar[int | None] = None
    settings: type[S]
    fixed_exits: ClassVar[tuple[str, ...]] = ()
    """The exits that every operation of the kind has; which lead on is for the scenario to say."""
    labels: ClassVar[Mapping[str, str]] = {}
    """What the vendor's editor calls settings and exits, where it is known."""

    def is_offered(self, tools: Tools) -> bool:
        """Whether the editor lets an operation of this kind be put into a scenario now."""
        return True

    def exits(self, settings: S) -> tuple[str, ...]:
        """The names of the exits, those that depend on the settings too."""
        return self.fixed_exits

    def has_exit(self, settings: S, name: str) -> bool:
        return name in self.exits(settings)

    def check(self, settings: S, tools: Tools, path: str) -> None:
        """Raises BadRequest naming the field below `path` when the settings fit their shape and still make no sense."""

    def enter(self, run: Run, settings: S) -> None:
        """The call comes in."""
        raise NotImplementedError

    def elapsed(self, run: Run, settings: S, what: str) -> None:
        """A timer set with `wake_after(…, what)` is due."""

    def silent(self, run: Run, settings: S) -> None:
        """What was asked has not been answered in time."""

    def replied(self, run: Run, settings: S, purpose: str, reply: Reply) -> None:
        """What was asked has been answered in time."""

    def rang_out(self, run: Run, settings: S, leg: Leg) -> None:
        """A telephone that this operation rang was not taken."""

    def pressed(self, run: Run, settings: S, key: str) -> None:
        """The subscriber pressed one key."""

    def freed(self, run: Run, settings: S) -> None:
        """Somebody became free while the call is queued."""

    def is_worth_a_look(self, passage: Passage, settings: S, crew: Crew) -> bool:
        """Whether `freed` would change anything for the queued call in that passage."""
        return False

    def late(self, purpose: str, reply: Reply, now: int) -> dict[str, Any] | None:
        """What the call details say of an answer that came too late; None when it is not worth a word."""
        return None


AnyKind = Kind[Any]


def refuse(path: str, got: Any, expected: str) -> BadRequest:
    return BadRequest.field(path, got, expected)
