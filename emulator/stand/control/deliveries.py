"""The events that the telephony sent or will send to the integration: its delivery log (contract §3)."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from emulator.core.web import json_response
from emulator.stand.control.context import Routes, known_query, whole_number, world_of


async def listing(request: web.Request) -> web.Response:
    """Oldest first, those of one call or form with `?stream=call:81` or `form:5`, those after an id with `?since=`."""
    known_query(request, "stream", "since")
    log = world_of(request).telephony.deliveries.log(request.query.get("stream"), whole_number(request, "since", 0))
    return json_response({"deliveries": [_body(row) for row in log]})


def _body(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the log, its subject in two: the event's mnemonic and its id."""
    event, _, event_id = row["subject"].partition(" ")
    return {
        "id": row["id"],
        "stream": row["stream"],
        "event": event,
        "event_id": event_id,
        "created_at": row["created_at"],
        "attempts": row["attempts"],
        "state": row["state"],
        "detail": row["detail"],
    }


ROUTES: Routes = [("GET", "/worlds/{world}/telephony/deliveries", listing)]
