"""Calls of the page «Звонки» (facts §3.13). Each one on a card is also a note of that card (LOG-02).

`state` is linked, waiting, unsorted or dropped; a dropped call is kept to answer its repetition, and shown nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from emulator.amocrm.changes import SINGULAR, Action, Change
from emulator.amocrm.platform import Outcome, Target
from emulator.amocrm.users import ROBOT
from emulator.amocrm.validation import Item, is_integer
from emulator.core.database import Row
from emulator.core.instants import from_micros
from emulator.core.phones import match_key

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

DIRECTIONS = {"inbound": "in", "outbound": "out"}
_STATUSES = range(1, 9)
_STATES: dict[Outcome, str] = {"link": "linked", "join": "unsorted", "hold": "waiting", "drop": "dropped"}


@dataclass
class CallDraft:
    """One call of a request. `lead_id` is the deal that it names (GAP-31)."""

    item: Item
    row: Row
    lead_id: int | None


class Calls:
    """The calls of an account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def read(self, item: Item, user_id: int) -> CallDraft:
        """`item` as a draft; flaws are noted in the item. Nulls of optional keys count as absent."""
        for key in ("direction", "duration", "source"):
            item.require(key)
        if self._account.profile.unknown_calls == "reject" or "phone" not in item.data:
            item.require("phone")
        direction, phone = item.text("direction"), item.text("phone") or ""
        if direction and direction not in DIRECTIONS:
            item.refuse("NotSupportedChoice", "direction")
        status = item.integer("call_status")
        if status is not None and status not in _STATUSES:
            item.refuse("NotSupportedChoice", "call_status")
        now = self._account.now()
        created_at = item.instant("created_at")
        row = {
            "uniq": item.text("uniq"),
            "direction": direction,
            "phone": phone,
            "key": match_key(phone),
            "duration": _duration(item),
            "source": item.text("source"),
            "link": item.text("link"),
            "call_result": item.text("call_result"),
            "call_status": status,
            "call_responsible": orjson.dumps(_responsible_text(item)).decode(),
            "responsible_user_id": self._user(item, "responsible_user_id", user_id),
            "created_by": self._user(item, "created_by", ROBOT),
            "created_at": now if created_at is None else created_at,
            "received_at": now,
        }
        return CallDraft(item, row, self._named_lead(item))

    def _user(self, item: Item, key: str, default: int) -> int:
        user_id = item.integer(key)
        if user_id is None:
            return default
        if not self._account.users.exists(user_id) or (key == "responsible_user_id" and user_id == ROBOT):
            item.refuse("NotSupportedChoice", key)
        return user_id

    def _named_lead(self, item: Item) -> int | None:
        """The deal that a held call names; only an amoCRM that holds calls looks at it."""
        entity_id = item.data.get("entity_id")
        if entity_id is None or self._account.profile.unknown_calls == "reject":
            return None
        if item.data.get("entity_type") not in ("lead", "leads"):
            item.refuse("NotSupportedChoice", "entity_type")
        elif not is_integer(entity_id) or self._account.leads.get(entity_id) is None:
            item.refuse("NotSupportedChoice", "entity_id")
        else:
            return int(entity_id)
        return None

    def receive(self, drafts: list[CallDraft]) -> list[Row | None]:
        """Place each call; the answer has its row, or None where amoCRM refuses it (error 263)."""
        with self._database.transaction():
            return [self._receive(draft) for draft in drafts]

    def _receive(self, draft: CallDraft) -> Row | None:
        row = draft.row
        if row["uniq"] and self._account.profile.one_call_per_uniq:
            first = self._database.one("SELECT * FROM calls WHERE uniq = ? ORDER BY id LIMIT 1", row["uniq"])
            if first is not None:
                return first
        place = self._account.platform.place(row["key"], row["call_status"], row["duration"], draft.lead_id)
        if place.outcome == "refuse":
            return None
        entity_type, entity_id = place.card or (None, None)
        call = {**row, "state": _STATES[place.outcome], "entity_type": entity_type, "entity_id": entity_id}
        call["id"] = self._database.insert("calls", call)
        self._announce("added", call, place.outcome)
        if place.card:
            self._add_note(call, place.card)
        return call

    def waiting(self, key: str) -> list[Row]:
        """The calls of a number that wait for a contact, oldest first."""
        return self._database.all("SELECT * FROM calls WHERE key = ? AND state = 'waiting' ORDER BY id", key)

    def attach(self, call: Row, card: Target) -> None:
        """A waiting call goes to `card`, which shows it from now on."""
        self._database.update("calls", call["id"], {"state": "linked", "entity_type": card[0], "entity_id": card[1]})
        self._announce("changed", call, "link")
        self._add_note(call, card)

    def _announce(self, action: Action, call: Row, outcome: Outcome) -> None:
        said = {"outcome": outcome, "uniq": call["uniq"]}
        self._account.changes.announce(
            Change("call", action, call["id"], author=call["created_by"], after=call, said=said)
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


def _duration(item: Item) -> int:
    """Talk in whole seconds, truncated (GAP-22)."""
    value = item.data.get("duration")
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1 << 40:
        item.refuse_type("duration", "int")
        return 0
    return int(value)


def _responsible_text(item: Item) -> int | str | None:
    value = item.data.get("call_responsible")
    if value is None or isinstance(value, str) or is_integer(value):
        return value
    item.refuse_type("call_responsible", "string")
    return None
