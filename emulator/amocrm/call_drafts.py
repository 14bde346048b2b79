"""What a request says of a call: its keys read and checked (facts §3.13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from emulator.amocrm.users import ROBOT
from emulator.amocrm.validation import Item, is_integer
from emulator.core.database import Row
from emulator.core.phones import match_key

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

DIRECTIONS = {"inbound": "in", "outbound": "out"}
REQUIRED = ("direction", "duration", "source")
_NOT_NULL = ("link", "call_result", "call_status")
STATUSES = range(1, 9)


@dataclass
class CallDraft:
    """One call of a request. `lead_id` is the deal that it names (GAP-31)."""

    item: Item
    row: Row
    lead_id: int | None


class CallReader:
    """Reads calls for one account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, item: Item, user_id: int, required: tuple[str, ...] = REQUIRED) -> CallDraft:
        """`item` as a draft; flaws are noted in the item. Nulls of optional keys count as absent."""
        for key in required:
            item.require(key)
        self._refuse_nulls(item)
        if self._account.profile.unknown_calls == "reject" or "phone" not in item.data:
            item.require("phone")
        direction, phone = item.text("direction"), item.text_or_number("phone") or ""
        if direction and direction not in DIRECTIONS:
            item.refuse("NotSupportedChoice", "direction")
        status = item.integer("call_status")
        if status is not None and status not in STATUSES:
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

    def _refuse_nulls(self, item: Item) -> None:
        if self._account.profile.null_call_fields == "refuse":
            for key in _NOT_NULL:
                if key in item.data and item.data[key] is None:
                    item.refuse("NotNullable", key)

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


def call_of(account: Account, metadata: Mapping[str, Any], number: str, source: str, responsible: int) -> Row:
    """The call that `sip` metadata describe: an incoming one, whose outcome they do not tell."""
    now, called_at, named = account.now(), metadata["called_at"], metadata["call_responsible"]
    knows = is_integer(named) and named != ROBOT and account.users.exists(named)
    return {
        "uniq": metadata["uniq"],
        "direction": "inbound",
        "phone": number,
        "key": match_key(number),
        "duration": metadata["duration"] or 0,
        "source": metadata["service_code"] or source,
        "link": metadata["link"],
        "call_result": None,
        "call_status": None,
        "call_responsible": orjson.dumps(named).decode(),
        "responsible_user_id": named if knows else responsible,
        "created_by": ROBOT,
        "created_at": now if called_at is None else called_at * 1_000_000,
        "received_at": now,
    }
