"""Which method may be called in which state of a call; what is refused changes nothing (facts §2.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.telephony.call_api.asking import TEXT, add_tag, ask
from tests.unit.telephony.conftest import CONTACT, SILENT, Office

Steps = list[tuple[str, dict[str, Any]]]

RING: Steps = [("ring", {"who": ["anna"]})]
TALK: Steps = [*RING, ("answer", {"who": "anna"})]
HOLD: Steps = [*TALK, ("hold", {"who": "anna"})]
DIALING: Steps = [*HOLD, ("consult", {"by": "anna", "to": "boris"})]

STATES: dict[str, Steps] = {
    "arrived": [],
    "ringing": RING,
    "waiting": [*RING, ("decline", {"who": "anna"}), ("decline", {"who": "anna"})],
    "talk": TALK,
    "hold": HOLD,
    "dialing": DIALING,
    "operator_talk": [*DIALING, ("answer", {"who": "boris"})],
    "voice mail": [("voicemail", {})],
    "ended": [*TALK, ("hangup", {"who": "contact"})],
}

EVERY_STATE = set(STATES) - {"ended"}
ON_THE_LINE = {"talk", "hold", "dialing", "operator_talk"}
CONSULTING = {"dialing", "operator_talk"}

METHODS: dict[str, tuple[set[str], Callable[[Office, int], dict[str, Any]]]] = {
    "hold.call": ({"talk"}, lambda office, call: {"contact_message": TEXT}),
    "unhold.call": ({"hold"}, lambda office, call: {}),
    "make.call": ({"hold"}, lambda office, call: {"to": "100202"}),
    "transfer.talk": (CONSULTING, lambda office, call: {}),
    "restore.talk": (CONSULTING, lambda office, call: {}),
    "record.call": ({"talk"}, lambda office, call: {"action": "on"}),
    "send.dtmf": (ON_THE_LINE, lambda office, call: {"dtmf_string": "1"}),
    "call.talk_option": (ON_THE_LINE, lambda office, call: {"button": "*1"}),
    "tag.call": (EVERY_STATE, lambda office, call: {"tag_id": add_tag(office, "Целевой")}),
    "disconnect.leg": (EVERY_STATE, lambda office, call: {"leg_id": office.account.calls.get(call).legs[0].id}),
    "release.call": (EVERY_STATE, lambda office, call: {}),
}


def rows(office: Office) -> dict[str, list[dict[str, Any]]]:
    tables = ("sessions", "legs", "segments", "timers", "deliveries")
    return {table: office.account.database.all(f"SELECT * FROM {table} ORDER BY id") for table in tables}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("method", METHODS)
async def test_when_a_method_may_be_called(connected: Office, method: str, state: str) -> None:
    office = connected
    office.account.talk_options.block("in", 0)
    call = office.account.calls.place("in", CONTACT, SILENT)
    for verb, people in STATES[state]:
        office.do(call, verb, **people)
    await office.settle()
    allowed, params = METHODS[method]
    given = params(office, call)
    before = rows(office)
    said = await ask(office, method, call_session_id=call, **given)
    if state in allowed:
        assert said["result"]["data"] == {"success": "true"}
        return
    error = said["error"]
    expected = ("call_session_not_found", -32602) if state == "ended" else ("invalid_state", -32004)
    assert (error["data"]["mnemonic"], error["code"]) == expected
    assert error["data"]["field"] == "call_session_id"
    assert rows(office) == before


@pytest.mark.parametrize("method", METHODS)
async def test_a_call_of_somebody_else_is_not_found(office: Office, method: str) -> None:
    call = office.account.calls.place("in", CONTACT, SILENT)
    given = METHODS[method][1](office, call)
    for stranger in (0, 1, call + 1, call + 10_000_000, 2**63 - 1):
        error = (await ask(office, method, call_session_id=stranger, **given))["error"]
        assert (error["code"], error["data"]["mnemonic"]) == (-32602, "call_session_not_found")
