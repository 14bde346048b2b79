"""Orders to amoCRM, made of a site form and what was decided for it. Names and texts are our choice."""

from __future__ import annotations

from integration.calls.orders import source_uid
from integration.events import SiteForm
from integration.model import Fields, FormRequest, NewContact, NewDeal, NewFormItem, NewNote
from integration.phones import display
from integration.rules.decisions import AddNote, CreateDeal, CreateItem

UNNAMED = "Без имени"


def new_contact(form: FormRequest, responsible: int, tag: str | None, fields: Fields) -> NewContact:
    return NewContact(
        name=_sender(form),
        phone=form.phone,
        email=form.email,
        responsible=responsible,
        creator=responsible,
        known=form.known_contacts,
        tag=tag,
        fields=fields,
    )


def new_deal(form: FormRequest, event: SiteForm, decision: CreateDeal, tag: str | None, fields: Fields) -> NewDeal:
    return NewDeal(
        name=_title(event),
        communication_id=form.communication_id,
        responsible=decision.responsible,
        contact_id=decision.contact_id,
        tag=tag,
        fields=fields,
    )


def new_item(
    form: FormRequest,
    event: SiteForm,
    decision: CreateItem,
    tag: str | None,
    contact_fields: Fields,
    deal_fields: Fields,
) -> NewFormItem:
    return NewFormItem(
        source_uid=source_uid(form.communication_id),
        name=_title(event),
        communication_id=form.communication_id,
        form_name=event.form_name or _title(event),
        page=event.site_domain_name or "",
        sent_at=form.started_at,
        responsible=decision.responsible,
        contact_id=decision.contact_id,
        contact=new_contact(form, decision.responsible, tag, contact_fields),
        tag=tag,
        deal_fields=deal_fields,
    )


def new_note(form: FormRequest, event: SiteForm, decision: AddNote) -> NewNote:
    """The text ends with the number of the communication, by which the note is found again and SALE-10 reads it."""
    said = f": {event.text}" if event.text else ""
    return NewNote(decision.contact_id, f"{_title(event)}{said}, обращение {form.communication_id}")


def _title(event: SiteForm) -> str:
    return f"Заявка с сайта {event.site_domain_name}" if event.site_domain_name else "Заявка с сайта"


def _sender(form: FormRequest) -> str:
    return (form.name or "").strip() or (display(form.phone) if form.phone else form.email) or UNNAMED
