"""The events that a world's telephony sent, on the control plane."""

from __future__ import annotations

from typing import Any

from features.driver import Driver
from tests.unit.stand.conftest import Control

CALLER = "+79161234567"
SCRIPT = [{"at": 0, "ring": "anna"}, {"at": 5, "hangup": "contact"}]


async def log(driver: Driver, query: str = "") -> list[dict[str, Any]]:
    return list((await driver._control("GET", f"/telephony/deliveries{query}"))["deliveries"])


async def test_events_of_calls_and_forms(control: Control) -> None:
    async with control.world() as driver:
        assert await log(driver) == []
        call = await driver._control("POST", "/calls", {"direction": "in", "from": CALLER, "script": SCRIPT})
        form = await driver._control("POST", "/forms", {"phone": CALLER})
        stream = f"call:{call['id']}"
        told = await log(driver)
        assert [(row["stream"], row["event"]) for row in told] == [
            (stream, "in_call_session"),
            (stream, "call_proceeding"),
            (stream, "call_disconnected"),
            (stream, "call_session_finished"),
            (stream, "lost_call_session"),
            (f"form:{form['id']}", "offline_message"),
        ]
        assert told[1] == {
            "id": 2,
            "stream": stream,
            "event": "call_proceeding",
            "event_id": f"{call['id']}:2",
            "created_at": "2026-03-02T09:00:00+00:00",
            "attempts": 1,
            "state": "delivered",
            "detail": "HTTP 200",
        }
        assert await log(driver, f"?stream={stream}") == told[:-1]
        assert await log(driver, f"?since={told[3]['id']}") == told[4:]
        assert await log(driver, f"?since={told[3]['id']}&stream={stream}") == told[4:5]
        assert await log(driver, "?stream=call:5") == []


async def test_events_that_are_refused_and_tried_again(control: Control) -> None:
    async with control.world() as driver:
        await driver.goes_wrong(target="events", action={"status": 503}, times=1)
        await driver.goes_wrong(target="events", action={"status": 400}, times=1, match={"path": "offline_message *"})
        await driver._control("POST", "/calls", {"direction": "in", "from": CALLER})
        assert [(row["state"], row["attempts"], row["detail"]) for row in await log(driver)] == [
            ("waiting", 1, "answered by a fault")
        ]
        await driver._control("POST", "/clock", {"advance": 1})
        assert [(row["state"], row["attempts"]) for row in await log(driver)] == [("delivered", 2)]
        await driver._control("POST", "/forms", {"phone": CALLER})
        assert [row["state"] for row in await log(driver)] == ["delivered", "given up"]


async def test_a_query_that_is_none(control: Control) -> None:
    async with control.world() as driver:
        for query in ("?sinc=1", "?since=one"):
            status, said = await control.ask("GET", f"/_stand/worlds/{driver.world['id']}/telephony/deliveries{query}")
            assert (status, said["errors"][0]["path"]) == (400, query[1:].partition("=")[0])
