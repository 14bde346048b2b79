"""Forms that visitors send: request, callback order and lead generator (contract §1), and who deals with them.

A callback order only records the wish: the callback is a call of its own.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from aiohttp import web

from emulator.core.errors import BadRequest, Conflict, NotFound
from emulator.core.instants import from_micros
from emulator.core.parsing import number_in
from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, world_of
from emulator.stand.people import People
from emulator.stand.world import World
from emulator.telephony.communications.form_origin import origin_of_form
from emulator.telephony.communications.forms import Form, Kind, OfflineMessage, Status
from emulator.telephony.marketing.origin import Origin
from emulator.telephony.numbers import written


class FormRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/forms. `site` is a key, `visit` the id of a visit; `form` names a form of the client's own.

    `technical`: a row of the report and no communication, so that nobody is told.
    """

    site: str | None = None
    form: str | None = None
    kind: Kind = "request"
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    message: str | None = None
    visit: Annotated[int, msgspec.Meta(ge=1, le=2**53)] | None = None
    agree_to_process_personal_data: bool | None = None
    agree_to_mailing: bool | None = None
    technical: bool = False


class FormChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PATCH …/forms/{form}: an employee, by key, takes it on, is done with it, or puts it back."""

    status: Status
    by: str
    comment: str | None = None


async def create(request: web.Request) -> web.Response:
    """A visitor sends a form; without `visit` and `site` it comes from the account's first site, if there is one."""
    world = world_of(request)
    sent = send(world, await body_as(request, FormRequest))
    await world.settle()
    return json_response(form_body(sent, world.people), 201)


def send(world: World, asked: FormRequest) -> OfflineMessage:
    """The form is sent now. Raises BadRequest naming the field."""
    return world.telephony.forms.send(form_of(asked), _origin(world, asked), is_technical=asked.technical)


def form_of(asked: FormRequest) -> Form:
    """Raises BadRequest naming `phone`."""
    return Form(
        form_type="Пользовательская" if asked.form else "Стандартная",
        kind=asked.kind,
        form_name=asked.form,
        name=asked.name,
        phone=written(asked.phone, "phone") if asked.phone else None,
        email=asked.email or None,
        message=asked.message,
        agrees_to_processing=asked.agree_to_process_personal_data,
        agrees_to_mailing=asked.agree_to_mailing,
    )


async def listing(request: web.Request) -> web.Response:
    world = world_of(request)
    return json_response({"forms": [form_body(each, world.people) for each in world.telephony.forms.all()]})


async def read(request: web.Request) -> web.Response:
    world = world_of(request)
    return json_response(form_body(world.telephony.forms.get(_identifier(request)), world.people))


async def change(request: web.Request) -> web.Response:
    world = world_of(request)
    identifier = _identifier(request)
    world.telephony.forms.get(identifier)
    asked = await body_as(request, FormChange)
    employee_id = world.people.employee_id(asked.by, "by")
    kept = world.telephony.forms.process(identifier, asked.status, employee_id, asked.comment)
    await world.settle()
    return json_response(form_body(kept, world.people))


def form_body(message: OfflineMessage, people: People) -> dict[str, Any]:
    form = message.form
    return {
        "id": message.id,
        "communication_id": message.communication_id,
        "kind": form.kind,
        "form": form.form_name,
        "form_type": form.form_type,
        "name": form.name,
        "phone": form.phone,
        "email": form.email,
        "message": form.message,
        "received_at": from_micros(message.received_at).isoformat(),
        "status": message.status,
        "processed_at": from_micros(message.processed_at).isoformat() if message.processed_at else None,
        "by": people.key_of_employee(message.employee_id),
        "comment": message.employee_comment,
    }


def _origin(world: World, asked: FormRequest) -> Origin:
    """Raises BadRequest naming `site` or `visit`."""
    sites = world.telephony.marketing.sites
    if asked.site is not None:
        site_id: int | None = sites.keyed(asked.site, "site").id
    else:
        site_id = next((site.id for site in sites.all()), None) if asked.visit is None else None
    try:
        origin, _ = origin_of_form(world.telephony.database, visitor_session_id=asked.visit, site_id=site_id)
    except NotFound:
        raise BadRequest.field("visit", asked.visit, "the id of a visit") from None
    except Conflict:
        raise BadRequest.field("site", asked.site, "the site of the visit, or none") from None
    return origin


def _identifier(request: web.Request) -> int:
    number = number_in(request.match_info["form"])
    if number is None:
        raise NotFound("no such form: forms have numbers")
    return number


ROUTES: Routes = [
    ("POST", "/worlds/{world}/forms", create),
    ("GET", "/worlds/{world}/forms", listing),
    ("GET", "/worlds/{world}/forms/{form}", read),
    ("PATCH", "/worlds/{world}/forms/{form}", change),
]
