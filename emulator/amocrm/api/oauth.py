"""OAuth over HTTP: token endpoint, domain of the account, owner of a token, API keys, consent (facts §1.2)."""

from __future__ import annotations

from typing import Any, Literal

from aiohttp import web

from emulator.amocrm.accounts import oauth_body
from emulator.amocrm.api.common import ACCOUNT, PRINCIPAL
from emulator.amocrm.api.takes import Either, Takes
from emulator.amocrm.errors import wrong_login
from emulator.core.database import Row
from emulator.core.errors import BadRequest
from emulator.core.web import json_response, whole_body

PATH = "/oauth2/access_token"
EXCHANGE = "/oauth2/exchange_api_key"
CURRENT_DOMAIN = "/oauth2/account/current/subdomain"
CONSENT = "/oauth"
TOKENLESS = (PATH, EXCHANGE, CURRENT_DOMAIN, CONSENT)
_REFRESH_HEADER = "X-Refresh-Token"
_DOMAINS = (".amocrm.ru", ".kommo.com")


async def named(request: web.Request) -> dict[str, Any] | None:
    """What tells the account of a request that carries no token; None for a route that needs one."""
    if request.path == PATH:
        return oauth_body(await whole_body(request))
    if request.path == EXCHANGE:
        return {"client_id": oauth_body(await whole_body(request)).get("client_uuid")}
    if request.path == CURRENT_DOMAIN:
        return {"refresh_token": request.headers.get(_REFRESH_HEADER)}
    if request.path == CONSENT:
        return {"client_id": request.query.get("client_id")}
    return None


async def post(request: web.Request) -> web.Response:
    body = oauth_body(await request.read())
    return json_response(request[ACCOUNT].oauth.exchange(body, _address(request)))


async def exchange_key(request: web.Request) -> web.Response:
    """An API key of old for a code, which amoCRM brings to the redirect URI."""
    account, body = request[ACCOUNT], oauth_body(await request.read())
    client = account.oauth.client(body.get("client_uuid"))
    user = account.users.with_key(body.get("login"), body.get("api_key"))
    if client is None or client["secret"] != body.get("client_secret") or user is None:
        raise wrong_login()
    account.ground.work.spawn(_bring_code(request, client, user["id"]), "code for an API key")
    return web.Response(status=202)


async def _bring_code(request: web.Request, client: Row, user_id: int) -> None:
    await request[ACCOUNT].oauth_hooks.install(client, user_id)


async def domain(request: web.Request) -> web.Response:
    return json_response(_domain(request))


async def current_domain(request: web.Request) -> web.Response:
    """The same for the holder of a refresh token."""
    if not request[ACCOUNT].oauth.holds_refresh(request.headers.get(_REFRESH_HEADER)):
        raise wrong_login()
    return json_response(_domain(request))


def _domain(request: web.Request) -> dict[str, Any]:
    account = request[ACCOUNT]
    return {
        "id": account.id,
        "subdomain": account.subdomain,
        "domain": _address(request),
        "top_level_domain": account.domain.rpartition(".")[2],
    }


def _address(request: web.Request) -> str:
    """Where the client goes on: the account's name for one that came by name, else the address it came to.

    So that no client leaves the stand, which has its own address and not amoCRM's.
    """
    account = request[ACCOUNT]
    is_named = request.host.lower().endswith(_DOMAINS)
    return f"{account.subdomain}.{account.domain}" if is_named else request.host


async def owner(request: web.Request) -> web.Response:
    account = request[ACCOUNT]
    user = account.users.get(request[PRINCIPAL].user_id)
    assert user is not None
    fields = {key: user[key] for key in ("id", "name", "email", "lang")}
    return json_response({**fields, "account_id": account.id, "is_admin": user["is_admin"] == 1})


async def consent(request: web.Request) -> web.Response:
    """The page where a user lets an integration in; here it agrees at once, or refuses with `deny=1`."""
    account, query = request[ACCOUNT], request.query
    client = account.oauth.client(query.get("client_id"))
    if client is None:
        raise BadRequest.field("client_id", query.get("client_id"), "the id of a registered integration")
    if query.get("redirect_uri", client["redirect_uri"]) != client["redirect_uri"]:
        raise BadRequest.field("redirect_uri", query["redirect_uri"], "the address that was registered")
    hooks, state = account.oauth_hooks, query.get("state")
    if query.get("deny"):
        return _to(hooks.refusal_url(client, state))
    return _to(hooks.consent_url(client, account.users.owner(), state))


def _to(url: str) -> web.Response:
    return web.Response(status=302, headers={"Location": url})


ROUTES = [
    web.post(PATH, post),
    web.post(EXCHANGE, exchange_key),
    web.get("/oauth2/account/subdomain", domain),
    web.get(CURRENT_DOMAIN, current_domain),
    web.get("/v3/user", owner),
    web.get(CONSENT, consent),
]

_EXCHANGE = {
    "client_id": str,
    "client_secret": str,
    "grant_type": Literal["authorization_code", "refresh_token"],
    "code": str,
    "refresh_token": str,
    "redirect_uri": str,
}
_KEY = dict.fromkeys(("client_uuid", "client_secret", "login", "api_key"), str)
_CONSENT = dict.fromkeys(("client_id", "redirect_uri", "state", "deny"), str)

TAKES = {
    f"POST {PATH}": Either(_EXCHANGE, ("client_id", "client_secret", "grant_type", "redirect_uri")),
    f"POST {EXCHANGE}": Either(_KEY, tuple(_KEY), answers=(202,), content=None),
    f"GET {CURRENT_DOMAIN}": Takes(headers=(_REFRESH_HEADER,)),
    f"GET {CONSENT}": Takes(query=_CONSENT, answers=(302,)),
}
