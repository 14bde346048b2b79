"""Orders to amoCRM, made of a call and what was decided for it. Names and texts are our choice (GAP-41)."""

from __future__ import annotations

from datetime import datetime

from integration.events import CallFinished
from integration.model import Call, CallRecord, Fields, NewContact, NewDeal, NewItem, NewTask, PendingItem
from integration.phones import display
from integration.rules.decisions import CreateContact, CreateDeal, CreateItem, CreateTask, RecordCall

_OURS = "comagic-"
"""With this the `source_uid` of our items begins."""


def new_contact(call: Call, decision: CreateContact, fields: Fields) -> NewContact:
    return NewContact(
        name=display(call.phone or ""),
        phone=call.phone or "",
        responsible=decision.responsible,
        creator=decision.creator,
        known=call.known_contacts,
        fields=fields,
    )


def new_deal(call: Call, decision: CreateDeal, tag: str | None, fields: Fields) -> NewDeal:
    return NewDeal(
        name=_title(call),
        communication_id=call.communication_id,
        responsible=decision.responsible,
        contact_id=decision.contact_id,
        tag=tag,
        fields=fields,
    )


def source_uid(communication_id: str) -> str:
    """By what the item of a communication is found again."""
    return f"{_OURS}{communication_id}"


def made_by(item: PendingItem) -> str | None:
    """The communication that made an item of ours; None for one of amoCRM's timer, which has no fields (GAP-78)."""
    return item.source_uid.removeprefix(_OURS) if item.source_uid.startswith(_OURS) else None


def new_item(
    call: Call,
    event: CallFinished,
    seconds: int,
    decision: CreateItem,
    tag: str | None,
    contact_fields: Fields,
    deal_fields: Fields,
) -> NewItem:
    return NewItem(
        source_uid=source_uid(call.communication_id),
        name=_title(call),
        phone=call.phone or "",
        shown_phone=display(call.phone or ""),
        communication_id=call.communication_id,
        called_at=call.started_at,
        seconds=seconds,
        link=event.first_employee_link,
        responsible=decision.responsible,
        contact_id=decision.contact_id,
        tag=tag,
        contact_fields=contact_fields,
        deal_fields=deal_fields,
    )


def record(call: Call, event: CallFinished, decision: RecordCall, deal_id: int | None) -> CallRecord:
    return CallRecord(
        uniq=call.communication_id,
        direction=decision.direction,
        phone=call.phone or "",
        seconds=decision.seconds,
        status=decision.status,
        responsible=decision.responsible,
        started_at=call.started_at,
        link=event.link,
        deal_id=deal_id,
    )


def new_task(call: Call, decision: CreateTask, started_at: datetime) -> NewTask:
    """The text ends with the number of the communication, by which the task is found again (GAP-41)."""
    shown = display(call.phone or "")
    what = (
        f"Потерянный звонок с номера {shown}"
        if call.direction == "in"
        else f"Потерянный исходящий звонок на номер {shown}"
    )
    text = f"{what}, {started_at:%d.%m.%Y %H:%M}, обращение {call.communication_id}"
    return NewTask(decision.entity, decision.entity_id, decision.responsible, text, decision.due)


def _title(call: Call) -> str:
    return f"Звонок {'с номера' if call.direction == 'in' else 'на номер'} {display(call.phone or '')}"
