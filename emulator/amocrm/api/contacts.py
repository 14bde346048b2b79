"""/contacts (facts §3.4)."""

from __future__ import annotations

from typing import Any

import orjson

from emulator.amocrm import hal
from emulator.amocrm.account import Account
from emulator.amocrm.api.cards import CardRoutes
from emulator.core.database import Row


def formatted(account: Account, base: str, rows: list[Row], wanted: frozenset[str]) -> list[dict[str, Any]]:
    """Contacts as shown, with tags and companies, and leads when asked for."""
    leads = account.contacts.leads_of([row["id"] for row in rows]) if "leads" in wanted else None
    shown = []
    for row in rows:
        embedded: dict[str, Any] = {"tags": orjson.Fragment(row["tags"]), "companies": []}
        if leads is not None:
            embedded["leads"] = [
                hal.entity(base, f"leads/{lead_id}", {"id": lead_id}) for lead_id in leads.get(row["id"], [])
            ]
        shown.append(hal.entity(base, f"contacts/{row['id']}", _shown(row, account.id), embedded))
    return shown


def _shown(row: Row, account_id: int) -> dict[str, Any]:
    closest, fields = row["closest_task_at"], row["fields"]
    return {
        "id": row["id"],
        "name": row["name"],
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        "responsible_user_id": row["responsible_user_id"],
        "group_id": row["group_id"],
        "created_by": row["created_by"],
        "updated_by": row["updated_by"],
        "created_at": row["created_at"] // 1_000_000,
        "updated_at": row["updated_at"] // 1_000_000,
        "closest_task_at": closest and closest // 1_000_000,
        "is_deleted": False,
        "is_unsorted": False,
        "custom_fields_values": fields and orjson.Fragment(fields),
        "account_id": account_id,
    }


ROUTES = CardRoutes("contacts", formatted, {"is_deleted": False, "is_unsorted": False}, ("name",)).routes()
