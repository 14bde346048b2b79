"""The journal of a world, with the integration's decisions copied into it."""

from __future__ import annotations

from itertools import islice

from aiohttp import web

from emulator.core.errors import BadRequest, Problem
from emulator.core.journal import KINDS, LIMIT
from emulator.core.web import json_response
from emulator.stand.control.context import Routes, known_query, whole_number, world_of
from emulator.stand.world import World


async def read(request: web.Request) -> web.Response:
    known_query(request, "kind", "since", "subject", "limit")
    world = world_of(request)
    kind = request.query.get("kind")
    if kind is not None and kind not in KINDS:
        raise BadRequest.field("kind", kind, f"one of {', '.join(KINDS)}")
    missing = await _missing_decisions(world)
    journal = world.ground.journal
    found = journal.entries(kind, whole_number(request, "since", 0), request.query.get("subject"))
    entries = [entry.body() for entry in islice(found, whole_number(request, "limit", LIMIT))]
    return json_response({"entries": entries, "last": journal.last, "overflowed": journal.overflowed, **missing})


async def _missing_decisions(world: World) -> dict[str, str]:
    """Why the decisions are not all there: an integration that fails takes nothing else of the journal with it."""
    try:
        await world.collect_decisions()
    except Problem as problem:
        return {"missing": problem.detail}
    return {}


ROUTES: Routes = [("GET", "/worlds/{world}/journal", read)]
