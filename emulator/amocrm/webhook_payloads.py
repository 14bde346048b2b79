"""What a webhook says of a change (facts §3.16): a group such as `leads`, an action, and the keys of the old API.

Contacts and companies share the group `contacts` and differ by `type`; of a deleted card little is left. What is
empty is left out. An old value is there when it is another than the new one.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from emulator.amocrm.changes import ELEMENT_TYPES, PLURAL, Change
from emulator.amocrm.field_values import Shown
from emulator.amocrm.forms import as_texts
from emulator.amocrm.webhook_codes import stage_changed
from emulator.amocrm.webhook_notes import note_item
from emulator.core.database import Row
from emulator.core.instants import from_unix, local_text, unix

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

_BARE = frozenset({"date", "date_time"})
"""Types of fields whose values are sent without a key of their own."""


def body_of(account: Account, change: Change, action: str) -> dict[str, Any]:
    """The body of the webhook that tells of `change` under `action`, nested, all values texts."""
    group, item = _item(account, change, action)
    link = f"https://{account.subdomain}.{account.domain}"
    about = {"subdomain": account.subdomain, "id": account.id, "_links": {"self": link}}
    body: dict[str, Any] = as_texts({"account": about, group: {action: [item]}})
    return body


def _item(account: Account, change: Change, action: str) -> tuple[str, dict[str, Any]]:
    """The group of the body and its only item."""
    row = change.after if change.after is not None else change.before
    assert row is not None
    if change.kind == "lead":
        return "leads", _lead(account, change, row, action)
    if change.kind in PLURAL:
        return "contacts", _person(account, change, row, action)
    if change.kind == "task":
        return "task", _task(account, change, row)
    if change.kind == "note":
        group = "leads" if row["entity_type"] == "leads" else "contacts"
        return group, {"note": note_item(account.id, account.zone, row, ELEMENT_TYPES[row["entity_type"]])}
    return "unsorted", _sorted(change, row) if action == "delete" else _unsorted(account, row)


def _old(change: Change, key: str) -> Any:
    """What `key` was before, when it is another now."""
    before, after = change.before, change.after
    if change.action != "changed" or before is None or after is None or before[key] == after[key]:
        return None
    return before[key]


def _lead(account: Account, change: Change, lead: Row, action: str) -> dict[str, Any]:
    if action == "delete":
        return {key: lead[key] for key in ("id", "status_id", "pipeline_id")}
    before = change.before if change.action == "changed" else None
    moved = before is not None and stage_changed(before, lead)
    return {
        "id": lead["id"],
        "name": lead["name"],
        "status_id": lead["status_id"],
        "old_status_id": before["status_id"] if before and moved else None,
        "price": lead["price"],
        "responsible_user_id": lead["responsible_user_id"],
        "old_responsible_user_id": _old(change, "responsible_user_id"),
        **_authors_and_times(lead),
        "pipeline_id": lead["pipeline_id"],
        "old_pipeline_id": _old(change, "pipeline_id"),
        "tags": _tags(lead),
        "account_id": account.id,
        "custom_fields": _fields(account, "leads", lead),
        "created_at": unix(lead["created_at"]),
        "updated_at": unix(lead["updated_at"]),
    }


def _person(account: Account, change: Change, card: Row, action: str) -> dict[str, Any]:
    """A contact or a company."""
    if action == "delete":
        return {"id": card["id"], "type": change.kind}
    shown = {"id": card["id"], "name": card["name"], "responsible_user_id": card["responsible_user_id"]}
    if action == "restore":
        return {**shown, **_authors_and_times(card), "type": change.kind}
    table = PLURAL[change.kind]
    return {
        **shown,
        "old_responsible_user_id": _old(change, "responsible_user_id"),
        "group_id": card["group_id"],
        **_authors_and_times(card),
        **(_company(account, card) if change.kind == "contact" else {}),
        "account_id": account.id,
        "custom_fields": _fields(account, table, card),
        "tags": _tags(card),
        "linked_leads_id": _linked_leads(account, table, card["id"]),
        "created_at": unix(card["created_at"]),
        "updated_at": unix(card["updated_at"]),
        "type": change.kind,
    }


def _authors_and_times(card: Row) -> dict[str, Any]:
    return {
        "last_modified": unix(card["updated_at"]),
        "modified_user_id": card["updated_by"],
        "created_user_id": card["created_by"],
        "date_create": unix(card["created_at"]),
    }


def _company(account: Account, contact: Row) -> dict[str, Any]:
    company = None if contact["company_id"] is None else account.companies.get(contact["company_id"])
    return {"company_name": company["name"], "linked_company_id": company["id"]} if company else {}


def _linked_leads(account: Account, table: str, card_id: int) -> dict[int, dict[str, int]]:
    links = account.links.between(table, [card_id], "leads").get(card_id, [])
    return {link.to[1]: {"ID": link.to[1]} for link in links}


def _tags(card: Row) -> list[dict[str, Any]]:
    return [{"id": tag["id"], "name": tag["name"]} for tag in orjson.loads(card["tags"])]


def _fields(account: Account, table: str, card: Row) -> list[dict[str, Any]]:
    return [
        {
            "id": field["field_id"],
            "name": field["field_name"],
            "values": [_value(account, field, value) for value in field["values"]],
            "code": field["field_code"],
        }
        for field in account.cards[table].shown_fields(card) or ()
    ]


def _value(account: Account, field: Shown, value: dict[str, Any]) -> Any:
    """Values with options have the id of the option as `enum`; a birthday is text, other dates are bare."""
    if "value" not in value:
        return value
    if field["field_type"] in _BARE:
        return value["value"]
    if field["field_type"] == "birthday" and isinstance(value["value"], int):
        born: datetime = from_unix(value["value"]).astimezone(account.zone)
        return {"value": born.strftime("%d.%m.%Y")}
    return {"value": value["value"], "enum": value.get("enum_id")}


def _task(account: Account, change: Change, task: Row) -> dict[str, Any]:
    return {
        "id": task["id"],
        "element_id": task["entity_id"],
        "element_type": ELEMENT_TYPES.get(task["entity_type"]),
        "task_type": task["task_type_id"],
        "date_create": local_text(task["created_at"], account.zone),
        "text": task["text"],
        "old_text": _old(change, "text"),
        "status": task["is_completed"],
        "account_id": account.id,
        "created_user_id": task["created_by"],
        "last_modified": unix(task["updated_at"]),
        "modified_user_id": task["updated_by"],
        "responsible_user_id": task["responsible_user_id"],
        "old_responsible_user_id": _old(change, "responsible_user_id"),
        "complete_till": local_text(task["complete_till"], account.zone),
        "complete_before": unix(task["complete_till"]),
        "action_close": int(change.action == "changed" and _old(change, "is_completed") == 0),
        "result": None if task["result"] is None else {"id": task["id"], "text": task["result"]},
        "created_at": unix(task["created_at"]),
        "updated_at": unix(task["updated_at"]),
    }


def _unsorted(account: Account, item: Row) -> dict[str, Any]:
    """A new item of «Неразобранное» with the cards that it hides."""
    created_at = unix(item["created_at"])
    source = {"source_uid": item["source_uid"], "source_name": item["source_name"]}
    metadata = orjson.loads(item["metadata"])
    return {
        "uid": item["uid"],
        "source": item["source_name"],
        "category": item["category"],
        **source,
        "source_data": {**metadata, "service": metadata.get("service_code"), **source},
        "date_create": created_at,
        "data": {table: _hidden(account, table, item.get(key)) for table, key in _HIDDEN.items()},
        "pipeline_id": item["pipeline_id"],
        "account_id": account.id,
        "lead_id": item["lead_id"],
        "created_at": created_at,
    }


_HIDDEN = {"leads": "lead_id", "contacts": "contact_id", "companies": "company_id"}


def _hidden(account: Account, table: str, card_id: int | None) -> list[dict[str, Any]]:
    if card_id is None:
        return []
    card = account.cards[table].any(card_id)
    return [{"id": card["id"], "name": card["name"], "custom_fields": _fields(account, table, card)}]


def _sorted(change: Change, item: Row) -> dict[str, Any]:
    """An item that somebody accepted or declined."""
    action = "accept" if change.action == "accepted" else "decline"
    return {
        "uid": item["uid"],
        "category": item["category"],
        "action": action,
        f"{action}_result": {"leads": [item["lead_id"]]},
        "modified_user_id": change.author,
        "created_at": unix(item["created_at"]),
    }
