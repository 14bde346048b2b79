"""POST /calls (facts §3.13)."""

from __future__ import annotations

from typing import Any, Literal

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import ACCOUNT, PRINCIPAL, items
from emulator.amocrm.api.takes import Items
from emulator.amocrm.call_drafts import DIRECTIONS, STATUSES
from emulator.amocrm.changes import SINGULAR
from emulator.amocrm.validation import Item, refuse_flawed
from emulator.core.database import Row

_NOT_FOUND = {"detail": "Entity not found", "title": "Entity not found", "status": 263}


async def post(request: web.Request) -> web.Response:
    """200 with the calls that were taken and the errors of the others; 400 when none was."""
    calls, user_id = request[ACCOUNT].calls, request[PRINCIPAL].user_id
    drafts = [calls.read(item, user_id) for item in await items(request)]
    refuse_flawed(draft.item for draft in drafts)
    taken, errors = [], []
    for draft, call in zip(drafts, calls.receive(drafts), strict=True):
        if call is None:
            errors.append({**_NOT_FOUND, "request_id": draft.item.request_id})
        else:
            taken.append(_formatted(request, draft.item, call))
    body = hal.embedding("calls", taken, _total_items=len(taken), errors=errors)
    return hal.response(body, 200 if taken else 400)


def _formatted(request: web.Request, item: Item, call: Row) -> dict[str, Any]:
    """A call that waits or was dropped names no entity: nobody can tell the two apart from outside (LOG-08)."""
    shown = call["state"] in ("linked", "unsorted")
    fields = {
        "id": call["id"],
        "entity_id": call["entity_id"] if shown else None,
        "entity_type": SINGULAR[call["entity_type"]] if shown else None,
        "account_id": request[ACCOUNT].id,
        "request_id": item.request_id,
    }
    if not shown:
        return fields
    path = f"{call['entity_type']}/{call['entity_id']}"
    entity = hal.entity(hal.base(request), path, {"id": call["entity_id"]})
    return hal.with_embedded(fields, {"entity": entity})


ROUTES = [web.post("/api/v4/calls", post)]

_CALL = {
    "direction": Literal[*DIRECTIONS],
    "duration": int,
    "source": str,
    "phone": str,
    "uniq": str,
    "link": str,
    "call_result": str,
    "call_status": Literal[*STATUSES],
    "call_responsible": int | str,
    "responsible_user_id": int,
    "created_by": int,
    "created_at": int,
    "entity_id": int,
    "entity_type": str,
}
_NEEDS = ("direction", "duration", "source", "phone")
TAKES = {"POST /api/v4/calls": Items(_CALL, _NEEDS, answers=(200, 400), content=hal.HAL_JSON)}
