"""What the routes of API v2 and of the private API share: bodies with `add`, numbers as text, lists by offset.

Old telephony clients send forms or JSON, and numbers as text (facts §3.13–3.15).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import BATCH
from emulator.amocrm.api.takes import Either, Shape, Takes
from emulator.amocrm.errors import InvalidItems, Unprocessable
from emulator.amocrm.query import ListQuery, decoded, integer, values
from emulator.amocrm.validation import Item, wrong_type
from emulator.core.errors import BadRequest

ELEMENT_TYPES = {"contacts": 1, "leads": 2, "companies": 3}
"""What API v2 calls the kinds of cards."""

_DEFAULT_ROWS = 50
MOST_ROWS = 500
_FILTERS = ("id", "responsible_user_id")


async def added(request: web.Request) -> list[Item]:
    """The items of `add`. Raises BadRequest or InvalidItems for anything else."""
    body = _decoded(request, await request.read())
    given = body.get("add") if isinstance(body, dict) else None
    if not isinstance(given, list) or not given:
        raise BadRequest("the body has to be an object whose key `add` is a list of items")
    if len(given) > BATCH:
        raise Unprocessable(f"Limit {BATCH} per request")
    odd = [(str(index), [wrong_type("", "object")]) for index, each in enumerate(given) if not isinstance(each, dict)]
    if odd:
        raise InvalidItems(odd)
    return [Item(each, each.get("request_id", str(index)), {}, hal.EMBEDDED) for index, each in enumerate(given)]


def _decoded(request: web.Request, raw: bytes) -> Any:
    if "form" in request.content_type:
        return _with_lists(decoded(parse_qsl(raw.decode(errors="replace"), keep_blank_values=True)))
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"Request body is not valid JSON: {error}") from None


def _with_lists(node: Any) -> Any:
    """PHP's arrays: a dictionary whose keys are all numbers is a list."""
    if not isinstance(node, dict):
        return node
    inner = {key: _with_lists(value) for key, value in node.items()}
    return list(inner.values()) if inner and all(key.isdecimal() for key in inner) else inner


def with_numbers(data: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """`data`, the values of `keys` as numbers where they are numbers written as text."""
    return {key: _number(value) if key in keys else value for key, value in data.items()}


def _number(value: Any) -> Any:
    if value == "":
        return None
    is_number = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19
    return int(value) if is_number else value


@dataclass
class LegacyQuery(ListQuery):
    """A list by `limit_rows` and `limit_offset`, with the filters at the top."""

    offset: int = 0

    @property
    def start(self) -> int:
        return self.offset

    @classmethod
    def asked(cls, request: web.Request, **more: str) -> LegacyQuery:
        """What `request` asks for; `more` replaces parameters. Raises BadRequest for what is no number."""
        tree = {**decoded(request.query.items()), **more}
        limit = min(integer(tree.get("limit_rows", _DEFAULT_ROWS), "limit_rows"), MOST_ROWS)
        offset = integer(tree.get("limit_offset", 0), "limit_offset")
        if limit < 1 or offset < 0:
            raise BadRequest.field("limit_rows" if limit < 1 else "limit_offset", min(limit, offset), "not less")
        filters = {key: tree[key] for key in _FILTERS if key in tree}
        wanted = frozenset(values(tree.get("with", "")))
        return cls(1, limit, {"filter": filters, "query": tree.get("query", "")}, wanted, offset)


def takes_rows(**more: Shape) -> Takes:
    """What a list by offset takes."""
    rows = {"id": str, "responsible_user_id": str, "query": str, "limit_rows": int, "limit_offset": int}
    return Takes(query={**rows, **more}, answers=(200, 204))


def takes_added(shape: Shape, answers: tuple[int, ...] = ()) -> Takes:
    """What a write with `add` takes."""
    return Either({"add": [{**shape, "request_id": int | str}]}, ("add",), answers=answers)
