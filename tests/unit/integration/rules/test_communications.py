"""What a communication is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integration.rules import communications
from integration.rules.facts import Kind, NumberFacts
from tests.unit.integration.rules.facts import ANSWERED, LOST, UNTAKEN_CALLBACK, VOICE_MAIL


@pytest.mark.parametrize(
    ("facts", "rule", "kind"),
    [
        (NumberFacts("in", False, "9161234567"), "TERM-01", Kind.PRIMARY),
        (NumberFacts("out", False, "9161234567"), "TERM-01", Kind.PRIMARY),
        (NumberFacts("in", False, "9161234567", (10,)), "TERM-02", Kind.SECONDARY),
        (NumberFacts("in", False, "9161234567", (), (30,)), "TERM-02", Kind.SECONDARY),
        (NumberFacts("in", False, ""), "PRIM-24", Kind.HIDDEN),
        (NumberFacts("out", True, "101"), "LOG-04", Kind.INTERNAL),
        (NumberFacts("out", True, ""), "LOG-04", Kind.INTERNAL),
    ],
)
def test_classify(facts: NumberFacts, rule: str, kind: Kind) -> None:
    decision = communications.classify(facts)
    assert (decision.rule, decision.communication) == (rule, kind)


@pytest.mark.parametrize(("internal", "kind"), [(False, Kind.UNSEEN), (True, Kind.INTERNAL)])
def test_classify_unseen(internal: bool, kind: Kind) -> None:
    assert communications.classify_unseen(NumberFacts("in", internal, "9161234567")).communication is kind


@pytest.mark.parametrize(
    ("change", "successful"),
    [({}, True), (VOICE_MAIL, True), (LOST, False), (UNTAKEN_CALLBACK, False), ({"lost": True}, False)],
)
def test_is_successful(change: dict[str, Any], successful: bool) -> None:
    assert communications.is_successful(replace(ANSWERED, **change)) is successful
