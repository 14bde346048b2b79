"""What every request to the fake amoCRM passes on its way in: route, body, account, who asks, limits.

Between the body having been read and the handler nothing waits, so that no restore of the world comes in between.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from emulator.amocrm import context_user
from emulator.amocrm.account import Account
from emulator.amocrm.accounts import Accounts, oauth_body
from emulator.amocrm.api import login, oauth, short_links, status
from emulator.amocrm.api.common import ACCOUNT, PRINCIPAL
from emulator.amocrm.errors import problem_response, unrouted, wrong_login
from emulator.amocrm.oauth import Principal
from emulator.core.errors import BadRequest, Problem
from emulator.core.web import CONTROL_PREFIX, refusing, serve, whole_body

PAGES = (login.LOGIN, login.LOGOUT, status.PATH, oauth.CONSENT)
"""Routes of amoCRM's own pages, which are no API: its limits do not count them."""

_REQUEST_ID = "X-Request-Id"
"""What the official client keeps of an answer, for a question to amoCRM's support."""


def entrance(accounts: Accounts) -> Middleware:
    """The middleware that finds the account of a request among `accounts` and lets the request into its world."""

    @web.middleware
    async def enter(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(CONTROL_PREFIX):
            return await handler(request)
        if request.match_info.http_exception is not None:
            request, handler = await _tidied(request, handler)
        if request.body_exists:
            with suppress(BadRequest):
                await whole_body(request)
        try:
            handler = await _recognised(accounts, request, handler)
        except Problem as problem:
            return problem_response(problem)
        account, principal = request[ACCOUNT], request[PRINCIPAL]
        response = await serve(request, handler, account.ground, "amocrm", principal.holder, problem_response)
        if isinstance(response, web.WebSocketResponse):
            await status.attend(request, response)
        elif not response.prepared:
            response.headers[_REQUEST_ID] = account.ground.ids.token("request", account.ground.journal.last, 16)
        return response

    return enter


async def _recognised(accounts: Accounts, request: web.Request, handler: Handler) -> Handler:
    """The handler behind all that may keep `request` from it; account and principal are noted in the request."""
    names = await _names(request)
    account, principal = accounts.find(request, names)
    if account.ground.gate.is_shut:
        await account.ground.gate.passed()
        account, principal = accounts.find(request, names)
    request[ACCOUNT], request[PRINCIPAL] = account, principal
    if request.match_info.http_exception is not None:
        handler = refusing(unrouted(request))
    elif names is None and not principal.valid:
        handler = refusing(wrong_login())
    else:
        handler = _in_person(request, account, principal, handler)
    if account.limits.active and request.path not in PAGES:
        handler = _within_limits(account, principal, handler)
    return handler


async def _names(request: web.Request) -> dict[str, Any] | None:
    """What tells the account of a request that carries no token; None for a route that needs one."""
    if request.path == login.LOGIN:
        return oauth_body(await whole_body(request))
    return {} if request.path.startswith(short_links.PATH) else await oauth.named(request)


def _in_person(request: web.Request, account: Account, principal: Principal, handler: Handler) -> Handler:
    """The handler for whoever the token and the headers stand for."""
    if principal.valid and context_user.HEADER in request.headers:
        handler = _as_another(account, principal, handler)
    return _first_use(account, principal, handler) if principal.fresh else handler


def _as_another(account: Account, principal: Principal, handler: Handler) -> Handler:
    """The handler of a request in the name of the user that a header names."""

    async def act(request: web.Request) -> web.StreamResponse:
        request[PRINCIPAL] = context_user.acting_as(account, principal, request.headers[context_user.HEADER])
        return await handler(request)

    return act


def _first_use(account: Account, principal: Principal, handler: Handler) -> Handler:
    """The handler of the first request with a new token: the pairs before it die."""

    async def use(request: web.Request) -> web.StreamResponse:
        account.oauth.first_use(principal.line, principal.pair)
        return await handler(request)

    return use


def _within_limits(account: Account, principal: Principal, handler: Handler) -> Handler:
    """The handler behind the limits of the account."""

    async def admit(request: web.Request) -> web.StreamResponse:
        account.limits.admit(principal.client_id, is_free=request.path == oauth.PATH)
        return await handler(request)

    return admit


async def _tidied(request: web.Request, handler: Handler) -> tuple[web.Request, Handler]:
    """The request and its handler with slashes at the end and doubled ones ignored, as amoCRM does."""
    path = "/" + "/".join(part for part in request.path.split("/") if part)
    if path == request.path:
        return request, handler
    tidy = request.clone(rel_url=request.rel_url.with_path(path, keep_query=True))
    match = await request.app.router.resolve(tidy)
    match.add_app(request.app)
    match.freeze()
    tidy._match_info = match  # aiohttp offers no public way to route a request again
    return tidy, match.handler
