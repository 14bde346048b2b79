"""What a person sees in amoCRM and no API shows: calls, pop-ups, who is online, webhooks, a fresh OAuth code.

And the OpenAPI description of the fake, which belongs to no world.
"""

from __future__ import annotations

from aiohttp import web

from emulator.amocrm.openapi import description
from emulator.core.web import json_response
from emulator.stand.control.context import Routes, known_query, stand_of, whole_number, world_of
from emulator.stand.people import CONNECTING


async def call_log(request: web.Request) -> web.Response:
    return json_response(world_of(request).amocrm.call_log())


async def popups(request: web.Request) -> web.Response:
    """The pop-ups of calls on everybody's screens, or on those of `?user=`, a key of the cast."""
    known_query(request, "user")
    world, key = world_of(request), request.query.get("user")
    user_id = None if key is None else world.people.user_of(key, "user")
    shown = world.amocrm.popups.of(user_id)
    return json_response([{**popup, "user": world.people.key_of_user(popup["user_id"])} for popup in shown])


async def online(request: web.Request) -> web.Response:
    """Who is online, and how many pages each has open."""
    world = world_of(request)
    pages = world.amocrm.presence.pages()
    counts = {world.people.key_of_user(user_id): pages[user_id] for user_id in world.amocrm.presence.online()}
    return json_response({"online": list(counts), "pages": counts})


async def webhooks(request: web.Request) -> web.Response:
    """The webhooks that went out or wait, oldest first."""
    known_query(request, "since")
    deliveries = world_of(request).amocrm.webhooks.deliveries
    return json_response(deliveries.log(whole_number(request, "since", 0)))


async def oauth_code(request: web.Request) -> web.Response:
    world = world_of(request)
    code = world.amocrm.oauth.issue_code(world.access.client_id, world.people.user_id(CONNECTING))
    return json_response({"code": code}, 201)


async def openapi(request: web.Request) -> web.Response:
    return json_response(description(stand_of(request).urls["amocrm"]))


ROUTES: Routes = [
    ("GET", "/amocrm/openapi.json", openapi),
    ("GET", "/worlds/{world}/amocrm/call-log", call_log),
    ("GET", "/worlds/{world}/amocrm/popups", popups),
    ("GET", "/worlds/{world}/amocrm/online", online),
    ("GET", "/worlds/{world}/webhooks", webhooks),
    ("POST", "/worlds/{world}/oauth-code", oauth_code),
]
