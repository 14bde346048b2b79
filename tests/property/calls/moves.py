"""What can be done to a call now, and what cannot: the verbs of the control plane, of telephones, of the Call API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.property.calls.flow import Flow
from tests.property.calls.house import CONTACT, PARTNER, PEOPLE, REACHABLE
from tests.property.calls.lines import IN_TALK, Line

FAILURES = ("decline", "no_answer", "busy", "unreachable")
OF_A_LINE = ("answer", *FAILURES, "hangup")
"""What a telephone tells the engine by itself, too."""

OF_THE_CALL_API = ("release", "disconnect", "record")
"""Which no refusal lists."""

KEYS = ("*4", "*1", "*3100401#", "*379030000002#", "*389261112233#", "*3", "100101#", "5")
WEIGHTS = {
    "answer": 30,
    **dict.fromkeys(("ring", "consult", "conference"), 10),
    **dict.fromkeys(("resume", "transfer", "hold"), 7),
    **dict.fromkeys(("dtmf", "record", "voicemail", "hangup"), 2),
}
"""How often each verb is drawn, others once."""

ORDER = (
    *("ring", "answer", *FAILURES, "hold", "resume", "consult"),
    *("transfer", "conference", "voicemail", "dtmf", "hangup"),
)

TRIED = (*ORDER, *OF_THE_CALL_API[:2])


@dataclass(frozen=True)
class Move:
    """A verb with whom it is about. `who` does it, several are rung; `to` is a colleague or a telephone outside."""

    verb: str
    who: str | tuple[str, ...] = ""
    to: str = ""
    kind: str = ""
    digits: str = ""
    on: bool = False

    def __str__(self) -> str:
        given = {name: value for name, value in vars(self).items() if name != "verb" and value}
        return f"{self.verb} {given}"

    def arguments(self) -> dict[str, object]:
        """As a flow takes them."""
        given: dict[str, object] = {"who": self.who, "to": self.to, "kind": self.kind, "digits": self.digits}
        if self.verb == "record":
            given["on"] = self.on
        return {name: value for name, value in given.items() if value != ""}


def possible(flow: Flow) -> list[Move]:
    """Everything that can be done."""
    if flow.ended is not None:
        return []
    return [*_of_lines(flow), *_of_the_talk(flow), *_of_the_call(flow)]


def verbs(flow: Flow) -> list[str]:
    """What a refusal has to list. Whether there is anybody left to be rung is for whoever rings to know."""
    named = {move.verb for move in possible(flow)}
    if _may_ring(flow):
        named.add("ring")
    if any(line.is_employee and not flow.asked(line.who) for line in flow.those("talking", "holding")):
        named.add("consult")
    return [verb for verb in ORDER if verb in named]


def _of_lines(flow: Flow) -> Iterator[Move]:
    for line in flow.lines.values():
        if line.state == "ringing":
            yield from (Move(verb, line.who) for verb in ("answer", *FAILURES))
        elif line.role != "voice_mail":
            yield Move("hangup", line.who)
            yield from (Move("dtmf", line.who, digits=digits) for digits in KEYS)
        yield Move("disconnect", line.who)
        if line.since is not None and line.is_operator:
            yield Move("record", line.who, on=not line.recording)
    if flow.is_ordered and CONTACT not in flow.lines and flow.dials_next:
        yield Move("hangup", CONTACT)
    yield Move("release")


def _of_the_talk(flow: Flow) -> Iterator[Move]:
    for line in flow.lines.values():
        if not line.is_employee or line.state not in IN_TALK or line.asked_by:
            continue
        asked = flow.asked(line.who)
        if line.state == "talking":
            yield Move("hold", line.who)
        if line.state in ("holding", "consulting"):
            yield Move("resume", line.who)
        if asked:
            yield from _of_a_consultation(flow, line, asked)
        elif line.state in ("talking", "holding"):
            yield from (Move("consult", line.who, to=to) for to in _free(flow))
            if len(flow.those("talking", "held", "holding")) == 2:
                yield from (Move("transfer", line.who, to=to, kind="blind") for to in _free(flow))


def _of_a_consultation(flow: Flow, line: Line, asked: Line) -> Iterator[Move]:
    if asked.state == "consulting":
        yield Move("conference", line.who)
    if asked.state == "consulting" or len(flow.those("held")) == 1:
        yield Move("transfer", line.who, to=asked.who, kind="attended")


def _of_the_call(flow: Flow) -> Iterator[Move]:
    if _may_ring(flow):
        free = [who for who in REACHABLE if who not in flow.lines]
        yield from (Move("ring", (who,)) for who in free)
        if len(free) > 1:
            yield from (Move("ring", (free[0], free[-1])), Move("ring", tuple(free)))
    contact = flow.lines.get(CONTACT)
    if flow.direction == "in" and contact and contact.state == "waiting":
        yield Move("voicemail")


def _may_ring(flow: Flow) -> bool:
    """The subscriber waits for somebody, or has ordered a call and nobody took it yet."""
    if flow.direction != "in" or flow.ended is not None:
        return False
    contact = flow.lines.get(CONTACT)
    return contact.state == "waiting" if contact else flow.dials_next is not None


def _free(flow: Flow) -> list[str]:
    return [who for who in (*REACHABLE, PARTNER) if who not in flow.lines]


def impossible(flow: Flow, pick: int) -> Move:
    """One of the moves that cannot be made now, verbs as often as each other; often one that fails half way."""
    free = tuple(who for who in REACHABLE if who not in flow.lines)
    if pick % 2 and free and _may_ring(flow):
        return Move("ring", (*free[: 1 + pick % 3], "viktor"))
    can = set(possible(flow))
    for verb in (*TRIED[pick % len(TRIED) :], *TRIED):
        if cannot := [move for move in _of_verb(flow, verb) if move not in can]:
            break
    return cannot[pick // len(TRIED) % len(cannot)]


def _of_verb(flow: Flow, verb: str) -> Iterator[Move]:
    """As anybody might try it."""
    people, outside = (*PEOPLE, PARTNER), () if flow.is_internal else (CONTACT,)
    match verb:
        case "voicemail" | "release":
            yield Move(verb)
        case "ring":
            yield from (Move(verb, who) for who in (("viktor",), ("anna", "galina", "anna")))
            yield from (Move(verb, (line.who,)) for line in flow.lines.values() if line.is_employee)
        case "hold" | "resume" | "conference":
            yield from (Move(verb, who) for who in PEOPLE)
        case "consult":
            yield from (Move(verb, who, to=to) for who in PEOPLE for to in people if to != who)
        case "transfer":
            pairs = [(who, to) for who in PEOPLE for to in people if to != who]
            yield from (Move(verb, who, to=to, kind=kind) for who, to in pairs for kind in ("blind", "attended"))
        case "dtmf":
            yield from (Move(verb, who, digits="5") for who in people)
        case "disconnect":
            yield from (Move(verb, who) for who in people)
        case _:
            yield from (Move(verb, who) for who in (*people, *outside))
