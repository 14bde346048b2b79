"""W3C trace context: what is done because of an event goes out under the trace of that event.

No trace id is random: an event without a `traceparent` gets one from the hash of its id, and the spans of its
requests are hashes of the trace, the attempt and their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


class Trace:
    """One trace as the requests of one piece of work continue it."""

    def __init__(self, traceparent: str | None, origin: str, attempt: int = 0) -> None:
        known = _TRACEPARENT.fullmatch(traceparent or "")
        self.id = known.group(1) if known else sha256(origin.encode()).hexdigest()[:32]
        self._attempt = attempt
        self._requests = 0

    def next_header(self) -> str:
        """`traceparent` of the next request of this piece of work."""
        self._requests += 1
        span = sha256(f"{self.id}/{self._attempt}/{self._requests}".encode()).hexdigest()[:16]
        return f"00-{self.id}-{span}-01"


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


@contextmanager
def within(trace: Trace) -> Iterator[Trace]:
    """Requests of this block and of what it awaits belong to `trace`."""
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


def current() -> Trace:
    """The trace of the work that is going on; a nameless one outside of all work."""
    return _current.get() or Trace(None, "integration")
