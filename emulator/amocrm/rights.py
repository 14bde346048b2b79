"""Rights of users and roles: what a request may say and what is shown (facts §3.2). They are kept, not enforced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.amocrm.validation import Item, is_integer
from emulator.core.database import Row

CARD_RIGHTS = ("view", "edit", "add", "delete", "export")
TASK_RIGHTS = ("edit", "delete")
_KINDS = {"leads": CARD_RIGHTS, "contacts": CARD_RIGHTS, "companies": CARD_RIGHTS, "tasks": TASK_RIGHTS}
_LETTERS = frozenset("AGMDL")
"""All, the group's, one's own, denied, those of linked cards."""

ALL: dict[str, Any] = {
    **{kind: dict.fromkeys(actions, "A") for kind, actions in _KINDS.items()},
    "mail_access": False,
    "catalog_access": False,
    "status_rights": None,
    "catalog_rights": None,
}
"""What somebody has of whom nothing else is said."""

FindStatus = Callable[[int, int], Row | None]


def read_rights(item: Item, path: str, given: dict[str, Any], find_status: FindStatus) -> dict[str, Any]:
    """The rights that `given` names, complete per kind of card; flaws are noted in the item."""
    read: dict[str, Any] = {}
    for kind, actions in _KINDS.items():
        if given.get(kind) is not None:
            read[kind] = _letters(item, f"{path}.{kind}", given[kind], actions)
    for key in ("mail_access", "catalog_access"):
        value = given.get(key)
        if value is not None and not isinstance(value, bool):
            item.refuse_type(f"{path}.{key}", "bool")
        elif value is not None:
            read[key] = value
    if given.get("status_rights") is not None:
        read["status_rights"] = _status_rights(item, f"{path}.status_rights", given["status_rights"], find_status)
    if given.get("catalog_rights") is not None:
        read["catalog_rights"] = given["catalog_rights"]
        if not isinstance(given["catalog_rights"], list):
            item.refuse_type(f"{path}.catalog_rights", "array")
    return read


def _letters(item: Item, path: str, given: Any, actions: tuple[str, ...]) -> dict[str, str]:
    if not isinstance(given, dict):
        item.refuse_type(path, "object")
        return {}
    letters = dict.fromkeys(actions, "A")
    for action, letter in given.items():
        if action not in actions:
            item.refuse("FieldNotExpected", f"{path}.{action}")
        elif letter is not None and (not isinstance(letter, str) or letter not in _LETTERS):
            item.refuse("NotSupportedChoice", f"{path}.{action}")
        elif letter is not None:
            letters[action] = letter
    return letters


def _status_rights(item: Item, path: str, given: Any, find_status: FindStatus) -> list[dict[str, Any]]:
    if not isinstance(given, list):
        item.refuse_type(path, "array")
        return []
    read = []
    for index, each in enumerate(given):
        at = f"{path}.{index}"
        if not isinstance(each, dict):
            item.refuse_type(at, "object")
            continue
        pipeline_id, status_id = each.get("pipeline_id"), each.get("status_id")
        if each.get("entity_type") != "leads":
            item.refuse("NotSupportedChoice", f"{at}.entity_type")
        if not is_integer(pipeline_id) or not is_integer(status_id) or find_status(pipeline_id, status_id) is None:
            item.refuse("NotSupportedChoice", f"{at}.status_id")
        asked = each.get("rights") or {}
        letters = _letters(item, f"{at}.rights", asked, CARD_RIGHTS)
        named = {"entity_type": "leads", "pipeline_id": pipeline_id, "status_id": status_id}
        read.append({**named, "rights": {action: letter for action, letter in letters.items() if action in asked}})
    return read
