"""The load generator: `python -m tests.bench.load URL TOKEN CONNECTIONS REQUESTS` prints JSON figures.

Plain sockets and one selector, so that the generator costs less than the server it measures.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlsplit


@dataclass
class Connection:
    """One keep-alive connection: what it still has to read and when it asked."""

    socket: socket.socket
    missing: int = 0
    asked: float = 0.0


def main(url: str, token: str, connections: int, requests: int) -> None:
    parts = urlsplit(url)
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    ask = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    length = _length_of_answer(address, ask)
    latencies: list[float] = []
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        connection = Connection(socket.create_connection(address))
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        _ask(connection, ask, length)
    began = perf_counter()
    while len(latencies) < requests:
        for key, _events in selector.select():
            connection = key.data
            connection.missing -= len(connection.socket.recv(65536))
            if connection.missing <= 0:
                latencies.append(perf_counter() - connection.asked)
                _ask(connection, ask, length)
    seconds = perf_counter() - began
    latencies.sort()
    figures = {"per_second": len(latencies) / seconds, "p99_ms": latencies[int(len(latencies) * 0.99)] * 1000}
    print(json.dumps(figures))


def _ask(connection: Connection, ask: bytes, length: int) -> None:
    connection.missing = length
    connection.asked = perf_counter()
    connection.socket.sendall(ask)


def _length_of_answer(address: tuple[str, int], ask: bytes) -> int:
    """Bytes of one whole answer; every answer has as many."""
    with socket.create_connection(address) as probe:
        probe.sendall(ask)
        raw = b""
        while b"\r\n\r\n" not in raw:
            raw += probe.recv(65536)
        head, _, _ = raw.partition(b"\r\n\r\n")
        assert b" 200 " in head.split(b"\r\n")[0], raw
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        return len(head) + 4 + int(fields[b"content-length"])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
