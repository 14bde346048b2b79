"""A call as the control plane takes and shows it (contract §1), with people under their keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from emulator.core.errors import BadRequest
from emulator.stand.people import People
from emulator.stand.verbs import Step
from emulator.stand.world import World
from emulator.telephony.account import CallView, LegView


class CallRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """The body of POST …/calls. `from` null is a hidden number; employees are people's keys. `visit` is the id of the
    visit in which a callback was ordered."""

    direction: Literal["in", "out", "internal"]
    from_: str | None
    to: str | None = None
    kind: Literal["callback", "click", "dial"] | None = None
    number: str | None = None
    visit: Annotated[int, msgspec.Meta(ge=1, le=2**53)] | None = None
    script: list[Step] | None = None
    speed: float | None = None


@dataclass(frozen=True)
class Placed:
    """A call as the engine takes it: (direction, from, to), and what else is said of it."""

    ends: tuple[Literal["in", "out", "internal"], str | int | None, str | int]
    how: dict[str, Any]


def ends_of(world: World, asked: CallRequest) -> Placed:
    """Both ends for the engine: a phone as text, an employee as id. An incoming call goes to the main number.

    Virtual numbers may be given by their keys. Raises BadRequest naming the field.
    """
    people, numbers = world.people, world.numbers
    shown = None if asked.number is None else numbers.get(asked.number, asked.number)
    how = {"kind": asked.kind, "number": shown, "is_led": not asked.script, "visit": asked.visit}
    if asked.direction == "in":
        called = "main" if asked.to is None else asked.to
        return Placed(("in", asked.from_, numbers.get(called, called)), how)
    if asked.from_ is None:
        raise BadRequest.field("from", None, "the key of an employee")
    if not asked.to:
        raise BadRequest.field("to", asked.to, "a number" if asked.direction == "out" else "the key of an employee")
    caller = people.employee_id(asked.from_, "from")
    to = people.employee_id(asked.to, "to") if asked.direction == "internal" else asked.to
    return Placed((asked.direction, caller, to), how)


def call_body(call: CallView, people: People) -> dict[str, Any]:
    """The call of contract §1, employees under their people's keys."""
    return {
        "id": call.id,
        "communication_id": call.communication_id,
        "kind": call.kind,
        "state": call.state,
        "direction": call.direction,
        "from": _end(call.from_, people),
        "to": _end(call.to, people),
        "started_at": call.started_at.isoformat(),
        "ended_at": call.ended_at.isoformat() if call.ended_at else None,
        "is_lost": call.is_lost,
        "first_answered": people.key_of_employee(call.first_answered_employee_id),
        "wait": call.wait,
        "talk": call.talk,
        "total": call.total,
        "recording": call.recording,
        "legs": [
            {
                "id": leg.id,
                "who": _who(leg, people),
                "number": leg.number,
                "state": leg.state,
                "started_at": leg.started_at.isoformat(),
                "connected_at": leg.connected_at.isoformat() if leg.connected_at else None,
                "ended_at": leg.ended_at.isoformat() if leg.ended_at else None,
                "finish_reason": leg.finish_reason,
            }
            for leg in call.legs
        ],
    }


def _end(end: str | int | None, people: People) -> str | None:
    """A telephone number, or the key of an employee."""
    return people.key_of_employee(end) if isinstance(end, int) else end


def _who(leg: LegView, people: People) -> str | None:
    """A person's key; `contact`, `voice_mail`, or the number of a telephone outside."""
    if leg.employee_id is not None:
        return people.key_of_employee(leg.employee_id)
    return leg.number if leg.role == "operator" else leg.role
