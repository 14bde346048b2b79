"""Days of a call centre (`emulator/stand/days.py`)."""

from __future__ import annotations

from aiohttp import web

from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, world_of
from emulator.stand.days import DayRequest, plan


async def create(request: web.Request) -> web.Response:
    """Play a day and answer with its visits, forms and calls as they are then."""
    day = plan(world_of(request), await body_as(request, DayRequest))
    return json_response(await day.play(), 201)


ROUTES: Routes = [("POST", "/worlds/{world}/days", create)]
"""The one route: a day is not kept, its calls are."""
