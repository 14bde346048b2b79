"""The verbs of calls as the control plane takes them (contract §1): a live body is the value of a script's step."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from emulator.core.errors import BadRequest
from emulator.stand.people import People

CONTACT = "contact"

Several = str | Annotated[list[str], msgspec.Meta(min_length=1)]
"""One person or several, never nobody."""


class Ring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    who: Several


class Who(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person's key; `contact`, or a telephone outside that was dialled into the call, where the verb knows them."""

    who: str


class Consult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who asks whom: a person's key, or a telephone outside."""

    by: str
    to: str


class Transfer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who hands the call over to whom."""

    by: str
    to: str
    kind: Literal["blind", "attended"] = "blind"


class Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who presses which keys."""

    who: str
    digits: str


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A verb without arguments."""


SHAPES: dict[str, type[msgspec.Struct]] = {
    "ring": Ring,
    "answer": Who,
    "decline": Who,
    "no_answer": Who,
    "busy": Who,
    "unreachable": Who,
    "hold": Who,
    "resume": Who,
    "consult": Consult,
    "transfer": Transfer,
    "conference": Who,
    "voicemail": Nothing,
    "dtmf": Keys,
    "hangup": Who,
}

_BY_ANYBODY = ("answer", "decline", "no_answer", "busy", "unreachable", "dtmf", "hangup")
"""Verbs whose `who` may be the subscriber, or somebody outside who was dialled into the call."""


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of a script: seconds since arrival and one verb with its value."""

    at: float
    ring: Several | None = None
    answer: str | None = None
    decline: str | None = None
    no_answer: str | None = None
    busy: str | None = None
    unreachable: str | None = None
    hold: str | None = None
    resume: str | None = None
    consult: Consult | None = None
    transfer: Transfer | None = None
    conference: str | None = None
    voicemail: Nothing | None = None
    dtmf: Keys | None = None
    hangup: str | None = None

    def verb(self, path: str) -> tuple[str, msgspec.Struct]:
        """(verb, its body). Raises BadRequest unless there is exactly one."""
        chosen = [name for name in SHAPES if getattr(self, name) is not None]
        if len(chosen) != 1:
            raise BadRequest.field(path, chosen, f"exactly one verb of {', '.join(SHAPES)}")
        value = getattr(self, chosen[0])
        return chosen[0], value if isinstance(value, msgspec.Struct) else SHAPES[chosen[0]](value)


def arguments(people: People, verb: str, body: msgspec.Struct, at: str) -> dict[str, Any]:
    """The verb's people as employee ids; `contact` and numbers outside stay as they are where the verb knows them."""
    if isinstance(body, Ring):
        keys = body.who if isinstance(body.who, list) else [body.who]
        return {"who": [people.employee_id(key, f"{at}who") for key in keys]}
    if isinstance(body, Who):
        return {"who": _party(people, body.who, f"{at}who", anybody=verb in _BY_ANYBODY)}
    if isinstance(body, Keys):
        return {"who": _party(people, body.who, f"{at}who", anybody=True), "digits": body.digits}
    if isinstance(body, Consult | Transfer):
        kind = {"kind": body.kind} if isinstance(body, Transfer) else {}
        return {"by": people.employee_id(body.by, f"{at}by"), "to": _outside_or(people, body.to, f"{at}to"), **kind}
    return {}


def _party(people: People, who: str, path: str, *, anybody: bool) -> str | int:
    if anybody and who == CONTACT:
        return CONTACT
    return _outside_or(people, who, path) if anybody else people.employee_id(who, path)


def _outside_or(people: People, who: str, path: str) -> str | int:
    """A telephone outside begins with `+`; everything else is a person's key."""
    return who if who.startswith("+") else people.employee_id(who, path)
