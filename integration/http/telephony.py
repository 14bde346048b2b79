"""`/telephony`: events of the telephony (contract §3)."""

from __future__ import annotations

import difflib
import hmac

from aiohttp import web

from integration.events import FORMS, CommunicationEvent, Envelope, started_at
from integration.http.bodies import bad_field, decode
from integration.http.keys import json_answer, tenant_of
from integration.model import NewEvent
from integration.problems import FieldError, Problem
from integration.tenant import Tenant

routes = web.RouteTableDef()


@routes.post("/telephony/{tenant}/events")
async def take_event(request: web.Request) -> web.Response:
    """Keep one event and acknowledge it; 200 for a repetition too, which changes nothing."""
    raw = await request.read()
    tenant = tenant_of(request)
    _authorize(request, tenant)
    event = _checked(raw, tenant)
    key, also = [*event.keys, None][:2]
    assert key is not None
    accepted = NewEvent(event.event_id, key, event.follows, raw, _traceparent(request), also)
    is_new = await tenant.inbox.accept(accepted)
    return json_answer({"event_id": event.event_id, "repeated": not is_new})


def _traceparent(request: web.Request) -> str | None:
    """The header if it is text: a broken one is nobody's trace."""
    given = request.headers.get("traceparent")
    return given if given is not None and given.isascii() else None


def _authorize(request: web.Request, tenant: Tenant) -> None:
    given = request.headers.get("Authorization", "")
    expected = f"Bearer {tenant.connection.telephony.events_secret}"
    if not hmac.compare_digest(given.encode(errors="replace"), expected.encode()):
        raise Problem(401, "Unauthorized", "Events need Authorization: Bearer with the events_secret of the tenant")


def _checked(raw: bytes, tenant: Tenant) -> Envelope:
    """The event in the form of its mnemonic, or a 400."""
    mnemonic = decode(raw, Envelope).notification_mnemonic
    if mnemonic not in FORMS:
        nearest = difflib.get_close_matches(mnemonic, FORMS, 1, 0.0)[0]
        expected = f"one of {', '.join(FORMS)}; the nearest one is {nearest}"
        raise bad_field(FieldError("notification_mnemonic", mnemonic, expected))
    event = decode(raw, FORMS[mnemonic])
    if isinstance(event, CommunicationEvent):
        try:
            started_at(event, tenant.connection.timezone)
        except ValueError:
            expected = "date and time of the account, as 2026-03-02 12:00:00"
            raise bad_field(FieldError("start_time", event.start_time, expected)) from None
    return event
