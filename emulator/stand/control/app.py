"""The control plane as an application: its routes, and every refusal as problem+json."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from aiohttp import web

from emulator.core.errors import Problem, UnsupportedBody
from emulator.core.web import Handler, problem_response, route_problem, whole_body
from emulator.stand.control import (
    amocrm,
    calls,
    campaigns,
    clock,
    days,
    deals,
    deliveries,
    faults,
    forms,
    integration,
    journal,
    limits,
    oauth,
    options,
    people,
    readiness,
    recordings,
    scenarios,
    sites,
    snapshots,
    tabs,
    telephony,
    telephony_access,
    tracking,
    visits,
    worlds,
)
from emulator.stand.control.context import STAND
from emulator.stand.control.mounted import PREFIX

if TYPE_CHECKING:
    from emulator.stand.stand import Stand

_WRITES = ("POST", "PUT", "PATCH")
_WORLD = (worlds, clock, journal, faults, snapshots, people, integration)
_AMOCRM = (amocrm, oauth, limits, tabs)
_TELEPHONY = (
    calls,
    days,
    recordings,
    scenarios,
    sites,
    campaigns,
    tracking,
    visits,
    forms,
    deals,
    deliveries,
    telephony,
    telephony_access,
    readiness,
    options,
)


def create_app(stand: Stand) -> web.Application:
    """The control plane of `stand`. The fakes serve it too (`mounted.py`)."""
    app = web.Application(middlewares=[_refusals])
    app[STAND] = stand
    for resource in _resources():
        app.router.register_resource(resource)
    return app


@cache
def _resources() -> tuple[web.AbstractResource, ...]:
    """What every stand answers, put together once: nothing in it belongs to one of them."""
    router = web.UrlDispatcher()
    for module in (*_WORLD, *_AMOCRM, *_TELEPHONY):
        for method, path, handler in module.ROUTES:
            router.add_route(method, PREFIX + path, handler)
    return (*router.resources(),)


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse writes that are not JSON, wait while the world is being copied, and turn a Problem into its answer.

    A body that comes late is waited for before, so that nothing waits between the gate and the handler.
    """
    try:
        if request.body_exists:
            await whole_body(request)
        if world := request.app[STAND].worlds.get(request.match_info.get("world", "")):
            await world.ground.gate.passed()
        if request.method in _WRITES and request.body_exists and request.content_type != "application/json":
            raise UnsupportedBody(f"Content-Type is {request.content_type}; writes need application/json")
        return await handler(request)
    except Problem as problem:
        return problem_response(problem)
    except web.HTTPNotFound:
        return problem_response(route_problem(request, request.app))
    except web.HTTPMethodNotAllowed as refusal:
        refused = Problem(f"{request.path} knows {', '.join(sorted(refusal.allowed_methods))}, not {request.method}")
        refused.status = 405
        return problem_response(refused)
