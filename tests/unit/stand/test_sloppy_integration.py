"""An integration that breaks contract §2 is named with the field it got wrong, and never makes the stand fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import orjson
import pytest
from aiohttp import web

from tests.unit.stand.conftest import Control

ALL = {"clock": True, "idle": True, "decisions": True, "snapshot": True}
AT = "2026-03-02T09:00:00+00:00"


class Sloppy:
    """Answers as it should, but for `instead`: the end of a path and what is answered there."""

    def __init__(self) -> None:
        self.url = ""
        self.instead: tuple[str, Any] | None = None
        self.status = 200

    async def answer(self, request: web.Request) -> web.Response:
        if self.instead and request.path.endswith(self.instead[0]):
            said = self.instead[1]
            return web.Response(body=said if isinstance(said, bytes) else orjson.dumps(said), status=self.status)
        path = request.path.rsplit("/", 1)[1]
        proper: dict[str, Any] = {"_sut": ALL, "idle": {"busy": 0, "awaiting": 0, "next": None}, "decisions": []}
        return web.json_response(proper.get(path, {}))


@asynccontextmanager
async def sloppy_integration() -> AsyncIterator[Sloppy]:
    sloppy = Sloppy()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", sloppy.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sloppy.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield sloppy
    finally:
        await runner.cleanup()


IDLE = {"busy": 0, "awaiting": 0}


@pytest.mark.parametrize(
    ("path", "said", "field"),
    [
        ("/idle", {"busy": 0}, "awaiting"),
        ("/idle", {"busy": "0", "awaiting": 0}, "$.busy"),
        ("/idle", {"busy": 0, "awaiting": -1}, "$.awaiting"),
        ("/idle", [], "object"),
        ("/idle", b"", "truncated"),
        ("/idle", b"\xff", "malformed"),
        ("/idle", IDLE | {"next": "tomorrow"}, "$.next"),
        ("/idle", IDLE | {"next": "2026-03-02T10:00:00"}, "$.next"),
        ("/idle", IDLE | {"next": 5}, "$.next"),
        ("/clock", [], "object"),
        ("/clock", b"", "truncated"),
        ("/clock", {"next": False}, "$.next"),
    ],
    ids=repr,
)
async def test_a_malformed_answer_names_the_field(control: Control, path: str, said: Any, field: str) -> None:
    async with sloppy_integration() as sloppy, control.world(integration=sloppy.url) as driver:
        sloppy.instead = (path, said)
        status, problem = await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/clock", {"advance": 10})
        assert status == 503, problem
        assert field in problem["detail"]
        assert path in problem["detail"]
        sloppy.instead = None
        await driver.time_passes(timedelta(seconds=10))


@pytest.mark.parametrize("said", [[1], b"", {"clock": "yes"}, b"<html>"], ids=repr)
async def test_capabilities_that_are_none_make_no_world(control: Control, said: Any) -> None:
    async with sloppy_integration() as sloppy:
        sloppy.instead = ("/_sut", said)
        status, problem = await control.ask("POST", "/_stand/worlds", {"integration": sloppy.url, "name": "none"})
        assert (status, "/_sut" in problem["detail"]) == (503, True)
        assert (await control.ask("GET", "/_stand/worlds/none"))[0] == 404


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ([{}], "seq"),
        ([{"seq": 1}], "at"),
        ([{"seq": "1", "at": AT}], "$[0].seq"),
        ([{"seq": 1, "at": "x"}], "$[0].at"),
        ([{"seq": 1, "at": AT, "subject": 5}], "$[0].subject"),
        ({"a": 1}, "array"),
        ([5], "object"),
        (b'[{"seq": 1, "at": "2026-03-02T09:00:00Z", "x": ' + b"[" * 300 + b"]" * 300 + b"}]", "too deep"),
    ],
    ids=repr,
)
async def test_malformed_decisions_take_nothing_else_of_the_journal(control: Control, said: Any, field: str) -> None:
    async with sloppy_integration() as sloppy, control.world(integration=sloppy.url) as driver:
        await driver.create_contact("Иван", ["+79161234567"], "anna")
        sloppy.instead = ("/decisions", said)
        journal = await driver._control("GET", "/journal")
        assert field in journal["missing"]
        assert "POST /api/v4/contacts" in {entry["subject"] for entry in journal["entries"]}
        sloppy.instead = ("/decisions", [{"seq": 2, "at": AT, "rule": "B"}, {"seq": 1, "at": AT, "rule": "A"}])
        journal = await driver._control("GET", "/journal?kind=decision")
        assert "missing" not in journal
        assert [entry["data"] for entry in journal["entries"]] == [{"rule": "A"}, {"rule": "B"}]


async def test_odd_numbers_of_a_decision_can_be_read(control: Control) -> None:
    said = b'[{"seq": %s, "at": "0001-01-01T00:00:00+14:00", "n": %s}]' % (b"9" * 30, b"9" * 30)
    async with sloppy_integration() as sloppy, control.world(integration=sloppy.url) as driver:
        sloppy.instead = ("/decisions", said)
        assert len((await driver._control("GET", "/journal?kind=decision"))["entries"]) == 1


@pytest.mark.parametrize("due", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
async def test_a_timer_at_the_end_of_time_does_not_break_the_clock(
    control: Control, monkeypatch: pytest.MonkeyPatch, due: str
) -> None:
    monkeypatch.setattr("emulator.core.clock._ROUNDS_AT_ONE_INSTANT", 3)
    async with sloppy_integration() as sloppy, control.world(integration=sloppy.url) as driver:
        sloppy.instead = ("/idle", IDLE | {"next": due})
        status, _ = await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/clock", {"advance": 10})
        assert status in (200, 503)


@pytest.mark.parametrize("said", [["no"], b"no", {"title": "no"}, None], ids=repr)
async def test_a_refusal_of_any_form_is_told(control: Control, said: Any) -> None:
    async with sloppy_integration() as sloppy, control.world(integration=sloppy.url) as driver:
        sloppy.instead, sloppy.status = ("/idle", said), 500
        status, problem = await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/settle")
        assert (status, "answered 500" in problem["detail"]) == (503, True)
        sloppy.instead, sloppy.status = ("", ["no"]), 400
        assert (await driver._control("GET", "/journal"))["missing"]
        # It refuses the end of its tenant too, and the world ends all the same.


async def test_the_journal_of_a_dead_integration_is_there(control: Control) -> None:
    async with sloppy_integration() as sloppy:
        status, world = await control.ask("POST", "/_stand/worlds", {"integration": sloppy.url})
        assert status == 201
    path = f"/_stand/worlds/{world['id']}"
    status, journal = await control.ask("GET", f"{path}/journal")
    assert (status, "cannot be reached" in journal["missing"]) == (200, True)
    assert (await control.ask("DELETE", path))[0] == 204
