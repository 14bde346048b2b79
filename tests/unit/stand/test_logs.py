"""A request that is no HTTP is logged without what was in it: a token may be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

SECRET = "Bearer s3cr3t"


async def test_the_bytes_of_a_broken_request_reach_no_log(stand_url: str, logged: Callable[[], str]) -> None:
    parts = urlsplit(stand_url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    writer.write(f"GET / HTTP/1.1\r\nHost: x\r\nBroken header {SECRET}\r\n\r\n".encode())
    await reader.read()  # the server hangs up
    writer.close()
    await writer.wait_closed()
    assert "Error handling request from" in logged()
    assert "s3cr3t" not in logged()
