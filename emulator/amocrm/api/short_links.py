"""POST /short_links (facts §3.17), and the page that a short link leads to."""

from __future__ import annotations

from typing import Any, Literal

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import ACCOUNT, items
from emulator.amocrm.api.takes import Items, Takes
from emulator.amocrm.validation import refuse_flawed
from emulator.core.database import Row
from emulator.core.errors import NotFound

PATH = "/s/"
"""Where short links lie; they need no token."""


async def post(request: web.Request) -> web.Response:
    links, asked = request[ACCOUNT].short_links, await items(request)
    drafts = [links.read(item) for item in asked]
    refuse_flawed(asked)
    written = [
        {**_shown(request, link), "request_id": draft.item.request_id}
        for draft, link in zip(drafts, links.create(drafts), strict=True)
    ]
    return hal.response({"_total_items": len(written), **hal.written(request, "short_links", written)})


async def follow(request: web.Request) -> web.Response:
    link = request[ACCOUNT].short_links.get(request.match_info["code"])
    if link is None:
        raise NotFound("Short link not found")
    return web.Response(status=302, headers={"Location": link["url"]})


def _shown(request: web.Request, link: Row) -> dict[str, Any]:
    return {
        "url": f"{hal.base(request)}{PATH}{link['code']}",
        "account_id": request[ACCOUNT].id,
        "metadata": {"entity_type": "contacts", "entity_id": link["contact_id"]},
    }


ROUTES = [web.post("/api/v4/short_links", post), web.get(PATH + r"{code:[0-9a-f]{1,40}}", follow)]

_SHAPE = {"url": str, "metadata": {"entity_type": Literal["contacts"], "entity_id": int}}

TAKES = {
    "POST /api/v4/short_links": Items(_SHAPE, ("url", "metadata")),
    f"GET {PATH}{{code}}": Takes(answers=(302,)),
}
