"""The codes that a webhook can be subscribed to, and which of them a change sends (facts §3.16)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from emulator.amocrm.changes import PLURAL, SINGULAR, Change
from emulator.core.database import Row

_CARDS = tuple(
    f"{verb}_{kind}"
    for kind in ("lead", "contact", "company")
    for verb in ("add", "update", "delete", "restore", "responsible", "note")
)
_TASKS = tuple(f"{verb}_task" for verb in ("add", "update", "delete", "responsible"))
_UNSORTED = tuple(f"{verb}_unsorted" for verb in ("add", "update", "delete"))
_NEVER_SENT = (
    *(f"{verb}_customer" for verb in ("add", "update", "delete", "responsible", "note")),
    *("add_talk", "update_talk", "add_message", "add_outgoing_message", "add_chat_template_review"),
)

CODES = frozenset((*_CARDS, "status_lead", *_TASKS, *_UNSORTED, *_NEVER_SENT))
"""All that `settings` takes. Customers, talks and messages do not exist here, so their codes are never sent."""

_VERBS = {"added": "add", "changed": "update", "deleted": "delete", "restored": "restore"}
_OF_UNSORTED = {"added": "add", "changed": "update", "accepted": "delete", "declined": "delete"}


class Sent(NamedTuple):
    """One thing to be sent: the code, and the action that the body calls it by."""

    code: str
    action: str


def sent_by(change: Change) -> Iterator[Sent]:
    """What `change` sends to those who subscribed to it; each code is a delivery of its own."""
    if change.kind == "unsorted":
        verb = _OF_UNSORTED.get(change.action)
        if verb:
            yield Sent(f"{verb}_unsorted", verb)
    elif change.kind == "note":
        if change.action == "added" and change.after is not None:
            yield Sent(f"note_{SINGULAR[change.after['entity_type']]}", "note")
    elif change.kind in PLURAL or change.kind == "task":
        yield from _of_row(change)


def _of_row(change: Change) -> Iterator[Sent]:
    verb = _VERBS.get(change.action)
    if verb is None:
        return
    yield Sent(f"{verb}_{change.kind}", verb)
    before, after = change.before, change.after
    if verb != "update" or before is None or after is None:
        return
    if change.kind == "lead" and stage_changed(before, after):
        yield Sent("status_lead", "status")
    if responsible_changed(before, after):
        yield Sent(f"responsible_{change.kind}", "responsible")


def stage_changed(before: Row, after: Row) -> bool:
    return any(before[key] != after[key] for key in ("status_id", "pipeline_id"))


def responsible_changed(before: Row, after: Row) -> bool:
    return bool(before["responsible_user_id"] != after["responsible_user_id"])
