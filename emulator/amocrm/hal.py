"""HAL: the only module that knows `_links` and `_embedded`.

Every href carries the scheme and host that the client used, because clients follow it as it stands (facts §1.1).
"""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from emulator.amocrm.query import Page

HAL_JSON = "application/hal+json"
EMBEDDED = "_embedded"
_HEADERS = {"Content-Type": HAL_JSON}


def text(value: Any) -> bytes:
    """`value` as the body of an answer."""
    return orjson.dumps(value)


def response(value: Any, status: int = 200) -> web.Response:
    return with_body(orjson.dumps(value), status)


def with_body(body: bytes, status: int = 200) -> web.Response:
    """The answer with a body that is HAL already."""
    return web.Response(body=body, status=status, headers=_HEADERS)


def base(request: web.Request) -> str:
    """Scheme and host as the client wrote them."""
    return f"{request.scheme}://{request.host}"


def entity(base: str, path: str, fields: dict[str, Any], embedded: dict[str, Any] | None = None) -> dict[str, Any]:
    """`fields` with the link to themselves at `/api/v4/{path}`, and what is embedded."""
    fields["_links"] = {"self": {"href": f"{base}/api/v4/{path}"}}
    if embedded is not None:
        fields[EMBEDDED] = embedded
    return fields


def embedding(name: str, items: list[Any], **fields: Any) -> dict[str, Any]:
    """`items` under `name`, after `fields`, without links."""
    return {**fields, EMBEDDED: {name: items}}


def with_embedded(fields: dict[str, Any], embedded: dict[str, Any]) -> dict[str, Any]:
    return {**fields, EMBEDDED: embedded}


def written(request: web.Request, name: str, items: list[Any]) -> dict[str, Any]:
    """The thin answer of a write."""
    return {"_links": {"self": {"href": _href(request, request.rel_url)}}, EMBEDDED: {name: items}}


def listed(request: web.Request, name: str, items: list[Any], page: Page) -> dict[str, Any]:
    """A page of a collection; totals only where the resource has them."""
    counts = {} if page.total is None else {"_total_items": page.total, "_page_count": page.count}
    return {"_page": page.number, **counts, "_links": _page_links(request, page), EMBEDDED: {name: items}}


def _page_links(request: web.Request, page: Page) -> dict[str, Any]:
    def at(number: int) -> dict[str, str]:
        url = request.rel_url.update_query({"limit": str(page.limit), "page": str(number)})
        return {"href": _href(request, url)}

    links = {"self": at(page.number)}
    if page.more:
        links["next"] = at(page.number + 1)
    if page.number > 1:
        links["first"] = at(1)
        links["prev"] = at(page.number - 1)
    return links


def _href(request: web.Request, url: Any) -> str:
    return f"{base(request)}{url}"


def legacy_written(path: str, items: list[Any], **more: list[Any]) -> dict[str, Any]:
    """The answer of API v2 to a POST, with `more` lists beside the items."""
    return {"_links": {"self": {"href": path, "method": "post"}}, EMBEDDED: {"items": items, **more}}


def legacy_linked(path: str, fields: dict[str, Any]) -> dict[str, Any]:
    """`fields` with the link of API v2 to where they are read."""
    return {**fields, "_links": {"self": {"href": path, "method": "get"}}}


def asked(item: Any) -> dict[str, Any]:
    """What a written item embeds."""
    embedded = item.get(EMBEDDED)
    return embedded if isinstance(embedded, dict) else {}


def embeds_wrongly(item: Any) -> bool:
    """Whether an item embeds something that is no object; PHP sends an empty list for nothing."""
    embedded = item.get(EMBEDDED)
    return bool(embedded) and not isinstance(embedded, dict)
