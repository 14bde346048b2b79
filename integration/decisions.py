"""The decision log: "why was this contact given to Anna" is answered by reading one line.

`facts` is exactly what the rule saw, `outcome` what it decided and why, `cause` the trace id of the event behind it.
"""

from __future__ import annotations

from dataclasses import asdict

from integration import tracing
from integration.model import DecisionRow
from integration.ports import Clock, Store
from integration.rules.decisions import (
    AddTag,
    AssignOwner,
    Classify,
    CreateContact,
    Decision,
    Nothing,
    RecordCall,
)

_NAMES: dict[type[Decision], str] = {
    Nothing: "nothing",
    Classify: "classify",
    CreateContact: "create_contact",
    AssignOwner: "assign_owner",
    AddTag: "add_tag",
    RecordCall: "record_call",
}


class DecisionLog:
    """`ports.Decisions` on the tenant's store and clock."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def log(self, ref: str, subject: str, facts: object, decision: Decision) -> None:
        outcome = {"decision": _NAMES[type(decision)], **asdict(decision)}
        rule = outcome.pop("rule")
        await self._write(ref, subject, rule, asdict(facts), outcome)  # type: ignore[call-overload]

    async def note(self, ref: str, subject: str, rule: str, outcome: dict[str, object]) -> None:
        await self._write(ref, subject, rule, {}, outcome)

    async def _write(
        self, ref: str, subject: str, rule: str, facts: dict[str, object], outcome: dict[str, object]
    ) -> None:
        line = DecisionRow(0, self._clock.now(), rule, subject, facts, outcome, tracing.current().id)
        await self._store.log_decision(ref, line)
