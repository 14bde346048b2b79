"""The load generator: `python -m tests.bench.load` reads a `Load` as JSON and prints `Figures` as JSON.

Plain sockets and one selector, so that the generator costs less than the server it measures.
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count, cycle
from time import perf_counter
from urllib.parse import urlsplit

COMMAND = (sys.executable, "-m", "tests.bench.load")

Ask = tuple[bytes, int]
"""A request and the length of its whole answer."""


@dataclass(frozen=True)
class Load:
    """What to ask of the server at `url`: each of `paths` in turn, `requests` times in all.

    With a `body` they are POSTs to the one path; `{number}` in it counts up from `first`, nine digits wide.
    """

    url: str
    token: str
    paths: list[str]
    connections: int = 16
    requests: int = 4_000
    body: str = ""
    first: int = 0

    def text(self) -> bytes:
        """What the generator reads."""
        return json.dumps(asdict(self)).encode()


@dataclass(frozen=True)
class Figures:
    """What came of it; one answer in a hundred took longer than `p99_ms`."""

    per_second: float
    p99_ms: float


@dataclass
class Connection:
    """One keep-alive connection: what it still has to read and when it asked."""

    socket: socket.socket
    missing: int = 0
    asked: float = 0.0

    def ask(self, ask: Ask) -> None:
        request, self.missing = ask
        self.asked = perf_counter()
        self.socket.sendall(request)


def run(load: Load) -> Figures:
    """Generate the load in a process of its own, waiting for it."""
    return figures(subprocess.run(COMMAND, input=load.text(), check=True, stdout=subprocess.PIPE).stdout)


def figures(printed: bytes) -> Figures:
    return Figures(**json.loads(printed))


def _generate(load: Load) -> Figures:
    parts = urlsplit(load.url)
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    asks = _posts(load, address) if load.body else _gets(load, address)
    latencies: list[float] = []
    selector = selectors.DefaultSelector()
    for _ in range(load.connections):
        connection = Connection(socket.create_connection(address))
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask(next(asks))
    began = perf_counter()
    while len(latencies) < load.requests:
        for key, _events in selector.select():
            connection = key.data
            connection.missing -= len(connection.socket.recv(65536))
            if connection.missing <= 0:
                latencies.append(perf_counter() - connection.asked)
                connection.ask(next(asks))
    seconds = perf_counter() - began
    latencies.sort()
    return Figures(len(latencies) / seconds, latencies[int(len(latencies) * 0.99)] * 1000)


def _gets(load: Load, address: tuple[str, int]) -> Iterator[Ask]:
    """Each path has been asked for once, which tells how long its answer is."""
    requests = [_request(load, "GET", path) for path in load.paths]
    return cycle([(request, _length_of_answer(address, request)) for request in requests])


def _posts(load: Load, address: tuple[str, int]) -> Iterator[Ask]:
    """All answers are as long as the first one."""
    [path] = load.paths
    numbers = count(load.first)

    def post() -> bytes:
        return _request(load, "POST", path, load.body.replace("{number}", f"{next(numbers):09}"))

    length = _length_of_answer(address, post())
    return ((post(), length) for _ in count())


def _request(load: Load, method: str, path: str, body: str = "") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: {urlsplit(load.url).netloc}\r\nAuthorization: Bearer {load.token}\r\n"
    if not body:
        return f"{head}\r\n".encode()
    content = body.encode()
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content


def _length_of_answer(address: tuple[str, int], ask: bytes) -> int:
    """Bytes of one whole answer."""
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
    print(json.dumps(asdict(_generate(Load(**json.loads(sys.stdin.read()))))))
