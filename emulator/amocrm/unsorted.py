"""«Неразобранное»: requests for deals that nobody has sorted yet (facts §3.12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.amocrm.query import ListQuery, Page, fetch, integers, texts

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

_FILTERS = {"uid": texts("uid"), "category": texts("category"), "pipeline_id": integers("pipeline_id")}


class Unsorted:
    """Pending items; the contact of an item is hidden until the item is accepted."""

    def __init__(self, account: Account) -> None:
        self._database = account.database

    def page(self, query: ListQuery) -> Page:
        conditions = query.conditions(_FILTERS)
        conditions.add("state = 'pending'")
        return fetch(self._database, "unsorted", query, conditions, " ORDER BY created_at, uid")

    def contact_with(self, key: str) -> int | None:
        """The hidden contact of the oldest pending item that has the number."""
        contact: int | None = self._database.value(
            "SELECT u.contact_id FROM contact_phones p JOIN unsorted u ON u.contact_id = p.card_id "
            "WHERE p.key = ? AND p.is_phone AND u.state = 'pending' ORDER BY u.created_at, u.uid LIMIT 1",
            key,
        )
        return contact
