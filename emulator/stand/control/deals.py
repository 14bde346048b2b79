"""The report «Список сделок» of the telephony, which no API shows (REP-01, REP-02)."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from emulator.core.instants import from_micros
from emulator.core.web import json_response
from emulator.stand.control.context import Routes, world_of
from emulator.telephony.communications.deal_list import ListedDeal
from emulator.telephony.communications.money import shown


async def listing(request: web.Request) -> web.Response:
    """Deals and sales of sites that count sales now, the oldest first."""
    return json_response({"deals": [deal_body(row) for row in world_of(request).telephony.deal_list.rows()]})


def deal_body(row: ListedDeal) -> dict[str, Any]:
    """A sale has no `ext_id`, `name` and `stage`: those are the CRM's."""
    return {
        "kind": "deal" if row.deal else "sale",
        "ext_id": row.deal.ext_id if row.deal else None,
        "name": row.deal.name if row.deal else None,
        "stage": row.deal.stage_ext_id if row.deal else None,
        "at": from_micros(row.at).isoformat(),
        "value": shown(row.value),
        "comment": row.comment,
        "communication_id": row.communication.id,
        "communication_type": row.communication.type,
        "site_id": row.communication.site_id,
    }


ROUTES: Routes = [("GET", "/worlds/{world}/telephony/deals", listing)]
