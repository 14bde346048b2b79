"""The types of notes: which can be written, and what their `params` must hold (facts §3.8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.amocrm.validation import Item, is_integer

LONGEST_TEXT = 20_000
"""Characters of `params.text`; one more is refused."""

CALLS = frozenset({"call_in", "call_out"})
_NOT_NULL_IN_CALLS = ("link", "call_result", "call_status")
_SERVICES = frozenset({"adwords", "facebook", "mailchimp", "vkontakte"})


@dataclass(frozen=True)
class NoteType:
    """`required` params with their JSON type ("" for any), and those that are one of a few `choices`."""

    required: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, frozenset[str]] = field(default_factory=dict)


def _texts(*keys: str) -> dict[str, str]:
    return dict.fromkeys(keys, "string")


WRITABLE: dict[str, NoteType] = {
    "common": NoteType(_texts("text")),
    "call_in": NoteType(),
    "call_out": NoteType(),
    "service_message": NoteType(_texts("service", "text")),
    "extended_service_message": NoteType(_texts("service", "text")),
    "message_cashier": NoteType(_texts("status", "text"), {"status": frozenset({"created", "shown", "canceled"})}),
    "geolocation": NoteType({**_texts("text", "address"), "longitude": "", "latitude": ""}),
    "sms_in": NoteType(_texts("text", "phone")),
    "sms_out": NoteType(_texts("text", "phone")),
    "attachment": NoteType(_texts("file_uuid", "version_uuid", "file_name")),
    "invoice_paid": NoteType(_texts("service", "text", "icon_url")),
    "bill_paid": NoteType(_texts("service", "text", "icon_url")),
    "site_visit": NoteType(_texts("url")),
    "link_followed": NoteType(_texts("url")),
    "transaction": NoteType({"transaction_id": "int"}),
    "targeting_in": NoteType(_texts("service"), {"service": _SERVICES}),
    "targeting_out": NoteType(_texts("service"), {"service": _SERVICES}),
    "zoom_meeting": NoteType({"conference": ""}),
    "dropbox_attachment": NoteType(_texts("link", "filename")),
    "ai_result": NoteType(_texts("text")),
}
"""What a request may write. Letters and chats (`amomail_message`, `chat`) are made by amoCRM alone."""


def check_params(item: Item, note_type: str, params: Mapping[str, Any], *, partly: bool) -> None:
    """Note the flaws of `params`; `partly` when they only change some of those a note has."""
    known = WRITABLE[note_type]
    for key, kind in known.required.items():
        path, value = f"params.{key}", params.get(key)
        if value is None:
            if not partly or key in params:
                item.refuse("NotNullable" if key in params else "FieldMissing", path)
        elif (kind == "string" and not isinstance(value, str)) or (kind == "int" and not is_integer(value)):
            item.refuse_type(path, kind)
        elif key in known.choices and value not in known.choices[key]:
            item.refuse("NotSupportedChoice", path)
    text = params.get("text")
    if isinstance(text, str) and len(text) > LONGEST_TEXT:
        item.refuse("TooLong", "params.text")
    if note_type in CALLS:
        for key in _NOT_NULL_IN_CALLS:
            if key in params and params[key] is None:
                item.refuse("NotNullable", f"params.{key}")
