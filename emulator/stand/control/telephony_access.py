"""Who may use the telephony's APIs, and how much: logins, keys, addresses, points."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from emulator.core.errors import NotFound
from emulator.core.instants import from_micros
from emulator.core.parsing import LONGEST_SPAN
from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, world_of
from emulator.stand.world import World

Points = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=LONGEST_SPAN)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class LoginRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/telephony/login: a new login, or another password of one."""

    login: Text
    password: Text


class AccessChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PATCH …/telephony/access; null lets everybody in."""

    ip_whitelist: list[str] | None


class TokenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/telephony/tokens: a key, valid for that many seconds or for ever."""

    lasts: Seconds | None = None


class TokenChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PATCH …/telephony/tokens. `lasts`: seconds from now."""

    access_token: str
    blocked: bool | UnsetType = UNSET
    lasts: Seconds | UnsetType = UNSET


class LimitsChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PATCH …/telephony/limits."""

    limits: Literal["off", "on"] | UnsetType = UNSET
    minute_limit: Points | UnsetType = UNSET
    day_limit: Points | UnsetType = UNSET


async def access(request: web.Request) -> web.Response:
    return json_response(_access(world_of(request)))


async def change_access(request: web.Request) -> web.Response:
    world = world_of(request)
    world.telephony.access.set_whitelist((await body_as(request, AccessChange)).ip_whitelist)
    return json_response(_access(world))


async def login(request: web.Request) -> web.Response:
    world, asked = world_of(request), await body_as(request, LoginRequest)
    world.telephony.access.set_login(asked.login, asked.password)
    return json_response({"login": asked.login, "password": asked.password}, 201)


async def create_token(request: web.Request) -> web.Response:
    world, asked = world_of(request), await body_as(request, TokenRequest)
    lasts = None if asked.lasts is None else timedelta(seconds=asked.lasts)
    return json_response({"access_token": world.telephony.tokens.issue("client", lasts)}, 201)


async def change_token(request: web.Request) -> web.Response:
    world, asked = world_of(request), await body_as(request, TokenChange)
    tokens = world.telephony.tokens
    tokens.change(
        asked.access_token,
        blocked=None if asked.blocked is UNSET else asked.blocked,
        lasts=None if asked.lasts is UNSET else timedelta(seconds=asked.lasts),
    )
    found = next((each for each in _tokens(world) if each["access_token"] == asked.access_token), None)
    if found is None:
        raise NotFound("no such access token in this account")
    return json_response(found)


async def limits(request: web.Request) -> web.Response:
    return json_response(world_of(request).telephony.limits.body())


async def change_limits(request: web.Request) -> web.Response:
    own = world_of(request).telephony.limits
    own.change(**msgspec.to_builtins(await body_as(request, LimitsChange)))
    return json_response(own.body())


async def reset_limits(request: web.Request) -> web.Response:
    world_of(request).telephony.limits.reset()
    return web.Response(status=204)


def _access(world: World) -> dict[str, Any]:
    own = world.telephony.access.login()
    return {
        "login": own.login,
        "password": own.password,
        "ip_whitelist": world.telephony.access.whitelist(),
        "tokens": _tokens(world),
    }


def _tokens(world: World) -> list[dict[str, Any]]:
    return [
        {
            "access_token": token.text,
            "holder": token.holder,
            "session": token.is_session,
            "blocked": token.is_blocked,
            "expires_at": None if token.expires_at is None else from_micros(token.expires_at).isoformat(),
        }
        for token in world.telephony.tokens.all()
    ]


ROUTES: Routes = [
    ("GET", "/worlds/{world}/telephony/access", access),
    ("PATCH", "/worlds/{world}/telephony/access", change_access),
    ("POST", "/worlds/{world}/telephony/login", login),
    ("POST", "/worlds/{world}/telephony/tokens", create_token),
    ("PATCH", "/worlds/{world}/telephony/tokens", change_token),
    ("GET", "/worlds/{world}/telephony/limits", limits),
    ("PATCH", "/worlds/{world}/telephony/limits", change_limits),
    ("DELETE", "/worlds/{world}/telephony/limits", reset_limits),
]
