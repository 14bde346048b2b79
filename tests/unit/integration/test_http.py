"""The surface: routes, errors, connecting, snapshots, the live clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from tests.unit.integration.driver import EMPLOYEE_ANNA, KNOWN, NOON, OLGA, Bench
from tests.unit.integration.stub_amocrm import StubAmo

TENANT = "/_sut/tenants/w1"


async def test_capabilities_and_status(bench: Bench) -> None:
    can = dict.fromkeys(("clock", "idle", "decisions", "snapshot", "widget"), True)
    assert await bench.ask("GET", "/_sut") == (200, can)
    await bench.connect()
    assert await bench.sut("GET", "/status") == {
        "connected": True,
        "stopped": False,
        "connecting_user": OLGA,
        "last_success": None,
        "last_error": None,
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "part"),
    [
        ("GET", "/_sut/tenants/nobody/settings", 404, "There is no tenant 'nobody'"),
        ("DELETE", "/_sut/tenants/nobody", 404, "There is no tenant"),
        ("GET", "/_sut/tenants/w1/setings", 404, "GET /_sut/tenants/{tenant}/settings"),
        ("POST", "/telephony/w1/event", 404, "POST /telephony/{tenant}/events"),
        ("PUT", "/_sut", 405, "takes GET"),
    ],
)
async def test_what_is_not_there(bench: Bench, method: str, path: str, status: int, part: str) -> None:
    got, problem = await bench.ask(method, path, {} if method != "GET" else None)
    assert (got, problem["status"]) == (status, status)
    assert part in problem["detail"]


@pytest.mark.parametrize(
    ("change", "path", "expected"),
    [
        ({"connecting_usr": 1}, "connecting_usr", "connecting_user"),
        ({"connecting_user": "501"}, "connecting_user", "int"),
        ({"timezone": "Europe/Moskow"}, "timezone", "IANA"),
        ({"timezone": "../zones"}, "timezone", "IANA"),
        ({"clock": {"kind": "manual"}}, "clock.now", "instant"),
        ({"clock": {"kind": "manual", "now": "2026-03-02T12:00:00"}}, "clock.now", "timezone"),
        ({"clock": {"kind": "manual", "now": "0001-01-01T00:00:00+05:00"}}, "clock", "1971 to 2199"),
        ({"employees": [{"employee_id": 1, "user": 2}]}, "employees[0]", "user_id"),
        ({"amocrm": {"base_url": "amo", "client_id": "a"}}, "amocrm.base_url", "regex"),
    ],
)
async def test_bad_bodies_name_field_and_expectation(
    bench: Bench, change: dict[str, Any], path: str, expected: str
) -> None:
    status, problem = await bench.ask("PUT", TENANT, bench.connect_body(**change))
    (error,) = problem["errors"]
    assert status == 400
    assert error["path"].startswith(path)
    assert expected in error["expected"] or expected in problem["detail"]
    assert not bench.amo.requests
    assert "secret" not in str(problem)


async def test_a_refused_connection_stores_nothing(bench: Bench) -> None:
    body = bench.connect_body()
    body["amocrm"]["code"] = "stale"
    status, problem = await bench.ask("PUT", TENANT, body)
    assert (status, problem["detail"]) == (502, "401: Authorization code has expired")
    assert (await bench.ask("GET", f"{TENANT}/status"))[0] == 404


async def test_connecting_again_keeps_settings_and_calls(bench: Bench) -> None:
    await bench.connect()
    await bench.arrive()
    await bench.settled()
    await bench.sut("PUT", "", bench.connect_body())
    assert (await bench.sut("GET", "/settings"))["calls.primary_mode"] == "contact"
    await bench.finish(by=EMPLOYEE_ANNA)
    await bench.settled()
    assert len(bench.amo.sent("PATCH", "/api/v4/contacts/100")) == 1
    await bench.advance("2026-03-02T10:00:00+00:00")
    assert (await bench.ask("PUT", TENANT, bench.connect_body()))[0] == 409


async def test_settings_over_http(bench: Bench) -> None:
    await bench.connect()
    before = await bench.sut("GET", "/settings")
    status, problem = await bench.ask(
        "PATCH", f"{TENANT}/settings", {"calls.lost_tag": "x", "calls.primary_mode": "sixth", "x": 1}
    )
    assert status == 400
    assert [error["path"] for error in problem["errors"]] == ["calls.primary_mode", "x"]
    assert await bench.sut("GET", "/settings") == before
    assert (await bench.ask("PATCH", f"{TENANT}/settings", ["x"]))[0] == 400
    assert (await bench.ask("PATCH", f"{TENANT}/settings", {"calls.card_update_delay": 0}))[0] == 403
    assert "calls.card_update_delay" in await bench.sut("GET", "/settings", X_Role="support")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"notification_mnemonic": "in_call_sesion"}, "notification_mnemonic"),
        ({"call_session_id": None}, "call_session_id"),
        ({"direction": "sideways"}, "direction"),
        ({"start_time": "noon"}, "start_time"),
        ({"notification_timestamp": 2**53}, "notification_timestamp"),
        ({"event_id": ""}, "event_id"),
        ({"is_internal": "no"}, "is_internal"),
        ({"notification_mnemonic": "call_session_finished"}, "is_lost"),
    ],
)
async def test_bad_events_are_refused(bench: Bench, change: dict[str, Any], path: str) -> None:
    await bench.connect()
    status, problem = await bench.event("in_call_session", **change)
    assert status == 400
    assert problem["errors"][0]["path"] == path


async def test_events_need_the_secret(bench: Bench) -> None:
    await bench.connect()
    assert (await bench.send({}, secret="another"))[0] == 401


@pytest.mark.parametrize(
    ("header", "status"),
    [(b"Authorization: Bearer \xff", 401), (b"traceparent: 00-\xff-01", 200)],
    ids=["secret", "trace"],
)
async def test_headers_that_are_no_text(bench: Bench, header: bytes, status: int) -> None:
    await bench.connect()
    event = {"event_id": "81:1", "notification_mnemonic": "in_call_session", "communication_id": 1081}
    event |= {"call_session_id": 81, "direction": "in", "contact_phone_number": None, "is_internal": False}
    body = orjson.dumps(event | {"start_time": "2026-03-02 12:00:00"})
    lines = [b"POST /telephony/w1/events HTTP/1.1", b"Host: x", b"Content-Length: %d" % len(body), b"Connection: close"]
    if status == 200:
        lines.append(b"Authorization: Bearer events-secret")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(bench.url.rpartition(":")[2]))
    writer.write(b"\r\n".join([*lines, header, b"", body]))
    assert (await reader.read()).split()[1] == str(status).encode()
    writer.close()


async def test_time_of_a_manual_clock_does_not_go_back(bench: Bench) -> None:
    await bench.connect()
    said = await bench.sut("POST", "/clock", {"to": "2026-03-02T12:00:05+03:00"})
    assert said == {"now": "2026-03-02T09:00:05+00:00", "next": None}
    assert (await bench.ask("POST", f"{TENANT}/clock", {"to": NOON}))[0] == 409


async def test_a_live_clock_fires_by_itself_and_jumps(bench: Bench) -> None:
    await bench.sut("PUT", "", bench.connect_body(clock={"kind": "live"}))
    await bench.sut("PATCH", "/settings", {"calls.primary_mode": "contact"})
    bench.amo.fail("POST", "/api/v4/contacts", status=503)
    await bench.arrive()
    await bench.settled()
    _, _, due = await bench.idle()
    assert due is not None
    now = datetime.now(UTC)
    assert timedelta(0) < datetime.fromisoformat(due) - now <= timedelta(seconds=1)
    await bench.advance((now + timedelta(hours=1)).isoformat())
    assert len(bench.amo.contacts) == 1
    said = await bench.sut("POST", "/clock", {"to": now.isoformat()})
    assert datetime.fromisoformat(said["now"]) >= now + timedelta(hours=1)


async def test_a_live_timer_rings(bench: Bench) -> None:
    near = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    await bench.sut("PUT", "", bench.connect_body(clock={"kind": "live", "now": near}))
    await bench.sut("PATCH", "/settings", {"calls.primary_mode": "contact"})
    bench.amo.fail("POST", "/api/v4/contacts", status=503)
    await bench.arrive()
    await bench.settled()
    _, _, due = await bench.idle()
    assert due is not None
    await bench.sut("POST", "/clock", {"to": (datetime.fromisoformat(due) - timedelta(milliseconds=20)).isoformat()})
    assert not bench.amo.contacts
    while not bench.amo.contacts:
        await bench.idle()
    await bench.settled()


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("in_files", [False, True])
async def test_a_snapshot_brings_everything_back(
    amo: StubAmo, session: aiohttp.ClientSession, tmp_path: Path, in_files: bool
) -> None:
    bench = await Bench(amo, session, tmp_path if in_files else None).start()
    try:
        amo.contact("Пётр", KNOWN)
        await bench.connect()
        amo.fail("POST", "/api/v4/contacts", status=503)
        await bench.arrive()
        await bench.settled()
        before = await bench.decisions()
        await bench.sut("POST", "/snapshots/first")
        await bench.advance_to_next()
        await bench.finish(by=EMPLOYEE_ANNA)
        await bench.sut("PATCH", "/settings", {"calls.primary_mode": "manual"})
        await bench.settled()
        said = await bench.sut("POST", "/snapshots/first/restore")
        assert said["now"] == NOON
        assert await bench.idle() == (0, 0, "2026-03-02T09:00:01+00:00")
        assert await bench.decisions() == before
        assert (await bench.sut("GET", "/settings"))["calls.primary_mode"] == "contact"
        assert (await bench.ask("POST", f"{TENANT}/snapshots/second/restore"))[0] == 404
        await bench.sut("DELETE", "")
        assert not _files(tmp_path)
        assert (await bench.ask("GET", f"{TENANT}/idle"))[0] == 404
    finally:
        await bench.stop()


COPY = "/_sut/tenants/copy"


def copy_body(bench: Bench, **changes: Any) -> dict[str, Any]:
    """A connection as a copy of the bench's tenant, with other addresses and without a code."""
    body = bench.connect_body(copy_of=bench.tenant, **changes)
    del body["amocrm"]["code"]
    return body


@pytest.mark.parametrize("in_files", [False, True])
async def test_a_copy_goes_on_by_itself_and_at_its_own_addresses(
    amo: StubAmo, session: aiohttp.ClientSession, tmp_path: Path, in_files: bool
) -> None:
    bench = await Bench(amo, session, tmp_path if in_files else None).start()
    try:
        await bench.connect()
        amo.fail("POST", "/api/v4/contacts", status=503)
        await bench.arrive()
        await bench.settled()
        exchanges = len(amo.sent("POST", "/oauth2/access_token"))
        status, said = await bench.ask("PUT", COPY, copy_body(bench))
        assert (status, said["connected"]) == (200, True)
        assert len(amo.sent("POST", "/oauth2/access_token")) == exchanges, "its tokens are those of the origin"
        settings = (await bench.ask("GET", f"{COPY}/settings"))[1]
        assert settings == await bench.sut("GET", "/settings")
        await bench.ask("PATCH", f"{COPY}/settings", {"calls.primary_mode": "manual"})
        assert (await bench.sut("GET", "/settings"))["calls.primary_mode"] == "contact"

        due = (await bench.ask("GET", f"{COPY}/idle"))[1]["next"]
        assert due == (await bench.idle())[2] is not None
        before = len(amo.sent("POST", "/api/v4/contacts"))
        await bench.ask("POST", f"{COPY}/clock", {"to": due})
        await bench.ask("GET", f"{COPY}/idle", Prefer="wait=5; awaiting=0")
        assert len(amo.sent("POST", "/api/v4/contacts")) > before
        assert (await bench.idle())[2] == due, "the origin stands where it stood"
        await bench.sut("DELETE", "")
        assert (await bench.ask("GET", f"{COPY}/status"))[0] == 200
        await bench.ask("DELETE", COPY)
        assert not _files(tmp_path)
    finally:
        await bench.stop()


async def test_copies_that_are_refused(bench: Bench) -> None:
    await bench.connect()
    body = copy_body(bench)
    status, problem = await bench.ask("PUT", COPY, bench.connect_body(copy_of=bench.tenant))
    assert (status, problem["errors"][0]["path"]) == (400, "amocrm.code")
    del body["copy_of"]
    status, problem = await bench.ask("PUT", COPY, body)
    assert (status, problem["errors"][0]["path"]) == (400, "amocrm.code")
    assert (await bench.ask("PUT", COPY, body | {"copy_of": "nobody"}))[0] == 404
    assert (await bench.ask("PUT", TENANT, copy_body(bench)))[0] == 409
    assert (await bench.ask("GET", f"{COPY}/status"))[0] == 404


@pytest.mark.usefixtures("threads_end")
async def test_a_restore_keeps_the_addresses_and_takes_the_time_it_is_given(bench: Bench) -> None:
    """Between snapshot and restore the fakes may have moved to other ports."""
    live = {"kind": "live", "now": NOON}
    await bench.sut("PUT", "", bench.connect_body(clock=live))
    await bench.sut("POST", "/snapshots/first")
    moved = bench.connect_body(clock=live)
    moved["amocrm"]["base_url"] = bench.amo.base_url.replace("127.0.0.1", "localhost")
    await bench.sut("PUT", "", moved)
    said = await bench.sut("POST", "/snapshots/first/restore", {"now": "2026-03-02T08:00:00+00:00"})
    assert said["now"].startswith("2026-03-02T08:00:0")
    await bench.sut("PATCH", "/settings", {"calls.primary_mode": "contact"})
    asked = len(bench.amo.requests)
    await bench.arrive()
    await bench.settled()
    assert {request.headers["Host"].partition(":")[0] for request in bench.amo.requests[asked:]} == {"localhost"}
    status, problem = await bench.ask("POST", f"{TENANT}/snapshots/first/restore", {"now": "yesterday"})
    assert (status, problem["errors"][0]["path"]) == (400, "now")


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100], ids=["empty", "garbled"])
async def test_a_damaged_file_keeps_no_other_tenant_back(
    amo: StubAmo, session: aiohttp.ClientSession, tmp_path: Path, content: bytes, logged: Callable[[], str]
) -> None:
    bench = await Bench(amo, session, tmp_path).start()
    await bench.connect()
    await bench.stop()
    (tmp_path / "hurt.sqlite3").write_bytes(content)
    bench = await Bench(amo, session, tmp_path).start()
    try:
        assert (await bench.sut("GET", "/settings"))["calls.primary_mode"] == "contact"
        assert "the tenant hurt cannot be opened" in logged()
        assert (await bench.ask("GET", "/_sut/tenants/hurt/idle"))[0] == 404
    finally:
        await bench.stop()
