"""A receiver of webhooks, as a user's integration has one: a small HTTP server in a thread of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

Form = dict[str, str]
"""A delivery: every value is a text, the keys have bracketed indices."""


@dataclass
class Receiver:
    url: str
    forms: list[Form] = field(default_factory=list)

    def take(self) -> list[Form]:
        """What has come since the last time, oldest first."""
        taken, self.forms = self.forms, []
        return taken


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that answers every delivery 200 until the block is left."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.forms.append(dict(parse_qsl(body.decode(), keep_blank_values=True)))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing on stderr."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}/amocrm")
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
