"""Greeting and menu: what the subscriber hears and presses decides where the call goes."""

from __future__ import annotations

import pytest

from emulator.telephony.engine.reasons import Reason
from tests.unit.telephony.scenarios.conftest import MAIL, Pbx

HELLO = {"greeting": {"seconds": 4}, "next": "keys"}
KEYS = {"menu": {"wait": 5}, "exits": {"1": "sales", "wait": "mail", "incorrect": "bye"}}
SALES = {"employees": ["anna"], "exits": {"failed": "mail"}}
BYE = {"hang_up": {}}
OPERATIONS = {"hello": HELLO, "keys": KEYS, "sales": SALES, "mail": MAIL, "bye": BYE}


async def test_a_number_without_a_scenario_waits_to_be_driven(pbx: Pbx) -> None:
    call = await pbx.call()
    await pbx.office.pass_time(3600)
    assert pbx.view(call).state == "arrived"
    assert pbx.office.account.routing.details.of(call) is None


async def test_a_greeting_plays_for_its_time(pbx: Pbx) -> None:
    pbx.has(OPERATIONS)
    call = await pbx.call()
    await pbx.office.pass_time(3.9)
    assert pbx.way(call) == [("hello", None)]
    await pbx.office.pass_time(0.1)
    assert pbx.way(call) == [("hello", "next"), ("keys", None)]


async def test_a_key_leads_on(pbx: Pbx) -> None:
    pbx.has(OPERATIONS)
    call = await pbx.call()
    await pbx.press(call, "1")
    assert pbx.way(call) == [("hello", None)], "a greeting does not listen"
    await pbx.office.pass_time(4)
    await pbx.press(call, "1")
    assert pbx.ringing(call) == [("anna", "100101")]
    assert pbx.operation(call, "keys").said["keys"] == ["1"]
    await pbx.press(call, "2")
    assert pbx.way(call)[-1] == ("sales", None)
    await pbx.office.pass_time(30)
    assert pbx.ringing(call) == [("anna", "100101")], "the menu's time is over with it"


async def test_no_key_leaves_by_wait(pbx: Pbx) -> None:
    pbx.has(OPERATIONS, first="keys")
    call = await pbx.call()
    await pbx.office.pass_time(4.9)
    assert pbx.view(call).state == "arrived"
    await pbx.office.pass_time(0.1)
    assert (pbx.way(call), pbx.view(call).state) == ([("keys", "wait"), ("mail", None)], "voice_mail")


@pytest.mark.parametrize("key", ["7", "*", "#"])
async def test_a_key_that_leads_nowhere_is_incorrect(pbx: Pbx, key: str) -> None:
    pbx.has(OPERATIONS, first="keys")
    call = await pbx.call()
    await pbx.press(call, key)
    assert pbx.way(call) == [("keys", "incorrect"), ("bye", None)]
    seen = pbx.view(call)
    assert (seen.state, seen.finish_reason, seen.is_lost) == ("ended", "scenario_disconnects", True)


async def test_the_prompt_is_played_again(pbx: Pbx) -> None:
    again = {**KEYS, "menu": {"wait": 5, "prompt": 2, "attempts": 3}}
    pbx.has({**OPERATIONS, "keys": again}, first="keys")
    call = await pbx.call()
    await pbx.office.pass_time(6.9)
    await pbx.press(call, "7")
    await pbx.office.pass_time(6.9)
    await pbx.press(call, "8")
    await pbx.office.pass_time(6.9)
    assert pbx.way(call) == [("keys", None)]
    await pbx.office.pass_time(0.1)
    assert pbx.way(call) == [("keys", "wait"), ("mail", None)]


async def test_several_keys_go_to_one_operation_after_the_other(pbx: Pbx) -> None:
    second = {"menu": {}, "exits": {"2": "mail"}}
    pbx.has({**OPERATIONS, "keys": {"menu": {}, "exits": {"1": "second"}}, "second": second}, first="keys")
    call = await pbx.call()
    await pbx.press(call, "12")
    assert pbx.way(call) == [("keys", "1"), ("second", "2"), ("mail", None)]


async def test_hanging_up_in_the_menu_is_a_lost_call(pbx: Pbx) -> None:
    """TERM-05.b"""
    pbx.has(OPERATIONS, first="keys")
    call = await pbx.call()
    await pbx.does(call, "hangup", "contact")
    seen = pbx.view(call)
    assert (seen.is_lost, seen.finish_reason) == (True, "disconnect_before_call_processing")
    last = pbx.operation(call, "keys")
    assert (last.exit, last.reason) == (None, "disconnect_before_call_processing")
    await pbx.office.pass_time(60)
    assert pbx.view(call).legs == seen.legs, "nothing of the menu is left"


async def test_hanging_up_in_the_greeting_is_no_success(pbx: Pbx) -> None:
    """TERM-07.b"""
    pbx.has(OPERATIONS)
    call = await pbx.call()
    await pbx.office.pass_time(2)
    await pbx.does(call, "hangup", "contact")
    assert pbx.view(call).is_lost


async def test_an_exit_that_leads_nowhere_ends_the_call(pbx: Pbx) -> None:
    pbx.has({"hello": {"greeting": {"seconds": 1}}})
    call = await pbx.call()
    await pbx.office.pass_time(1)
    seen = pbx.view(call)
    assert (seen.state, seen.finish_reason, seen.is_lost) == ("ended", "no_operation", True)
    assert pbx.way(call) == [("hello", "next")]


async def test_a_scenario_that_goes_round_in_circles_is_ended(pbx: Pbx) -> None:
    pbx.has({"a": {"menu": {"wait": 1}, "exits": {"wait": "b"}}, "b": {"greeting": {"seconds": 1}, "next": "a"}})
    call = await pbx.call()
    await pbx.office.pass_time(99)
    assert pbx.view(call).state == "arrived"
    await pbx.office.pass_time(1)
    assert (pbx.view(call).state, pbx.view(call).finish_reason) == ("ended", "max_transition_count_exceeded")
    assert len(pbx.details(call).operations) == 100


async def test_nothing_is_played_to_nobody(pbx: Pbx) -> None:
    """As in a callback, where employees are rung before the subscriber."""
    pbx.has({**OPERATIONS, "hello": {"greeting": {"seconds": 4}, "next": "again"}, "again": HELLO})
    call = await pbx.call()
    with pbx.office.account.engine.routed(call, "by hand") as step:
        assert step is not None
        step.end(step.call.legs[0], Reason.SUBSCRIBER_DISCONNECTS)
    await pbx.office.pass_time(4)
    passed = [(each.name, each.exit, each.reason) for each in pbx.details(call).operations]
    assert passed == [
        ("hello", "next", None),
        ("again", "next", "nobody_listens"),
        ("keys", "wait", "nobody_listens"),
        ("mail", None, "scenario_disconnects"),
    ]
    seen = pbx.view(call)
    assert (seen.state, seen.is_lost, seen.is_voice_mail) == ("ended", True, False)


async def test_who_drives_the_call_takes_it_from_the_scenario(pbx: Pbx) -> None:
    pbx.has(OPERATIONS, first="keys")
    call = await pbx.call()
    pbx.office.do(call, "ring", who="boris")
    await pbx.office.pass_time(3600)
    assert pbx.ringing(call) == [("boris", "100202")]
    assert pbx.operation(call, "keys").reason == "taken_over"


async def test_a_call_goes_on_where_it_was_after_a_restore(pbx: Pbx) -> None:
    pbx.has(OPERATIONS)
    call = await pbx.call()
    kept = pbx.office.account.database.snapshot()
    await pbx.office.pass_time(4)
    await pbx.press(call, "1")
    pbx.office.account.database.restore(kept)
    assert pbx.way(call) == [("hello", None)]
    await pbx.office.pass_time(4)
    assert pbx.way(call) == [("hello", "next"), ("keys", None)]
    kept.close()


async def test_a_scenario_that_is_deleted_meanwhile_ends_the_call(pbx: Pbx) -> None:
    pbx.has(OPERATIONS)
    call = await pbx.call()
    pbx.office.account.scenarios.delete("day")
    await pbx.office.pass_time(4)
    assert pbx.view(call).finish_reason == "scenario_not_found"
