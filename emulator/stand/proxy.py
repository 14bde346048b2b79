"""The CONNECT proxy in front of the TLS front: what HTTPS_PROXY of a client with a hard-coded address names.

It answers for amoCRM's names and this machine, at port 443, and leads every tunnel to the TLS front, whose numeric
address it is told: no name is looked up. All else is refused, and the status line says why, because that line is all
that most clients show of a proxy's refusal.
"""

from __future__ import annotations

import asyncio
import re
from asyncio import StreamReader, StreamWriter
from contextlib import suppress

DOMAINS = ("amocrm.ru", "kommo.com")
LOOPBACK = "127.0.0.1"

HEAD_LIMIT = 16 * 1024
HEAD_TIMEOUT = 10.0
"""Seconds within which a client must have said what it wants: a guard of the transport, in real time."""

_LINGER = 1.0
_CHUNK = 64 * 1024
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_END_OF_HEAD = b"\r\n\r\n"
_REQUEST_LINE = re.compile(r"([A-Z]+) (\S+) HTTP/1\.[01]")
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+):([0-9]{1,5})", re.IGNORECASE)
_SERVED = re.compile(
    rf"(?:[a-z0-9-]+\.)?(?:{'|'.join(map(re.escape, DOMAINS))})|localhost|{re.escape(LOOPBACK)}", re.IGNORECASE
)
_ALLOWED = ", ".join(f"*.{domain}" for domain in DOMAINS) + f", localhost and {LOOPBACK}, each at port 443"


class _Refused(Exception):
    """The proxy's answer to what it does not do: an HTTP status and one line for a person."""

    def __init__(self, status: int, reason: str, headers: str = "") -> None:
        super().__init__(reason)
        body = f"{reason}\n"
        self.answer = (
            f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
            f"Connection: close\r\n{headers}\r\n{body}"
        ).encode("ascii")


class ConnectProxy:
    """Tunnels to the TLS front at `front`, a numeric address and a port."""

    def __init__(self, front: tuple[str, int]) -> None:
        self._front = front
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> int:
        """Listen, and return the port; 0 picks a free one."""
        self._server = await asyncio.start_server(self._accept, host, port, limit=HEAD_LIMIT)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening and cut every tunnel."""
        if self._server is None:
            return
        self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
            writer.close()
        except* OSError:
            pass  # one of the two ends is gone
        finally:
            _cut_unless_closing(writer)

    async def _answer(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            check(await _head(reader))
            await self._tunnel(reader, writer)
        except _Refused as refused:
            await _say(refused.answer, reader, writer)

    async def _tunnel(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Carry bytes both ways until both ends have said all they had to say."""
        try:
            front_reader, front_writer = await asyncio.open_connection(*self._front)
        except OSError:
            raise _Refused(502, "The TLS front of amostand is gone") from None
        try:
            writer.write(_ESTABLISHED)
            async with asyncio.TaskGroup() as directions:
                directions.create_task(_pump(reader, front_writer))
                directions.create_task(_pump(front_reader, writer))
            front_writer.close()
        finally:
            _cut_unless_closing(front_writer)


def check(head: bytes) -> None:
    """Refuse a request head that is not CONNECT to a name and port that are served here."""
    request_line = head.partition(b"\r\n")[0].decode("latin-1")
    parts = _REQUEST_LINE.fullmatch(request_line)
    if parts is None:
        raise _Refused(400, "Expected CONNECT host:443 HTTP/1.1")
    method, target = parts.groups()
    if method != "CONNECT":
        raise _Refused(405, "This proxy does CONNECT only; plain HTTP goes to the stand itself", "Allow: CONNECT\r\n")
    authority = _AUTHORITY.fullmatch(target)
    if authority is None:
        raise _Refused(400, "Expected CONNECT host:443 HTTP/1.1")
    host, port = authority.groups()
    if _SERVED.fullmatch(host) is None or int(port) != 443:
        raise _Refused(403, f"This proxy serves {_ALLOWED}")


async def _head(reader: StreamReader) -> bytes:
    """The request line and the headers. Raises ConnectionError when the client leaves before their end."""
    try:
        async with asyncio.timeout(HEAD_TIMEOUT):
            return await reader.readuntil(_END_OF_HEAD)
    except TimeoutError:
        raise _Refused(408, "No whole request came in time") from None
    except asyncio.LimitOverrunError:
        raise _Refused(431, f"The head of a request has at most {HEAD_LIMIT} bytes here") from None
    except asyncio.IncompleteReadError:
        raise ConnectionError("the client left") from None


async def _pump(reader: StreamReader, writer: StreamWriter) -> None:
    """Carry one direction to its end, and hand the end on."""
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


async def _say(answer: bytes, reader: StreamReader, writer: StreamWriter) -> None:
    """Send a refusal and read what the client still sends: closing on unread bytes would lose the refusal."""
    writer.write(answer)
    writer.write_eof()
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER):
            while await reader.read(_CHUNK):
                pass


def _cut_unless_closing(writer: StreamWriter) -> None:
    if not writer.is_closing():
        writer.transport.abort()
