"""What an integration answers to the stand's questions (contract §2), read strictly: it may be anybody's.

Unknown keys are left aside; what is missing or of another kind is refused by the name of its field.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
import orjson

from emulator.core.errors import Unavailable
from emulator.core.parsing import is_too_deep

T = TypeVar("T")

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class Capabilities(msgspec.Struct, frozen=True):
    """What an integration says it can do (GET /_sut)."""

    clock: bool = False
    idle: bool = False
    decisions: bool = False
    snapshot: bool = False
    widget: bool = False


class Moved(msgspec.Struct, frozen=True):
    """The answer to a move of its clock: when its earliest timer is due."""

    next: Instant | None = None


class Idle(msgspec.Struct, frozen=True):
    """How much it has to do by itself, how many of its requests have no answer, when its earliest timer is due."""

    busy: Count
    awaiting: Count
    next: Instant | None = None


class Head(msgspec.Struct, frozen=True):
    """What the stand reads of a line of the decision log."""

    seq: Count
    at: Instant
    subject: str = ""
    cause: str | None = None


class Decision(msgspec.Struct, frozen=True):
    """A line of the decision log; `data` is what else it says."""

    head: Head
    data: dict[str, Any]


def read(shape: type[T], question: str, raw: bytes) -> T:
    """The JSON text `raw` as `shape`. Raises Unavailable naming the `question` and the field that does not fit."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unavailable(f"the integration answered {question} with what cannot be used: {error}") from None


def read_decisions(question: str, raw: bytes) -> list[Decision]:
    """The lines of a decision log, by number."""
    if is_too_deep(raw):
        raise Unavailable(f"the integration answered {question} with what nests too deep")
    heads = read(list[Head], question, raw)
    lines = orjson.loads(raw)  # whose numbers can be written again
    known = Head.__struct_fields__
    decisions = [
        Decision(head, {key: value for key, value in line.items() if key not in known})
        for head, line in zip(heads, lines, strict=True)
    ]
    return sorted(decisions, key=lambda each: each.head.seq)
