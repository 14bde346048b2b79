"""Notes in webhooks (facts §3.16): types are numbers, a call is JSON inside the text."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import orjson

from emulator.core.database import Row
from emulator.core.instants import local_text, unix

_NUMBERS = {"common": 4, "attachment": 5, "call_in": 10, "call_out": 11, "sms_in": 102, "sms_out": 103}
_SERVICE = 25
"""The number of any other type of note."""

_CALLS = ("call_in", "call_out")
_CALL_KEYS = {"uniq": "UNIQ", "link": "LINK", "phone": "PHONE", "duration": "DURATION", "source": "SRC"}


def note_item(account_id: int, zone: ZoneInfo, note: Row, element_type: int) -> dict[str, Any]:
    """The note as the item of a webhook; `element_type` is the kind of its card."""
    params = orjson.loads(note["params"])
    is_call = note["note_type"] in _CALLS
    has_more = not is_call and params.keys() - {"text"}
    return {
        "element_type": element_type,
        "element_id": note["entity_id"],
        "note_type": _NUMBERS.get(note["note_type"], _SERVICE),
        "text": _call(params) if is_call else params.get("text", ""),
        "metadata": orjson.dumps(params).decode() if has_more else None,
        "account_id": account_id,
        "date_create": local_text(note["created_at"], zone),
        "timestamp_x": local_text(note["updated_at"], zone),
        "created_by": note["created_by"],
        "modified_by": note["updated_by"],
        "main_user_id": note["responsible_user_id"],
        "group_id": note["group_id"],
        "id": note["id"],
        "created_at": unix(note["created_at"]),
        "updated_at": unix(note["updated_at"]),
    }


def _call(params: dict[str, Any]) -> str:
    """A call in the keys of the old API; those that clients read without asking are always there."""
    said: dict[str, Any] = {old: params.get(key, "") for key, old in _CALL_KEYS.items()}
    for key in ("call_status", "call_result"):
        if params.get(key) is not None:
            said[key] = str(params[key])
    return orjson.dumps(said).decode()
