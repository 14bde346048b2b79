"""POST /api/v2/calls (facts §3.13): the call log as older telephony clients write it.

Refused calls do not spoil the answer: it is 200 and names them under `errors` with the code 263 and the item itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import ACCOUNT, PRINCIPAL
from emulator.amocrm.api.legacy import ELEMENT_TYPES, added, takes_added, with_numbers
from emulator.amocrm.call_drafts import DIRECTIONS
from emulator.amocrm.validation import Item, refuse_flawed
from emulator.core.database import Row

_PATH = "/api/v2/calls"
_NUMBERS = ("duration", "call_status", "responsible_user_id", "created_by", "created_at")
_TODAYS_WORDS = {"phone_number": "phone"}
_OLD_WORDS = {today: old for old, today in _TODAYS_WORDS.items()}
_NOT_FOUND = {"code": 263, "msg": "Entity not found"}


async def post(request: web.Request) -> web.Response:
    calls, user_id = request[ACCOUNT].calls, request[PRINCIPAL].user_id
    asked = await added(request)
    drafts = [calls.read(_in_todays_words(item), user_id, ("direction",)) for item in asked]
    for item, draft in zip(asked, drafts, strict=True):
        item.flaws += [replace(each, path=_OLD_WORDS.get(each.path, each.path)) for each in draft.item.flaws]
    refuse_flawed(asked)
    taken: list[Any] = []
    errors: list[Any] = []
    for item, call in zip(asked, calls.receive(drafts), strict=True):
        if call is None:
            errors.append({**_NOT_FOUND, "item": item.data})
        else:
            taken.append(_formatted(item, call))
    return hal.response(hal.legacy_written(_PATH, taken, **({"errors": errors} if errors else {})))


def _in_todays_words(item: Item) -> Item:
    """The item as POST /api/v4/calls would have it."""
    data = with_numbers(item.data, _NUMBERS)
    for old, today in _TODAYS_WORDS.items():
        if old in data:
            data[today] = data.pop(old)
    return Item(data, item.request_id, {}, item.embedded_at)


def _formatted(item: Item, call: Row) -> dict[str, Any]:
    shown = call["state"] in ("linked", "unsorted")
    return {
        "id": call["id"],
        "element_id": call["entity_id"] if shown else None,
        "element_type": ELEMENT_TYPES[call["entity_type"]] if shown else None,
        "request_id": item.request_id,
    }


ROUTES = [web.post(_PATH, post)]

_CALL = {
    "phone_number": str,
    "direction": Literal[*DIRECTIONS],
    "duration": int | str,
    "uniq": str,
    "source": str,
    "link": str,
    "call_result": str,
    "call_status": int | str,
    "call_responsible": int | str,
    "responsible_user_id": int | str,
    "created_by": int | str,
    "created_at": int | str,
}
TAKES = {f"POST {_PATH}": takes_added(_CALL)}
