"""What goes to amoCRM's call log: every call with an outside number, once, at its end (LOG-01..04, 08; PRIM-14, 24).

The integration filters nothing: short and lost calls are sent as well and amoCRM decides (LOG-08).
"""

from __future__ import annotations

from typing import Literal

from integration.rules.decisions import Nothing, RecordCall
from integration.rules.facts import EndFacts, Kind

LEFT_A_MESSAGE = 1
TALKED = 4
NO_ANSWER = 6


def at_end(facts: EndFacts) -> RecordCall | Nothing:
    """The record of a call that ended, in every mode and for hidden numbers too."""
    if facts.communication is Kind.INTERNAL:
        return Nothing("LOG-04", "calls between employees are not recorded")
    direction: Literal["inbound", "outbound"] = "inbound" if facts.direction == "in" else "outbound"
    user, because = _responsible(facts)
    return RecordCall("LOG-01", direction, facts.talk_seconds, call_status(facts), user, because)


def call_status(facts: EndFacts) -> int:
    """amoCRM's call_status: 4 talked, 1 only voice mail, 6 otherwise (lost, or a callback nobody took)."""
    if facts.lost:
        return NO_ANSWER
    if facts.talked_by is not None:
        return TALKED
    return LEFT_A_MESSAGE if facts.voice_mail else NO_ANSWER


def _responsible(facts: EndFacts) -> tuple[int, str]:
    if facts.answered_by_user is not None:
        return facts.answered_by_user, "the first employee who answered is responsible for the record"
    return facts.default_responsible, "nobody of amoCRM answered: default responsible"
