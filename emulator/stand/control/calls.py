"""Calls, scripted and live (contract §1). The verbs are the same: a script's step is a verb with a time."""

from __future__ import annotations

from aiohttp import web

from emulator.core.errors import NotFound, nearest
from emulator.core.parsing import load_json, number_in, parse
from emulator.core.web import json_response, whole_body
from emulator.stand import scripts
from emulator.stand.control.context import Routes, body_as, world_of
from emulator.stand.placing import CallRequest, call_body, ends_of
from emulator.stand.verbs import SHAPES, arguments


async def create(request: web.Request) -> web.Response:
    """Place a call; with a script, play it on the world's clock."""
    world = world_of(request)
    asked = await body_as(request, CallRequest)
    beats = scripts.checked(world, asked.script or [])
    if beats or asked.speed is not None:
        scripts.check_clock(world, asked.speed)
    call = ends_of(world, asked)
    calls = world.telephony.calls
    if beats:
        calls.rehearse(*call.ends, [(beat.at, beat.verb, beat.arguments) for beat in beats], **call.how)
    identifier = calls.place(*call.ends, **call.how)
    started = calls.get(identifier).started_at
    await world.settle()
    await scripts.play(world, identifier, started, beats, asked.speed)
    return json_response(call_body(calls.get(identifier), world.people), 201)


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
    world.telephony.calls.do(identifier, verb, **arguments(world.people, verb, body, ""))
    await world.settle()
    return json_response(call_body(world.telephony.calls.get(identifier), world.people))


async def read(request: web.Request) -> web.Response:
    world = world_of(request)
    return json_response(call_body(world.telephony.calls.get(_identifier(request)), world.people))


async def listing(request: web.Request) -> web.Response:
    world = world_of(request)
    return json_response({"calls": [call_body(call, world.people) for call in world.telephony.calls.list()]})


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
