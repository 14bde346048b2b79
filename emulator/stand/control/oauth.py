"""What an administrator does with an integration in amoCRM: installs it, switches it off, reads API keys."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from emulator.amocrm.oauth_hooks import Visit
from emulator.core.database import Row
from emulator.core.errors import BadRequest
from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, world_of
from emulator.stand.people import CONNECTING
from emulator.stand.world import World


class InstallRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/oauth/install. `redirect_uri` is where the client is registered from now on."""

    client_id: str | None = None
    redirect_uri: str | None = None
    state: str | None = None
    from_widget: bool = False


class DisableRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/oauth/disable; without `url` the hook goes to the redirect URI."""

    client_id: str | None = None
    url: str | None = None


async def install(request: web.Request) -> web.Response:
    """The administrator who connects integrations lets one in: amoCRM visits it with a code."""
    world, asked = world_of(request), await body_as(request, InstallRequest)
    client = _client(world, asked.client_id)
    if asked.redirect_uri is not None:
        _check_url(asked.redirect_uri, "redirect_uri")
        world.amocrm.oauth.move(client["id"], asked.redirect_uri)
        client = _client(world, client["id"])
    user_id = world.people.user_id(CONNECTING)
    visit = await world.amocrm.oauth_hooks.install(client, user_id, asked.state, from_widget=asked.from_widget)
    return _answer(client, visit)


async def disable(request: web.Request) -> web.Response:
    """The integration is switched off: its tokens are refused, and amoCRM tells it."""
    world, asked = world_of(request), await body_as(request, DisableRequest)
    client = _client(world, asked.client_id)
    url = client["redirect_uri"] if asked.url is None else asked.url
    _check_url(url, "url")
    return _answer(client, await world.amocrm.oauth_hooks.disable(client, url))


async def api_keys(request: web.Request) -> web.Response:
    """The keys of the old API that people find in their profiles."""
    world = world_of(request)
    people = world.people.by_key.items()
    users = world.amocrm.users
    return json_response({key: users.api_key(each.user_id) for key, each in people if each.user_id is not None})


def _client(world: World, client_id: str | None) -> Row:
    """The named client, else the developer's own. Raises BadRequest for one that is not registered."""
    client = world.amocrm.oauth.client(world.access.client_id if client_id is None else client_id)
    if client is None:
        raise BadRequest.field("client_id", client_id, "the id of an integration that is registered in this world")
    return client


def _check_url(url: str, path: str) -> None:
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url:
        raise BadRequest.field(path, url[:200], "an http or https address")


def _answer(client: Row, visit: Visit) -> web.Response:
    body: dict[str, Any] = {"client_id": client["id"], "status": visit.status, "detail": visit.detail}
    return json_response(body)


ROUTES: Routes = [
    ("POST", "/worlds/{world}/oauth/install", install),
    ("POST", "/worlds/{world}/oauth/disable", disable),
    ("GET", "/worlds/{world}/amocrm/api-keys", api_keys),
]
