"""Every error leaves as problem+json; an unknown route names the nearest one."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Awaitable, Callable

import orjson
from aiohttp import web

from integration.problems import Problem

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log = logging.getLogger(__name__)


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what a handler raises into an answer."""
    try:
        return await handler(request)
    except Problem as problem:
        return _answer(problem)
    except web.HTTPNotFound:
        nearest = _nearest(request)
        return _answer(
            Problem(404, "Unknown route", f"{request.method} {request.path}: the nearest route is {nearest}")
        )
    except web.HTTPMethodNotAllowed as error:
        allowed = sorted(error.allowed_methods)
        return _answer(
            Problem(405, "Method not allowed", f"{request.path} takes {', '.join(allowed)}", allowed=allowed)
        )
    except web.HTTPRequestEntityTooLarge:
        return _answer(Problem(413, "Body too large", "The body is larger than this route takes"))
    except web.HTTPException:
        raise
    except Exception:
        _log.exception("%s %s failed", request.method, request.path)
        return _answer(Problem(500, "Internal error", "A defect of the integration; its log has the details"))


def _answer(problem: Problem) -> web.Response:
    body = orjson.dumps(problem.as_json(), default=str)
    return web.Response(status=problem.status, body=body, headers={"Content-Type": "application/problem+json"})


def _nearest(request: web.Request) -> str:
    routes = {
        f"{route.method} {route.resource.canonical}"
        for route in request.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    return difflib.get_close_matches(f"{request.method} {request.path}", sorted(routes), 1, 0.0)[0]
