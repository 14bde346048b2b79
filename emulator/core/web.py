"""What every HTTP request into a fake passes through: work, journal, faults, errors.

A fake's middleware finds the account of the request and then calls `serve`, which counts the request as a piece of
the world's work, notes it and its answer in the journal, and lets faults spoil it in either phase.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Literal

import orjson
from aiohttp import web

from emulator.core.errors import BadRequest, NotFound, Problem, nearest
from emulator.core.faults import Fault
from emulator.core.ground import Ground
from emulator.core.parsing import DEEPEST, is_too_deep
from emulator.core.streamed import Streamed
from emulator.core.work import hang

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
OnProblem = Callable[[Problem], web.Response]

PROBLEM_JSON = "application/problem+json"
MAX_BODY = 16 * 1024 * 1024
"""How large a request may be: a thousand entities with long texts."""

_TRACE_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")

CONTROL_PREFIX = "/_stand/"
"""Paths of the control plane, which the fakes serve too and which are no requests to the vendor."""


def json_response(value: Any, status: int = 200, content_type: str = "application/json") -> web.Response:
    """`value` as JSON, with the Content-Type exactly as given: some amoCRM clients compare it as a string."""
    return web.Response(body=orjson.dumps(value), status=status, headers={"Content-Type": content_type})


def problem_response(problem: Problem) -> web.Response:
    """A refusal of the control plane."""
    return json_response(problem.body(), problem.status, PROBLEM_JSON)


async def whole_body(request: web.Request) -> bytes:
    """The body of a request. Raises BadRequest when it is not what its headers say, such as compressed."""
    try:
        return await request.read()
    except web.RequestPayloadError:
        raise BadRequest("the body is not encoded as its headers say") from None


async def serve(
    request: web.Request,
    handler: Handler,
    ground: Ground,
    target: Literal["amocrm", "telephony"],
    holder: str,
    on_problem: OnProblem,
) -> web.StreamResponse:
    """Answer `request` in the world of `ground`. `holder` is who asks: "integration" or "client".

    A Problem that the handler raises becomes the vendor's answer through `on_problem`.
    """
    path = request.path
    subject = f"{request.method} {path}"
    journal = ground.journal
    with ground.work.piece(subject, holder):
        try:
            body = await whole_body(request) if request.body_exists else b""
        except BadRequest as problem:
            body, handler = b"", refusing(problem)
        cause = _cause(request)
        journal.request(holder, target, subject, cause, request.query_string, body)
        if body and is_too_deep(body):
            handler = refusing(too_deep())
        fault = ground.fault_for(target, request.method, path, body, cause, subject, holder)
        if fault is None:
            response = await _answer(request, handler, on_problem, ground)
        else:
            response = await _spoiled(request, lambda: _answer(request, handler, on_problem, ground), fault, ground)
        journal.response(target, holder, subject, cause, response.status, _body_of(response))
        return response


def too_deep() -> BadRequest:
    """The refusal of JSON that could not be written again."""
    return BadRequest(f"the body nests deeper than {DEEPEST} levels")


def refusing(problem: Problem) -> Handler:
    """A handler that refuses: inside the world, so that the refusal is in its journal."""

    async def refuse(_request: web.Request) -> web.StreamResponse:
        raise problem

    return refuse


async def _answer(request: web.Request, handler: Handler, on_problem: OnProblem, ground: Ground) -> web.StreamResponse:
    """The handler's answer. A defect of ours is a 500 for the client and fails the next settle of the world."""
    try:
        return await handler(request)
    except Problem as problem:
        return on_problem(problem)
    except Exception as failure:
        ground.work.failures.append(failure)
        return on_problem(Problem(f"a defect of the fake: {type(failure).__name__}"))


async def _spoiled(
    request: web.Request, answer: Callable[[], Awaitable[web.StreamResponse]], fault: Fault, ground: Ground
) -> web.StreamResponse:
    """The answer with the fault in it: `before` keeps the handler from running, but for a delay; `after` does not."""
    action = fault.request.action
    after = fault.request.phase == "after"
    response = await answer() if after else None
    if action.delay is not None:
        await ground.clock.sleep(timedelta(seconds=action.delay))
        return response or await answer()
    if action.hang:
        await hang()
    if action.reset or isinstance(response, web.WebSocketResponse):  # an upgraded connection can only be cut
        return abort(request)
    if action.truncate is not None:
        return await _truncated(request, response or await answer(), action.truncate)
    headers = {"Content-Type": "application/json", **action.headers}
    body = (
        action.body if isinstance(action.body, str) else orjson.dumps(action.body) if action.body is not None else b""
    )
    return web.Response(status=action.status or 500, body=body, headers=headers)


def abort(request: web.Request) -> web.StreamResponse:
    """Cut the TCP connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499, reason="connection reset by a fault")


async def _truncated(request: web.Request, response: web.StreamResponse, length: int) -> web.StreamResponse:
    """Promise the whole body, send its first `length` bytes, and cut the connection."""
    whole = response.body if isinstance(response, web.Response) else None
    size, first = (whole.size, whole.first(length)) if isinstance(whole, Streamed) else _cut(_body_of(response), length)
    broken = web.StreamResponse(status=response.status, headers=response.headers)
    broken.content_length = size
    await broken.prepare(request)
    await broken.write(first)
    if request.transport is not None:
        request.transport.close()
    return broken


def _cut(body: bytes, length: int) -> tuple[int, bytes]:
    return len(body), body[:length]


def _body_of(response: web.StreamResponse) -> bytes:
    return response.body if isinstance(response, web.Response) and isinstance(response.body, bytes) else b""


def _cause(request: web.Request) -> str | None:
    """The trace id of a W3C traceparent, if the request carries one."""
    parent = request.headers.get("traceparent")
    if parent is None:
        return None
    found = _TRACE_PARENT.fullmatch(parent)
    return found[1] if found else None


def route_problem(request: web.Request, app: web.Application) -> NotFound:
    """The refusal for a route that does not exist; it names the nearest one."""
    known = sorted({resource.canonical for resource in app.router.resources()})
    near = nearest(request.path, known)
    hint = f"; the nearest route is {near}" if near else ""
    return NotFound(f"Cannot {request.method} {request.path}{hint}", nearest=near)
