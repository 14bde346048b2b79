"""POST /api/v2/events: a pop-up of a call on the screens of users (facts §3.14)."""

from __future__ import annotations

from typing import Any, Literal

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.account import Account
from emulator.amocrm.api.common import ACCOUNT
from emulator.amocrm.api.legacy import ELEMENT_TYPES, added, takes_added
from emulator.amocrm.popups import Shown
from emulator.amocrm.validation import refuse_flawed

_PATH = "/api/v2/events"


async def post(request: web.Request) -> web.Response:
    """202: a published client takes any other status for a failure."""
    account = request[ACCOUNT]
    drafts = [account.popups.read(item) for item in await added(request)]
    refuse_flawed(draft.item for draft in drafts)
    shown = [_formatted(account, each) for each in account.popups.show(drafts)]
    return hal.response(hal.legacy_written(_PATH, shown), 202)


def _formatted(account: Account, shown: Shown) -> dict[str, Any]:
    table, card_id = shown.card or (None, None)
    return {
        "uid": account.ground.ids.token("popup", shown.ids[0] if shown.ids else 0),
        "element_id": card_id,
        "element_type": ELEMENT_TYPES[table] if table else None,
        "phone_number": shown.phone,
    }


ROUTES = [web.post(_PATH, post)]

_POPUP = {"type": Literal["phone_call"], "phone_number": str, "users": [int | str]}
TAKES = {f"POST {_PATH}": takes_added(_POPUP, (202,))}
