"""Sends drawn requests over one connection, and keeps what must not come back."""

from __future__ import annotations

import http.client
from collections import Counter
from urllib.parse import urlsplit

from tests.nightly.odd import Request

_SHOWN = 400
_TIMEOUT = 10.0


class Asker:
    """`statuses` counts the answers; `defects` tells of each kind of 5xx and of answers that never came, once each."""

    def __init__(self, base: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=_TIMEOUT)
        self._token = token
        self.statuses: Counter[int] = Counter()
        self._found: dict[str, str] = {}

    @property
    def defects(self) -> list[str]:
        return list(self._found.values())

    def ask(self, request: Request) -> None:
        try:
            status, said = self._answer(request)
        except (OSError, http.client.HTTPException) as failure:
            self._connection.close()
            self._keep(f"no answer: {failure!r}", request)
            return
        self.statuses[status] += 1
        if status >= 500:
            self._keep(f"{status} {said[:_SHOWN].decode(errors='replace')}", request)

    def _answer(self, request: Request) -> tuple[int, bytes]:
        """Status and body; a connection that was closed after the last answer is opened anew."""
        for is_last in (False, True):
            try:
                headers = {"Authorization": f"Bearer {self._token}", **request.headers}
                self._connection.request(request.method, request.target, request.body, headers)
                answer = self._connection.getresponse()
                return answer.status, answer.read()
            except (ConnectionError, http.client.RemoteDisconnected):
                self._connection.close()
                if is_last:
                    raise
        raise AssertionError("not reached")

    def _keep(self, what: str, request: Request) -> None:
        body = (request.body or b"")[:_SHOWN].decode(errors="replace")
        asked = f"{request.method} {request.target[:_SHOWN]} {request.headers} {body}"
        self._found.setdefault(f"{what} {request.method} {len(request.target)}"[:200], f"{what}\n    {asked}")

    def summary(self) -> str:
        return ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
