"""Events: what happened in the account, as the API lists it (facts §3.11).

A listener of changes writes them. An event happens when its change does, so the order of ids is that of time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from emulator.amocrm.changes import PLURAL, Change, Kind
from emulator.amocrm.event_filters import check, filters
from emulator.amocrm.event_rows import id_in, shown_id
from emulator.amocrm.event_types import KINDS, code
from emulator.amocrm.event_values import Happening, happenings
from emulator.amocrm.field_values import Shown
from emulator.amocrm.query import ListQuery, Page, fetch
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

MOST = 100
"""The longest page."""

_ADDED = {kind: code(f"{kind}_added", kind) for kind in KINDS if kind in PLURAL}
_INSERT = "INSERT INTO events (code, entity_id, created_by, created_at, said) VALUES (?, ?, ?, ?, ?)"


class Events:
    """The events of an account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database
        self._seed = account.ground.ids.seed
        account.changes.listen(self._heard)

    def page(self, query: ListQuery) -> Page:
        """Newest first. Raises BadRequest for filters that do not go together."""
        check(query)
        return fetch(self._database, "events", query, query.conditions(filters(self._seed)), " ORDER BY id DESC")

    def get(self, shown: str) -> Row | None:
        event_id = id_in(self._seed, shown)
        return None if event_id is None else self._database.one("SELECT * FROM events WHERE id = ?", event_id)

    def shown_id(self, event: Row) -> str:
        return shown_id(self._seed, event["id"])

    def name_of(self, kind: Kind, card_id: int) -> str | None:
        """What the card of an event is called; None for a task and for a card that is gone for good."""
        table = PLURAL.get(kind)
        name: str | None = self._database.value(f"SELECT name FROM {table} WHERE id = ?", card_id) if table else None
        return name

    def _heard(self, change: Change) -> None:
        if change.action == "added" and change.kind in _ADDED:
            added = _ADDED[change.kind]
            self._database.execute(_INSERT, added, change.id, change.author, self._account.now(), None)
            return
        for happening in happenings(change, self._shown_fields):
            self._write(happening, change.author)

    def _write(self, happening: Happening, author: int) -> None:
        said = [happening.before, happening.after]
        text = orjson.dumps(said).decode() if any(said) else None
        kept = code(happening.type, happening.kind)
        self._database.execute(_INSERT, kept, happening.id, author, self._account.now(), text)

    def _shown_fields(self, kind: Kind, card: Row) -> list[Shown] | None:
        return self._account.cards[PLURAL[kind]].shown_fields(card)
