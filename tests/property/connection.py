"""One connection to a server, for requests that follow each other by the thousand: HTTP/1.1 with Content-Length.

A client with everything costs as much as the fake that it asks.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"
_STATUS = slice(9, 12)


class Connection(asyncio.Protocol):
    """Open it with `to`, then `ask` again and again, one request at a time."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._got = b""
        self._answered: asyncio.Future[tuple[int, bytes]] | None = None

    @classmethod
    async def to(cls, url: str) -> Connection:
        """Connect to the server at a base URL."""
        parts = urlsplit(url)
        create = asyncio.get_running_loop().create_connection
        _, connection = await create(lambda: cls(parts.netloc), parts.hostname, parts.port)
        return connection

    def ask(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> asyncio.Future[tuple[int, bytes]]:
        """Status and body of the answer; a ConnectionError when the server hangs up instead."""
        lines = {"Host": self._host, "Content-Length": str(len(body)), **headers}
        head = "".join([f"{method} {target} HTTP/1.1\r\n", *(f"{name}: {value}\r\n" for name, value in lines.items())])
        self._answered = self._loop.create_future()
        self._transport.write(f"{head}\r\n".encode() + body)
        return self._answered

    def close(self) -> None:
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(_END)
        if end < 0 or self._answered is None:
            return
        length = _LENGTH.search(self._got, 0, end)
        begin = end + len(_END)
        until = begin + (int(length[1]) if length else 0)
        if len(self._got) >= until:
            answer, self._got = (int(self._got[_STATUS]), self._got[begin:until]), self._got[until:]
            self._answered.set_result(answer)

    def connection_lost(self, _reason: Exception | None) -> None:
        if self._answered and not self._answered.done():
            self._answered.set_exception(ConnectionError("the server hung up"))
