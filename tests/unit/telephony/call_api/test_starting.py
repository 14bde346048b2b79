"""`start.*`: who is dialled when, what the parties see and hear first, when the call is lost (facts §2.1, TERM-10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from emulator.core.errors import Conflict
from emulator.telephony.staff import Phone
from tests.unit.telephony.call_api.asking import (
    PARTNER,
    ToAnna,
    add_scenario,
    begun,
    data,
    employee_call,
    lines,
    ready,
    refused,
    simple_call,
    talk,
)
from tests.unit.telephony.conftest import CONTACT, MAIN, SILENT, Office

MOBILE = "+79030000001"


async def test_the_employee_is_rung_first_and_then_the_contact(office: Office) -> None:
    ready(office, "anna", after=5)
    ready(office, "contact", after=7, talks=30)
    call = await begun(office)
    assert lines(office, call) == [("anna", "100101", "ringing")]
    await office.pass_time(5)
    assert lines(office, call) == [("anna", "100101", "waiting"), ("contact", CONTACT, "ringing")]
    await office.pass_time(100)
    seen = office.account.calls.get(call)
    assert (seen.wait, seen.talk, seen.total, seen.is_lost) == (12, 30, 42, False)
    assert (seen.kind, seen.direction, seen.from_, seen.to) == ("api", "out", office.id_of("anna"), CONTACT)


async def test_the_contact_can_be_first(office: Office) -> None:
    ready(office, "contact", after=5)
    call = await begun(office, first_call="contact", direction="in")
    assert lines(office, call) == [("contact", CONTACT, "ringing")]
    await office.pass_time(5)
    assert lines(office, call)[1] == ("anna", "100101", "ringing")
    seen = office.account.calls.get(call)
    assert (seen.direction, seen.from_, seen.to) == ("in", CONTACT, MAIN)


async def test_all_active_numbers_of_the_employee_are_tried(office: Office) -> None:
    call = await begun(office)
    await office.pass_time(60)
    assert lines(office, call) == [("anna", "100101", "ended"), ("anna", MOBILE, "ringing")]
    await office.pass_time(60)
    seen = office.account.calls.get(call)
    assert (seen.state, seen.total, seen.is_lost, seen.finish_reason) == (
        "ended",
        120,
        True,
        "no_success_operator_call",
    )


@pytest.mark.parametrize("first_call", ["employee", "contact"])
@pytest.mark.parametrize(("number", "rung"), [("79030000001", MOBILE), ("+79030000001", MOBILE), ("100101", "100101")])
async def test_a_number_of_the_employee_is_the_only_one(
    office: Office, first_call: str, number: str, rung: str
) -> None:
    ready(office, "contact")
    call = await begun(office, first_call=first_call, employee={"id": office.id_of("anna"), "phone_number": number})
    await office.pass_time(0)
    assert [line[1] for line in lines(office, call) if line[0] == "anna"] == [rung]
    await office.pass_time(60)
    assert office.account.calls.get(call).state == "ended", "no other number was tried"


async def test_a_line_that_is_not_registered_is_passed_over_at_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = office.account.staff.active_phone

    def active_phone(employee_id: int, after: int = -1) -> Phone | None:
        phone = found(employee_id, after)
        return replace(phone, is_registered=False) if phone and phone.protocol == "SIP" else phone

    monkeypatch.setattr(office.account.staff, "active_phone", active_phone)
    call = await begun(office)
    assert lines(office, call) == [("anna", "100101", "ended"), ("anna", MOBILE, "ringing")]
    assert office.account.calls.get(call).legs[0].finish_reason == "sip_offline"


LOST: list[tuple[str, str, dict[str, Any], bool]] = [
    ("out", "employee", {"anna": "answer", "contact": "ignore"}, True),
    ("out", "employee", {"anna": "ignore"}, True),
    ("out", "employee", {"anna": "answer", "contact": "answer"}, False),
    ("out", "contact", {"contact": "answer", "anna": "ignore"}, False),
    ("in", "employee", {"anna": "answer", "contact": "ignore"}, False),
    ("in", "employee", {"anna": "decline"}, True),
    ("in", "contact", {"contact": "answer", "anna": "ignore"}, True),
    ("in", "contact", {"contact": "busy"}, True),
]


@pytest.mark.parametrize(("direction", "first", "people", "is_lost"), LOST, ids=str)
async def test_the_direction_says_what_lost_means(
    office: Office, direction: str, first: str, people: dict[str, Any], is_lost: bool
) -> None:
    for who, does in people.items():
        ready(office, who, does, talks=10)
    call = await begun(office, direction=direction, first_call=first)
    await office.pass_time(300)
    seen = office.account.calls.get(call)
    assert (seen.state, seen.is_lost) == ("ended", is_lost)
    assert (await office.report(fields=["direction", "is_lost"])) == [{"direction": direction, "is_lost": is_lost}]


async def test_the_direction_is_in_unless_asked_for(office: Office) -> None:
    call = await begun(office, direction=None)
    assert office.account.calls.get(call).direction == "in"


async def test_a_colleague_as_contact_makes_the_call_internal(connected: Office) -> None:
    ready(connected, "anna", after=2)
    ready(connected, "boris", after=3, talks=10)
    call = await begun(connected, contact="100201")
    await connected.pass_time(2)
    assert lines(connected, call) == [("anna", "100101", "waiting"), ("boris", "100201", "ringing")], "though inactive"
    await connected.pass_time(60)
    seen = connected.account.calls.get(call)
    assert (seen.direction, seen.from_, seen.to) == ("internal", connected.id_of("anna"), connected.id_of("boris"))
    assert (seen.talk, seen.is_lost) == (10, False)
    assert {body["is_internal"] for body in connected.receiver.bodies} == {True}


async def test_an_internal_call_is_lost_when_the_second_one_is_not_reached(office: Office) -> None:
    ready(office, "boris")
    call = await begun(office, contact="79030000002", first_call="contact")
    await office.pass_time(0)
    assert lines(office, call) == [("boris", "+79030000002", "waiting"), ("anna", "100101", "ringing")]
    await office.pass_time(120)
    seen = office.account.calls.get(call)
    assert (seen.state, seen.is_lost, len(seen.legs)) == ("ended", True, 3)


async def test_who_calls_a_colleague_can_be_had_at_the_second_number(office: Office) -> None:
    call = await begun(office, contact="100202")
    office.do(call, "decline", who="anna")
    office.do(call, "answer", who="anna")
    office.do(call, "decline", who="boris")
    assert [line[:2] for line in lines(office, call)] == [("anna", "100101"), ("anna", MOBILE), ("boris", "100202")]
    assert office.account.calls.get(call).is_lost, "the caller's own line never counts"


async def test_an_extension_is_an_employee_at_all_numbers(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"12": office.id_of("anna")}
    monkeypatch.setattr(office.account.staff, "employee_by_extension", found.get, raising=False)
    call = await begun(office, employee={"id": office.id_of("anna"), "phone_number": "12"})
    office.do(call, "decline", who="anna")
    assert lines(office, call) == [("anna", "100101", "ended"), ("anna", MOBILE, "ringing")]
    given = employee_call(office, employee={"id": office.id_of("boris"), "phone_number": "12"})
    assert (await refused(office, "start.employee_call", **given))[0] == "no_active_phone_number", "it is Anna's"


async def test_in_a_simple_call_nobody_is_an_employee(office: Office) -> None:
    ready(office, PARTNER, after=1)
    ready(office, CONTACT, after=2, talks=5)
    call = await begun(office, "start.simple_call", **simple_call(operator="79030000002"))
    assert lines(office, call) == [("operator", "+79030000002", "ringing")], "though it is Boris's"
    call = await begun(office, "start.simple_call", **simple_call())
    await office.pass_time(1)
    assert lines(office, call) == [("operator", PARTNER, "waiting"), ("contact", CONTACT, "ringing")]
    await office.pass_time(20)
    seen = office.account.calls.get(call)
    assert (seen.talk, seen.is_lost, seen.first_answered_employee_id) == (5, False, None)
    assert (await office.report(fields=["employees"])) == [{"employees": []}]


async def test_a_simple_call_with_the_contact_first(office: Office) -> None:
    ready(office, CONTACT)
    call = await begun(office, "start.simple_call", **simple_call(first_call="contact"))
    await office.pass_time(0)
    assert lines(office, call) == [("contact", CONTACT, "waiting"), ("operator", PARTNER, "ringing")]


# scenarios


SCENARIO = {"virtual_phone_number": MAIN, "contact": CONTACT}


async def test_a_scenario_leads_once_the_contact_is_there(office: Office) -> None:
    routing, scenario = ToAnna(office), add_scenario(office, "night")
    ready(office, "contact", after=3)
    call = await begun(office, "start.scenario_call", **SCENARIO, first_call="contact", scenario_id=scenario)
    assert routing.led == []
    await office.pass_time(3)
    assert routing.led == [scenario]
    assert lines(office, call) == [("contact", CONTACT, "waiting"), ("anna", "100101", "ringing")]
    await office.pass_time(120)
    assert office.account.calls.get(call).state == "voice_mail", "the scenario decides what follows"


async def test_a_scenario_that_begins_with_the_employee(office: Office) -> None:
    routing, scenario = ToAnna(office), add_scenario(office, "night")
    ready(office, "anna", after=3)
    call = await begun(office, "start.scenario_call", **SCENARIO, first_call="employee", scenario_id=scenario)
    assert (routing.led, lines(office, call)) == ([scenario], [("anna", "100101", "ringing")])
    await office.pass_time(3)
    assert lines(office, call) == [("anna", "100101", "waiting"), ("contact", CONTACT, "ringing")]


async def test_nobody_leaves_a_message_who_was_not_dialled(office: Office) -> None:
    ToAnna(office)
    given = {**SCENARIO, "first_call": "employee", "scenario_id": add_scenario(office, "night")}
    call = await begun(office, "start.scenario_call", **given)
    await office.pass_time(120)
    seen = office.account.calls.get(call)
    assert (seen.state, seen.is_lost, seen.finish_reason) == ("ended", True, "no_success_operator_call")
    assert office.account.timers.next_timer() is None


async def test_a_virtual_number_leads_by_its_own_scenario(office: Office) -> None:
    routing, scenario = ToAnna(office), add_scenario(office, "day", SILENT)
    vnumber = {"contact": CONTACT, "first_call": "employee"}
    await begun(office, "start.vnumber_call", virtual_phone_number=SILENT, **vnumber)
    assert routing.led == [scenario]
    refusal = await refused(office, "start.vnumber_call", virtual_phone_number=MAIN, **vnumber)
    assert refusal == ("scenario_not_found", -32007, "virtual_phone_number")
    refusal = await refused(office, "start.scenario_call", **SCENARIO, first_call="employee", scenario_id=scenario + 1)
    assert refusal == ("scenario_not_found", -32602, "scenario_id")


# what is seen and heard


async def test_what_the_reports_and_events_say_of_it(connected: Office) -> None:
    first = await talk(connected, external_id="order 7")
    second = await begun(connected)
    await data(connected, "release.call", call_session_id=first)
    await data(connected, "release.call", call_session_id=second)
    fields = ["id", "source", "call_api_external_id", "call_api_request_id"]
    rows = {row["id"]: row for row in await connected.report(fields=fields)}
    assert [rows[call]["call_api_external_id"] for call in (first, second)] == ["order 7", None]
    assert {row["source"] for row in rows.values()} == {"callapi"}
    numbers = [rows[call]["call_api_request_id"] for call in (first, second)]
    assert numbers[1] == numbers[0] + 1
    told = {(body["call_session_id"], body.get("external_id")) for body in connected.receiver.bodies}
    assert told == {(first, "order 7"), (second, None)}
    assert all(("external_id" in body) is (body["call_session_id"] == first) for body in connected.receiver.bodies)


async def test_a_call_that_was_not_begun_by_the_api_has_no_request(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    office.do(call, "hangup", who="contact")
    fields = ["call_api_external_id", "call_api_request_id"]
    assert await office.report(fields=fields) == [dict.fromkeys(fields)]


async def test_a_scenario_call_says_where_it_came_from(office: Office) -> None:
    ToAnna(office)
    scenario = add_scenario(office, "night")
    call = await begun(office, "start.scenario_call", **SCENARIO, first_call="employee", scenario_id=scenario)
    await data(office, "release.call", call_session_id=call)
    assert await office.report(fields=["source"]) == [{"source": "callapi_scenario_call"}]


@pytest.mark.parametrize(("shows", "seen"), [(True, MAIN), (None, MAIN), (False, CONTACT)])
async def test_which_number_the_employee_sees(office: Office, shows: bool | None, seen: str) -> None:
    shown: list[tuple[str | None, str | None]] = []

    class Telephone:
        def ring(self, leg: Any, caller: str | None) -> None:
            shown.append((leg.number, caller))

        def __getattr__(self, name: str) -> Any:
            return lambda _leg: None

    office.account.terminals.plug("100101", Telephone())
    office.account.terminals.plug(CONTACT, Telephone())
    call = await begun(office, show_virtual_phone_number=shows)
    office.do(call, "answer", who="anna")
    assert shown == [("100101", seen), (CONTACT, MAIN)]
    item = (await data(office, "list.calls"))[0]
    assert [leg["calling_phone_number"] for leg in item["legs"]] == [seen[1:], MAIN[1:]]


async def test_a_number_that_is_not_recorded(office: Office) -> None:
    call = await talk(office, virtual_phone_number=SILENT)
    await data(office, "release.call", call_session_id=call)
    assert office.account.calls.get(call).recording is None


RULES: list[tuple[str | None, str, str]] = [
    (None, MAIN, CONTACT),
    ("fixed", MAIN, CONTACT),
    ("fixed_for_numa", SILENT, CONTACT),
    ("fixed_for_numa", MAIN, "+79269999999"),
    ("regional_random", MAIN, "+79269999999"),
    ("regional_fixed_for_numa", MAIN, "+74957654321"),
]


@pytest.mark.parametrize(("rule", "shown", "contact"), RULES)
async def test_which_virtual_number_is_shown(office: Office, rule: str | None, shown: str, contact: str) -> None:
    earlier = office.account.calls.place("in", CONTACT, SILENT)
    office.do(earlier, "hangup", who="contact")
    call = await begun(office, virtual_phone_usage_rule=rule, contact=contact)
    assert office.account.store.load(call).session.virtual_phone == shown


async def test_a_rule_for_regions_leaves_other_regions_alone(office: Office) -> None:
    for rule, contact, shown in [
        ("regional_random", "+78121234567", SILENT),
        ("regional_fixed_for_numa", "+78121234567", SILENT),
        ("regional_fixed_for_numa", "+74957654321", MAIN),
    ]:
        for _ in range(8):
            given = {"virtual_phone_usage_rule": rule, "contact": contact, "virtual_phone_number": SILENT}
            call = await begun(office, **given)
            assert office.account.store.load(call).session.virtual_phone == shown


async def test_a_random_virtual_number_is_one_of_the_account(office: Office) -> None:
    calls = [await begun(office, virtual_phone_usage_rule="random") for _ in range(12)]
    assert {office.account.store.load(call).session.virtual_phone for call in calls} == {MAIN, SILENT}


# messages and the key


def message(office: Office) -> tuple[dict[str, Any], int]:
    """The shortest file there is, and its seconds."""
    file = min(office.account.media_files.all(), key=lambda each: each.duration)
    return {"type": "media", "value": str(file.id)}, file.duration


async def test_the_employee_hears_the_message_before_the_contact_is_dialled(office: Office) -> None:
    said, seconds = message(office)
    ready(office, "anna")
    call = await begun(office, employee_message=said)
    await office.pass_time(seconds - 0.001)
    assert lines(office, call) == [("anna", "100101", "waiting")]
    await office.pass_time(0.001)
    assert lines(office, call)[1] == ("contact", CONTACT, "ringing")


async def test_the_employee_is_dialled_while_the_contact_hears_the_message(office: Office) -> None:
    said, _ = message(office)
    ready(office, "contact")
    call = await begun(office, first_call="contact", contact_message=said)
    await office.pass_time(0)
    assert lines(office, call)[1] == ("anna", "100101", "ringing")


@pytest.mark.parametrize(("at_once", "wait"), [(False, 5), (True, 2)])
async def test_the_talk_begins_when_the_message_is_over_or_at_once(office: Office, at_once: bool, wait: int) -> None:
    said, seconds = message(office)
    assert seconds == 5
    ready(office, "contact")
    ready(office, "anna", after=2)
    call = await begun(office, first_call="contact", contact_message=said, switch_at_once=at_once)
    await office.pass_time(20)
    assert office.account.calls.get(call).wait == wait


async def test_who_answers_second_hears_the_message_too(office: Office) -> None:
    said, seconds = message(office)
    ready(office, "anna")
    ready(office, "contact")
    call = await begun(office, contact_message=said)
    await office.pass_time(20)
    assert office.account.calls.get(call).wait == seconds


async def test_speech_made_of_text_is_not_cut_short(office: Office) -> None:
    ready(office, "anna")
    ready(office, "contact")
    call = await begun(office, contact_message={"type": "tts", "value": "а" * 31}, switch_at_once=True)
    await office.pass_time(20)
    assert office.account.calls.get(call).wait == 2, "31 characters at 15 a second"


async def test_a_message_is_not_waited_for_when_the_call_is_over(office: Office) -> None:
    said, _ = message(office)
    ready(office, "anna")
    call = await begun(office, employee_message=said)
    await office.pass_time(1)
    office.do(call, "hangup", who="anna")
    seen = office.account.calls.get(call)
    assert (seen.state, seen.is_lost) == ("ended", True)
    assert office.account.timers.next_timer() is None


async def confirmed(office: Office, digits: str, key: str = "5") -> int:
    call = await begun(office, "start.simple_call", **simple_call(operator_confirmation=key))
    office.account.calls.do(call, "answer", who=PARTNER)
    assert lines(office, call) == [("operator", PARTNER, "waiting")]
    office.account.calls.do(call, "dtmf", who=PARTNER, digits=digits)
    return call


@pytest.mark.parametrize(("key", "digits"), [("5", "15"), ("*", "*"), ("any", "7")])
async def test_an_operator_takes_the_call_by_a_key(office: Office, key: str, digits: str) -> None:
    call = await confirmed(office, digits, key)
    assert lines(office, call)[1] == ("contact", CONTACT, "ringing")


async def test_without_the_right_key_the_call_is_not_taken(office: Office) -> None:
    call = await confirmed(office, "123")
    await office.pass_time(29.999)
    assert office.account.calls.get(call).state == "waiting"
    await office.pass_time(0.001)
    seen = office.account.calls.get(call)
    assert (seen.state, seen.is_lost, seen.finish_reason) == ("ended", True, "no_operator_confirmation")


async def test_who_is_ready_presses_the_key(office: Office) -> None:
    ready(office, PARTNER)
    call = await begun(office, "start.simple_call", **simple_call(operator_confirmation="any"))
    await office.pass_time(0)
    assert lines(office, call) == [("operator", PARTNER, "waiting"), ("contact", CONTACT, "ringing")]


async def test_the_parameters_of_an_employee_call_are_those_of_the_documentation(office: Office) -> None:
    said, _ = message(office)
    given = employee_call(
        office,
        switch_at_once=True,
        early_switching=True,
        media_file_id=int(said["value"]),
        show_virtual_phone_number=False,
        virtual_phone_usage_rule="fixed",
        external_id="334otr01",
        dtmf_string=".1.2.3",
        employee={"id": office.id_of("anna"), "phone_number": "79030000001"},
        contact_message={"type": "tts", "value": "Привет"},
        employee_message=said,
    )
    assert list(await data(office, "start.employee_call", **given)) == ["call_session_id"]


@pytest.mark.parametrize(("verb", "who"), [("ring", {"who": ["boris"]}), ("voicemail", {})])
async def test_nobody_comes_between_the_parties_while_one_hears_a_message(
    office: Office, verb: str, who: dict[str, Any]
) -> None:
    message = {"type": "tts", "value": "x" * 60}
    call = await begun(office, first_call="contact", direction="in", employee_message=message)
    office.do(call, "answer", who="contact")
    office.do(call, "answer", who="anna")
    with pytest.raises(Conflict):
        office.do(call, verb, **who)
    await office.pass_time(4)
    assert lines(office, call) == [("contact", CONTACT, "talking"), ("anna", "100101", "talking")]
