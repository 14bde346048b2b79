"""`lost_call_processing_duration`: how long a caller who was missed waited for a talk."""

from __future__ import annotations

from typing import Any

from tests.unit.telephony.conftest import CONTACT, MAIN, Office

OTHER = "+79165551111"
LOST = [(0, "ring", {"who": "anna"}), (10, "hangup", {"who": "contact"})]
TALK = [(0, "ring", {"who": "anna"}), (5, "answer", {"who": "anna"}), (35, "hangup", {"who": "contact"})]
MESSAGE: list[tuple[float, str, dict[str, Any]]] = [(0, "voicemail", {}), (5, "hangup", {"who": "contact"})]
CLICK = [(0, "answer", {"who": "anna"}), (8, "answer", {"who": "contact"}), (20, "hangup", {"who": "contact"})]


async def calls(office: Office, *called: tuple[str | None, Any]) -> None:
    """One after the other, a minute apart."""
    for phone, script in called:
        ends = (office.id_of("anna"), phone) if script is CLICK else (phone, MAIN)
        call = office.account.calls.place("out" if script is CLICK else "in", *ends)
        await office.play(call, script)
        await office.pass_time(60)


async def durations(office: Office, **params: Any) -> list[int | None]:
    rows = await office.report(fields=["lost_call_processing_duration"], **params)
    return [row["lost_call_processing_duration"] for row in rows]


async def test_it_ends_with_the_next_talk_of_the_same_person(office: Office) -> None:
    await calls(office, (CONTACT, LOST), (OTHER, TALK), (CONTACT, LOST), (CONTACT, MESSAGE), (CONTACT, TALK))
    first = 60 + 35 + 60 + 10 + 60 + 5 + 60 + 5
    second = 60 + 5 + 60 + 5
    assert await durations(office) == [first, None, second, None, None]
    sort = [{"field": "lost_call_processing_duration", "order": "desc"}]
    longer = {"field": "lost_call_processing_duration", "operator": ">", "value": second}
    assert await durations(office, sort=sort, filter=longer) == [first]


async def test_a_call_back_ends_it_too(office: Office) -> None:
    await calls(office, (CONTACT, LOST), (CONTACT, CLICK))
    assert await durations(office) == [60 + 8, None]


async def test_nobody_came_back(office: Office) -> None:
    await calls(office, (CONTACT, TALK), (CONTACT, LOST), (None, LOST), (None, TALK))
    assert await durations(office) == [None, None, None, None]
