"""/leads (facts §3.3)."""

from __future__ import annotations

from typing import Any

import orjson

from emulator.amocrm import hal
from emulator.amocrm.account import Account
from emulator.amocrm.api.cards import CardRoutes
from emulator.core.database import Row


def formatted(account: Account, base: str, rows: list[Row], wanted: frozenset[str]) -> list[dict[str, Any]]:
    """Leads as shown, with tags and companies, and contacts when asked for."""
    contacts = account.leads.contacts_of([row["id"] for row in rows]) if "contacts" in wanted else None
    shown = []
    for row in rows:
        embedded: dict[str, Any] = {"tags": orjson.Fragment(row["tags"]), "companies": []}
        if contacts is not None:
            embedded["contacts"] = [
                hal.entity(base, f"contacts/{link['id']}", link) for link in contacts.get(row["id"], [])
            ]
        shown.append(hal.entity(base, f"leads/{row['id']}", _shown(row, account.id), embedded))
    return shown


def _shown(row: Row, account_id: int) -> dict[str, Any]:
    closest, closed, fields = row["closest_task_at"], row["closed_at"], row["fields"]
    return {
        "id": row["id"],
        "name": row["name"],
        "price": row["price"],
        "responsible_user_id": row["responsible_user_id"],
        "group_id": row["group_id"],
        "status_id": row["status_id"],
        "pipeline_id": row["pipeline_id"],
        "loss_reason_id": row["loss_reason_id"],
        "created_by": row["created_by"],
        "updated_by": row["updated_by"],
        "created_at": row["created_at"] // 1_000_000,
        "updated_at": row["updated_at"] // 1_000_000,
        "closed_at": closed and closed // 1_000_000,
        "closest_task_at": closest and closest // 1_000_000,
        "is_deleted": False,
        "custom_fields_values": fields and orjson.Fragment(fields),
        "score": None,
        "account_id": account_id,
        "labor_cost": None,
    }


ROUTES = CardRoutes("leads", formatted, {}, ()).routes()
