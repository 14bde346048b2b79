"""What events a change causes, with what was before and after (facts §3.11): pure functions over rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import orjson

from emulator.amocrm.changes import PLURAL, SINGULAR, Change, Kind
from emulator.amocrm.custom_fields import FIELD_NUMBERS
from emulator.amocrm.event_types import OF_NOTES
from emulator.amocrm.field_values import Shown
from emulator.core.database import Row
from emulator.core.instants import unix

Values = list[dict[str, Any]]
"""`value_before` or `value_after`: objects with one key each."""


class Happening(NamedTuple):
    """One event to be written: about which card or task, and what was before and after."""

    type: str
    kind: Kind
    id: int
    before: Values
    after: Values


ShownFields = Callable[[Kind, Row], list[Shown] | None]
"""The custom fields of a card of that kind as in an answer."""

_WHOLE = frozenset({"added", "deleted", "restored"})


def happenings(change: Change, shown_fields: ShownFields) -> Iterator[Happening]:
    """The events that `change` causes, in the order they are to be written."""
    if change.kind in PLURAL:
        yield from _of_card(change, shown_fields)
    elif change.kind == "task":
        yield from _of_task(change)
    elif change.kind == "note":
        yield from _of_note(change)


def _of_card(change: Change, shown_fields: ShownFields) -> Iterator[Happening]:
    if change.action in _WHOLE:
        yield _about(change, f"{change.kind}_{change.action}")
    elif change.other is not None:
        value = [{"link": {"entity": {"type": SINGULAR[change.other[0]], "id": change.other[1]}}}]
        if change.action == "linked":
            yield _about(change, "entity_linked", after=value)
        else:
            yield _about(change, "entity_unlinked", before=value)
    elif change.before is not None and change.after is not None:
        yield from _card_differences(change, change.before, change.after)
        if change.before["fields"] != change.after["fields"]:
            yield from _field_differences(change, shown_fields, change.before, change.after)


def _about(change: Change, type_: str, before: Iterable[Any] = (), after: Iterable[Any] = ()) -> Happening:
    return Happening(type_, change.kind, int(change.id), list(before), list(after))


def _card_differences(change: Change, before: Row, after: Row) -> Iterator[Happening]:
    if before["name"] != after["name"]:
        yield _both(change, "name_field_changed", lambda row: {"name_field_value": {"name": row["name"]}})
    if change.kind == "lead":
        if before["price"] != after["price"]:
            yield _both(change, "sale_field_changed", lambda row: {"sale_field_value": {"sale": row["price"]}})
        if _stage(before) != _stage(after):
            yield _both(change, "lead_status_changed", lambda row: {"lead_status": _stage(row)})
    yield from _responsible(change, before, after)
    if before["tags"] != after["tags"]:
        yield from _tag_differences(change, orjson.loads(before["tags"]), orjson.loads(after["tags"]))


def _both(change: Change, type_: str, value: Callable[[Row], dict[str, Any]]) -> Happening:
    assert change.before is not None
    assert change.after is not None
    return _about(change, type_, [value(change.before)], [value(change.after)])


def _stage(lead: Row) -> dict[str, int]:
    return {"id": lead["status_id"], "pipeline_id": lead["pipeline_id"]}


def _responsible(change: Change, before: Row, after: Row) -> Iterator[Happening]:
    if before["responsible_user_id"] != after["responsible_user_id"]:
        yield _both(change, "entity_responsible_changed", _responsible_user)


def _responsible_user(row: Row) -> dict[str, Any]:
    return {"responsible_user": {"id": row["responsible_user_id"]}}


def _tag_differences(change: Change, before: list[Row], after: list[Row]) -> Iterator[Happening]:
    old, new = ([tag["name"] for tag in tags] for tags in (before, after))
    added = [{"tag": {"name": name}} for name in new if name not in old]
    removed = [{"tag": {"name": name}} for name in old if name not in new]
    if added:
        yield _about(change, "entity_tag_added", after=added)
    if removed:
        yield _about(change, "entity_tag_deleted", before=removed)


def _field_differences(change: Change, shown_fields: ShownFields, before: Row, after: Row) -> Iterator[Happening]:
    old, new = (
        {field["field_id"]: _field_values(field) for field in shown_fields(change.kind, row) or ()}
        for row in (before, after)
    )
    for field_id in sorted(old.keys() | new.keys()):
        if old.get(field_id) != new.get(field_id):
            yield _about(change, "custom_field_value_changed", old.get(field_id, ()), new.get(field_id, ()))


def _field_values(field: Shown) -> Values:
    return [
        {
            "custom_field_value": {
                "field_id": field["field_id"],
                "field_type": FIELD_NUMBERS[field["field_type"]],
                "enum_id": value.get("enum_id"),
                "text": _text(value.get("value")),
            }
        }
        for value in field["values"]
    ]


def _text(value: Any) -> str | None:
    """A value as events write it: always text."""
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def _of_task(change: Change) -> Iterator[Happening]:
    before, after = change.before, change.after
    if change.action in ("added", "deleted"):
        yield _about(change, f"task_{change.action}")
    elif change.action == "changed" and before is not None and after is not None:
        yield from _task_differences(change, before, after)


def _task_differences(change: Change, before: Row, after: Row) -> Iterator[Happening]:
    if before["text"] != after["text"]:
        yield _both(change, "task_text_changed", lambda row: {"task": {"text": row["text"]}})
    if before["task_type_id"] != after["task_type_id"]:
        yield _both(change, "task_type_changed", lambda row: {"task_type": {"id": row["task_type_id"]}})
    if before["complete_till"] != after["complete_till"]:
        yield _both(
            change, "task_deadline_changed", lambda row: {"task_deadline": {"timestamp": unix(row["complete_till"])}}
        )
    yield from _responsible(change, before, after)
    if after["result"] is not None and before["result"] != after["result"]:
        yield _about(change, "task_result_added")
    if after["is_completed"] and not before["is_completed"]:
        yield _about(change, "task_completed")


def _of_note(change: Change) -> Iterator[Happening]:
    """A note is an event of its card."""
    note = change.before if change.action == "deleted" else change.after
    if note is None or change.action not in ("added", "deleted"):
        return
    kind, value = SINGULAR[note["entity_type"]], [{"note": {"id": int(change.id)}}]
    if change.action == "added":
        yield Happening(OF_NOTES.get(note["note_type"], "service_note_added"), kind, note["entity_id"], [], value)
    else:
        yield Happening("common_note_deleted", kind, note["entity_id"], value, [])
