"""What cannot be done is refused with what could be, and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.core.errors import BadRequest, Conflict, NotFound
from emulator.telephony.engine.states import LEGAL, SessionState
from tests.unit.telephony.conftest import CONTACT, MAIN, Office

RUNG = [(0, "ring", {"who": ["anna"]})]
TALKING = [*RUNG, (1, "answer", {"who": "anna"})]

# state, how to get there, a verb that is illegal there
ILLEGAL: list[tuple[SessionState, list[Any], str, dict[str, Any]]] = [
    (SessionState.ARRIVED, [], "answer", {"who": "anna"}),
    (SessionState.ARRIVED, [], "transfer", {"by": "anna", "to": "boris"}),
    (SessionState.RINGING, RUNG, "transfer", {"by": "anna", "to": "boris"}),
    (SessionState.RINGING, RUNG, "answer", {"who": "boris"}),
    (SessionState.RINGING, RUNG, "hangup", {"who": "anna"}),
    (SessionState.RINGING, RUNG, "ring", {"who": ["boris", "anna"]}),
    (SessionState.RINGING, RUNG, "ring", {"who": ["boris", "viktor"]}),
    (SessionState.TALKING, TALKING, "answer", {"who": "anna"}),
    (SessionState.TALKING, TALKING, "ring", {"who": ["boris"]}),
    (SessionState.TALKING, TALKING, "voicemail", {}),
    (SessionState.TALKING, TALKING, "transfer", {"by": "boris", "to": "anna"}),
    (SessionState.TALKING, TALKING, "transfer", {"by": "anna", "to": "viktor"}),
    (SessionState.VOICE_MAIL, [(0, "voicemail", {})], "ring", {"who": ["anna"]}),
    (SessionState.ENDED, [*TALKING, (2, "hangup", {"who": "contact"})], "hangup", {"who": "contact"}),
]


@pytest.mark.parametrize(("state", "script", "verb", "people"), ILLEGAL, ids=[f"{i[0].value}-{i[2]}" for i in ILLEGAL])
async def test_an_illegal_verb_says_what_is_legal_and_changes_nothing(
    connected: Office, state: SessionState, script: list[Any], verb: str, people: dict[str, Any]
) -> None:
    call = connected.account.calls.place("in", CONTACT, MAIN)
    await connected.play(call, script)
    before, events = connected.account.calls.get(call), len(connected.account.deliveries.log())
    with pytest.raises(Conflict) as refused:
        connected.do(call, verb, **people)
    assert before.state == state
    assert refused.value.extra["allowed"] == [each.value for each in LEGAL[state]]
    assert connected.account.calls.get(call) == before
    assert len(connected.account.deliveries.log()) == events


ASKED = [*TALKING, (2, "consult", {"by": "anna", "to": "boris"})]
TOGETHER = [*ASKED, (3, "answer", {"who": "boris"}), (4, "conference", {"who": "anna"})]


@pytest.mark.parametrize(
    ("script", "allowed"),
    [
        (ASKED, ["answer", "decline", "no_answer", "busy", "unreachable", "resume", "transfer", "dtmf", "hangup"]),
        (TOGETHER[:-1], ["resume", "transfer", "conference", "dtmf", "hangup"]),
        (TOGETHER, ["hold", "consult", "dtmf", "hangup"]),
        ([*TOGETHER, (5, "hold", {"who": "boris"})], ["resume", "consult", "dtmf", "hangup"]),
    ],
    ids=["a colleague rings", "a colleague is asked", "three talk", "one of three holds"],
)
async def test_what_is_named_can_be_done_by_somebody(office: Office, script: list[Any], allowed: list[str]) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, script)
    with pytest.raises(Conflict) as refused:
        office.do(call, "voicemail")
    assert refused.value.extra["allowed"] == allowed


async def test_nobody_hangs_up_a_telephone_that_rings(office: Office) -> None:
    call = office.account.calls.place("out", office.id_of("anna"), CONTACT)
    with pytest.raises(Conflict) as refused:
        office.do(call, "hangup", who="anna")
    assert refused.value.extra["allowed"] == ["answer", "decline", "no_answer", "busy", "unreachable"]


async def test_who_ordered_a_call_can_only_take_it_back(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN, kind="callback")
    with pytest.raises(Conflict) as refused:
        office.do(call, "voicemail")
    assert refused.value.extra["allowed"] == ["ring", "hangup"]


async def test_somebody_outside_who_took_the_call_over_has_no_buttons(office: Office) -> None:
    partner = "+79261112233"
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, TALKING)
    office.account.calls.do(call, "transfer", by=office.id_of("anna"), to=partner)
    office.account.calls.do(call, "answer", who=partner)
    with pytest.raises(Conflict) as refused:
        office.do(call, "voicemail")
    assert refused.value.extra["allowed"] == ["dtmf", "hangup"]
    office.account.talk_options.block("in", 0)
    office.account.calls.do(call, "dtmf", who=partner, digits="*3100202#")
    office.do(call, "answer", who="boris")
    with pytest.raises(Conflict) as refused:
        office.do(call, "conference", who="boris")
    assert refused.value.extra["allowed"] == ["dtmf", "hangup"], "Boris was asked, and who asks has keys alone"


@pytest.mark.parametrize(
    ("verb", "arguments", "path"),
    [
        ("ring", {"who": 4711}, "who"),
        ("ring", {"who": []}, "who"),
        ("answer", {}, "who"),
        ("hold", {"who": "contact"}, "who"),
        ("dance", {"who": 1}, "verb"),
        ("dtmf", {"who": "contact", "digits": "4a"}, "digits"),
        ("dtmf", {"who": "contact"}, "digits"),
        ("consult", {"by": 1, "to": "contact"}, "to"),
        ("transfer", {"by": 1, "to": 2, "kind": "attended"}, "by"),
        ("transfer", {"by": 1, "to": 2, "kind": "wild"}, "kind"),
        ("transfer", {"by": 1, "to": 1}, "to"),
        ("transfer", {"by": 1, "to": 2}, "by"),
    ],
)
async def test_a_meaningless_argument_is_named(office: Office, verb: str, arguments: dict[str, Any], path: str) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    with pytest.raises(BadRequest) as refused:
        office.account.calls.do(call, verb, **arguments)
    assert [error.path for error in refused.value.errors] == [path]


@pytest.mark.parametrize(
    ("direction", "from_", "to", "path"),
    [
        ("in", CONTACT, "+74950000000", "to"),
        ("in", "nobody", MAIN, "from"),
        ("in", 5, MAIN, "from"),
        ("out", CONTACT, CONTACT, "from"),
        ("out", "anna", "nowhere", "to"),
        ("internal", "anna", 4711, "to"),
        ("internal", "anna", "anna", "to"),
        ("sideways", CONTACT, MAIN, "direction"),
    ],
)
async def test_a_call_that_cannot_begin(office: Office, direction: Any, from_: Any, to: Any, path: str) -> None:
    ends = [office.id_of(end) if end == "anna" else end for end in (from_, to)]
    with pytest.raises(BadRequest) as refused:
        office.account.calls.place(direction, *ends)
    assert [error.path for error in refused.value.errors] == [path]
    assert office.account.calls.list() == []


async def test_nobody_from_outside_is_in_an_internal_call(office: Office) -> None:
    call = office.account.calls.place("internal", office.id_of("anna"), office.id_of("boris"))
    with pytest.raises(BadRequest, match="internal"):
        office.do(call, "hangup", who="contact")


async def test_an_unknown_call_and_leg(office: Office) -> None:
    with pytest.raises(NotFound):
        office.account.calls.get(1)
    with pytest.raises(NotFound):
        office.account.calls.do(1, "voicemail")
    with pytest.raises(NotFound):
        office.account.calls.engine.answered(1)
