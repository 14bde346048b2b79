"""Requests that nobody means are refused, never answered with a defect of the fake."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from tests.unit.amocrm.conftest import Client, Scene
from tests.unit.amocrm.hooks import Hooked, hooked, line

__all__ = ["hooked", "line"]

ACCOUNT = "GET /api/v4/account HTTP/1.1"


async def raw(client: Client, *lines: str, body: bytes = b"", token: bool = True) -> int:
    """The status of a request that is written as it stands, each sign a byte."""
    host, _, port = client.base.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    bearer = (f"Authorization: Bearer {client.token}",) if token else ()
    head = "\r\n".join([*lines, *bearer, "Connection: close", f"Content-Length: {len(body)}", "", ""])
    writer.write(head.encode("latin-1") + body)
    said = await reader.read()
    writer.close()
    await writer.wait_closed()
    return int(said.split()[1])


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("path", ["/api/v4/contacts", "/oauth2/access_token", "/login"])
async def test_a_body_that_is_not_compressed_as_it_says_is_refused(scene: Scene, path: str, encoding: str) -> None:
    head = (f"POST {path} HTTP/1.1", f"Host: {scene.account.subdomain}.test", f"Content-Encoding: {encoding}")
    assert await raw(scene.client, *head, body=b'[{"name": "A"}]') == 400


@pytest.mark.parametrize("path", ["/api/v4/account", "/api/v4/contacts?page=1", "/api/v4/nothing"])
async def test_a_host_that_is_no_text_is_refused(client: Client, path: str) -> None:
    assert await raw(client, f"GET {path} HTTP/1.1", "Host: \xff\xfe") == 400


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\0"])
async def test_a_short_link_leads_to_an_address_that_fits_a_header(client: Client, sign: str) -> None:
    target = {"entity_type": "contacts", "entity_id": await client.contact()}
    link = {"url": f"https://acme.test/{sign}Set-Cookie: a=b", "metadata": target}
    answer = await client.post("/api/v4/short_links", [link])
    assert answer.status == 400
    assert answer.body["validation-errors"][0]["errors"][0]["path"] == "url"


async def test_a_token_that_is_no_text_is_a_wrong_one(scene: Scene) -> None:
    host = f"Host: {scene.account.subdomain}.test"
    assert await raw(scene.client, ACCOUNT, host, "Authorization: Bearer \xff", token=False) == 401


async def test_a_session_that_is_no_text_is_a_wrong_one(scene: Scene) -> None:
    cookie = f"Cookie: session_id={scene.account.id}-\xff"
    assert await raw(scene.client, ACCOUNT, "Host: x", cookie, token=False) == 401


LAST = 253_402_214_399
"""The last second that every zone can show."""


@pytest.mark.parametrize(("seconds", "status"), [(LAST, 200), (LAST + 1, 400), (999_999_999_999, 400), (1e300, 400)])
async def test_instants_end_where_dates_do(hooked: Hooked, seconds: float, status: int) -> None:
    client = hooked.scene.client
    await hooked.subscribe("add_task", "note_lead")
    [lead] = (await client.post("/api/v4/leads", [{}])).items("leads")
    note = {"note_type": "common", "params": {"text": "x"}, "created_at": seconds}
    call = {"direction": "inbound", "duration": 9, "source": "s", "created_at": seconds}
    task = {"text": "x", "entity_type": "leads", "entity_id": lead["id"], "complete_till": seconds}
    answers = [
        await client.post("/api/v4/tasks", [task]),
        await client.post(f"/api/v4/leads/{lead['id']}/notes", [note]),
        await client.post("/api/v4/calls", [{**call, "phone": "+79160000001"}]),
    ]
    await hooked.settle()
    assert [answer.status for answer in answers] == [status] * 3
    assert len(hooked.scene.account.call_log()) == (status == 200)


@pytest.mark.parametrize("written", [LAST + 1, str(LAST + 1), "999999999999"])
async def test_a_call_in_unsorted_has_an_instant_that_can_be_shown(scene: Scene, written: int | str) -> None:
    metadata = {"phone": "+79160000001", "called_at": written, "is_call_event_needed": True}
    item = {"source_name": "s", "source_uid": "1", "metadata": metadata}
    answer = await scene.client.post("/api/v4/leads/unsorted/sip", [item])
    [flaw] = answer.body["validation-errors"][0]["errors"]
    assert (answer.status, flaw["path"]) == (400, "metadata.called_at")
    assert scene.account.call_log() == []


async def test_params_that_nest_deep_behind_brackets_in_a_text_are_refused(scene: Scene) -> None:
    [lead] = (await scene.client.post("/api/v4/leads", [{}])).items("leads")
    deep = "[" * 300 + "]" * 300
    note = f'[{{"note_type": "common", "params": {{"text": "x", "j1": "{"]" * 600}", "junk": {deep}}}}}]'
    assert (await scene.client.ask("POST", f"/api/v4/leads/{lead['id']}/notes", note)).status == 400
    assert all(orjson.dumps(entry.body()) for entry in scene.account.ground.journal.entries())


@pytest.mark.parametrize(
    ("table", "embedded", "path", "kind"),
    [
        ("leads", "x", "_embedded", "object"),
        ("leads", ["x"], "_embedded", "object"),
        ("contacts", 7, "_embedded", "object"),
        ("leads", {"contacts": "x"}, "_embedded.contacts", "array"),
        ("leads", {"contacts": {"0": {"id": 1}}}, "_embedded.contacts", "array"),
        ("leads", {"companies": {"0": {"id": 1}}}, "_embedded.companies", "array"),
        ("contacts", {"companies": "x"}, "_embedded.companies", "array"),
    ],
)
async def test_what_is_embedded_wrongly_is_not_dropped(
    client: Client, table: str, embedded: Any, path: str, kind: str
) -> None:
    answer = await client.post(f"/api/v4/{table}", [{"name": "a", "_embedded": embedded}])
    [flaw] = answer.body["validation-errors"][0]["errors"]
    said = f"This value should be of type {kind}."
    assert (answer.status, flaw["code"], flaw["path"], flaw["detail"]) == (400, "InvalidType", path, said)


@pytest.mark.parametrize("embedded", [None, [], {}, {"contacts": None, "companies": []}, {"companies": [None]}])
async def test_nothing_can_be_embedded_in_many_ways(client: Client, embedded: Any) -> None:
    assert (await client.post("/api/v4/leads", [{"name": "a", "_embedded": embedded}])).status == 200
