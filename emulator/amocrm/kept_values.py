"""The values of a card as its row keeps them: JSON by the id of the field (see `field_values.py`)."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import orjson

Value = list[Any]
"""[what was written] or [what was written, id of the option]; of a list [None, id of the option]."""

FieldChanges = dict[int, list[Value] | None]
"""Per field id what it holds from now on; None clears it."""


def merged(kept: str | None, changes: FieldChanges) -> str | None:
    """The values of a card after `changes`: those of a named field are replaced, the others stay."""
    values: dict[str, list[Value]] = orjson.loads(kept) if kept else {}
    for field_id, changed in changes.items():
        if changed is None:
            values.pop(str(field_id), None)
        else:
            values[str(field_id)] = changed
    return orjson.dumps(values).decode() if values else None


def without(kept: str, field_id: int, options: Container[int] | None = None) -> str | None:
    """The values of a card without a field; with `options` only those are forgotten, and texts stay without a kind."""
    values: dict[str, list[Value]] = orjson.loads(kept)
    left: list[Value] = []
    if options is not None:
        known = values.get(str(field_id), [])
        left = [value if len(value) < 2 or value[1] not in options else value[:1] for value in known]
    values[str(field_id)] = [value for value in left if value != [None]]
    if not values[str(field_id)]:
        del values[str(field_id)]
    return orjson.dumps(values).decode() if values else None
