"""`/_sut`: what the stand asks of an integration (contract §2)."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import orjson
from aiohttp import web

from integration import tracing
from integration.clock import TimeGoesBackError, clock_state
from integration.events import zone
from integration.http.bodies import AdvanceBody, ConnectBody, RestoreBody, bad_field, decode
from integration.http.keys import TENANTS, json_answer, name_in, tenant_of
from integration.model import AmoAccess, Connection
from integration.problems import FieldError, Problem
from integration.tenant import Tenant

routes = web.RouteTableDef()

CAPABILITIES = {"clock": True, "idle": True, "decisions": True, "snapshot": True, "widget": True}
_WAIT = re.compile(r"\bwait\s*=\s*\"?(\d{1,4})\b")
_AWAITING = re.compile(r"\bawaiting\s*=\s*\"?(\d{1,9})\b")


@routes.get("/_sut")
async def capabilities(_: web.Request) -> web.Response:
    return json_answer(CAPABILITIES)


@routes.put("/_sut/tenants/{tenant}")
async def connect(request: web.Request) -> web.Response:
    """Connect the tenant with a one-time code; connecting it again is a new connection of the same tenant.

    With `copy_of` a new tenant begins as a copy of another one, with its tokens and at these addresses.
    """
    name = name_in(request, "tenant")
    body = decode(await request.read(), ConnectBody)
    _check(body)
    amo = AmoAccess(body.amocrm.base_url, body.amocrm.client_id, body.amocrm.client_secret, body.amocrm.redirect_uri)
    connection = Connection(amo, body.telephony, body.timezone, body.connecting_user, body.employees)
    state = clock_state(body.clock.kind, body.clock.now)
    with tracing.within(tracing.Trace(request.headers.get("traceparent"), f"connect {name}")):
        if body.copy_of is not None:
            tenant = await request.app[TENANTS].copy(body.copy_of, name, connection, state)
        else:
            assert body.amocrm.code is not None
            tenant = await request.app[TENANTS].connect(name, connection, body.amocrm.code, state)
    return json_answer(await _status(tenant))


def _check(body: ConnectBody) -> None:
    try:
        zone(body.timezone)
    except ValueError:
        raise bad_field(FieldError("timezone", body.timezone, "an IANA time zone, as Europe/Moscow")) from None
    if body.clock.kind == "manual" and body.clock.now is None:
        raise bad_field(FieldError("clock.now", None, "an instant with offset: a manual clock begins somewhere"))
    if body.copy_of is None and body.amocrm.code is None:
        raise bad_field(FieldError("amocrm.code", "nothing", "there: it is required without `copy_of`"))
    if body.copy_of is not None and body.amocrm.code is not None:
        raise bad_field(FieldError("amocrm.code", "a code", "absent: with `copy_of` nothing is exchanged"))


@routes.delete("/_sut/tenants/{tenant}")
async def disconnect(request: web.Request) -> web.Response:
    await request.app[TENANTS].remove(name_in(request, "tenant"))
    return web.Response(status=204)


@routes.get("/_sut/tenants/{tenant}/status")
async def status(request: web.Request) -> web.Response:
    return json_answer(await _status(tenant_of(request)))


@routes.post("/_sut/tenants/{tenant}/sync")
async def sync(request: web.Request) -> web.Response:
    """The button: a deal run begins, unless one is going on."""
    tenant = tenant_of(request)
    tenant.deals.start()
    return json_answer(await _status(tenant), 202)


async def _status(tenant: Tenant) -> dict[str, Any]:
    """`last_success` and `last_error` are those of the deal run; an error takes the place of the date (SYNC-07)."""
    user, run = tenant.connection.connecting_user, await tenant.store.run_state()
    success = None if run.last_error else run.last_success
    return {
        "connected": True,
        "stopped": False,
        "connecting_user": user,
        "last_success": success,
        "last_error": run.last_error,
    }


@routes.get("/_sut/tenants/{tenant}/settings")
async def read_settings(request: web.Request) -> web.Response:
    return json_answer(await tenant_of(request).read_settings(request.headers.get("X-Role")))


@routes.patch("/_sut/tenants/{tenant}/settings")
async def change_settings(request: web.Request) -> web.Response:
    try:
        patch = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        patch = None
    if not isinstance(patch, dict):
        raise bad_field(FieldError("", "something else", "a JSON object of settings"))
    return json_answer(await tenant_of(request).change_settings(patch, request.headers.get("X-Role")))


@routes.post("/_sut/tenants/{tenant}/clock")
async def move_clock(request: web.Request) -> web.Response:
    """Fire what is due until `to` and answer at once; what was started goes on by itself."""
    body = decode(await request.read(), AdvanceBody)
    tenant = tenant_of(request)
    try:
        await tenant.advance(body.to.astimezone(UTC))
    except TimeGoesBackError as error:
        raise Problem(409, "Time goes back", str(error)) from None
    return json_answer({"now": tenant.clock.now(), "next": await tenant.clock.next_due()})


@routes.get("/_sut/tenants/{tenant}/idle")
async def idle(request: web.Request) -> web.Response:
    """How much is going on. `Prefer: wait=N` (RFC 7240) holds the answer until nothing is, at most N real seconds.

    With `Prefer: wait=N; awaiting=M` it waits also until exactly M own requests are without an answer.
    """
    tenant = tenant_of(request)
    preference = request.headers.get("Prefer", "")
    if wait := _WAIT.search(preference):
        awaiting = _AWAITING.search(preference)
        try:
            async with asyncio.timeout(int(wait[1])):
                await tenant.activity.quiet(int(awaiting[1]) if awaiting else None)
        except TimeoutError:
            pass
    next_due = await tenant.clock.next_due()
    return json_answer({"busy": tenant.activity.busy, "awaiting": tenant.activity.awaiting, "next": next_due})


@routes.post("/_sut/tenants/{tenant}/snapshots/{snapshot}")
async def take_snapshot(request: web.Request) -> web.Response:
    tenant_of(request)
    name, snapshot = name_in(request, "tenant"), name_in(request, "snapshot")
    await request.app[TENANTS].take_snapshot(name, snapshot)
    return json_answer({"name": snapshot}, 201)


@routes.post("/_sut/tenants/{tenant}/snapshots/{snapshot}/restore")
async def restore_snapshot(request: web.Request) -> web.Response:
    tenant_of(request)
    name, snapshot = name_in(request, "tenant"), name_in(request, "snapshot")
    body = decode(await request.read() or b"{}", RestoreBody)
    tenant = await request.app[TENANTS].restore_snapshot(name, snapshot, body.now)
    return json_answer({"name": snapshot, "now": tenant.clock.now()})


@routes.get("/_sut/tenants/{tenant}/decisions")
async def decisions(request: web.Request) -> web.Response:
    """The decision log after line `since` (0: from its beginning)."""
    since = request.query.get("since", "0")
    if not since.isdecimal() or len(since) > 18:
        raise bad_field(FieldError("since", since, "a whole number, 0 or more"))
    found = await tenant_of(request).store.decisions_since(int(since))
    return json_answer([msgspec.to_builtins(line, builtin_types=(datetime,)) for line in found])
