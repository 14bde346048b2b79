"""Hold, consultation, transfer, lines cut off, tags, recording, keys and talk options (facts §2.2, PHONE-12)."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.telephony.communications.tags import Author
from tests.unit.telephony.call_api.asking import (
    PARTNER,
    TEXT,
    add_tag,
    begun,
    data,
    lines,
    ready,
    refused,
    simple_call,
    talk,
)
from tests.unit.telephony.conftest import CONTACT, MAIN, SILENT, Office

DONE = {"success": "true"}


async def do(office: Office, method: str, call: int, **params: Any) -> None:
    assert await data(office, method, call_session_id=call, **params) == DONE


async def hold(office: Office, call: int) -> None:
    await do(office, "hold.call", call, contact_message=TEXT)


async def consulting(office: Office, to: str = "100202", *, answered: bool = True) -> int:
    """Anna has put the contact on hold and calls somebody."""
    call = await talk(office)
    await office.pass_time(10)
    await hold(office, call)
    await do(office, "make.call", call, to=to)
    if answered:
        office.do(call, "answer", who="boris")
    return call


def states(office: Office, call: int) -> list[tuple[str, str]]:
    return [(who, state) for who, _, state in lines(office, call)]


def segments(office: Office, call: int) -> list[tuple[str | None, int, int, bool]]:
    """Who talked with the contact, from when to when in seconds of the call, and whether it was recorded."""
    start = office.account.store.load(call).session.started_at
    return [
        (
            office.name_of(each.employee_id),
            (each.started_at - start) // 1_000_000,
            (each.ended_at - start) // 1_000_000,
            each.is_recorded,
        )
        for each in office.account.store.segments_of(call)
    ]


async def test_on_hold_the_contact_hears_nobody(office: Office) -> None:
    call = await talk(office)
    await office.pass_time(10)
    await hold(office, call)
    assert states(office, call) == [("anna", "holding"), ("contact", "held")]
    await office.pass_time(20)
    await do(office, "unhold.call", call)
    await office.pass_time(5)
    await do(office, "release.call", call)
    assert segments(office, call) == [("anna", 0, 10, True), ("anna", 30, 35, True)]


async def test_an_incoming_call_is_managed_as_well(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, [(0, "ring", {"who": ["anna"]}), (5, "answer", {"who": "anna"})])
    await hold(office, call)
    assert states(office, call) == [("contact", "held"), ("anna", "holding")]
    await do(office, "make.call", call, to="100202")
    await office.pass_time(3600)
    assert office.account.calls.get(call).state == "consulting", "in a driven call nothing rings out by itself"


async def test_an_operator_without_employee_holds_too(office: Office) -> None:
    ready(office, "contact")
    call = await begun(office, "start.simple_call", **simple_call())
    await office.pass_time(0)
    await hold(office, call)
    assert lines(office, call) == [("operator", PARTNER, "holding"), ("contact", CONTACT, "held")]


@pytest.mark.parametrize(
    ("to", "who", "number"),
    [
        ("100202", "boris", "100202"),
        ("79030000002", "boris", "+79030000002"),
        ("79261112233", "operator", PARTNER),
        ("+79261112233", "operator", PARTNER),
    ],
)
async def test_whom_a_consultation_can_be_with(office: Office, to: str, who: str, number: str) -> None:
    call = await consulting(office, to, answered=False)
    assert lines(office, call)[2:] == [(who, number, "ringing")]


async def test_only_the_number_that_was_named_is_dialled(office: Office) -> None:
    call = await consulting(office, answered=False)
    office.do(call, "decline", who="boris")
    assert office.account.calls.get(call).state == "held", "his mobile was not asked for"


async def test_a_colleague_who_does_not_answer_leaves_the_contact_on_hold(office: Office) -> None:
    call = await consulting(office, answered=False)
    await office.pass_time(60)
    assert states(office, call) == [("anna", "holding"), ("contact", "held"), ("boris", "ended")]
    await do(office, "make.call", call, to="79030000002")
    assert states(office, call)[3] == ("boris", "ringing"), "another try is possible"


async def test_a_transfer_after_a_consultation(office: Office) -> None:
    call = await consulting(office)
    assert states(office, call) == [("anna", "consulting"), ("contact", "held"), ("boris", "consulting")]
    await office.pass_time(10)
    await do(office, "transfer.talk", call)
    assert states(office, call) == [("anna", "ended"), ("contact", "talking"), ("boris", "talking")]
    await office.pass_time(30)
    await do(office, "release.call", call)
    assert segments(office, call) == [("anna", 0, 10, True), ("boris", 20, 50, False)]
    assert (await office.report(fields=["is_transfer"])) == [{"is_transfer": True}]


async def test_back_from_a_consultation(office: Office) -> None:
    call = await consulting(office)
    await do(office, "restore.talk", call)
    assert states(office, call) == [("anna", "talking"), ("contact", "talking"), ("boris", "ended")]


async def test_back_while_the_colleague_still_rings(office: Office) -> None:
    call = await consulting(office, answered=False)
    await do(office, "restore.talk", call)
    assert states(office, call) == [("anna", "talking"), ("contact", "talking"), ("boris", "ended")]


async def test_a_transfer_while_the_colleague_still_rings(office: Office) -> None:
    call = await consulting(office, answered=False)
    await do(office, "transfer.talk", call)
    assert states(office, call) == [("anna", "ended"), ("contact", "waiting"), ("boris", "ringing")]
    office.do(call, "answer", who="boris")
    assert states(office, call) == [("anna", "ended"), ("contact", "talking"), ("boris", "talking")]


@pytest.mark.parametrize("driven", [False, True])
async def test_a_transfer_to_somebody_who_does_not_answer_ends_the_call(office: Office, driven: bool) -> None:
    if driven:
        call = office.account.calls.place("in", CONTACT, MAIN)
        await office.play(call, [(0, "ring", {"who": ["anna"]}), (5, "answer", {"who": "anna"})])
        await hold(office, call)
        await do(office, "make.call", call, to="100202")
    else:
        call = await consulting(office, answered=False)
    await do(office, "transfer.talk", call)
    office.do(call, "decline", who="boris")
    assert office.account.calls.get(call).state == "ended"


async def test_a_transfer_is_tried_at_every_number_of_the_colleague(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, [(0, "ring", {"who": ["anna"]}), (5, "answer", {"who": "anna"})])
    office.do(call, "consult", by="anna", to="boris")
    await do(office, "transfer.talk", call)
    office.do(call, "decline", who="boris")
    assert states(office, call)[-1] == ("boris", "ringing")
    office.do(call, "decline", who="boris")
    assert office.account.calls.get(call).state == "ended"


async def test_an_extension_is_a_colleague_at_all_numbers(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    people = {"12": office.id_of("boris"), "13": office.id_of("viktor")}
    monkeypatch.setattr(office.account.staff, "employee_by_extension", people.get, raising=False)
    call = await consulting(office, "12", answered=False)
    office.do(call, "decline", who="boris")
    assert states(office, call)[-2:] == [("boris", "ended"), ("boris", "ringing")]
    office.do(call, "decline", who="boris")
    refusal = await refused(office, "make.call", call_session_id=call, to="13")
    assert refusal == ("no_active_phone_number", -32602, "to")


async def test_the_engine_s_own_transfer_leaves_the_call_to_whoever_drives_it(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, [(0, "ring", {"who": ["anna"]}), (5, "answer", {"who": "anna"})])
    await office.play(call, [(1, "transfer", {"by": "anna", "to": "boris"}), (2, "decline", {"who": "boris"})])
    await office.play(call, [(1, "decline", {"who": "boris"})])
    assert office.account.calls.get(call).state == "waiting"


NOBODY: list[tuple[str, str]] = [
    ("100201", "no_active_phone_number"),
    ("100301", "no_active_phone_number"),
    ("100101", "invalid_parameter_value"),
    (CONTACT[1:], "invalid_parameter_value"),
    (MAIN[1:], "invalid_parameter_value"),
    ("555", "invalid_parameter_value"),
    ("", "invalid_parameter_value"),
    ("boris", "invalid_parameter_value"),
]


@pytest.mark.parametrize(("to", "mnemonic"), NOBODY)
async def test_whom_a_consultation_cannot_be_with(office: Office, to: str, mnemonic: str) -> None:
    call = await talk(office)
    await hold(office, call)
    refusal = await refused(office, "make.call", call_session_id=call, to=to)
    assert refusal == (mnemonic, -32602, "to")
    assert states(office, call) == [("anna", "holding"), ("contact", "held")]


# lines and ends


async def test_a_call_is_released_in_any_state(office: Office) -> None:
    call = await begun(office)
    await do(office, "release.call", call)
    seen = office.account.calls.get(call)
    assert (seen.state, seen.is_lost) == ("ended", True)


async def test_without_the_contact_the_call_is_over(office: Office) -> None:
    call = await talk(office)
    leg = office.account.calls.get(call).legs[1]
    await do(office, "disconnect.leg", call, leg_id=leg.id)
    seen = office.account.calls.get(call)
    assert (seen.state, seen.finish_reason) == ("ended", "subscriber_disconnects")


async def test_a_colleague_is_cut_off_alone(office: Office) -> None:
    call = await consulting(office)
    boris = office.account.calls.get(call).legs[2]
    await do(office, "disconnect.leg", call, leg_id=boris.id)
    assert states(office, call) == [("anna", "holding"), ("contact", "held"), ("boris", "ended")]
    assert await refused(office, "disconnect.leg", call_session_id=call, leg_id=boris.id) == (
        "leg_not_found",
        -32602,
        "leg_id",
    )


async def test_a_line_of_another_call_is_not_found(office: Office) -> None:
    other = office.account.calls.get(await begun(office)).legs[0]
    call = await talk(office)
    refusal = await refused(office, "disconnect.leg", call_session_id=call, leg_id=other.id)
    assert refusal == ("leg_not_found", -32602, "leg_id")


# tags and recording


async def test_a_tag_is_put_once(office: Office) -> None:
    call, tag = await talk(office), add_tag(office, "Целевой")
    await do(office, "tag.call", call, tag_id=tag)
    assert (await data(office, "list.calls"))[0]["tags"] == [{"tag_id": tag, "tag_name": "Целевой"}]
    [mark] = office.account.tags.of(office.account.calls.get(call).communication_id)
    assert mark.by == Author("manual", user_login="client")
    assert await refused(office, "tag.call", call_session_id=call, tag_id=tag) == ("duplicate_tag", -32602, "tag_id")
    refusal = await refused(office, "tag.call", call_session_id=call, tag_id=tag + 1)
    assert refusal == ("tag_not_found", -32602, "tag_id")


async def test_a_recording_is_switched_on_and_off(office: Office) -> None:
    call = await talk(office, virtual_phone_number=SILENT)
    refusal = await refused(office, "record.call", call_session_id=call, action="off")
    assert refusal == ("record_already_stopped", -32602, "action")
    await office.pass_time(10)
    await do(office, "record.call", call, action="on")
    refusal = await refused(office, "record.call", call_session_id=call, action="on")
    assert refusal == ("record_already_started", -32602, "action")
    await office.pass_time(10)
    await do(office, "record.call", call, action="off")
    await office.pass_time(10)
    await do(office, "release.call", call)
    assert segments(office, call) == [("anna", 0, 10, False), ("anna", 10, 20, True), ("anna", 20, 30, False)]


async def test_what_is_always_recorded_stays_so(office: Office) -> None:
    call = await talk(office)
    refusal = await refused(office, "record.call", call_session_id=call, action="off")
    assert refusal == ("forbidden", -32003, "action")
    refusal = await refused(office, "record.call", call_session_id=call, action="on")
    assert refusal == ("record_already_started", -32602, "action")


# keys and options


async def press(office: Office, call: int, *keys: str) -> None:
    for key in keys:
        await do(office, "send.dtmf", call, dtmf_string=key)


async def test_options_are_called_by_keys_from_second_thirty_on(office: Office) -> None:
    call = await talk(office)
    await office.pass_time(29.999)
    await press(office, call, "*", "4")
    assert office.account.calls.get(call).state == "talking"
    await office.pass_time(0.001)
    await press(office, call, "*", "4")
    assert office.account.calls.get(call).state == "ended"


async def test_an_option_is_called_by_its_button(office: Office) -> None:
    call = await talk(office)
    await office.pass_time(29.999)
    refusal = await refused(office, "call.talk_option", call_session_id=call, button="*4")
    assert refusal == ("invalid_state", -32004, "call_session_id")
    await office.pass_time(0.001)
    refusal = await refused(office, "call.talk_option", call_session_id=call, button="*7")
    assert refusal == ("talk_option_not_found", -32602, "button")
    await do(office, "call.talk_option", call, button="*4")
    assert office.account.calls.get(call).state == "ended"


async def test_an_incoming_call_has_its_own_seconds(office: Office) -> None:
    call = await talk(office, direction="in")
    await office.pass_time(3)
    await do(office, "call.talk_option", call, button="*4")
    assert office.account.calls.get(call).state == "ended"


async def test_an_option_with_a_number_gets_it_by_keys(office: Office) -> None:
    call = await talk(office)
    await office.pass_time(30)
    await do(office, "call.talk_option", call, button="*3")
    assert office.account.calls.get(call).state == "talking"
    await press(office, call, *"100202#")
    assert states(office, call) == [("anna", "holding"), ("contact", "held"), ("boris", "ringing")]


async def test_the_recording_is_an_option_where_none_is_made(office: Office) -> None:
    call = await talk(office)
    await office.pass_time(30)
    refusal = await refused(office, "call.talk_option", call_session_id=call, button="*1")
    assert refusal == ("forbidden", -32003, "button")
    await do(office, "release.call", call)
    call = await talk(office, virtual_phone_number=SILENT)
    await office.pass_time(30)
    await do(office, "call.talk_option", call, button="*1")
    await office.pass_time(5)
    await do(office, "release.call", call)
    assert segments(office, call) == [("anna", 0, 30, False), ("anna", 30, 35, True)]
