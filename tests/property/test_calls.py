"""Random calls agree with a small model of a telephone exchange; and the machine finds defects that are planted."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from functools import partial

import aiohttp
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from emulator.core.database import Database, Databases
from emulator.core.errors import Problem
from emulator.telephony.engine import colleagues
from emulator.telephony.engine import step as steps
from emulator.telephony.engine.figures import is_lost
from emulator.telephony.engine.outcomes import Outcomes
from emulator.telephony.engine.reasons import Reason
from emulator.telephony.engine.records import Call, Leg
from emulator.telephony.engine.states import Verb
from emulator.telephony.engine.step import Step
from emulator.telephony.engine.store import CallStore
from features.listening import who_is_heard
from tests.property.calls.hearing import Ear, HearingMachine
from tests.property.calls.machine import CallMachine
from tests.property.calls.office import Office
from tests.property.calls.wire import Wire

NIGHTLY = "AMOSTAND_EXAMPLES" in os.environ
EXAMPLES = int(os.environ.get("AMOSTAND_EXAMPLES", "100"))
"""100 in `make test`, the same each time; the nightly target asks for more, longer ones, and draws them anew."""

SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=6 if NIGHTLY else 2,
    derandomize=not NIGHTLY,
    deadline=None,
    database=None,
)
OVER_TCP = settings(SETTINGS, max_examples=max(10, EXAMPLES // 30), stateful_step_count=6)
HUNT = settings(
    SETTINGS,
    max_examples=300,
    stateful_step_count=4,
    derandomize=True,
    phases=[Phase.generate],
    report_multiple_bugs=False,
)
"""Looks for a defect without making what it finds smaller."""

Opens = Callable[[], Office]


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Connections with the schema in them, which the examples take over from each other."""
    databases = Databases()
    yield databases
    databases.close()


@pytest.fixture
def opens(loop: asyncio.AbstractEventLoop, databases: Databases) -> Opens:
    return partial(Office, loop, databases)


@pytest.fixture
def opens_with_wire(
    loop: asyncio.AbstractEventLoop, databases: Databases, http: aiohttp.ClientSession
) -> Iterator[Opens]:
    wire = loop.run_until_complete(Wire(http).open())
    yield partial(Office, loop, databases, wire)
    loop.run_until_complete(wire.close())


def test_random_calls_agree_with_the_model(opens: Opens) -> None:
    """And recordings of some of them sound as they did."""
    _run_and_hear(opens, SETTINGS)


def test_random_calls_over_tcp(opens_with_wire: Opens) -> None:
    """Events as they arrive, reports as they are asked for."""
    _run_and_hear(opens_with_wire, OVER_TCP)


def _run_and_hear(opens: Opens, how: settings) -> None:
    ear = Ear(who_is_heard, left=EXAMPLES // 15)
    run_state_machine_as_test(lambda: HearingMachine(opens, ear), settings=how)
    assert NIGHTLY or ear.left < EXAMPLES // 15, "there was nothing to hear"


def talk_of_colleagues(patch: pytest.MonkeyPatch) -> None:
    """What employees say among themselves is recorded as talk with the subscriber."""
    consult = Step.answer_consultation

    def overheard(self: Step, leg: Leg, by: Leg) -> None:
        consult(self, leg, by)
        leg.talked_at = leg.talking_since = self.now

    patch.setattr(Step, "answer_consultation", overheard)


def strict_callbacks(patch: pytest.MonkeyPatch) -> None:
    """A callback is lost when the subscriber did not answer it, though an operator did."""

    def strict(call: Call) -> bool:
        contact = call.contact_leg()
        missed = call.session.kind == "callback" and (contact is None or contact.connected_at is None)
        return missed or is_lost(call)

    patch.setattr(steps, "is_lost", strict)


def forgotten_on_hold(patch: pytest.MonkeyPatch) -> None:
    """Who holds comes back to the talk alone."""
    patch.setattr(colleagues, "_talk", lambda step, by: step.connect(by))


def half_a_step(patch: pytest.MonkeyPatch) -> None:
    """What a step changed before it was refused stays in memory: its events are numbered on from there."""
    init = CallStore.__init__

    def deaf(self: CallStore, database: Database) -> None:
        init(self, database)
        database.on_rollback.remove(self.forget)

    patch.setattr(CallStore, "__init__", deaf)
    patch.setattr(CallStore, "take", lambda self, call_id: self._at_hand.get(call_id) or self.load(call_id))


def all_numbers(patch: pytest.MonkeyPatch) -> None:
    """The second number is dialled also when the first was answered."""
    act = Outcomes.act

    def eager(self: Outcomes, step: Step, verb: Verb, leg: Leg) -> None:
        act(self, step, verb, leg)
        if verb is Verb.ANSWER and leg.dials_on and leg.phone_id is not None:
            self._dial_on(step, leg, leg.phone_id)

    patch.setattr(Outcomes, "act", eager)


def lost_words(patch: pytest.MonkeyPatch) -> None:
    """Of who hands a call over nothing stays that was said since the last pause."""
    end = Step.end

    def hasty(self: Step, leg: Leg, reason: Reason) -> None:
        if reason is Reason.TRANSFER_DISCONNECTS:
            leg.talking_since = None
        end(self, leg, reason)

    patch.setattr(Step, "end", hasty)


def long_memory(patch: pytest.MonkeyPatch) -> None:
    """Calls that are kept at hand outlive the restoring of a snapshot."""
    patch.setattr(CallStore, "forget", lambda self: None)


def ringing_on(patch: pytest.MonkeyPatch) -> None:
    """A telephone that was answered still rings out when its dial time is over."""
    patch.setattr(Step, "_stop_clock", lambda self, leg: None)


PLANTED = [
    talk_of_colleagues,
    strict_callbacks,
    forgotten_on_hold,
    half_a_step,
    all_numbers,
    lost_words,
    long_memory,
    ringing_on,
]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_defect_is_found(
    opens: Opens, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, Problem, ExceptionGroup)):
        run_state_machine_as_test(lambda: CallMachine(opens), settings=HUNT)
