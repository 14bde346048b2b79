"""A state machine of random calls: what people do, what telephones do by themselves, and all of it held against flows.

Each rule is a few moves; after each move the call that it was about is looked at (`checks.py`).
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from datetime import timedelta
from zlib import crc32

import pytest
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from emulator.core.errors import Conflict, Problem
from tests.property.calls import checks, moves
from tests.property.calls.flow import Flow
from tests.property.calls.house import CONTACT, OPENINGS, REACHABLE, House, Readiness
from tests.property.calls.moves import Move
from tests.property.calls.office import Office

MOST_CALLS = 3
SPANS = (0, 0.001, 0.4, 0.999, 1, 2.75, 3, 7.3, 19.6, 20, 29.999, 30, 45, 60, 61.25, 600.5, 18_000)
READY = (
    *(Readiness("answer", after, talks) for after, talks in ((0, None), (4, 30), (0.5, 0), (20, 7.25), (60, None))),
    *(Readiness(does, after) for does, after in (("decline", 3), ("busy", 0), ("unreachable", 1.5), ("ignore", 0))),
    None,
)
LOGINS = ("100101", "100201", "100401")


opening = st.integers(0, len(OPENINGS) - 1)
moments = st.binary(min_size=6, max_size=12)
"""What people do then, three bytes a move (`_go_on`): drawn at once, which is quicker than one by one. Hypothesis
repeats bytes, so that moves are picked by a sum of theirs, of how many there were, and of the luck of the example."""


class CallMachine(RuleBasedStateMachine):
    """`opens` gives each example an office of its own."""

    def __init__(self, opens: Callable[[], Office]) -> None:
        super().__init__()
        self.office = opens()
        self.house = House(self.office.now)
        self.flows: dict[int, Flow] = {}
        self.drawn = 0

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self._look_at_all()
                checks.reports_agree(self.office, self.flows)
        finally:
            self.office.close()

    @initialize(index=opening, mood=st.integers(0, 2 * len(READY) - 1), luck=st.integers(0, 2**24), then=moments)
    def first_call(self, index: int, mood: int, luck: int, then: bytes) -> None:
        self.drawn = luck
        if mood < len(READY):
            for place, who in enumerate((*REACHABLE, CONTACT)):
                self._make_ready(who, READY[(mood + place) % len(READY)])
        self._place(index)
        self._go_on(then)

    @rule(index=opening, then=moments)
    def call(self, index: int, then: bytes) -> None:
        if len(self._going()) < MOST_CALLS:
            self._place(index)
        self._go_on(then)

    def _place(self, index: int) -> None:
        opening = OPENINGS[index]
        if opening.by_own_telephone and self.house.is_offline(opening.from_):
            with pytest.raises(Conflict):
                self.office.place(opening)
            return
        call = self.office.place(opening)
        note(f"{call}: {opening}")
        self.flows[call] = Flow.begun(self.house, opening)
        self._look(call)

    def _going(self) -> list[int]:
        return [call for call, flow in self.flows.items() if flow.ended is None]

    # what people do

    def _go_on(self, then: bytes) -> None:
        """People do what can be done; now and then they try what cannot, rehearse it first, or let time pass."""
        for at in range(0, len(then) - 2, 3):
            self.drawn += 1
            what, pick = divmod(crc32(then[at : at + 3], self.drawn), 1 << 24)
            if what % 8 in (3, 4):
                self._try(pick)
            if going := self._going():
                self._make(going[pick % len(going)], pick // len(going), rehearsed=what % 8 == 2)
            else:
                self._place(pick % len(OPENINGS))
            if what % 8 > 4:
                self._pass(SPANS[what // 8 % len(SPANS)])

    def _make(self, call: int, pick: int, *, rehearsed: bool) -> None:
        flow = self.flows[call]
        move = _one_of(moves.possible(flow), pick)
        if rehearsed:
            self._rehearse(call, pick)
        by_telephone = pick % 7 == 0 and move.verb in (*moves.OF_A_LINE, "dtmf") and str(move.who) in flow.lines
        note(f"{call}: {move}{' by telephone' if by_telephone else ''}")
        self.office.do(call, move, by_telephone=by_telephone)
        flow.do(move.verb, **move.arguments())
        self._look(call)

    def _rehearse(self, call: int, pick: int) -> None:
        """A few moves go as they would really, and nothing has happened."""
        before, flow = self.office.fingerprint(), pickle.loads(pickle.dumps(self.flows[call]))
        with self.office.rehearsal():
            for turn in range(3):
                if every := moves.possible(flow):
                    move = _one_of(every, pick >> turn)
                    note(f"{call}: {move} is rehearsed")
                    self.office.do(call, move)
                    flow.do(move.verb, **move.arguments())
                    checks.people_are_where_they_are(self.office, self.office.load(call), flow)
        assert self.office.fingerprint() == before, "a rehearsal changed something"

    def _try(self, pick: int) -> None:
        """What cannot be done is refused with what could be, and nothing has changed."""
        call = list(self.flows)[pick % len(self.flows)]
        flow, before = self.flows[call], self.office.fingerprint()
        move = moves.impossible(flow, pick // len(self.flows))
        note(f"{call}: {move} is tried")
        with pytest.raises(Problem) as refused:
            self.office.do(call, move)
        assert self.office.fingerprint() == before, f"{move} was refused and changed something"
        if (allowed := refused.value.extra.get("allowed")) is not None and move.verb not in moves.OF_THE_CALL_API:
            assert allowed == moves.verbs(flow), f"{move} in a call that is {flow.state}"

    @rule(who=st.sampled_from((*REACHABLE, CONTACT)), ready=st.sampled_from(READY), then=moments)
    def somebody_is_ready(self, who: str, ready: Readiness | None, then: bytes) -> None:
        self._make_ready(who, ready)
        self._go_on(then)

    def _make_ready(self, who: str, ready: Readiness | None) -> None:
        self.office.make_ready(who, ready)
        self.house.ready.pop(who, None)
        if ready:
            self.house.ready[who] = ready

    @rule(login=st.sampled_from(LOGINS), on=st.booleans(), then=moments)
    def a_telephone_is_plugged(self, login: str, on: bool, then: bytes) -> None:
        self.office.register(login, on=on)
        (self.house.offline.discard if on else self.house.offline.add)(login)
        self._go_on(then)

    # what the tester does

    @rule(spans=st.lists(st.sampled_from(SPANS), min_size=1, max_size=3), then=moments)
    def time_passes(self, spans: list[float], then: bytes) -> None:
        for span in spans:
            self._pass(span)
        self._go_on(then)

    def _pass(self, seconds: float) -> None:
        note(f"{seconds} s pass")
        self.office.advance(timedelta(seconds=seconds))
        self.house.now = self.office.now
        for call, flow in self.flows.items():
            if flow.ended is None and flow.advance(self.house.now):
                self._look(call)

    @rule(then=moments)
    def keep_and_restore(self, then: bytes) -> None:
        """What happens after a snapshot has not happened when it is restored."""
        kept = self.office.keep()
        house, flows = pickle.loads(pickle.dumps((self.house, self.flows)))
        try:
            self._go_on(then)
            self.office.restore(kept)
        finally:
            kept.copy.close()
        self.house, self.flows = house, flows
        self._look_at_all()
        self._go_on(then[::-1])

    @rule(then=moments)
    def reopen(self, then: bytes) -> None:
        self.office.reopen()
        self._look_at_all()
        self._go_on(then)

    # what must be true

    def _look_at_all(self) -> None:
        for call in self.flows:
            self._look(call)

    def _look(self, call: int) -> None:
        checks.holds(self.office, call, self.flows[call])


def _one_of(every: list[Move], pick: int) -> Move:
    """Verbs as often as they weigh, however many people can do one."""
    verbs = [verb for verb in sorted({move.verb for move in every}) for _ in range(moves.WEIGHTS.get(verb, 1))]
    verb = verbs[pick % len(verbs)]
    those = [move for move in every if move.verb == verb]
    return those[pick // len(verbs) % len(those)]
