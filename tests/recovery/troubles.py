"""What can go wrong at a point of a flow, and which of all points a run goes through.

A *point* is a flow, a place in it and a trouble. Places are found by a run that nothing disturbs: each request of the
integration, each event that it is sent, each commit of its store. The whole matrix is `make recovery`; `make test` goes
through a part of it that has every flow and every trouble.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from zlib import crc32

from tests.recovery.lives import Where

Fault = dict[str, Any]


def _share() -> slice | None:
    """Which of all points AMOSTAND_RECOVERY asks for: `2/3` is every third one, from the second on."""
    if asked := os.environ.get("AMOSTAND_RECOVERY"):
        number, of = map(int, asked.split("/"))
        return slice(number - 1, None, of)
    return None


SHARE = _share()
"""None: only a part of the points."""

AT_REQUESTS: dict[str, Fault] = {
    "429": {"action": {"status": 429, "body": "Too Many Requests"}},
    "500": {"action": {"status": 500}},
    "no answer": {"action": {"hang": True}},
    "reset": {"action": {"reset": True}},
    "token refused": {"action": {"status": 401}},
    "an hour's outage": {"action": {"status": 503}, "times": None},
}
"""In both phases: nothing was done, or it was done and nobody learned of it."""

ONCE_AT_REQUESTS: dict[str, Fault] = {
    "late by 19 s": {"phase": "before", "action": {"delay": 19}},
    "cut short": {"phase": "after", "action": {"truncate": 20}},
}
PHASES = ("before", "after")
REVOKED = "access revoked for an hour"

AT_EVENTS: dict[str, Fault] = {
    "doubled": {"action": {"duplicate": 1}},
    "swapped with the next": {"action": {"swap": True}},
    "an hour late": {"action": {"hold": 3600}},
    "acknowledgement lost": {"phase": "after", "action": {"reset": True}},
    "acknowledgement late": {"phase": "after", "action": {"hang": True}},
    "answered 500 though taken": {"phase": "after", "action": {"status": 500}},
    "not sent at first": {"action": {"reset": True}},
}


@dataclass(frozen=True)
class Place:
    """The `number`-th thing of its kind in a flow, from 1.

    `what` is commit, request or event. `target` is who is asked or told; a place in the integration itself has none.
    """

    what: str
    number: int
    name: str
    target: str = ""

    @property
    def end(self) -> Where:
        """Right after it."""
        return self.what, self.number, "after"

    def __str__(self) -> str:
        return f"{self.what} {self.number} ({self.name})"


@dataclass(frozen=True)
class Trouble:
    """What goes wrong: a fault of the stand (contract §1), the end of the integration, or its access taken away.

    `dooms` are where it dies, `revoked` is where its tokens do.
    """

    name: str
    fault: Fault = field(default_factory=dict)
    dooms: tuple[Where, ...] = ()
    revoked: Where | None = None

    @property
    def lasts(self) -> bool:
        """Whether somebody has to put an end to it."""
        return self.revoked is not None or self.fault.get("times", 1) is None


@dataclass(frozen=True)
class Point:
    flow: str
    place: Place
    trouble: Trouble

    @property
    def is_critical(self) -> bool:
        """Whether something is made in amoCRM here, and the integration does not learn of it."""
        makes = self.place.what == "request" and self.place.name.startswith("POST /api/v4/")
        return makes and (self.trouble.fault.get("phase") == "after" or self.trouble.dooms[:1] == (self.place.end,))

    @property
    def rank(self) -> int:
        """Where the point stands among others: by chance, but always the same."""
        return crc32(str(self).encode())

    def __str__(self) -> str:
        return f"{self.flow} · {self.place} · {self.trouble.name}"


def troubles(place: Place) -> Iterator[Trouble]:
    """Everything that can go wrong there."""
    if place.what == "event":
        for name, fault in AT_EVENTS.items():
            yield Trouble(f"{name}", {"target": "events", "match": {"nth": place.number}, **fault})
        return
    if place.target:
        yield from _at_request(place)
        return
    for phase in PHASES:
        yield Trouble(f"dies {phase} this {place.what}", dooms=((place.what, place.number, phase),))
    if place.what == "request":
        twice = (place.end, (place.what, place.number + 1, "after"))
        yield Trouble("dies after this request and after the next", dooms=twice)
        yield Trouble(REVOKED, revoked=(place.what, place.number, "before"))


def _at_request(place: Place) -> Iterator[Trouble]:
    its_own = {"target": place.target, "match": {"from": "integration", "nth": place.number}}
    for phase in PHASES:
        for name, fault in AT_REQUESTS.items():
            yield Trouble(f"{name} {phase}", {**its_own, "phase": phase, **_from_then_on(place, fault)})
    for name, fault in ONCE_AT_REQUESTS.items():
        yield Trouble(name, {**its_own, **fault})


def _from_then_on(place: Place, fault: Fault) -> Fault:
    """A fault that lasts begins with this request and spoils all later ones."""
    if fault.get("times", 1) is not None:
        return fault
    return {**fault, "match": {"from": "integration"}, "after": place.number - 1}


def chosen(points: list[Point], flow: int) -> list[Point]:
    """Those of the points of a flow that this run goes through. `flow` is its number."""
    return sorted(points, key=lambda point: point.rank)[SHARE] if SHARE else part(points, flow)


def part(points: list[Point], flow: int) -> list[Point]:
    """Every fifth trouble, each at one place: the next flow takes other troubles."""
    points = sorted(points, key=lambda point: (point.trouble.name, not point.is_critical, point.rank))
    firsts = [next(alike) for _, alike in groupby(points, key=lambda point: point.trouble.name)]
    return [point for point in firsts if (flow + NAMES.index(point.trouble.name)) % 5 == 0]


_ANYWHERE = (Place("event", 1, ""), Place("request", 1, "", "amocrm"), Place("request", 1, ""), Place("commit", 1, ""))
NAMES = tuple(dict.fromkeys(trouble.name for place in _ANYWHERE for trouble in troubles(place)))
"""All troubles there are."""
