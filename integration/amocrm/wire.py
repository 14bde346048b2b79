"""What API v4 wants and gives for contacts, notes and calls (amoCRM reference: contacts, notes, calls)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from integration.model import CallRecord, ContactPatch, NewContact
from integration.phones import match_key

Json = dict[str, Any]

SOURCE = "CoMagic"
NO_ENTITY = 263
"""Status inside the answer of `POST /calls`: no entity has this number and the call is not kept."""


def contact_body(contact: NewContact) -> Json:
    phone = {"field_code": "PHONE", "values": [{"value": contact.phone, "enum_code": "WORK"}]}
    return {
        "name": contact.name,
        "responsible_user_id": contact.responsible,
        "created_by": contact.creator,
        "custom_fields_values": [phone],
        "request_id": "0",
    }


def patch_body(patch: ContactPatch) -> Json:
    body: Json = {}
    if patch.owner is not None:
        body |= {"responsible_user_id": patch.owner, "created_by": patch.owner}
    if patch.tag is not None:
        body["tags_to_add"] = [{"name": patch.tag}]
    return body


def call_body(record: CallRecord) -> Json:
    """`created_at` is the start of the call. `link` is left out when there is none, `call_result` always: no nulls."""
    body: Json = {
        "direction": record.direction,
        "phone": record.phone,
        "duration": record.seconds,
        "source": SOURCE,
        "uniq": record.uniq,
        "call_status": record.status,
        "call_responsible": record.responsible,
        "responsible_user_id": record.responsible,
        "created_by": record.responsible,
        "created_at": int(record.started_at.timestamp()),
        "request_id": "0",
    }
    if record.link:
        body["link"] = record.link
    return body


def embedded(body: Any, name: str) -> list[Json]:
    """The items of a HAL answer; none when the answer is empty (204) or of another shape."""
    inside = body.get("_embedded") if isinstance(body, dict) else None
    items = inside.get(name) if isinstance(inside, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def has_phone(contact: Json, key: str) -> bool:
    """Whether one PHONE of the contact is this number. `query` matches any field, so a hit alone proves nothing."""
    return not contact.get("is_deleted") and any(match_key(phone) == key for phone in _phones(contact))


def _phones(contact: Json) -> Iterator[str]:
    for field in contact.get("custom_fields_values") or ():
        if field.get("field_code") == "PHONE":
            yield from (str(value.get("value", "")) for value in field.get("values") or ())


def is_dropped(body: Any) -> bool:
    """The call was not kept for want of an entity with its number."""
    errors = body.get("errors") if isinstance(body, dict) else None
    return isinstance(errors, list) and any(
        isinstance(error, dict) and error.get("status") == NO_ENTITY for error in errors
    )
