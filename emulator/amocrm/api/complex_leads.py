"""POST /leads/complex (facts §3.3): the answer is a bare array, and each `request_id` in it a list."""

from __future__ import annotations

from typing import Literal

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api import companies, contacts, leads
from emulator.amocrm.api.common import ACCOUNT, PRINCIPAL, items
from emulator.amocrm.api.takes import Items
from emulator.amocrm.api.unsorted import FORM, SIP
from emulator.amocrm.errors import Unprocessable
from emulator.amocrm.unsorted_metadata import CATEGORIES
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

_METADATA = {"category": Literal[*sorted(CATEGORIES)], **SIP, **FORM}
_CARDS = {
    "contacts": [contacts.SHAPE],
    "companies": [companies.SHAPE],
    "source": {"type": str, "external_id": str},
    "metadata": _METADATA,
}
_LEAD = {**leads.SHAPE, hal.EMBEDDED: {**leads.SHAPE[hal.EMBEDDED], **_CARDS}}

TAKES = {"POST /api/v4/leads/complex": Items(_LEAD, most=MOST)}
