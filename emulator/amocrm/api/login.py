"""POST /login and POST /logout: a session as a cookie. The protocol is our own, in place of amoCRM's login form."""

from __future__ import annotations

from aiohttp import web

from emulator.amocrm.accounts import oauth_body
from emulator.amocrm.api.common import ACCOUNT, PRINCIPAL
from emulator.amocrm.api.takes import Either, Takes
from emulator.amocrm.errors import wrong_login
from emulator.amocrm.sessions import COOKIE
from emulator.core.web import json_response

LOGIN = "/login"
LOGOUT = "/logout"


async def log_in(request: web.Request) -> web.Response:
    """{"email"} or {"user_id"}, as JSON or a form; a password is accepted and not looked at."""
    user, session = request[ACCOUNT].sessions.log_in(oauth_body(await request.read()))
    response = json_response({"user_id": user["id"], "name": user["name"], "email": user["email"]})
    response.set_cookie(COOKIE, session, path="/", httponly=True, samesite="Lax", secure=request.secure)
    return response


async def log_out(request: web.Request) -> web.Response:
    session = request[PRINCIPAL].session
    if not session:
        raise wrong_login()
    request[ACCOUNT].sessions.log_out(session)
    response = web.Response(status=204)
    response.del_cookie(COOKIE, path="/")
    return response


ROUTES = [web.post(LOGIN, log_in), web.post(LOGOUT, log_out)]

TAKES: dict[str, Takes] = {
    f"POST {LOGIN}": Either({"email": str, "user_id": int, "password": str}),
    f"POST {LOGOUT}": Takes(answers=(204,)),
}
