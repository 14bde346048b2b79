"""What a request may say about the options of a custom field: `enums` of lists, `nested` of a category (facts §3.5)."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from emulator.amocrm.custom_fields import WITH_ENUMS
from emulator.amocrm.validation import Item, is_integer

_OWN_OPTIONS = {
    "multitext": ("WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"),
    "smart_address": ("address_line_1", "address_line_2", "city", "state", "zip", "country"),
}
"""Options that a field of the type has of itself."""


@dataclass
class OptionDraft:
    """One option as a request gives it. `id` names one that exists; its parent has an id or an item's `request_id`."""

    id: int | None
    value: str
    code: str | None
    sort: int
    parent_id: int | None = None
    request_id: str | int | None = None
    parent_request: str | int | None = None


def read_options(item: Item, kind: str, known: Set[int] | None) -> list[OptionDraft] | None:
    """The options of a field of that kind from now on; None leaves them as they are. Flaws are noted in the item.

    `known` are the ids of the options so far; None for a new field. The parts of an address are always the same.
    """
    key = "nested" if kind == "category" else "enums"
    given = item.list_of(key)
    if given and (kind not in WITH_ENUMS or kind == "smart_address"):
        item.refuse("FieldNotExpected", key)
        return None
    if given is None or kind == "smart_address":
        return _own(kind) if known is None else None
    drafts = [draft for index, each in enumerate(given) if (draft := _option(item, f"{key}.{index}", index, each))]
    _check_ids(item, key, drafts, known or set())
    _check_parents(item, key, drafts)
    return drafts


def _own(kind: str) -> list[OptionDraft]:
    return [OptionDraft(None, code, code, sort) for sort, code in enumerate(_OWN_OPTIONS.get(kind, ()), 1)]


def _option(item: Item, path: str, index: int, given: Any) -> OptionDraft | None:
    if not isinstance(given, dict):
        item.refuse_type(path, "object")
        return None
    value, sort = given.get("value"), given.get("sort")
    if not isinstance(value, str) or not value:
        item.refuse("NotBlank", f"{path}.value")
        return None
    for key, expected, fits in (
        ("code", "string", isinstance(given.get("code"), str)),
        ("sort", "int", is_integer(sort)),
        ("id", "int", is_integer(given.get("id"))),
        ("request_id", "string", isinstance(given.get("request_id"), str | int)),
        ("parent_id", "int", is_integer(given.get("parent_id"))),
        ("parent_request_id", "string", isinstance(given.get("parent_request_id"), str | int)),
    ):
        if given.get(key) is not None and not fits:
            item.refuse_type(f"{path}.{key}", expected)
            return None
    sort = index + 1 if sort is None else sort
    parent_id, request_id = given.get("parent_id") or None, given.get("request_id")
    return OptionDraft(
        given.get("id"), value, given.get("code"), sort, parent_id, request_id, given.get("parent_request_id")
    )


def _check_ids(item: Item, key: str, drafts: list[OptionDraft], known: Set[int]) -> None:
    """Ids must be those of the field, and codes must differ."""
    named = [draft.id for draft in drafts if draft.id is not None]
    codes = [draft.code for draft in drafts if draft.code is not None]
    for index, draft in enumerate(drafts):
        if draft.id is not None and draft.id not in known:
            item.refuse("NotSupportedChoice", f"{key}.{index}.id")
        elif draft.id is not None and named.count(draft.id) > 1:
            item.refuse("NotUnique", f"{key}.{index}.id")
        if draft.code is not None and codes.count(draft.code) > 1:
            item.refuse("NotUnique", f"{key}.{index}.code")


def _check_parents(item: Item, key: str, drafts: list[OptionDraft]) -> None:
    """A parent must be there, a new one before its children, and no option may lie inside itself."""
    places = {draft.id: place for place, draft in enumerate(drafts) if draft.id is not None}
    requests: dict[str | int | None, int] = {}
    parents: list[int | None] = []
    for index, draft in enumerate(drafts):
        parent = None if draft.parent_id is None else places.get(draft.parent_id)
        if draft.parent_id is not None and parent is None:
            item.refuse("NotSupportedChoice", f"{key}.{index}.parent_id")
        elif draft.parent_request is not None:
            parent = requests.get(draft.parent_request)
            if parent is None:
                item.refuse("NotSupportedChoice", f"{key}.{index}.parent_request_id")
        parents.append(parent)
        requests[draft.request_id] = index
    for index in _inside_themselves(parents):
        item.refuse("NotSupportedChoice", f"{key}.{index}.parent_id")


def _inside_themselves(parents: list[int | None]) -> list[int]:
    """One place of each circle, where `parents` tells the parent's place for every place."""
    found, done = [], set()
    for start in range(len(parents)):
        path, place = set(), parents[start]
        while place is not None and place not in done and place not in path and place != start:
            path.add(place)
            place = parents[place]
        if place == start:
            found.append(start)
        done |= path | {start}
    return found
