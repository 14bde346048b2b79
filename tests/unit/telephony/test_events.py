"""Events to the integration: which, in which order, without gaps, and what happens when they are not taken."""

from __future__ import annotations

from typing import Any

from emulator.core.faults import Action, FaultRequest, Match
from tests.unit.telephony.conftest import ARRIVAL, CONTACT, MAIN, SILENT, Office

ANSWERED: list[tuple[float, str, dict[str, Any]]] = [
    (0, "ring", {"who": ["anna", "boris"]}),
    (3, "answer", {"who": "anna"}),
    (63.9, "hangup", {"who": "contact"}),
]
WHOLE = [
    "in_call_session",
    "call_proceeding",
    "call_proceeding",
    "call_connected",
    "call_disconnected",
    "call_disconnected",
    "call_session_finished",
    "call_record_ready",
]


def mnemonics(office: Office) -> list[str]:
    return [body["notification_mnemonic"] for body in office.receiver.bodies]


async def test_a_whole_call_in_order_without_gaps(connected: Office) -> None:
    call = connected.account.calls.place("in", CONTACT, MAIN)
    await connected.play(call, ANSWERED)
    bodies = connected.receiver.bodies
    assert mnemonics(connected) == WHOLE
    assert [body["event_id"] for body in bodies] == [f"{call}:{n}" for n in range(1, 9)]
    assert {row["state"] for row in connected.account.deliveries.log(f"call:{call}")} == {"delivered"}
    assert connected.receiver.headers[0]["Authorization"] == "Bearer secret"


async def test_the_variables_of_arrival_and_of_a_leg(connected: Office) -> None:
    call = connected.account.calls.place("in", CONTACT, MAIN)
    await connected.play(call, [(1.5, "ring", {"who": "anna"})])
    arrival, proceeding = connected.receiver.bodies
    seen = connected.account.calls.get(call)
    assert arrival == {
        "event_id": f"{call}:1",
        "notification_mnemonic": "in_call_session",
        "notification_timestamp": int(ARRIVAL.timestamp() * 1000),
        "call_session_id": call,
        "communication_id": seen.communication_id,
        "direction": "in",
        "contact_phone_number": CONTACT,
        "virtual_phone_number": MAIN,
        "start_time": "2026-03-02 12:00:00",
        "is_internal": False,
    }
    leg = {"leg_id": seen.legs[1].id, "employee_id": connected.id_of("anna"), "employee_phone_number": "100101"}
    assert proceeding["notification_timestamp"] == arrival["notification_timestamp"] + 1500
    assert {key: proceeding[key] for key in leg} == leg


async def test_the_end_carries_all_figures(connected: Office) -> None:
    call = connected.account.calls.place("in", CONTACT, MAIN)
    await connected.play(call, ANSWERED)
    finished, ready = connected.receiver.bodies[-2:]
    anna, link = connected.id_of("anna"), connected.account.calls.get(call).recording
    assert {key: finished[key] for key in list(finished)[10:]} == {
        "is_lost": False,
        "finish_reason": "subscriber_disconnects",
        "first_answered_employee_id": anna,
        "first_talked_employee_id": anna,
        "is_voice_mail": False,
        "wait_time_duration": 3,
        "talk_time_duration": 60,
        "total_time_duration": 63,
        "record_file_links": [link],
    }
    assert (ready["file_link"], ready["file_duration"]) == (link, 60)


async def test_a_lost_call_of_a_hidden_number(connected: Office) -> None:
    call = connected.account.calls.place("in", None, MAIN)
    await connected.play(call, [(0, "ring", {"who": "anna"}), (20, "hangup", {"who": "contact"})])
    assert mnemonics(connected)[2:] == ["call_disconnected", "call_session_finished", "lost_call_session"]
    finished = connected.receiver.bodies[3]
    assert finished["contact_phone_number"] is None
    assert (finished["is_lost"], finished["first_talked_employee_id"], finished["record_file_links"]) == (
        True,
        None,
        [],
    )


async def test_voice_mail_is_nobody_and_not_lost(connected: Office) -> None:
    call = connected.account.calls.place("in", CONTACT, MAIN)
    await connected.play(call, [(5, "voicemail", {}), (15, "hangup", {"who": "contact"})])
    assert mnemonics(connected) == ["in_call_session", "call_session_finished", "call_record_ready"]
    finished = connected.receiver.bodies[1]
    assert (finished["is_lost"], finished["is_voice_mail"], finished["talk_time_duration"]) == (False, True, 10)
    assert finished["first_answered_employee_id"] is None


async def test_an_internal_call_begins_as_an_outgoing_one(connected: Office) -> None:
    anna = connected.id_of("anna")
    call = connected.account.calls.place("internal", anna, connected.id_of("boris"))
    await connected.play(call, [(5, "hangup", {"who": "anna"})])
    begun, proceeding, disconnected, finished, lost = connected.receiver.bodies
    assert mnemonics(connected)[0] == "out_call_session"
    assert (begun["direction"], begun["is_internal"], begun["virtual_phone_number"]) == ("out", True, None)
    assert (begun["employee_id"], begun["contact_phone_number"]) == (anna, "100202")
    assert proceeding["employee_id"] == disconnected["employee_id"] == connected.id_of("boris")
    assert finished["is_lost"]
    assert lost["notification_mnemonic"] == "lost_call_session"


async def test_no_recording_no_event_about_one(connected: Office) -> None:
    call = connected.account.calls.place("in", CONTACT, SILENT)
    await connected.play(call, ANSWERED)
    assert mnemonics(connected) == WHOLE[:-1]


async def test_an_event_that_is_not_taken_holds_the_later_ones_of_its_call_only(connected: Office) -> None:
    connected.receiver.statuses = [503, 503]
    held = connected.account.calls.place("in", CONTACT, MAIN)
    await connected.settle()
    connected.do(held, "ring", who="anna")
    other = connected.account.calls.place("in", None, MAIN)
    await connected.settle()
    assert [body["event_id"] for body in connected.receiver.bodies] == [f"{held}:1", f"{other}:1"]
    await connected.pass_time(0.999)
    assert len(connected.receiver.bodies) == 2
    await connected.pass_time(0.001)
    await connected.pass_time(2)
    delivered = [body["event_id"] for body in connected.receiver.bodies]
    assert delivered == [f"{held}:1", f"{other}:1", f"{held}:1", f"{held}:2", f"{other}:1"]


async def test_an_acknowledgement_that_is_lost_repeats_the_event(connected: Office) -> None:
    match = Match(method="POST", path="call_connected *", body={"employee_id": connected.id_of("anna")})
    connected.ground.faults.add(FaultRequest("events", Action(reset=True), match, phase="after"))
    call = connected.account.calls.place("in", CONTACT, MAIN)
    await connected.play(call, ANSWERED)
    await connected.pass_time(60)
    again = [*WHOLE[:4], "call_connected", *WHOLE[4:]]
    assert mnemonics(connected) == again
    assert connected.receiver.bodies[3] == connected.receiver.bodies[4]


async def test_a_swapped_event_that_is_held_later_stays_as_long_as_it_was_told(connected: Office) -> None:
    """The minute in which it could have been swapped ended when it was."""
    faults = connected.ground.faults
    faults.add(FaultRequest("events", Action(swap=True)))
    connected.receiver.statuses = [200, 503]
    call = connected.account.calls.place("in", CONTACT, MAIN)
    connected.do(call, "ring", who="anna")
    await connected.settle()
    assert [body["event_id"] for body in connected.receiver.bodies] == [f"{call}:2", f"{call}:1"]
    faults.add(FaultRequest("events", Action(hold=300)))
    await connected.pass_time(300.999)
    assert len(connected.receiver.bodies) == 2
    await connected.pass_time(0.001)
    assert [body["event_id"] for body in connected.receiver.bodies[2:]] == [f"{call}:1"]


async def test_a_duplicate_is_the_same_event_twice(connected: Office) -> None:
    connected.ground.faults.add(FaultRequest("events", Action(duplicate=1), Match(path="call_session_finished *")))
    call = connected.account.calls.place("in", CONTACT, MAIN)
    await connected.play(call, ANSWERED)
    ids = [body["event_id"] for body in connected.receiver.bodies]
    assert ids == [f"{call}:{n}" for n in (1, 2, 3, 4, 5, 6, 7, 7, 8)]


async def test_without_an_integration_no_event_is_stored_and_no_number_used(office: Office, line: Any) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    office.do(call, "ring", who="anna")
    assert office.account.deliveries.log() == []
    office.receiver.url = line.receiver_url
    office.do(call, "hangup", who="contact")
    await office.settle()
    assert [body["event_id"] for body in office.receiver.bodies] == [f"{call}:{n}" for n in (1, 2, 3)]


async def test_what_waits_is_delivered_when_the_integration_returns(connected: Office) -> None:
    url, connected.receiver.url = connected.receiver.url, "http://127.0.0.1:9/"
    call = connected.account.calls.place("in", CONTACT, MAIN)
    connected.receiver.url = ""
    await connected.settle()
    connected.account.deliveries._timers.cancel("delivery", f"call:{call}")
    connected.receiver.url = url
    connected.account.resume_deliveries()
    await connected.settle()
    assert mnemonics(connected) == ["in_call_session"]


async def test_closing_a_world_ends_deliveries_that_did_not_begin_yet(connected: Office) -> None:
    connected.account.calls.place("in", CONTACT, MAIN)
    await connected.ground.work.close()
    assert not connected.ground.work.pieces


async def test_closing_a_world_ends_deliveries_under_way(connected: Office) -> None:
    connected.ground.faults.add(FaultRequest("events", Action(hang=True)))
    connected.account.calls.place("in", CONTACT, MAIN)
    await connected.settle()
    await connected.ground.work.close()
    assert not connected.ground.work.pieces


async def test_every_step_is_in_the_journal_under_the_trace_of_its_call(connected: Office) -> None:
    call = connected.account.calls.place("in", CONTACT, MAIN)
    await connected.play(call, [(0, "ring", {"who": "anna"})])
    changes = [entry.body() for entry in connected.ground.journal.entries("change")]
    assert [(entry["subject"], entry["data"]["verb"], entry["data"]["state"]) for entry in changes] == [
        (f"call:{call}", "arrive", "arrived"),
        (f"call:{call}", "ring", "ringing"),
    ]
    events = [entry.body() for entry in connected.ground.journal.entries("event")]
    assert {entry["cause"] for entry in [*changes, *events]} == {changes[0]["cause"]}
