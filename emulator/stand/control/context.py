"""How control-plane handlers reach the stand, the world of the request and its body."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from aiohttp import web

from emulator.core.errors import BadRequest, nearest
from emulator.core.parsing import number_in, parse_body
from emulator.core.web import Handler, whole_body
from emulator.stand.world import World

if TYPE_CHECKING:
    from emulator.stand.stand import Stand

STAND: web.AppKey[Stand] = web.AppKey("stand")

T = TypeVar("T")
Routes = list[tuple[str, str, Handler]]


def stand_of(request: web.Request) -> Stand:
    return request.app[STAND]


def world_of(request: web.Request) -> World:
    """The world in the path. Raises NotFound."""
    return stand_of(request).find(request.match_info["world"])


async def body_as(request: web.Request, shape: type[T]) -> T:
    """The JSON body as `shape`. Raises BadRequest naming the field or the unknown key."""
    return parse_body(shape, await whole_body(request))


def known_query(request: web.Request, *known: str) -> None:
    """Refuse a query key that nobody reads."""
    for key in request.query:
        if key not in known:
            near = nearest(key, list(known))
            hint = f"; did you mean `{near}`?" if near else ""
            raise BadRequest.field(key, request.query[key], f"one of the known keys: {', '.join(known)}{hint}")


def whole_number(request: web.Request, key: str, default: int) -> int:
    """A query value as a number of 0 or more."""
    text = request.query.get(key)
    if text is None:
        return default
    number = number_in(text)
    if number is None:
        raise BadRequest.field(key, text[:40], "a whole number of 0 or more")
    return number
