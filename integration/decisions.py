"""The decision log: "why was this contact given to Anna" is answered by reading one line.

`facts` is exactly what the rule saw, `outcome` what it decided, why, and `by` which function of the rules
("tags.at_end"); `cause` is the trace id of the event behind it.
"""

from __future__ import annotations

import re
from functools import cache

import msgspec

from integration import tracing
from integration.model import DecisionRow
from integration.ports import Clock, Store
from integration.rules.decisions import Decision

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class DecisionLog:
    """`ports.Decisions` on the tenant's store and clock."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def log(self, ref: str, subject: str, by: str, facts: object, decision: Decision) -> None:
        outcome = {"decision": _name(type(decision).__name__), "by": by, **msgspec.to_builtins(decision)}
        rule = outcome.pop("rule")
        await self._write(ref, subject, rule, msgspec.to_builtins(facts), outcome)

    async def note(self, ref: str, subject: str, rule: str, outcome: dict[str, object]) -> None:
        await self._write(ref, subject, rule, {}, outcome)

    async def _write(
        self, ref: str, subject: str, rule: str, facts: dict[str, object], outcome: dict[str, object]
    ) -> None:
        line = DecisionRow(0, self._clock.now(), rule, subject, facts, outcome, tracing.current().id)
        await self._store.log_decision(ref, line)


@cache
def _name(decision: str) -> str:
    """`create_contact` for CreateContact."""
    return _CAPITAL.sub("_", decision).lower()
