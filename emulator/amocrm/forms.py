"""Bodies of webhooks: nested values as PHP writes a form, `leads[add][0][id]=1` (facts §3.16)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode


def as_texts(value: Any) -> Any:
    """`value` with everything inside it as text; nulls and what is empty are left out, as PHP does."""
    if isinstance(value, dict):
        shown = {str(key): as_texts(item) for key, item in value.items() if item is not None}
        return {key: item for key, item in shown.items() if item not in ({}, [])}
    if isinstance(value, list):
        return [as_texts(item) for item in value if item is not None]
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def encoded(body: dict[str, Any]) -> bytes:
    """The form of a body of texts."""
    return urlencode(list(_pairs("", body))).encode()


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from _pairs(f"{name}[{key}]" if name else str(key), item)
    else:
        yield name, value
