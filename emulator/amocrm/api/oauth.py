"""POST /oauth2/access_token (facts §1.2)."""

from __future__ import annotations

from typing import Literal

from aiohttp import web

from emulator.amocrm.accounts import oauth_body
from emulator.amocrm.api.common import ACCOUNT
from emulator.amocrm.api.takes import One
from emulator.core.web import json_response

PATH = "/oauth2/access_token"


async def post(request: web.Request) -> web.Response:
    return json_response(request[ACCOUNT].oauth.exchange(oauth_body(await request.read())))


ROUTES = [web.post(PATH, post)]

_EXCHANGE = {
    "client_id": str,
    "client_secret": str,
    "grant_type": Literal["authorization_code", "refresh_token"],
    "code": str,
    "refresh_token": str,
    "redirect_uri": str,
}
TAKES = {f"POST {PATH}": One(_EXCHANGE, ("client_id", "client_secret", "grant_type", "redirect_uri"))}
