"""What a person sees of a world: amoCRM's lists and the page «Звонки», in words that two worlds can be compared by.

No ids, and no time at which something was made, which a delay may move: people by key, cards by name, fields by name.
What is hidden in items of «Неразобранное» is looked at last, once somebody has accepted them.
"""

from __future__ import annotations

import difflib
import pprint
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from features.driver import Driver, Json

Seen = dict[str, list[Any]]

LISTS = {"contacts": "contact", "companies": "company", "leads": "lead"}
"""Lists of cards, and what a card of each is called where something refers to it."""


async def seen(do: Driver) -> Seen:
    """Everything, by list, each in an order of its own. Olga accepts the items on the way."""
    items = await do.unsorted()
    hidden = await do.call_log() if items else []
    for item in items:
        await do.accept_item(item["uid"], "olga")
    cards = {name: await do._list(f"/api/v4/{name}?with=contacts,leads", name) for name in LISTS}
    look = _Look(do, {(kind, card["id"]): card["name"] for name, kind in LISTS.items() for card in cards[name]})
    found: Seen = {
        "contacts": [look.card(card, await look.calls("contacts", card)) for card in cards["contacts"]],
        "companies": [look.card(card, await look.calls("companies", card)) for card in cards["companies"]],
        "deals": [look.card(card, await look.calls("leads", card)) for card in cards["leads"]],
        "tasks": [look.task(task) for task in await do.tasks()],
        "items": [look.item(item) for item in items],
        "calls": [look.row(row) for row in await do.call_log()],
        "calls before items were accepted": [look.row(row) for row in hidden],
        "defects": await _defects(do),
    }
    return {name: sorted(things, key=repr) for name, things in found.items()}


async def _defects(do: Driver) -> list[str]:
    """Errors of its own that the integration got over by trying again, as its decision log tells."""
    outcomes = [line["data"]["outcome"] for line in await do.decisions()]
    return [said["because"] for said in outcomes if str(said.get("because")).startswith("internal error")]


def difference(expected: Seen, found: Seen) -> str:
    """What is not as it should be, line by line; nothing if it is."""
    if expected == found:
        return ""
    texts = [pprint.pformat(each, width=110).splitlines() for each in (expected, found)]
    return "\n".join(difflib.unified_diff(*texts, "undisturbed", "found", lineterm="", n=2))


@dataclass
class _Look:
    """Words for what refers to something; `names` are those of all cards that can be seen."""

    do: Driver
    names: dict[tuple[str, int], str]

    def person(self, user_id: int | None) -> str | None:
        return None if user_id is None else self.do.person_of_user(user_id) if user_id else "nobody"

    def name(self, kind: str, card: int) -> str:
        return f"{kind} {self.names.get((kind, card), 'that cannot be seen')}"

    async def calls(self, table: str, card: Json) -> list[Json]:
        notes = await self.do._list(f"/api/v4/{table}/{card['id']}/notes", "notes")
        return [self.note(note) for note in notes]

    def note(self, note: Json) -> Json:
        """A call lies at its own start, any other note where it was written."""
        said = dict(note.get("params") or {})
        if "link" in said:
            said["link"] = _path(said["link"])
        if "call_responsible" in said:
            said["call_responsible"] = self.person(said["call_responsible"])
        is_call = note["note_type"] in ("call_in", "call_out")
        return {
            "type": note["note_type"],
            "at": _instant(note["created_at"]) if is_call else None,
            "responsible": self.person(note["responsible_user_id"]),
            "creator": self.person(note["created_by"]),
            **said,
        }

    def card(self, card: Json, notes: list[Json]) -> Json:
        embedded = card["_embedded"]
        linked = [self.name(kind, each["id"]) for name, kind in LISTS.items() for each in embedded.get(name) or ()]
        fields = card.get("custom_fields_values") or ()
        return {
            "name": card["name"],
            "owner": self.person(card["responsible_user_id"]),
            "creator": self.person(card["created_by"]),
            "stage": card.get("status_id"),
            "tags": sorted(tag["name"] for tag in embedded["tags"]),
            "linked": sorted(linked),
            "fields": {field["field_name"]: [each["value"] for each in field["values"]] for field in fields},
            "notes": sorted(notes, key=repr),
        }

    def task(self, task: Json) -> Json:
        kind = LISTS.get(task["entity_type"] or "")
        return {
            "about": self.name(kind, task["entity_id"]) if kind else None,
            "for": self.person(task["responsible_user_id"]),
            "by": self.person(task["created_by"]),
            "due": _instant(task["complete_till"]),
            "type": task["task_type_id"],
            "text": task["text"],
            "done": task["is_completed"],
        }

    def item(self, item: Json) -> Json:
        said = dict(item["metadata"])
        cards = item["_embedded"]
        return {
            "category": item["category"],
            "source": (item["source_uid"], item["source_name"]),
            "cards": [self.name(kind, each["id"]) for name, kind in LISTS.items() for each in cards[name]],
            **said,
            "link": _path(said.get("link")),
        }

    def row(self, row: Json) -> Json:
        entity = row["entity"]
        return {
            **row,
            "link": _path(row["link"]),
            "responsible": self.person(row["responsible"]),
            "entity": entity and self.name(entity["type"], entity["id"]),
        }


def _path(link: str | None) -> str | None:
    return link and urlsplit(link).path


def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
