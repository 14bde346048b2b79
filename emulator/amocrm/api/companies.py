"""/companies (facts §3.4)."""

from __future__ import annotations

from typing import Any

import orjson

from emulator.amocrm import hal
from emulator.amocrm.account import Account
from emulator.amocrm.api.cards import CardRoutes, card_shape, card_takes, linked, shown_card
from emulator.amocrm.companies import Companies
from emulator.core.database import Row


def formatted(account: Account, base: str, rows: list[Row], wanted: frozenset[str]) -> list[dict[str, Any]]:
    """Companies as shown, with tags, and with contacts and leads when asked for."""
    links = {name: linked(account, base, "companies", rows, name) for name in ("leads", "contacts") if name in wanted}
    shown = []
    for row in rows:
        embedded: dict[str, Any] = {"tags": orjson.Fragment(row["tags"])}
        embedded.update({name: cards.get(row["id"], []) for name, cards in links.items()})
        embedded.update({name: [] for name in ("customers", "catalog_elements") if name in wanted})
        shown.append(hal.entity(base, f"companies/{row['id']}", shown_card(account, row, account.companies), embedded))
    return shown


ROUTES = CardRoutes("companies", formatted, {"is_deleted": False}, ("name",)).routes()

SHAPE = card_shape({}, {})
TAKES = card_takes(Companies, SHAPE)
