"""The machine that listens: what a recording sounds like is what was said on the recorded lines, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tests.property.calls.flow import Flow
from tests.property.calls.house import CONTACT, SECOND, VOICE_MAIL
from tests.property.calls.machine import CallMachine
from tests.property.calls.office import Office

Heard = tuple[float, float, frozenset[str]]
SHORTEST, LONGEST, EXACT = 0.5, 100, 0.03
"""Seconds: what is shorter an ear may miss, what is longer takes too long to hear, and how well it hears a change."""
FRESH = 10_000
"""So many more it hears when something is wrong: the defect must not hide while it is made smaller."""


@dataclass
class Ear:
    """`hears` is `features.listening.who_is_heard`; after `left` recordings it is tired. Talk without a pause is left
    out: there is little in it to be wrong."""

    hears: Callable[[bytes, Mapping[str, float]], list[Heard]]
    left: int

    def check(self, flow: Flow, office: Office, call: int) -> None:
        said = recorded(flow)
        if self.left == 0 or len(flow.talks) < 2 or not said or said[-1][1] > LONGEST:
            return
        if min(until - since for since, until, _ in said) < SHORTEST:
            return
        heard = _joined(self.hears(*office.recording(call)))
        wrong = _difference(heard, said)
        self.left += FRESH if wrong else -1
        assert not wrong, wrong


def _joined(heard: list[Heard]) -> list[Heard]:
    """By person: somebody outside who comes back to the talk speaks with another tone, and is the same."""
    found: list[Heard] = []
    for since, until, speakers in heard:
        who = frozenset(each.split()[0] for each in speakers)
        start = found.pop()[0] if found and found[-1][2] == who else since
        found.append((start, until, who))
    return found


def _difference(heard: list[Heard], said: list[Heard]) -> str:
    """What is wrong with what is heard; nothing if nothing is."""
    if [who for *_, who in heard] == [who for *_, who in said]:
        moved = [abs(one[end] - two[end]) for one, two in zip(heard, said, strict=True) for end in (0, 1)]
        if max(moved) <= EXACT:
            return ""
    return f"{heard} and not {said}"


class HearingMachine(CallMachine):
    """Hears the recordings of an example when it is over."""

    def __init__(self, opens: Callable[[], Office], ear: Ear) -> None:
        super().__init__(opens)
        self._ear = ear

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                over = ((call, flow) for call, flow in self.flows.items() if flow.ended is not None)
                for call, flow in over:
                    self._ear.check(flow, self.office, call)
        finally:
            super().teardown()


def recorded(flow: Flow) -> list[Heard]:
    """Who is to be heard in the recording, in its own time. While any line records, everybody in the talk is on it."""
    found: list[Heard] = []
    end = 0.0
    for span, who in _moments(flow):
        since, end = end, end + span
        if found and found[-1][2] == who:
            since = found.pop()[0]
        found.append((since, end, who))
    return found


def _moments(flow: Flow) -> Iterator[tuple[float, frozenset[str]]]:
    """Seconds of recorded talk between two changes, and who is in it."""
    changes = sorted({instant for talk in flow.talks for instant in (talk.since, talk.until)})
    for since, until in pairwise(changes):
        talking = [talk for talk in flow.talks if talk.since <= since and until <= talk.until]
        if any(talk.recorded for talk in talking):
            employees = {talk.who for talk in talking} - {VOICE_MAIL}
            yield (until - since) / SECOND, frozenset(employees | _other_party(flow, since))


def _other_party(flow: Flow, at: int) -> set[str]:
    """The subscriber; inside, who called, while they are on the line."""
    if not flow.is_internal:
        return {CONTACT}
    callers = (line for line in flow.everybody() if line.role == "caller")
    return {line.who for line in callers if line.ended is None or line.ended > at}
