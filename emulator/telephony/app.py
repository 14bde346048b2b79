"""The telephony's HTTP server: `POST /v2.0` (Data API), `POST /v4.0` (Call API), the files of recordings.

One middleware finds the account of a request, by the access token or login of a JSON-RPC body or by the ids of a media
link, and passes it through the world's work, journal and faults. What belongs to no account is answered outside them.
"""

from __future__ import annotations

from functools import partial

from aiohttp import web

from emulator.core.errors import NotFound, Problem
from emulator.core.parsing import is_too_deep, number_in
from emulator.core.web import (
    CONTROL_PREFIX,
    MAX_BODY,
    Handler,
    json_response,
    problem_response,
    route_problem,
    serve,
    too_deep,
    whole_body,
)
from emulator.telephony import recordings, rpc
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.accounts import Accounts
from emulator.telephony.call_api.methods import CALL_API
from emulator.telephony.data_api.methods import DATA_API
from emulator.telephony.dispatch import Api, answer
from emulator.telephony.recordings.serving import served

ACCOUNTS = web.AppKey("accounts", Accounts)
ACCOUNT = web.RequestKey("account", TelephonyAccount)

APIS: dict[str, Api] = {"/v2.0": DATA_API, "/v4.0": CALL_API}
"""The vendor's APIs by path."""


def create_app(accounts: Accounts) -> web.Application:
    """A server for `accounts`, which may come and go while it runs."""
    app = web.Application(middlewares=[_through_the_world], client_max_size=MAX_BODY)
    app[ACCOUNTS] = accounts
    for path in APIS:
        app.router.add_post(path, json_rpc)
    for cut, path in recordings.PATHS.items():
        app.router.add_get(path, partial(recording, cut))
    return app


async def json_rpc(request: web.Request) -> web.Response:
    """One JSON-RPC call; refusals too are HTTP 200, with an `error` member (facts §1.1)."""
    body, account = await request.read(), request.get(ACCOUNT)
    if account is None and is_too_deep(body):
        raise too_deep()
    return json_response(answer(APIS[request.path], body, account, request.remote))


async def recording(cut: str, request: web.Request) -> web.Response:
    """The file behind a link, or a part of it; 404 for a wrong link and while the file is not ready."""
    account = request.get(ACCOUNT)
    if account is None:
        raise NotFound("no such recording")
    given = request.match_info
    return served(request, account.recordings.find(cut, int(given["communication_id"]), given["hash"]))


@web.middleware
async def _through_the_world(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.path.startswith(CONTROL_PREFIX):
        return await handler(request)
    try:
        found = await _account_of(request)
        if found is None:
            return await handler(request)
        if (gate := found[0].ground.gate).is_shut:
            await gate.passed()
            if (found := await _account_of(request)) is None:
                return await handler(request)
        request[ACCOUNT], holder = found
        return await serve(request, handler, request[ACCOUNT].ground, "telephony", holder, problem_response)
    except Problem as problem:
        return problem_response(problem)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
        return problem_response(route_problem(request, request.app))


async def _account_of(request: web.Request) -> tuple[TelephonyAccount, str] | None:
    """The account and who asks; a link of a recording carries no token, so that its reader is a client."""
    accounts = request.app[ACCOUNTS]
    if request.path in APIS:
        return accounts.of(rpc.credentials(await whole_body(request)))
    communication_id = number_in(request.match_info.get("communication_id", ""))
    account = None if communication_id is None else accounts.by_id(communication_id)
    return (account, "client") if account else None
