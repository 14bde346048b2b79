"""Random requests to the fake amoCRM agree with a small model; and the machine finds defects that are planted."""

from __future__ import annotations

import os

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.property.machine import AmocrmMachine
from tests.property.world import Driven

EXAMPLES = int(os.environ.get("AMOSTAND_EXAMPLES", "300"))
"""300 in `make test`, the same each time; the nightly target asks for more and draws them anew."""

SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=12,
    derandomize="AMOSTAND_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
)


def test_random_requests_agree_with_the_model(driven: Driven) -> None:
    run_state_machine_as_test(lambda: AmocrmMachine(driven), settings=SETTINGS)
