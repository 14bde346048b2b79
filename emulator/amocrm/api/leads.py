"""/leads (facts §3.3)."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.account import Account
from emulator.amocrm.api.cards import LINKED, CardRoutes, card_shape, card_takes, company_of, linked, shown_card
from emulator.amocrm.api.common import ID, no_content
from emulator.amocrm.api.loss_reasons import shown_reason
from emulator.amocrm.api.takes import Takes
from emulator.amocrm.leads import Leads
from emulator.core.database import Row


def formatted(account: Account, base: str, rows: list[Row], wanted: frozenset[str]) -> list[dict[str, Any]]:
    """Leads as shown, with tags and companies, and contacts when asked for."""
    contacts = linked(account, base, "leads", rows, "contacts") if "contacts" in wanted else None
    shown = []
    for row in rows:
        companies = company_of(account, base, row)
        embedded: dict[str, Any] = {"tags": orjson.Fragment(row["tags"]), "companies": companies}
        if contacts is not None:
            embedded["contacts"] = contacts.get(row["id"], [])
        if wanted:
            _embed_more(embedded, account, base, row, wanted)
        shown.append(hal.entity(base, f"leads/{row['id']}", _shown(account, row, wanted), embedded))
    return shown


def _embed_more(embedded: dict[str, Any], account: Account, base: str, row: Row, wanted: frozenset[str]) -> None:
    if "catalog_elements" in wanted:
        embedded["catalog_elements"] = []
    if "loss_reason" in wanted:
        reason_id = row["loss_reason_id"]
        reason = account.loss_reasons.get(reason_id) if reason_id is not None else None
        embedded["loss_reason"] = [shown_reason(base, reason)] if reason else []
    if "source" in wanted:
        embedded["source"] = account.sources.shown_of(row["source"])


def _shown(account: Account, row: Row, wanted: frozenset[str]) -> dict[str, Any]:
    closed = row["closed_at"]
    own = {
        "price": row["price"],
        "price_with_minor_units": row["price"] + row["price_hundredths"] / 100,
        "status_id": row["status_id"],
        "pipeline_id": row["pipeline_id"],
        "loss_reason_id": row["loss_reason_id"],
        "closed_at": closed and closed // 1_000_000,
        "score": None,
        "labor_cost": None,
    }
    if "source_id" in wanted:
        source = account.sources.shown_of(row["source"])
        own["source_id"] = source and source.get("id")
    if "is_price_modified_by_robot" in wanted:
        own["is_price_modified_by_robot"] = False
    return shown_card(account, row, account.leads, **own)


async def get_subscriptions(_request: web.Request) -> web.Response:
    """Who follows a deal: nobody does, the stand knows no following."""
    return no_content()


ROUTES = [
    *CardRoutes("leads", formatted, {}, ()).routes(),
    web.get(f"/api/v4/leads/{ID}/subscriptions", get_subscriptions),
]

SHAPE = card_shape(
    {"price": int | float, "status_id": int, "pipeline_id": int, "loss_reason_id": int, "closed_at": int},
    {"contacts": [{"id": int, "is_main": bool}], "companies": [LINKED]},
)
TAKES = {**card_takes(Leads, SHAPE), "GET /api/v4/leads/{id}/subscriptions": Takes(answers=(204,))}
