"""What a new item of «Неразобранное» says of its origin: a call (`sip`) or a form (`forms`) (facts §3.12).

All keys of a category are shown, null where nothing was given, because the official SDK reads some without asking.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from emulator.amocrm.nested import adopt
from emulator.amocrm.validation import MAX_SECONDS, Item, is_integer
from emulator.core.phones import digits

Metadata = dict[str, Any]

WANTS_CALL = "is_call_event_needed"
"""Key of `sip` metadata that asks for the call itself to be shown; amoCRM never gives it back."""

_SHORTEST_NUMBER = 10
_LONGEST = 12


def _text(item: Item, key: str) -> str | None:
    """A text; numbers of any kind are taken as their text."""
    value = item.data.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return item.text(key)


def _text_or_number(item: Item, key: str) -> str | int | None:
    value = item.data.get(key)
    return value if is_integer(value) else item.text(key)


def _seconds(item: Item, key: str) -> int | None:
    """A number of seconds, or Unix seconds; digits as a text are taken too."""
    written = item.data.get(key)
    if isinstance(written, str) and written.isascii() and written.isdecimal() and len(written) <= _LONGEST:
        if int(written) >= MAX_SECONDS:
            item.refuse("NotSupportedChoice", key)
        return int(written)
    value = item.instant(key)
    return value if value is None else value // 1_000_000


_READERS: Mapping[str, Mapping[str, Callable[[Item, str], Any]]] = {
    "sip": {
        "from": _text,
        "phone": _text,
        "called_at": _seconds,
        "duration": _seconds,
        "link": Item.text,
        "service_code": _text,
        "uniq": _text,
        "call_responsible": _text_or_number,
        WANTS_CALL: Item.flag,
    },
    "forms": {
        "form_id": _text_or_number,
        "form_name": Item.text,
        "form_page": Item.text,
        "form_sent_at": _seconds,
        "ip": Item.text,
        "referer": Item.text,
        "form_type": Item.integer,
        "visitor_uid": Item.text,
    },
}
_REQUIRED = {"sip": ("phone",), "forms": ("form_id", "form_name", "form_page", "form_sent_at")}
CATEGORIES = frozenset(_READERS)


def read_metadata(item: Item, path: str, given: Mapping[str, Any], category: str) -> Metadata:
    """`given`, which lies at `path` of `item`, with all keys of its category. Flaws are noted in the item."""
    inner = Item(given, item.request_id, {}, "")
    for key in _REQUIRED[category]:
        inner.require(key)
    read = {key: reader(inner, key) for key, reader in _READERS[category].items()}
    adopt(item, path, inner)
    return read


def client_number(metadata: Metadata) -> str:
    """Who called. Clients do not agree whether that is `phone` or `from`: it is the longer number, `phone` on a tie."""
    phone, caller = metadata["phone"] or "", metadata["from"] or ""
    length = len(digits(caller))
    return caller if length >= _SHORTEST_NUMBER and length > len(digits(phone)) else phone
