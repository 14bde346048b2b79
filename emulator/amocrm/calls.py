"""Calls of the page «Звонки» (facts §3.13). Each one on a card is also a note of that card (LOG-02).

`state` is linked, waiting, unsorted or dropped; a dropped call is kept to answer its repetition, and shown nowhere. A
call on an item in «Неразобранное» gets its note when the item is accepted, because its card is hidden until then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from emulator.amocrm.call_drafts import DIRECTIONS, REQUIRED, CallDraft, CallReader
from emulator.amocrm.changes import SINGULAR, Action, Change
from emulator.amocrm.platform import Outcome, Placement, Target
from emulator.amocrm.validation import Item, is_integer
from emulator.core.database import Row
from emulator.core.instants import from_micros

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

_STATES: dict[Outcome, str] = {"link": "linked", "join": "unsorted", "hold": "waiting", "drop": "dropped"}


class Calls:
    """The calls of an account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database
        self._reader = CallReader(account)

    def read(self, item: Item, user_id: int, required: tuple[str, ...] = REQUIRED) -> CallDraft:
        """`item` as a draft; flaws are noted in the item."""
        return self._reader.read(item, user_id, required)

    def receive(self, drafts: list[CallDraft]) -> list[Row | None]:
        """Place each call; the answer has its row, or None where amoCRM refuses it (error 263)."""
        with self._database.transaction():
            return [self._receive(draft) for draft in drafts]

    def _receive(self, draft: CallDraft) -> Row | None:
        row = draft.row
        first = self._first(row)
        if first is not None:
            return first
        place = self._account.platform.place(row["key"], row["call_status"], row["duration"], draft.lead_id)
        return None if place.outcome == "refuse" else self._store(row, place)

    def add(self, row: Row, place: Placement) -> None:
        """A call that amoCRM itself puts where it belongs, such as that of an item in «Неразобранное».

        It comes anew when it was dropped before, as the call of a declined item is.
        """
        first = self._first(row)
        if first is None or first["state"] == "dropped":
            self._store(row, place)

    def _first(self, row: Row) -> Row | None:
        """The call that had this `uniq` before, where there is one call per `uniq`; rather one that is still kept."""
        if not row["uniq"] or not self._account.profile.one_call_per_uniq:
            return None
        sql = "SELECT * FROM calls WHERE uniq = ? ORDER BY state = 'dropped', id LIMIT 1"
        return self._database.one(sql, row["uniq"])

    def _store(self, row: Row, place: Placement) -> Row:
        entity_type, entity_id = place.card or (None, None)
        call = {**row, "state": _STATES[place.outcome], "entity_type": entity_type, "entity_id": entity_id}
        call["unsorted_id"] = place.item_id
        call["id"] = self._database.insert("calls", call)
        self._announce("added", call, place.outcome)
        if place.outcome == "hold" and not place.card:
            self._account.held_calls.hold(call["id"])
        if place.card and place.outcome != "join":
            self._add_note(call, place.card)
        return call

    def get(self, call_id: int) -> Row | None:
        return self._database.one("SELECT * FROM calls WHERE id = ?", call_id)

    def waiting(self, key: str) -> list[Row]:
        """The calls of a number that wait for a contact, oldest first."""
        return self._database.all("SELECT * FROM calls WHERE key = ? AND state = 'waiting' ORDER BY id", key)

    def on_item(self, item_id: int) -> list[Row]:
        """The calls on a pending item in «Неразобранное», oldest first."""
        sql = "SELECT * FROM calls WHERE unsorted_id = ? AND state = 'unsorted' ORDER BY id"
        return self._database.all(sql, item_id)

    def attach(self, call: Row, card: Target) -> None:
        """A call that waits or is on an item goes to `card`, which shows it from now on."""
        self._add_note(self._move(call, "link", card), card)

    def join(self, call: Row, item_id: int, contact_id: int) -> None:
        """A waiting call goes to an item in «Неразобранное» with that hidden contact."""
        self._move(call, "join", ("contacts", contact_id), item_id)

    def drop(self, call: Row) -> None:
        """A call leaves the log together with its declined item."""
        self._move(call, "drop", None)

    def _move(self, call: Row, outcome: Outcome, card: Target | None, item_id: int | None = None) -> Row:
        entity_type, entity_id = card or (None, None)
        moved = {"state": _STATES[outcome], "entity_type": entity_type, "entity_id": entity_id, "unsorted_id": item_id}
        self._database.update("calls", call["id"], moved)
        if call["state"] == "waiting":
            self._account.held_calls.release(call["id"])
        after = {**call, **moved}
        self._announce("changed", after, outcome, call)
        return after

    def _announce(self, action: Action, call: Row, outcome: Outcome, before: Row | None = None) -> None:
        said = {"outcome": outcome, "uniq": call["uniq"]}
        self._account.changes.announce(
            Change("call", action, call["id"], author=call["created_by"], before=before, after=call, said=said)
        )

    def _add_note(self, call: Row, card: Target) -> None:
        params = {
            key: call[key] for key in ("uniq", "duration", "source", "link", "phone", "call_result", "call_status")
        }
        params["call_responsible"] = orjson.loads(call["call_responsible"])
        self._account.notes.add(
            card,
            f"call_{DIRECTIONS[call['direction']]}",
            {key: value for key, value in params.items() if value is not None},
            author=call["created_by"],
            created_at=call["created_at"],
            responsible=call["responsible_user_id"],
        )

    def log(self) -> list[dict[str, Any]]:
        """The page «Звонки»: every call that amoCRM kept, oldest first."""
        rows = self._database.all("SELECT * FROM calls WHERE state <> 'dropped' ORDER BY created_at, id")
        return [self._log_row(row) for row in rows]

    def _log_row(self, call: Row) -> dict[str, Any]:
        entity = {"type": SINGULAR[call["entity_type"]], "id": call["entity_id"]} if call["entity_type"] else None
        return {
            "uniq": call["uniq"],
            "direction": DIRECTIONS[call["direction"]],
            "phone": call["phone"],
            "duration": call["duration"],
            "status": call["call_status"],
            "link": call["link"],
            "responsible": self._responsible(call),
            "at": from_micros(call["created_at"]).isoformat(),
            "state": call["state"],
            "entity": entity,
        }

    def _responsible(self, call: Row) -> int:
        """The user whom `call_responsible` names by id, else the responsible user of the call."""
        named = orjson.loads(call["call_responsible"])
        if isinstance(named, str) and named.isdecimal():
            named = int(named)
        is_user = is_integer(named) and self._account.users.get(named) is not None
        return int(named if is_user else call["responsible_user_id"])
