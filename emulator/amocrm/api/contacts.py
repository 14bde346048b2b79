"""/contacts (facts §3.4)."""

from __future__ import annotations

from typing import Any

import orjson

from emulator.amocrm import hal
from emulator.amocrm.account import Account
from emulator.amocrm.api.cards import LINKED, CardRoutes, card_shape, card_takes, company_of, linked, shown_card
from emulator.amocrm.contacts import Contacts, names
from emulator.core.database import Row

_NEVER_FILLED = ("customers", "catalog_elements", "social_profiles")


def formatted(account: Account, base: str, rows: list[Row], wanted: frozenset[str]) -> list[dict[str, Any]]:
    """Contacts as shown, with tags and companies, and leads when asked for."""
    leads = linked(account, base, "contacts", rows, "leads") if "leads" in wanted else None
    shown = []
    for row in rows:
        companies = company_of(account, base, row)
        embedded: dict[str, Any] = {"tags": orjson.Fragment(row["tags"]), "companies": companies}
        if leads is not None:
            embedded["leads"] = leads.get(row["id"], [])
        if wanted:
            embedded.update({name: [] for name in _NEVER_FILLED if name in wanted})
        shown.append(hal.entity(base, f"contacts/{row['id']}", _shown(account, row), embedded))
    return shown


def _shown(account: Account, row: Row) -> dict[str, Any]:
    first, last = names(row)
    own = {"first_name": first, "last_name": last, "is_unsorted": False}
    return shown_card(account, row, account.contacts, **own)


ROUTES = CardRoutes("contacts", formatted, {"is_deleted": False, "is_unsorted": False}, ("name",)).routes()

SHAPE = card_shape({"first_name": str, "last_name": str}, {"companies": [LINKED]})
TAKES = card_takes(Contacts, SHAPE)
