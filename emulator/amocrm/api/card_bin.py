"""Cards into the bin and out of it: requests of amoCRM's pages, because API v4 has none.

`POST /ajax/{cards}/multiple/delete/` with the form `ACTION=DELETE&ID[]=1&ID[]=2` is what the page sends; `restore` is
our own twin.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import parse_qsl

from aiohttp import web

from emulator.amocrm.api.common import ACCOUNT, PRINCIPAL
from emulator.amocrm.api.takes import Form
from emulator.amocrm.cards import Cards
from emulator.amocrm.query import decoded, integer, values
from emulator.core.errors import BadRequest, NotFound
from emulator.core.web import json_response

_CARDS = r"{table:leads|contacts|companies}"


async def delete(request: web.Request) -> web.Response:
    cards = _cards(request)
    ids = await _ids(request, "DELETE")
    missing = [card_id for card_id in ids if cards.get(card_id) is None]
    if missing:
        raise NotFound(f"No {cards.kind} {missing[0]}")
    cards.delete(ids, request[PRINCIPAL].user_id)
    return json_response({"status": "success", "ids": ids})


async def restore(request: web.Request) -> web.Response:
    cards = _cards(request)
    ids = await _ids(request, "RESTORE")
    missing = [card_id for card_id in ids if not cards.is_binned(card_id)]
    if missing:
        raise NotFound(f"No {cards.kind} {missing[0]} in the bin")
    cards.restore(ids, request[PRINCIPAL].user_id)
    return json_response({"status": "success", "ids": ids})


def _cards(request: web.Request) -> Cards:
    return request[ACCOUNT].cards[request.match_info["table"]]


async def _ids(request: web.Request, action: str) -> list[int]:
    """The ids of the form. Raises BadRequest for another action or no ids."""
    form = decoded(parse_qsl((await request.read()).decode(errors="replace"), keep_blank_values=True))
    if form.get("ACTION", action) != action:
        raise BadRequest.field("ACTION", form["ACTION"], action)
    ids = [integer(text, "ID[]") for text in values(form.get("ID", ""))]
    if not ids:
        raise BadRequest.field("ID[]", form.get("ID"), "ids of cards")
    return sorted(set(ids))


ROUTES = [
    web.post(f"/ajax/{_CARDS}/multiple/delete", delete),
    web.post(f"/ajax/{_CARDS}/multiple/restore", restore),
]

_PATH = "/ajax/{table}/multiple"

TAKES = {
    f"POST {_PATH}/delete": Form({"ACTION": Literal["DELETE"], "ID[]": [int]}, ("ID[]",)),
    f"POST {_PATH}/restore": Form({"ACTION": Literal["RESTORE"], "ID[]": [int]}, ("ID[]",)),
}
