"""amoCRM's refusals, on top of the tree of emulator.core.errors (facts §2.5, §1.2).

    Problem
    ├── InvalidItems      400  items of a write request, each with its flaws: the `validation-errors` body
    ├── OAuthRefused      401  the token endpoint; the reason is in `hint`
    ├── PaymentRequired   402  the account is not paid
    ├── Forbidden         403  rights
    ├── Banned            403  too many refused requests; a page in HTML
    ├── MethodNotAllowed  405  the route exists, the method does not
    ├── Unprocessable     422  a limit of the API
    ├── UpgradeRequired   426  a plain request to a websocket
    └── TooManyRequests   429  too often; plain text, because clients tell it from other refusals by that

BadRequest, Unauthorized and NotFound are used as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from emulator.core.errors import NotFound, Problem, Unauthorized, nearest
from emulator.core.web import PROBLEM_JSON, json_response

_OAUTH_TYPE = "https://developers.amocrm.ru/v3/errors/OAuthProblemJson"
WRONG_LOGIN = "Неверный логин или пароль"

_RETRY_AFTER = 1
"""Seconds: the limits are per second, so that a second without requests always helps."""

_BAN_PAGE = """\
<html>
<head><title>403 Forbidden</title></head>
<body>
<center><h1>403 Forbidden</h1></center>
<hr><center>nginx</center>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong at one dotted path of an item. `code` is one of amoCRM's validation codes."""

    code: str
    path: str
    detail: str

    def body(self) -> dict[str, str]:
        return {"code": self.code, "path": self.path, "detail": self.detail}


class InvalidItems(Problem):
    """`flawed` pairs each bad item's request_id with its flaws."""

    status = 400

    def __init__(self, flawed: list[tuple[Any, list[Flaw]]]) -> None:
        super().__init__("Request validation failed")
        self.flawed = flawed


class OAuthRefused(Problem):
    status = 401

    def __init__(self, hint: str) -> None:
        super().__init__("В запросе отсутствует ряд параметров или параметры невалидны")
        self.hint = hint


class PaymentRequired(Problem):
    status = 402

    def __init__(self) -> None:
        super().__init__("The account is not paid")


class Forbidden(Problem):
    status = 403


class Banned(Problem):
    status = 403

    def __init__(self) -> None:
        super().__init__("the client is banned")


class MethodNotAllowed(Problem):
    status = 405

    def __init__(self, method: str, allowed: list[str]) -> None:
        super().__init__(f"{method} is not allowed here; allowed: {', '.join(allowed)}")
        self.allowed = allowed


class Unprocessable(Problem):
    status = 422


class UpgradeRequired(Problem):
    status = 426

    def __init__(self) -> None:
        super().__init__("this is a websocket: ask with Upgrade: websocket")


class TooManyRequests(Problem):
    status = 429

    def __init__(self) -> None:
        super().__init__("You have sent too many requests in a given amount of time")


def wrong_login() -> Unauthorized:
    return Unauthorized(WRONG_LOGIN)


def problem_response(problem: Problem) -> web.Response:
    """`problem` as amoCRM writes it, with the Content-Type exactly `application/problem+json` where it is JSON."""
    if isinstance(problem, Banned):
        return web.Response(text=_BAN_PAGE, status=problem.status, content_type="text/html")
    if isinstance(problem, TooManyRequests):
        headers = {"Retry-After": str(_RETRY_AFTER)}
        return web.Response(text=f"{problem.detail}\n", status=problem.status, headers=headers)
    response = json_response(_body(problem), problem.status, PROBLEM_JSON)
    if isinstance(problem, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(problem.allowed)
    if isinstance(problem, UpgradeRequired):
        response.headers["Upgrade"] = "websocket"
    return response


def _body(problem: Problem) -> dict[str, Any]:
    if isinstance(problem, OAuthRefused):
        return {
            "hint": problem.hint,
            "title": "Некорректный запрос",
            "type": _OAUTH_TYPE,
            "status": problem.status,
            "detail": problem.detail,
        }
    body: dict[str, Any] = {}
    if isinstance(problem, InvalidItems):
        body["validation-errors"] = [
            {"request_id": request_id, "errors": [flaw.body() for flaw in flaws]}
            for request_id, flaws in problem.flawed
        ]
    return {
        **body,
        "title": problem.title,
        "type": f"https://httpstatus.es/{problem.status}",
        "status": problem.status,
        "detail": problem.detail,
        **problem.extra,
    }


def unrouted(request: web.Request) -> Problem:
    """The refusal for a path or a method that no route serves; a 404 names the nearest route."""
    failure = request.match_info.http_exception
    if isinstance(failure, web.HTTPMethodNotAllowed):
        return MethodNotAllowed(request.method, sorted(failure.allowed_methods))
    known = sorted({resource.canonical for resource in request.app.router.resources()})
    near = nearest(request.path, known)
    hint = f"; the nearest route is {near}" if near else ""
    return NotFound(f"Cannot {request.method} {request.scheme}://{request.host}{request.path}{hint}")
