"""Calls, scripted and live (contract §1). The verbs are the same: a script's step is a verb with a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web

from emulator.core.errors import BadRequest, Conflict, NotFound, nearest
from emulator.core.parsing import bounded, load_json, number_in, parse, within_time
from emulator.core.web import json_response, whole_body
from emulator.stand.control.context import Routes, body_as, world_of
from emulator.stand.people import People
from emulator.stand.world import World
from emulator.telephony.account import CallView

CONTACT = "contact"


class Transfer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who hands the call over to whom."""

    by: str
    to: str
    kind: Literal["blind"] = "blind"


Several = str | Annotated[list[str], msgspec.Meta(min_length=1)]
"""One person or several, never nobody."""


class Ring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    who: Several


class Who(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    who: str


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A verb without arguments."""


SHAPES: dict[str, type[msgspec.Struct]] = {
    "ring": Ring,
    "answer": Who,
    "decline": Who,
    "no_answer": Who,
    "busy": Who,
    "unreachable": Who,
    "hangup": Who,
    "transfer": Transfer,
    "voicemail": Nothing,
}


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of a script: seconds since arrival and one verb with its value."""

    at: float
    ring: Several | None = None
    answer: str | None = None
    decline: str | None = None
    no_answer: str | None = None
    busy: str | None = None
    unreachable: str | None = None
    hangup: str | None = None
    transfer: Transfer | None = None
    voicemail: Nothing | None = None

    def verb(self, path: str) -> tuple[str, msgspec.Struct]:
        """(verb, its body). Raises BadRequest unless there is exactly one."""
        chosen = [name for name in SHAPES if getattr(self, name) is not None]
        if len(chosen) != 1:
            raise BadRequest.field(path, chosen, f"exactly one verb of {', '.join(SHAPES)}")
        value = getattr(self, chosen[0])
        return chosen[0], value if isinstance(value, msgspec.Struct) else SHAPES[chosen[0]](value)


class CallRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """The body of POST …/calls. `from` null is a hidden number; employees are people's keys."""

    direction: Literal["in", "out", "internal"]
    from_: str | None
    to: str | None = None
    script: list[Step] | None = None


async def create(request: web.Request) -> web.Response:
    """Place a call; with a script, play it on the world's manual clock."""
    world = world_of(request)
    asked = await body_as(request, CallRequest)
    steps = _checked_script(world, asked.script or [])
    if steps and world.ground.clock.kind == "live":
        raise Conflict(
            "clock_is_live: a script moves a manual clock; drive this call by its verbs", allowed=list(SHAPES)
        )
    ends = _ends(world, asked)
    if steps:
        world.telephony.calls.rehearse(asked.direction, *ends, [(verb, arguments) for _at, verb, arguments in steps])
    identifier = world.telephony.calls.place(asked.direction, *ends)
    await world.settle()
    started = world.ground.clock.now()
    for at, verb, arguments in steps:
        await world.advance(started + timedelta(seconds=at))
        world.telephony.calls.do(identifier, verb, **arguments)
        await world.settle()
    return json_response(call_body(world.telephony.calls.get(identifier), world.people), 201)


async def act(request: web.Request) -> web.Response:
    """Carry out one verb now and let the world settle."""
    world = world_of(request)
    verb = request.match_info["verb"]
    identifier = _identifier(request)
    if verb not in SHAPES:
        near = nearest(verb, list(SHAPES))
        hint = f"; did you mean {near}?" if near else ""
        raise NotFound(f"no verb {verb}; there are {', '.join(SHAPES)}{hint}", nearest=near)
    body = parse(SHAPES[verb], load_json(await whole_body(request)))
    world.telephony.calls.do(identifier, verb, **_arguments(world.people, verb, body, ""))
    await world.settle()
    return json_response(call_body(world.telephony.calls.get(identifier), world.people))


async def read(request: web.Request) -> web.Response:
    world = world_of(request)
    return json_response(call_body(world.telephony.calls.get(_identifier(request)), world.people))


async def listing(request: web.Request) -> web.Response:
    world = world_of(request)
    return json_response({"calls": [call_body(call, world.people) for call in world.telephony.calls.list()]})


def call_body(call: CallView, people: People) -> dict[str, Any]:
    """The call of contract §1, employees under their people's keys."""
    return {
        "id": call.id,
        "communication_id": call.communication_id,
        "state": call.state,
        "direction": call.direction,
        "from": call.from_,
        "to": call.to,
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
                "who": leg.role if leg.employee_id is None else people.key_of_employee(leg.employee_id),
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


def _ends(world: World, asked: CallRequest) -> tuple[str | int | None, str | int]:
    """Both ends for the engine: a phone as text, an employee as id. An incoming call goes to the main number."""
    people = world.people
    if asked.direction == "in":
        return asked.from_, world.numbers["main"] if asked.to is None else asked.to
    if asked.from_ is None:
        raise BadRequest.field("from", None, "the key of an employee")
    if not asked.to:
        raise BadRequest.field("to", asked.to, "a number" if asked.direction == "out" else "the key of an employee")
    caller = people.employee_id(asked.from_, "from")
    return caller, people.employee_id(asked.to, "to") if asked.direction == "internal" else asked.to


def _checked_script(world: World, script: list[Step]) -> list[tuple[float, str, dict[str, Any]]]:
    """The script as (seconds, verb, arguments), refused whole before anything begins."""
    steps: list[tuple[float, str, dict[str, Any]]] = []
    for index, step in enumerate(script):
        path = f"script[{index}]"
        if bounded(step.at, f"{path}.at") < (steps[-1][0] if steps else 0):
            raise BadRequest.field(f"{path}.at", step.at, "seconds not before those of the step above")
        within_time(world.ground.clock.now() + timedelta(seconds=step.at), f"{path}.at", step.at)
        verb, body = step.verb(path)
        steps.append((step.at, verb, _arguments(world.people, verb, body, f"{path}.")))
    return steps


def _arguments(people: People, verb: str, body: msgspec.Struct, at: str) -> dict[str, Any]:
    """The verb's people as employee ids; `contact` stays a word where the verb knows it."""
    if isinstance(body, Transfer):
        return {
            "by": people.employee_id(body.by, f"{at}by"),
            "to": people.employee_id(body.to, f"{at}to"),
            "kind": body.kind,
        }
    if isinstance(body, Ring):
        keys = body.who if isinstance(body.who, list) else [body.who]
        return {"who": [people.employee_id(key, f"{at}who") for key in keys]}
    if isinstance(body, Who):
        if verb == "hangup" and body.who == CONTACT:
            return {"who": CONTACT}
        return {"who": people.employee_id(body.who, f"{at}who")}
    return {}


def _identifier(request: web.Request) -> int:
    number = number_in(request.match_info["call"])
    if number is None:
        raise NotFound("no such call: calls have numbers")
    return number


ROUTES: Routes = [
    ("POST", "/worlds/{world}/calls", create),
    ("GET", "/worlds/{world}/calls", listing),
    ("GET", "/worlds/{world}/calls/{call}", read),
    ("POST", "/worlds/{world}/calls/{call}/{verb}", act),
]
