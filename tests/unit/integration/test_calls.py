"""Whole calls through the integration: what reaches amoCRM, and what the decision log says about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.integration.driver import ANNA, BORIS, EMPLOYEE_ANNA, EMPLOYEE_VIKTOR, KNOWN, OLGA, RITA, UNKNOWN, Bench


async def test_an_answered_primary_call_in_mode_contact(bench: Bench) -> None:
    await bench.connect(**{"calls.success_tag": "Успех"})
    await bench.arrive()
    await bench.settled()
    (contact,) = bench.amo.contacts.values()
    assert (contact["responsible_user_id"], contact["created_by"]) == (OLGA, OLGA)
    assert contact["name"] == "+7 916 123-45-67"

    await bench.event("call_connected", leg_id=1, employee_id=EMPLOYEE_ANNA)
    await bench.settled()
    assert contact["responsible_user_id"] == OLGA

    await bench.finish(by=EMPLOYEE_ANNA)
    await bench.settled()
    assert (contact["responsible_user_id"], contact["created_by"], contact["tags"]) == (ANNA, ANNA, ["Успех"])
    assert bench.amo.sent("POST", "/api/v4/calls")[0].body == [
        {
            "direction": "inbound",
            "phone": UNKNOWN,
            "duration": 40,
            "source": "CoMagic",
            "uniq": "1081",
            "call_status": 4,
            "call_responsible": ANNA,
            "responsible_user_id": ANNA,
            "created_by": ANNA,
            "created_at": 1772442000,
            "request_id": "0",
            "link": "https://talk.test/81.mp3",
        }
    ]


@pytest.mark.parametrize(
    ("end", "owner", "tags", "status", "seconds"),
    [
        ({"by": None}, RITA, ["Потерян"], 6, 0),
        ({"by": EMPLOYEE_VIKTOR}, RITA, ["Успех"], 4, 40),
        ({"by": None, "is_lost": False, "is_voice_mail": True, "talk_time_duration": 40}, RITA, ["Успех"], 1, 40),
        ({"by": EMPLOYEE_ANNA, "first_talked_employee_id": None, "talk_time_duration": 0}, ANNA, [], 6, 0),
    ],
    ids=["lost", "telephony only", "voice mail", "callback the subscriber did not take"],
)
async def test_ends_of_a_primary_call(
    bench: Bench, end: dict[str, Any], owner: int, tags: list[str], status: int, seconds: int
) -> None:
    await bench.connect(**{"calls.success_tag": "Успех", "calls.lost_tag": "Потерян"})
    await bench.arrive()
    await bench.finish(**end)
    await bench.settled()
    (contact,) = bench.amo.contacts.values()
    assert (contact["responsible_user_id"], contact["created_by"], contact["tags"]) == (owner, owner, tags)
    (record,) = bench.amo.sent("POST", "/api/v4/calls")[0].body
    assert (record["call_status"], record["duration"]) == (status, seconds)


async def test_a_secondary_call_is_only_registered(bench: Bench) -> None:
    bench.amo.contact("Пётр", "8 916 000-00-01")
    await bench.connect(**{"calls.success_tag": "Успех"})
    await bench.arrive(phone=KNOWN)
    await bench.finish(phone=KNOWN, by=EMPLOYEE_ANNA)
    await bench.settled()
    assert list(bench.amo.calls) == ["1081"]
    assert not bench.amo.sent("PATCH", "/")
    assert len(bench.amo.contacts) == 1


async def test_a_hit_in_another_field_is_no_contact_and_all_pages_are_read(bench: Bench) -> None:
    bench.amo.page_size = 1
    bench.amo.contact("order 9161234567", "+79990000000")
    bench.amo.contact("copy of 9161234567", "+79990000001")
    await bench.connect()
    await bench.arrive()
    await bench.settled()
    assert len(bench.amo.contacts) == 3
    assert len(bench.amo.sent("GET", "/api/v4/contacts")) == 2


async def test_manual_mode_uploads_the_call_and_takes_a_drop_for_no_error(bench: Bench) -> None:
    await bench.connect("manual")
    await bench.arrive()
    await bench.finish(by=EMPLOYEE_ANNA)
    await bench.settled()
    assert not bench.amo.contacts
    assert len(bench.amo.sent("POST", "/api/v4/calls")) == 1
    assert (await bench.idle()) == (0, 0, None)
    dropped = (await bench.decisions())[-3]
    assert (dropped["rule"], dropped["outcome"]["decision"]) == ("LOG-09", "effect_dropped")


async def test_hidden_internal_and_outgoing_calls_create_nothing(bench: Bench) -> None:
    await bench.connect()
    await bench.arrive(1, None)
    await bench.finish(1, None, by=EMPLOYEE_ANNA)
    await bench.arrive(2, "101", is_internal=True, direction="out")
    await bench.finish(2, "101", by=EMPLOYEE_ANNA, is_internal=True, direction="out")
    await bench.arrive(3, direction="out")
    await bench.finish(3, by=EMPLOYEE_ANNA, direction="out")
    await bench.settled()
    assert not bench.amo.contacts
    phones = [seen.body[0]["phone"] for seen in bench.amo.sent("POST", "/api/v4/calls")]
    assert sorted(phones) == ["", UNKNOWN]
    rules = {
        line["subject"]: line["rule"] for line in await bench.decisions() if line["outcome"]["decision"] == "nothing"
    }
    assert rules["call:2"] == "TASK-18"


async def test_a_refused_effect_does_not_stop_the_others(bench: Bench) -> None:
    await bench.connect(**{"calls.success_tag": "Успех"})
    await bench.arrive()
    await bench.settled()
    bench.amo.fail("PATCH", "/api/v4/contacts", status=400)
    await bench.finish(by=EMPLOYEE_ANNA)
    await bench.settled()
    (contact,) = bench.amo.contacts.values()
    assert (contact["responsible_user_id"], contact["tags"]) == (OLGA, ["Успех"])
    (failed,) = [line for line in await bench.decisions() if line["outcome"]["decision"] == "effect_failed"]
    assert failed["outcome"] == {
        "decision": "effect_failed",
        "effect": "call:81:owner",
        "status": 400,
        "because": "fault",
    }


async def test_the_end_of_a_call_whose_arrival_was_not_seen_is_registered(bench: Bench) -> None:
    bench.amo.contact("Пётр", KNOWN)
    await bench.connect()
    await bench.finish(phone=KNOWN, by=EMPLOYEE_ANNA)
    await bench.settled()
    assert list(bench.amo.calls) == ["1081"]
    assert not bench.amo.sent("PATCH", "/")


async def test_settings_are_those_of_the_arrival(bench: Bench) -> None:
    await bench.connect()
    await bench.arrive()
    await bench.sut("PATCH", "/settings", {"calls.primary_mode": "manual", "calls.responsible_user_id": BORIS})
    await bench.arrive(82, "+79167654321")
    await bench.finish()
    await bench.settled()
    (contact,) = bench.amo.contacts.values()
    assert contact["responsible_user_id"] == RITA


async def test_one_line_says_why_a_contact_was_given_to_anna(bench: Bench) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await bench.connect()
    await bench.arrive()
    await bench.settled()
    seen = len(await bench.decisions())
    await bench.finish(by=EMPLOYEE_ANNA)
    await bench.settled()
    line = next(line for line in await bench.decisions(seen) if line["outcome"]["decision"] == "assign_owner")
    assert line["rule"] == "PRIM-06"
    assert line["subject"] == "call:81"
    assert line["outcome"] == {
        "decision": "assign_owner",
        "by": "contacts.at_end",
        "delay": 0,
        "contact_id": 100,
        "user_id": ANNA,
        "because": "the first employee who answered",
    }
    facts = {"mode": "contact", "communication": "primary", "answered_by": EMPLOYEE_ANNA, "answered_by_user": ANNA}
    assert facts.items() <= line["facts"].items()
    assert re.fullmatch("[0-9a-f]{32}", line["cause"])
    headers = {"Authorization": "Bearer events-secret", "traceparent": trace}
    body = {
        "event_id": "85:1",
        "notification_mnemonic": "in_call_session",
        "call_session_id": 85,
        "communication_id": 5,
    }
    body |= {
        "direction": "in",
        "contact_phone_number": UNKNOWN,
        "start_time": "2026-03-02 12:00:00",
        "is_internal": False,
    }
    assert (await bench.ask("POST", "/telephony/w1/events", body, **headers))[0] == 200
    await bench.settled()
    assert (await bench.decisions())[-1]["cause"] == trace.split("-")[1]
    assert bench.amo.requests[-1].headers["traceparent"].startswith("00-0af7651916cd43dd8448eb211c80319c-")


async def test_secrets_stay_out_of_the_log(bench: Bench, logged: Callable[[], str]) -> None:
    await bench.connect()
    bench.amo.fail("POST", "/api/v4/contacts", cut=True)
    await bench.arrive()
    await bench.settled()
    told = logged() + str(await bench.decisions())
    for secret in ("secret-of-client", "access-1", "refresh-1", "events-secret", "telephony-token", "good-code"):
        assert secret not in told


async def test_of_many_contacts_with_a_number_the_one_that_was_seen_first_counts(bench: Bench) -> None:
    await bench.connect()
    many = [bench.amo.contact(f"Пётр {number}", KNOWN) for number in range(23)]
    bench.amo.seen_at = {contact: 1_772_000_000 - place for place, contact in enumerate(many)}
    await bench.arrive(phone=KNOWN)
    await bench.settled()
    (line,) = [line for line in await bench.decisions() if line["outcome"]["decision"] == "classify"]
    assert line["facts"]["known_contacts"] == list(reversed(many))
