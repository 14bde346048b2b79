"""Order, failures and repetition: LOG-10, LOG-12, PRIM-02.c, and the counts that "settled" is read from."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from integration.inbox import pause_after
from tests.unit.integration.driver import ANNA, BORIS, EMPLOYEE_ANNA, KNOWN, NOON, RITA, UNKNOWN, Bench
from tests.unit.integration.stub_amocrm import StubAmo

CONTACTS, CALLS = "/api/v4/contacts", "/api/v4/calls"


async def test_fifty_keys_go_in_parallel(bench: Bench) -> None:
    await bench.connect()
    gate = bench.amo.fail("GET", CONTACTS, gate=asyncio.Event()).gate
    assert gate is not None
    for number in range(50):
        await bench.arrive(number + 1, f"+7916000{number:04}")
    while bench.amo.open_now < 50:
        await bench.idle()
    assert await bench.idle(1) == (0, 50, "2026-03-02T09:00:20+00:00")
    bench.amo.faults.clear()
    gate.set()
    await bench.settled()
    assert len(bench.amo.contacts) == 50


async def test_one_key_goes_one_by_one_in_order(bench: Bench) -> None:
    await bench.connect()
    gate = bench.amo.fail("GET", CONTACTS, gate=asyncio.Event()).gate
    assert gate is not None
    await bench.arrive(1, "+79161234567")
    await bench.arrive(2, "89161234567")
    while not bench.amo.open_now:
        await bench.idle()
    assert await bench.idle(1) == (0, 1, "2026-03-02T09:00:20+00:00")
    bench.amo.faults.clear()
    gate.set()
    await bench.settled()
    assert bench.amo.open_most == 1
    assert len(bench.amo.contacts) == 1
    kinds = [line["outcome"].get("communication") for line in await bench.decisions()]
    assert [kind for kind in kinds if kind] == ["primary", "secondary"]


async def test_a_repeated_event_changes_nothing(bench: Bench) -> None:
    await bench.connect()
    await bench.arrive()
    for _ in range(2):
        await bench.finish(by=EMPLOYEE_ANNA, event_id="81:2")
    await bench.settled()
    assert len(bench.amo.sent("POST", CALLS)) == 1
    assert len(bench.amo.sent("PATCH", CONTACTS)) == 1


@pytest.mark.parametrize(
    "how", [{"cut": True}, {"status": 503}, {"status": 500, "done": True}, {"done": True, "cut": True}]
)
async def test_an_effect_without_an_answer_is_looked_up_and_happens_once(bench: Bench, how: dict[str, bool]) -> None:
    await bench.connect()
    bench.amo.fail("POST", CONTACTS, **how)
    await bench.arrive()
    await bench.settled()
    assert await bench.idle() == (0, 0, "2026-03-02T09:00:01+00:00")
    bench.amo.fail("POST", CALLS, **how)
    bench.amo.fail("PATCH", CONTACTS, **how)
    await bench.finish(by=EMPLOYEE_ANNA)
    await bench.settled()
    assert await bench.advance_to_next() == "2026-03-02T09:00:01+00:00"
    assert await bench.advance_to_next() == "2026-03-02T09:00:02+00:00"
    assert await bench.advance_to_next() == "2026-03-02T09:00:04+00:00"
    assert await bench.idle() == (0, 0, None)
    (contact,) = bench.amo.contacts.values()
    assert contact["responsible_user_id"] == ANNA
    assert list(bench.amo.calls) == ["1081"]
    was_done = bool(how.get("done"))
    assert len(bench.amo.sent("POST", CONTACTS)) == (1 if was_done else 2)
    assert len(bench.amo.sent("POST", CALLS)) == (1 if was_done else 2)


async def test_an_account_that_is_not_paid_is_delivered_to_when_it_is(bench: Bench) -> None:
    await bench.connect()
    bench.amo.fail("POST", CALLS, status=402)
    await bench.arrive()
    await bench.finish(by=EMPLOYEE_ANNA)
    await bench.settled()
    await bench.advance_to_next()
    assert list(bench.amo.calls) == ["1081"]


async def test_whoever_was_deleted_during_a_failure_is_responsible_for_nothing(bench: Bench) -> None:
    await bench.connect()
    await bench.arrive()
    await bench.settled()
    bench.amo.fail("POST", CALLS)
    await bench.finish(by=EMPLOYEE_ANNA)
    await bench.settled()
    bench.amo.users.remove(ANNA)
    await bench.advance_to_next()
    assert bench.amo.calls["1081"]["responsible_user_id"] == RITA
    (contact,) = bench.amo.contacts.values()
    assert contact["responsible_user_id"] == RITA


async def test_a_new_administrator_makes_the_contact_that_the_old_one_could_not(bench: Bench) -> None:
    await bench.connect()
    bench.amo.fail("POST", CONTACTS)
    await bench.arrive()
    await bench.settled()
    bench.amo.users = [RITA, ANNA, BORIS]
    await bench.sut("PUT", "", bench.connect_body(connecting_user=BORIS))
    await bench.advance_to_next()
    (contact,) = bench.amo.contacts.values()
    assert (contact["responsible_user_id"], contact["created_by"]) == (BORIS, BORIS)


async def test_the_log_tells_the_decision_that_was_carried_out(bench: Bench) -> None:
    """Between two tries somebody makes a contact, to which the deal is linked then."""
    await bench.connect("deal")
    await bench.arrive()
    await bench.settled()
    bench.amo.telephony_says = [{"code": -32029, "message": "Limit", "data": {"mnemonic": "limit_exceeded"}}]
    await bench.finish(by=EMPLOYEE_ANNA)
    await bench.settled()
    contact = bench.amo.contact("Иван", UNKNOWN)
    await bench.advance_to_next()
    (deal,) = bench.amo.deals
    (line,) = [line for line in await bench.decisions() if line["outcome"]["decision"] == "create_deal"]
    assert deal["_embedded"]["contacts"] == [{"id": contact, "is_main": True}]
    assert line["outcome"]["contact_id"] == contact


async def test_a_telephony_that_refuses_to_name_a_number_holds_up_no_call(bench: Bench) -> None:
    await bench.connect()
    refusal = {"code": -32001, "message": "Access token is invalid", "data": {"mnemonic": "access_token_invalid"}}
    bench.amo.telephony_says = [refusal]
    await bench.arrive()
    await bench.settled()
    (contact,) = bench.amo.contacts.values()
    filled = {field["field_name"] for field in contact["custom_fields_values"]}
    assert {"communication_id", "communication_type"} < filled
    assert "communication_source" not in filled
    (line,) = [line for line in await bench.decisions() if line["outcome"]["decision"] == "field_error"]
    assert "Access token is invalid" in line["outcome"]["because"]


async def test_silence_ends_after_twenty_seconds_of_the_tenant(bench: Bench) -> None:
    await bench.connect()
    gate = bench.amo.fail("POST", CONTACTS, gate=asyncio.Event()).gate
    assert gate is not None
    await bench.arrive()
    await bench.settled()
    await bench.advance("2026-03-02T09:00:19.999999+00:00")
    assert (await bench.idle())[1] == 1
    bench.amo.faults.clear()
    await bench.advance("2026-03-02T09:00:20+00:00")
    assert await bench.idle(1) == (0, 0, "2026-03-02T09:00:21+00:00")
    await bench.advance_to_next()
    assert len(bench.amo.contacts) == 1


async def test_429_waits_as_long_as_it_asks_and_longer_each_time(bench: Bench) -> None:
    await bench.connect()
    for asked in ("1", "1", "60"):
        bench.amo.fail("POST", CONTACTS, status=429, headers={"Retry-After": asked})
    await bench.arrive()
    await bench.arrive(82)
    await bench.settled()
    dues = [await bench.advance_to_next() for _ in range(3)]
    assert [due[14:19] for due in dues] == ["00:01", "00:03", "01:03"]
    assert len(bench.amo.contacts) == 1
    assert len(bench.amo.sent("GET", CONTACTS)) == 5  # one a call, and a look-up before each repetition
    assert len(bench.amo.sent("POST", CONTACTS)) == 4


def test_pauses_grow_to_five_minutes() -> None:
    pauses = [pause_after(attempts).total_seconds() for attempts in (0, 1, 2, 7, 8, 9, 5000)]
    assert pauses == [1, 2, 4, 128, 256, 300, 300]
    assert pause_after(9, timedelta(hours=1)) == timedelta(hours=1)
    assert pause_after(3, timedelta(0)) == timedelta(seconds=8)


async def test_a_new_process_goes_on_where_the_old_one_was_stopped(
    amo: StubAmo, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    amo.contact("Пётр", KNOWN)
    first = await Bench(amo, session, tmp_path).start()
    await first.connect()
    amo.fail("POST", CONTACTS, cut=True, done=True)
    await first.arrive(1)
    await first.settled()
    gated = amo.fail("POST", CALLS, gate=asyncio.Event())
    await first.finish(2, KNOWN, by=EMPLOYEE_ANNA)
    await first.settled()
    await first.stop()
    amo.faults.remove(gated)

    second = await Bench(amo, session, tmp_path).start()
    try:
        await second.settled()
        assert list(amo.calls) == ["1002"]
        assert await second.advance_to_next() == NOON.replace("00:00+", "00:01+")
        assert [contact["name"] for contact in amo.contacts.values()] == ["Пётр", "+7 916 123-45-67"]
        assert (await second.sut("GET", "/settings"))["calls.primary_mode"] == "contact"
    finally:
        await second.stop()


async def test_an_order_is_repeated_in_the_words_it_was_given_in(bench: Bench) -> None:
    await bench.connect()
    bench.amo.fail("POST", CONTACTS, status=503)
    await bench.arrive()
    await bench.settled()
    await bench.sut("PUT", "", bench.connect_body(connecting_user=599))
    await bench.advance_to_next()
    first, second = bench.amo.sent("POST", CONTACTS)
    assert first.body == second.body


async def test_an_end_that_overtakes_its_arrival_waits_for_it(bench: Bench) -> None:
    await bench.connect(**{"calls.success_tag": "Успех"})
    await bench.finish(by=EMPLOYEE_ANNA, event_id="81:3")
    await bench.event("call_connected", event_id="81:2")
    await bench.settled()
    assert not bench.amo.contacts
    assert [line["outcome"]["for"] for line in await bench.decisions()] == ["81:1"]
    await bench.arrive(event_id="81:1")
    await bench.settled()
    (contact,) = bench.amo.contacts.values()
    assert contact["responsible_user_id"] == ANNA
    assert len(bench.amo.sent("POST", CALLS)) == 1
    assert (await bench.idle())[2] is None


async def test_other_calls_of_the_number_do_not_wait_behind_an_early_event(bench: Bench) -> None:
    await bench.connect()
    await bench.finish(81, by=EMPLOYEE_ANNA, event_id="81:2")
    await bench.arrive(82)
    await bench.finish(82, by=EMPLOYEE_ANNA)
    await bench.settled()
    assert len(bench.amo.sent("POST", CALLS)) == 1


async def test_after_a_day_an_early_end_is_registered_without_its_arrival(bench: Bench) -> None:
    await bench.connect()
    await bench.finish(by=EMPLOYEE_ANNA, event_id="81:2")
    await bench.advance("2026-03-03T08:59:59+00:00")
    assert not bench.amo.sent("POST", CALLS)
    await bench.advance("2026-03-03T09:00:00+00:00")
    assert len(bench.amo.sent("POST", CALLS)) == 1
    assert not bench.amo.contacts
