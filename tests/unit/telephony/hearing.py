"""How the tests of recordings make calls of any shape and listen to them."""

from __future__ import annotations

from typing import Any

from emulator.telephony.recordings.timeline import CONTACT
from features.listening import who_is_heard
from tests.unit.telephony.conftest import CONTACT as NUMBER
from tests.unit.telephony.conftest import MAIN, Office

SECOND = 1_000_000
Segments = list[tuple[str | None, float, float, bool]]
"""(employee or nobody, from, to in seconds since the call began, recorded)."""


async def a_call(office: Office, talk: float = 60, who: str = "anna", to: str = MAIN) -> int:
    """Somebody from outside talks to one employee and hangs up."""
    call = office.account.calls.place("in", NUMBER, to)
    script: list[tuple[float, str, dict[str, Any]]] = [
        (0, "ring", {"who": who}),
        (5, "answer", {"who": who}),
        (5 + talk, "hangup", {"who": "contact"}),
    ]
    await office.play(call, script)
    return call


async def a_call_with(office: Office, segments: Segments) -> int:
    """An ended call whose talk was that: what the engine leaves behind after hold, conference, switching off and so on.

    Everybody in it has one line; nobody is voice mail.
    """
    call = await a_call(office)
    database, began = office.account.database, database_start(office, call)
    database.execute("DELETE FROM segments WHERE session_id = ?", call)
    leg = database.one("SELECT * FROM legs WHERE session_id = ? AND role = 'operator'", call)
    assert leg is not None
    lines: dict[str | None, int] = {}
    for who, since, until, is_recorded in segments:
        employee = office.id_of(who) if who else None
        if who not in lines:
            role = "operator" if who else "voice_mail"
            lines[who] = database.insert("legs", {**leg, "id": None, "role": role, "employee_id": employee})
        row = {
            "session_id": call,
            "leg_id": lines[who],
            "employee_id": employee,
            "started_at": began + round(since * SECOND),
            "ended_at": began + round(until * SECOND),
            "is_recorded": is_recorded,
        }
        database.insert("segments", row)
    talked = [office.id_of(who) for who, *_ in segments if who]
    changes = {"first_talked_employee_id": talked[0] if talked else None, "is_recorded": any(s[3] for s in segments)}
    database.update("sessions", call, changes)
    return call


def database_start(office: Office, call: int) -> int:
    return int(office.account.database.value("SELECT started_at FROM sessions WHERE id = ?", call))


async def fetched(office: Office, url: str, **headers: str) -> tuple[int, bytes]:
    async with office.session.get(url, headers=headers) as answer:
        return answer.status, await answer.read()


def tones(office: Office, call: int) -> dict[str, float]:
    """Hertz by name, as the account knows them."""
    heard = office.account.recordings.heard(call)
    return {office.name_of(who) or "contact" if who != CONTACT else "contact": hz for who, hz in heard.tones.items()}


async def heard(office: Office, call: int, url: str | None = None) -> list[tuple[str, float]]:
    """Who is heard for how many seconds in the whole recording, or in the file behind `url`: `anna+contact`."""
    status, wav = await fetched(office, url or str(office.account.calls.get(call).recording))
    assert status == 200, wav
    return [
        ("+".join(sorted(who)), round(until - since, 1)) for since, until, who in who_is_heard(wav, tones(office, call))
    ]
