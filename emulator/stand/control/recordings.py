"""What can be heard in the recording of a call, and how long after the end of a call its file is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from emulator.core.errors import NotFound
from emulator.core.instants import from_micros
from emulator.core.parsing import bounded, number_in
from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, world_of
from emulator.stand.people import People
from emulator.stand.world import World
from emulator.telephony.recordings import Heard


class RecordingsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PATCH …/recordings: seconds from the end of a call to its file, for calls that end from now on."""

    recording_delay: float | UnsetType = UNSET


async def heard(request: web.Request) -> web.Response:
    """The recording of a call; without one `link` is null and nobody is heard."""
    world = world_of(request)
    call_id = number_in(request.match_info["call"])
    if call_id is None:
        raise NotFound("no such call: calls have numbers")
    return json_response(_body(world.telephony.recordings.heard(call_id), world.people))


async def read(request: web.Request) -> web.Response:
    return json_response(_settings(world_of(request)))


async def change(request: web.Request) -> web.Response:
    world = world_of(request)
    asked = await body_as(request, RecordingsRequest)
    if asked.recording_delay is not UNSET:
        seconds = bounded(asked.recording_delay, "recording_delay")
        world.telephony.recordings.late.delay = timedelta(seconds=seconds)
    return json_response(_settings(world))


def _settings(world: World) -> dict[str, Any]:
    return {"recording_delay": world.telephony.recordings.late.delay.total_seconds()}


def _body(recording: Heard, people: People) -> dict[str, Any]:
    def name(speaker: int) -> str:
        """`contact`, the key of a person, or the number of somebody outside who was called in."""
        if speaker > 0:
            return str(people.key_of_employee(speaker))
        return (recording.outsiders.get(speaker) or str(speaker)) if speaker < 0 else "contact"

    return {
        "link": recording.link,
        "first_employee_link": recording.first_employee_link,
        "ready_at": None if recording.ready_at is None else from_micros(recording.ready_at).isoformat(),
        "seconds": recording.line[-1].until / 1_000_000 if recording.line else 0,
        "speakers": {name(speaker): hertz for speaker, hertz in recording.tones.items()},
        "segments": [
            {
                "who": [name(speaker) for speaker in sorted(each.speakers)],
                "from": each.since / 1_000_000,
                "to": each.until / 1_000_000,
            }
            for each in recording.line
        ],
    }


ROUTES: Routes = [
    ("GET", "/worlds/{world}/calls/{call}/recording", heard),
    ("GET", "/worlds/{world}/recordings", read),
    ("PATCH", "/worlds/{world}/recordings", change),
]
