"""What a row of `events` says, as the API shows it (facts §3.11)."""

from __future__ import annotations

import re

import orjson

from emulator.amocrm.changes import Kind
from emulator.amocrm.event_types import decoded
from emulator.amocrm.event_values import Values
from emulator.core.database import Row

EVENTS_SQL = """
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    code INTEGER NOT NULL,
    entity_id INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    said TEXT
);
CREATE INDEX events_entity ON events (entity_id);
"""
"""Rows are small because every new card leaves one: ids begin at 1 in every world, `code` is type and kind in one
number, `said` is JSON `[before, after]`, or NULL where both are empty."""

_SHOWN_ID = re.compile(r"01ev(\d{6})(\d{16})")


def shown_id(seed: int, event_id: int) -> str:
    """The id as the API has it: 26 letters and digits that nobody takes for a number, another in every world."""
    return f"01ev{seed:06}{event_id:016}"


def id_in(seed: int, shown: str) -> int | None:
    """The id of the row, out of the one that this world's API showed."""
    found = _SHOWN_ID.fullmatch(shown)
    return int(found[2]) if found and int(found[1]) == seed else None


def about(event: Row) -> tuple[str, Kind]:
    """(type, kind) as shown; the change of a custom field is called after the field."""
    type_, kind = decoded(event["code"])
    if type_ != "custom_field_value_changed":
        return type_, kind
    before, after = values_of(event)
    field_id = (before or after)[0]["custom_field_value"]["field_id"]
    return f"custom_field_{field_id}_value_changed", kind


def values_of(event: Row) -> tuple[Values, Values]:
    """What was before and what is after."""
    before, after = orjson.loads(event["said"]) if event["said"] else ([], [])
    return before, after
