"""The journal of a world: what happened, in order, with causes.

An instrument of the tester, not state of the world: it lies in memory, is not restored by snapshots, and keeps the
last 20,000 entries. Entries are stored raw and made readable when asked for, so that a request costs microseconds;
secrets are cut to their last four characters in everything that is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import orjson

from emulator.core.clock import Clock
from emulator.core.parsing import is_too_deep

Kind = Literal["request", "response", "event", "push", "timer", "decision", "change", "fault"]
KINDS: tuple[Kind, ...] = ("request", "response", "event", "push", "timer", "decision", "change", "fault")

LIMIT = 20_000
_OAUTH_KEYS = frozenset({"grant_type", "client_id", "client_secret"})
_LONG_SECRET = 12
_BODY_LIMIT = 4096
_SUBJECTS = 1024
_SECRET_KEYS = frozenset(
    {
        "access_token",
        "api_key",
        "client_secret",
        "events_secret",
        "password",
        "refresh_token",
        "secret",
        "authorization",
        "token",
    }
)
_CUT = "…"
_SCHEMES = ("http://", "https://")


@dataclass(slots=True)
class Entry:
    """One thing that happened. `sender` and `receiver` are parties: client, integration, amocrm, telephony, stand."""

    seq: int
    at: datetime
    kind: Kind
    sender: str
    receiver: str
    cause: str | None
    subject: str
    data: dict[str, Any]
    secret: frozenset[str] = frozenset()
    """Keys whose values are secret in this entry."""

    def body(self) -> dict[str, Any]:
        """The entry of the contract, readable and without secrets."""
        return {
            "seq": self.seq,
            "at": self.at.isoformat(),
            "kind": self.kind,
            "from": self.sender,
            "to": self.receiver,
            "cause": self.cause,
            "subject": self.subject,
            "data": without_secrets({key: _shown(key, value) for key, value in self.data.items()}, self.secret),
        }


Raw = tuple[int, datetime, Kind, str, str, str | None, str, tuple[str, ...], tuple[Any, ...]]
"""An entry as it is kept, the names and values of its data apart. A request makes two, so they are to be cheap."""

_ASKED = ("query", "body")
_ANSWERED = ("status", "body")


class Journal:
    """Append and read. `overflowed` counts entries that fell out; a scenario with any fails."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: deque[Raw] = deque(maxlen=LIMIT)
        self._last_bodies: dict[str, bytes] = {}
        self._concealed: dict[str, frozenset[str]] = {}
        self._seq = 0

    @property
    def overflowed(self) -> int:
        return self._seq - len(self._entries)

    @property
    def last(self) -> int:
        """The number of the newest entry; 0 when there is none."""
        return self._seq

    def add(
        self,
        kind: Kind,
        sender: str,
        receiver: str,
        subject: str,
        data: dict[str, Any],
        cause: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Note what happened now. Values of `data` that are bytes are JSON bodies, decoded when read."""
        self._seq += 1
        now = at or self._clock.now()
        names, values = tuple(data), tuple(data.values())
        self._entries.append((self._seq, now, kind, sender, receiver, cause, subject, names, values))

    def request(self, sender: str, receiver: str, subject: str, cause: str | None, query: str, body: bytes) -> None:
        """An HTTP request came in."""
        self._seq += 1
        asked = (query, self._kept(subject, body) if body else b"")
        now = self._clock.now()
        self._entries.append((self._seq, now, "request", sender, receiver, cause, subject, _ASKED, asked))

    def response(self, sender: str, receiver: str, subject: str, cause: str | None, status: int, body: bytes) -> None:
        """It was answered."""
        self._seq += 1
        answered = (status, self._kept(subject, body) if body else b"")
        now = self._clock.now()
        self._entries.append((self._seq, now, "response", sender, receiver, cause, subject, _ANSWERED, answered))

    def _kept(self, subject: str, body: bytes) -> bytes | str:
        """A body as an entry keeps it: whole when short, otherwise its size.

        One that repeats the last of its subject is kept once: a client that polls would fill the memory with copies,
        and writing to fresh memory is what costs most in answering it.
        """
        if len(body) > _BODY_LIMIT:
            return f"{len(body)} bytes"
        if (last := self._last_bodies.get(subject)) == body:
            return last
        if len(self._last_bodies) >= _SUBJECTS:
            self._last_bodies.clear()
        self._last_bodies[subject] = body
        return body

    def conceal(self, path: str, keys: Iterable[str]) -> None:
        """From now on the values of `keys` are secret in what is asked of `path` or below it, and in the answers."""
        self._concealed[path] = self._concealed.get(path, frozenset()).union(keys)

    def _secret_in(self, subject: str) -> frozenset[str]:
        below = subject.partition(" ")[2]
        keys = (keys for path, keys in self._concealed.items() if below.startswith(path))
        return frozenset().union(*keys)

    def raw(self) -> bytes:
        """Times, subjects and data of all entries as text, secrets and all: to be looked through, shown to nobody."""
        return b"\n".join(_written((at, subject, *values)) for _, at, _, _, _, _, subject, _, values in self._entries)

    def entries(self, kind: str | None = None, since: int = 0, subject: str | None = None) -> Iterator[Entry]:
        """Entries after number `since`, oldest first."""
        for raw in self._entries:
            entry = Entry(*raw[:-2], dict(zip(*raw[-2:], strict=True)))
            if entry.seq > since and kind in (None, entry.kind) and subject in (None, entry.subject):
                entry.secret = self._secret_in(entry.subject)
                yield entry


def _written(values: tuple[Any, ...]) -> bytes:
    """Values as they are kept, one after the other."""
    return b"\n".join(value if isinstance(value, bytes) else orjson.dumps(value, default=str) for value in values)


def without_secrets(value: Any, more: frozenset[str] = frozenset()) -> Any:
    """`value` with each secret cut to its last four characters; `code` is one in an OAuth body only.

    `more` are keys that are secret here.
    """
    if isinstance(value, dict):
        secret = _SECRET_KEYS | more | {"code"} if _OAUTH_KEYS & value.keys() else _SECRET_KEYS | more
        return {key: _masked(item) if key in secret else without_secrets(item, more) for key, item in value.items()}
    if isinstance(value, list):
        return [without_secrets(item, more) for item in value]
    return url_without_secrets(value) if _is_address(value) else value


def _is_address(value: Any) -> bool:
    """Whether `value` is an address; people put passwords and tokens into those of their webhooks."""
    return isinstance(value, str) and value[:8].lower().startswith(_SCHEMES)


def _masked(value: Any) -> Any:
    """The last four characters of a long secret; of anything else nothing."""
    if value is None:
        return None
    return f"{_CUT}{value[-4:]}" if isinstance(value, str) and len(value) >= _LONG_SECRET else _CUT


def _shown(key: str, value: Any) -> Any:
    return query_without_secrets(value) if key == "query" and isinstance(value, str) else _readable(value)


def _readable(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    if is_too_deep(value):
        return f"{len(value)} bytes, nested too deep to show"
    try:
        return orjson.loads(value) if value else None
    except orjson.JSONDecodeError:
        return f"{len(value)} bytes that are no JSON"


def query_without_secrets(query: str) -> str:
    """A query string with each secret cut to its last four characters, those of an address in it too."""
    if not any(key in query.lower() for key in (*_SECRET_KEYS, "http")):
        return query
    pairs = parse_qsl(query, keep_blank_values=True)
    shown = [(key, _shown_in_query(key.lower(), value)) for key, value in pairs]
    return query if shown == pairs else urlencode(shown).replace(quote(_CUT), _CUT)


def _shown_in_query(key: str, value: str) -> Any:
    return _masked(value) if key in _SECRET_KEYS else without_secrets(value)


def url_without_secrets(url: str) -> str:
    """An address as it may be shown: without a password, secrets of its query cut. One that is not valid is cut."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return str(_masked(url))
    shown = parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query_without_secrets(parts.query))
    return url if shown == parts else shown.geturl()
