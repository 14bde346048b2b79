"""POST /leads/complex (facts §3.3): the answer is a bare array, and each `request_id` in it a list."""

from __future__ import annotations

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import ACCOUNT, PRINCIPAL, items
from emulator.amocrm.errors import Unprocessable
from emulator.amocrm.validation import refuse_flawed

MOST = 50


async def post(request: web.Request) -> web.Response:
    leads, user_id = request[ACCOUNT].complex_leads, request[PRINCIPAL].user_id
    asked = await items(request)
    if len(asked) > MOST:
        raise Unprocessable(f"Limit {MOST} per request")
    drafts = [leads.read(item, user_id) for item in asked]
    refuse_flawed(asked)
    made = zip(drafts, leads.create(drafts), strict=True)
    return hal.response(
        [
            {
                "id": ids.lead_id,
                "contact_id": ids.contact_id,
                "company_id": ids.company_id,
                "request_id": [draft.item.request_id],
                "merged": False,
            }
            for draft, ids in made
        ]
    )


ROUTES = [web.post("/api/v4/leads/complex", post)]
