"""Requests that nobody means are refused, never answered with a defect of the fake."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.amocrm.conftest import Client, Scene

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
