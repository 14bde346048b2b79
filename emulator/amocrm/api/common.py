"""What the resources share: the account of a request, bodies as items, lists as pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.account import Account
from emulator.amocrm.errors import Forbidden, InvalidItems, Unprocessable
from emulator.amocrm.oauth import Principal
from emulator.amocrm.query import MAX_LIMIT, ListQuery, Page, decoded, names_in
from emulator.amocrm.validation import Item, wrong_type
from emulator.core.database import Row
from emulator.core.errors import BadRequest, NotFound

ACCOUNT = web.RequestKey("account", Account)
PRINCIPAL = web.RequestKey("principal", Principal)

BATCH = 250
ID = r"{id:\d+}"
"""An id in a path."""

_NO_ID = (1 << 63) - 1
"""Stands for every number that is too long to be an id."""


def no_content() -> web.Response:
    """The answer to an empty list and a missing card."""
    return web.Response(status=204)


def identifier(request: web.Request, name: str = "id") -> int:
    text = request.match_info[name]
    return int(text) if len(text) <= 18 else _NO_ID


def administrators_only(request: web.Request) -> None:
    """Raise Forbidden for a token of anybody but an administrator."""
    if not request[PRINCIPAL].is_admin:
        raise Forbidden("Only an administrator may do this")


def list_query(request: web.Request, most: int = MAX_LIMIT) -> ListQuery:
    """What a list request asks for, `most` items a page at the most."""
    return ListQuery.of(request.query.items(), most)


def with_(request: web.Request) -> frozenset[str]:
    """The names in `with`, as lists understand them."""
    return names_in(decoded(request.query.items())) if request.query_string else frozenset()


async def _body(request: web.Request) -> Any:
    raw = await request.read()
    if not raw.strip():
        raise BadRequest("Request data can not be empty")
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"Request body is not valid JSON: {error}") from None


async def items(request: web.Request) -> list[Item]:
    """The array of a collection write. Raises BadRequest or InvalidItems for anything else."""
    body = await _body(request)
    if not isinstance(body, list):
        raise InvalidItems([("0", [wrong_type("", "array")])])
    if not body:
        raise BadRequest("Request data can not be empty")
    if len(body) > BATCH:
        raise Unprocessable(f"Limit {BATCH} per request")
    odd = [(str(index), [wrong_type("", "object")]) for index, each in enumerate(body) if not isinstance(each, dict)]
    if odd:
        raise InvalidItems(odd)
    return [_item(each, str(index)) for index, each in enumerate(body)]


async def optional(request: web.Request) -> Item:
    """The object of a request that may say nothing; clients then send no body, `{}` or `[]`."""
    if not (await request.read()).strip():
        return _item({}, "0")
    body = await _body(request)
    if not isinstance(body, dict) and body != []:
        raise InvalidItems([("0", [wrong_type("", "object")])])
    return _item(body or {}, "0")


async def single(request: web.Request) -> Item:
    """The object of a write to one entity."""
    body = await _body(request)
    if not isinstance(body, dict):
        raise InvalidItems([("0", [wrong_type("", "object")])])
    if not body:
        raise BadRequest("Request data can not be empty")
    return _item(body, "0")


def _item(body: Mapping[str, Any], place: str) -> Item:
    request_id = body.get("request_id")
    item = Item(body, place if request_id is None else request_id, hal.asked(body), hal.EMBEDDED)
    if hal.embeds_wrongly(body):
        item.refuse_type(hal.EMBEDDED, "object")
    return item


def named(item: Item, find: Callable[[int], Row | None]) -> Row | None:
    """The row that an item of a batch names by `id`; a flaw is noted when there is none."""
    item.require("id")
    row_id = item.integer("id")
    row = find(row_id) if row_id is not None else None
    if row is None and row_id is not None:
        item.refuse("NotSupportedChoice", "id")
    return row


def existing(row: Row | None, what: str) -> Row:
    """`row`, if there is one. Raises NotFound, which calls it `what`."""
    if row is None:
        raise NotFound(f"{what} not found")
    return row


def with_request_ids(asked: Iterable[Item], shown: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was written as shown, each with the `request_id` of its item."""
    return [{**each, "request_id": item.request_id} for item, each in zip(asked, shown, strict=True)]


def counted_response(
    request: web.Request, name: str, asked: Iterable[Item], shown: Iterable[dict[str, Any]], status: int = 200
) -> web.Response:
    """The answer to a write that tells how many items it wrote, and shows them with their request ids."""
    written = with_request_ids(asked, shown)
    return hal.response({"_total_items": len(written), **hal.written(request, name, written)}, status)


def page_text(
    request: web.Request, name: str, page: Page, formatted: Callable[[list[Row]], list[dict[str, Any]]]
) -> bytes | None:
    """A page as HAL; None when it is empty."""
    return hal.text(hal.listed(request, name, formatted(page.rows), page)) if page.rows else None


def page_response(
    request: web.Request, name: str, page: Page, formatted: Callable[[list[Row]], list[dict[str, Any]]]
) -> web.Response:
    """A page as HAL; 204 when it is empty."""
    body = page_text(request, name, page, formatted)
    return no_content() if body is None else hal.with_body(body)


def kept_response(request: web.Request, make: Callable[[], bytes | None]) -> web.Response:
    """The answer to a question whose answer depends on rows alone: made once, kept until anything is written.

    A client that polls asks the same thing again and again. The answer has hrefs in it, and so the host.
    """
    key = (request[PRINCIPAL].user_id, hal.base(request), request.raw_path)
    body = request[ACCOUNT].database.kept(key, make)
    return no_content() if body is None else hal.with_body(body)
