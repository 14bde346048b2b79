"""POST /oauth2/access_token (facts §1.2)."""

from __future__ import annotations

from aiohttp import web

from emulator.amocrm.accounts import oauth_body
from emulator.amocrm.api.common import ACCOUNT
from emulator.core.web import json_response

PATH = "/oauth2/access_token"


async def post(request: web.Request) -> web.Response:
    return json_response(request[ACCOUNT].oauth.exchange(oauth_body(await request.read())))


ROUTES = [web.post(PATH, post)]
