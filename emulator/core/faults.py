"""Faults on demand: what goes wrong, where, when and how often (contract §1).

`before`: nothing was done. `after`: it was done and the answer is lost, late or broken. The first fault that matches
wins. Requests into a fake meet faults of target `amocrm` or `telephony` in the web layer; events on their way to the
integration meet target `events` in the sender, webhooks out of amoCRM target `webhooks` in theirs. An instrument of the
tester: faults are not restored by snapshots.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

import msgspec
import orjson

from emulator.core.errors import BadRequest, NotFound
from emulator.core.parsing import LONGEST_SPAN

Target = Literal["amocrm", "telephony", "events", "webhooks"]
Phase = Literal["before", "after"]
Asker = Literal["integration", "client"]

LONGEST_SWAP = timedelta(seconds=60)
"""How long a swapped delivery waits for one to be swapped with."""

_OUTGOING = ("events", "webhooks")
_OUTGOING_ONLY = ("duplicate", "swap", "hold")
_REQUEST_ONLY = ("truncate",)
_OF_THE_CONNECTION = frozenset(
    {
        "connection",
        "content-length",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that say how an answer is framed: the server sets them, and any other value makes the answer invalid."""


Natural = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
Count = Annotated[int, msgspec.Meta(ge=1, le=10**9)]
Copies = Annotated[int, msgspec.Meta(ge=1, le=100)]
Status = Annotated[int, msgspec.Meta(ge=200, le=599)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=LONGEST_SPAN)]
HeaderName = Annotated[str, msgspec.Meta(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")]
HeaderValue = Annotated[str, msgspec.Meta(pattern=r"^[\t\x20-\x7e\x80-\xff]*\Z")]


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which requests: whose, method, path as a glob without the base URL, only the nth, a JSON subset of the body."""

    asker: Asker | None = msgspec.field(default=None, name="from")
    method: str | None = None
    path: str | None = None
    nth: Count | None = None
    body: dict[str, Any] | None = None


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens: exactly one of status, delay, hang, reset, truncate, duplicate, swap, hold."""

    status: Status | None = None
    body: Any = None
    headers: dict[HeaderName, HeaderValue] = {}
    delay: Seconds | None = None
    hang: bool = False
    reset: bool = False
    truncate: Natural | None = None
    duplicate: Copies | None = None
    swap: bool = False
    hold: Seconds | None = None

    @property
    def name(self) -> str:
        return self.chosen()[0]

    @property
    def postponement(self) -> timedelta | None:
        """How long a delivery that was acknowledged at once waits at the most; None for any other action."""
        if self.swap:
            return LONGEST_SWAP
        return None if self.hold is None else timedelta(seconds=self.hold)

    def chosen(self) -> list[str]:
        known = ("status", "delay", "hang", "reset", "truncate", "duplicate", "swap", "hold")
        values = {name: getattr(self, name) for name in known}
        return [name for name, value in values.items() if value is not None and value is not False]


class FaultRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/faults."""

    target: Target
    action: Action
    match: Match = Match()
    phase: Phase = "before"
    after: Natural = 0
    times: Count | None = 1


@dataclass
class Fault:
    """A fault in force: how many requests it matched and how many it spoiled."""

    id: int
    request: FaultRequest
    seen: int = 0
    applied: int = 0

    def body(self) -> dict[str, Any]:
        """The answer of the control plane: the request plus id, seen and applied."""
        asked = msgspec.to_builtins(self.request)
        asked["action"] = {name: getattr(self.request.action, name) for name in self.request.action.chosen()}
        asked["match"] = {key: value for key, value in asked["match"].items() if value is not None}
        return {"id": self.id, "seen": self.seen, "applied": self.applied, **asked}

    @property
    def spent(self) -> bool:
        return self.request.times is not None and self.applied >= self.request.times

    def takes(self, asker: str | None, method: str, path: str, body: bytes) -> bool:
        """Whether this fault spoils the request; counts it when it fits."""
        if self.spent or not _fits(self.request.match, asker, method, path, body):
            return False
        self.seen += 1
        nth = self.request.match.nth
        if self.seen <= self.request.after or (nth is not None and self.seen != nth):
            return False
        self.applied += 1
        return True


@dataclass
class Faults:
    """The faults of one world, in the order they were set."""

    entries: list[Fault] = field(default_factory=list)
    _count: int = 0

    def add(self, request: FaultRequest) -> Fault:
        """Put a fault in force. Raises BadRequest for an action that this target cannot suffer."""
        _check(request)
        self._count += 1
        fault = Fault(self._count, request)
        self.entries.append(fault)
        return fault

    def remove(self, identifier: int) -> None:
        fault = next((each for each in self.entries if each.id == identifier), None)
        if fault is None:
            raise NotFound(f"no fault {identifier}; there are {[each.id for each in self.entries]}")
        self.entries.remove(fault)

    def clear(self) -> None:
        self.entries.clear()

    def match(self, target: Target, method: str, path: str, body: bytes, asker: str | None = None) -> Fault | None:
        """The first fault that spoils this request; `asker` is who makes it, where a fake is asked."""
        for fault in self.entries:
            if fault.request.target == target and fault.takes(asker, method, path, body):
                return fault
        return None


def _check(request: FaultRequest) -> None:
    chosen = request.action.chosen()
    if len(chosen) != 1:
        raise BadRequest.field(
            "action", chosen, "exactly one of status, delay, hang, reset, truncate, duplicate, swap, hold"
        )
    for name in request.action.headers:
        if name.lower() in _OF_THE_CONNECTION:
            raise BadRequest.field(f"action.headers.{name}", name, "a header that does not frame the answer")
    if request.target in _OUTGOING and request.match.asker is not None:
        raise BadRequest.field("match.from", request.match.asker, "nothing: deliveries are the stand's own")
    if request.target in _OUTGOING and chosen[0] in _REQUEST_ONLY:
        raise BadRequest.field(f"action.{chosen[0]}", chosen[0], "an action that a delivery can suffer")
    if request.target not in _OUTGOING and chosen[0] in _OUTGOING_ONLY:
        raise BadRequest.field(f"action.{chosen[0]}", chosen[0], f"target {' or '.join(_OUTGOING)} for {chosen[0]}")


def _fits(match: Match, asker: str | None, method: str, path: str, body: bytes) -> bool:
    if match.asker not in (None, asker):
        return False
    if match.method is not None and match.method.upper() != method:
        return False
    if match.path is not None and not fnmatchcase(path, match.path):
        return False
    return match.body is None or _contains(_decoded(body), match.body)


def _decoded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _contains(value: Any, subset: Any) -> bool:
    """Whether `subset` is part of `value`; a list of items matches when any of its items does."""
    if isinstance(subset, dict):
        if isinstance(value, list):
            return any(_contains(item, subset) for item in value)
        return isinstance(value, dict) and all(
            key in value and _contains(value[key], part) for key, part in subset.items()
        )
    if isinstance(subset, list):
        return isinstance(value, list) and all(any(_contains(item, part) for item in value) for part in subset)
    return bool(value == subset)
