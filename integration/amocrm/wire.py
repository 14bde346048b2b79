"""What API v4 wants and gives (amoCRM reference: contacts, leads, unsorted, notes, calls, tasks)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from integration.model import (
    CallRecord,
    Contact,
    ContactPatch,
    NewContact,
    NewDeal,
    NewFormItem,
    NewItem,
    NewNote,
    NewTask,
    PendingItem,
    WonDeal,
)
from integration.phones import email_key, match_key
from integration.rules.additional_fields import SITE_FORM
from integration.rules.facts import Mention

Json = dict[str, Any]

SOURCE = "CoMagic"
NO_ENTITY = 263
"""Status inside the answer of `POST /calls`: no entity has this number and the call is not kept."""

PLURAL = {"contact": "contacts", "deal": "leads", "company": "companies"}
TO_CALL = 1
"""amoCRM's type of a task: get in touch (GAP-41)."""


# What is written


def contact_body(contact: NewContact, fields: list[Json]) -> Json:
    body = _owned(contact.name, contact.responsible, contact.tag, [*_reached_by(contact), *fields])
    return {**body, "created_by": contact.creator, "request_id": "0"}


def _reached_by(contact: NewContact) -> list[Json]:
    """The telephone and the e-mail of a new contact, as far as they are known."""
    email = {"field_code": "EMAIL", "values": [{"value": contact.email, "enum_code": "WORK"}]}
    return [*([_phone(contact.phone)] if contact.phone else []), *([email] if contact.email else [])]


def _phone(phone: str) -> Json:
    return {"field_code": "PHONE", "values": [{"value": phone, "enum_code": "WORK"}]}


def patch_body(patch: ContactPatch, fields: list[Json]) -> Json:
    body: Json = {}
    if patch.owner is not None:
        body |= {"responsible_user_id": patch.owner, "created_by": patch.owner}
    if patch.tag is not None:
        body["tags_to_add"] = [{"name": patch.tag}]
    if fields:
        body["custom_fields_values"] = fields
    return body


def deal_body(deal: NewDeal, fields: list[Json]) -> Json:
    body = _owned(deal.name, deal.responsible, deal.tag, fields)
    if deal.contact_id is not None:
        body.setdefault("_embedded", {})["contacts"] = [{"id": deal.contact_id, "is_main": True}]
    return {**body, "request_id": "0"}


def item_body(item: NewItem, contact_fields: list[Json], deal_fields: list[Json]) -> Json:
    """An item of a call. The call itself comes to the log by `POST /calls`, which knows its direction and outcome."""
    metadata = {
        "phone": item.phone,
        "from": item.phone,
        "called_at": int(item.called_at.timestamp()),
        "duration": item.seconds,
        "service_code": SOURCE,
        "uniq": item.communication_id,
        "call_responsible": item.responsible,
        "is_call_event_needed": False,
    }
    if item.link:
        metadata["link"] = item.link
    contact = _owned(item.shown_phone, item.responsible, item.tag, [_phone(item.phone), *contact_fields])
    return _item(item, metadata, contact, deal_fields)


def form_item_body(item: NewFormItem, contact_fields: list[Json], deal_fields: list[Json]) -> Json:
    """An item of a site form."""
    metadata = {
        "form_id": item.communication_id,
        "form_name": item.form_name,
        "form_page": item.page,
        "form_sent_at": int(item.sent_at.timestamp()),
    }
    fields = [*_reached_by(item.contact), *contact_fields]
    contact = _owned(item.contact.name, item.responsible, item.tag, fields)
    return _item(item, metadata, contact, deal_fields)


def _item(item: NewItem | NewFormItem, metadata: Json, new_contact: Json, deal_fields: list[Json]) -> Json:
    """An item with its deal, and with the contact that it names, else the new one."""
    contact = new_contact if item.contact_id is None else {"id": item.contact_id}
    deal = _owned(item.name, item.responsible, item.tag, deal_fields)
    return {
        "source_name": SOURCE,
        "source_uid": item.source_uid,
        "metadata": metadata,
        "_embedded": {"leads": [deal], "contacts": [contact]},
        "request_id": "0",
    }


def note_body(note: NewNote) -> Json:
    params = {"service": SOURCE, "text": note.text}
    return {"note_type": "extended_service_message", "params": params, "request_id": "0"}


def _owned(name: str, user: int, tag: str | None, fields: list[Json]) -> Json:
    """A new card that this user owns and is said to have made."""
    body: Json = {"name": name, "responsible_user_id": user, "created_by": user}
    if fields:
        body["custom_fields_values"] = fields
    if tag:
        body["_embedded"] = {"tags": [{"name": tag}]}
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
    if record.deal_id is not None:
        body |= {"entity_id": record.deal_id, "entity_type": "leads"}
    return body


def task_body(task: NewTask) -> Json:
    return {
        "text": task.text,
        "complete_till": int(task.due.timestamp()),
        "entity_id": task.entity_id,
        "entity_type": PLURAL[task.entity],
        "task_type_id": TO_CALL,
        "responsible_user_id": task.responsible,
        "request_id": "0",
    }


# What is read


def embedded(body: Any, name: str) -> list[Json]:
    """The items of a HAL answer; none when the answer is empty (204) or of another shape."""
    inside = body.get("_embedded") if isinstance(body, dict) else None
    items = inside.get(name) if isinstance(inside, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def is_active(user: Json) -> bool:
    """Whether the user works there: one who was dismissed is still listed."""
    return (user.get("rights") or {}).get("is_active") is not False


def has_phone(card: Json, key: str) -> bool:
    """Whether one PHONE of the card is this number. `query` matches any field, so a hit alone proves nothing."""
    return not card.get("is_deleted") and any(match_key(phone) == key for phone in _values(card, "PHONE"))


def has_email(card: Json, key: str) -> bool:
    """Whether one EMAIL of the card is this address."""
    return not card.get("is_deleted") and any(email_key(email) == key for email in _values(card, "EMAIL"))


def _values(card: Json, code: str) -> Iterator[str]:
    for field in card.get("custom_fields_values") or ():
        if field.get("field_code") == code:
            yield from (str(value.get("value", "")) for value in field.get("values") or ())


def text_of(note: Json) -> str:
    """What a note says."""
    return str((note.get("params") or {}).get("text", ""))


def contact_in(card: Json) -> Contact:
    shown_since = _instant(field_in(card, "communication_time"))
    return Contact(card["id"], card.get("responsible_user_id", 0), _communication_in(card), shown_since)


def _communication_in(card: Json) -> str | None:
    """The communication_id of an automatic card; None for one that was made by hand."""
    return str(field_in(card, "communication_id") or "").strip() or None


def field_in(card: Json, name: str) -> Any:
    """The first value of the field of that name; None when it is empty."""
    for field in card.get("custom_fields_values") or ():
        if field.get("field_name") == name and field.get("values"):
            return field["values"][0].get("value")
    return None


def item_in(item: Json) -> PendingItem:
    contacts = embedded(item, "contacts")
    metadata = item.get("metadata") or {}
    called_at = _instant(metadata.get("called_at") or metadata.get("form_sent_at"))
    return PendingItem(item["uid"], str(item.get("source_uid")), contacts[0]["id"] if contacts else None, called_at)


def numbers_of(item: Json) -> set[str]:
    """Keys of the numbers that an item of a call names: clients do not agree which of the two is the caller's."""
    metadata = item.get("metadata") or {}
    return {match_key(str(metadata.get(key) or "")) for key in ("phone", "from")} - {""}


def age(item: PendingItem) -> tuple[float, str]:
    """By what items are told apart as older and newer."""
    return (item.called_at.timestamp() if item.called_at else 0.0, item.uid)


def _instant(value: Any) -> datetime | None:
    """Unix seconds of amoCRM."""
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int) and not isinstance(value, bool) else None


def is_task(found: Json, task: NewTask) -> bool:
    number = task.text.rpartition(" ")[2]
    same_call = str(found.get("text", "")).rpartition(" ")[2] == number
    return same_call and found.get("complete_till") == int(task.due.timestamp())


WON = 142
"""amoCRM's status of every deal that was won."""


def is_won(lead: Json) -> bool:
    return lead.get("status_id") == WON and isinstance(lead.get("closed_at"), int)


def deal_in(lead: Json) -> WonDeal:
    contacts = embedded(lead, "contacts")
    main = next((each for each in contacts if each.get("is_main")), contacts[0] if contacts else None)
    return WonDeal(
        id=lead["id"],
        name=lead["name"],
        price=lead.get("price") or 0,
        pipeline_id=lead["pipeline_id"],
        status_id=lead["status_id"],
        created_at=datetime.fromtimestamp(lead["created_at"], UTC),
        closed_at=datetime.fromtimestamp(lead["closed_at"], UTC),
        communication=mention_in(lead),
        contact_id=main["id"] if main else None,
    )


def mention_in(card: Json) -> Mention | None:
    """The communication in the fields of an automatic card; None for one that was made by hand (SALE-03)."""
    communication_id = _communication_in(card)
    if communication_id is None:
        return None
    return communication_id, "offline_message" if field_in(card, "communication_type") == SITE_FORM else "call"


def mentioned_by(note: Json) -> tuple[Mention, datetime] | None:
    """The communication of the telephony that a note is about; None for other notes."""
    params, at = note.get("params") or {}, datetime.fromtimestamp(note["created_at"], UTC)
    if note.get("note_type") == "call_in":
        uniq = params.get("uniq")
        return ((str(uniq), "call"), at) if uniq and params.get("source") == SOURCE else None
    number = text_of(note).rpartition(" ")[2]
    return ((number, "offline_message"), at) if number.isdecimal() and params.get("service") == SOURCE else None


def is_dropped(body: Any) -> bool:
    """The call was not kept for want of an entity with its number."""
    errors = body.get("errors") if isinstance(body, dict) else None
    return isinstance(errors, list) and any(
        isinstance(error, dict) and error.get("status") == NO_ENTITY for error in errors
    )
