"""What is left after crashes and lost answers: one contact, one call record (design §5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from features.driver import Driver
from tests.recovery.conftest import IntegrationProcess

CALLER = "+79161234567"
Run = Callable[..., Any]


async def arrives(driver: Driver) -> int:
    return int((await driver.call_arrives(CALLER))["id"])


async def is_answered_and_ends(driver: Driver, call: int) -> None:
    await driver.rings(call, "anna")
    await driver.time_passes(timedelta(seconds=8))
    await driver.answers(call, "anna")
    await driver.time_passes(timedelta(seconds=60))
    await driver.hangs_up(call)


async def assert_one_of_each(driver: Driver) -> None:
    (contact,) = await driver.contacts(CALLER)
    assert driver.person_of_user(contact["responsible_user_id"]) == "anna"
    assert [tag["name"] for tag in contact["_embedded"]["tags"]] == ["Успех"]
    assert len(await driver.calls_on_card(contact["id"])) == 1
    (row,) = await driver.call_log()
    assert row["entity"] == {"type": "contact", "id": contact["id"]}


FIRST_REQUEST = {"match": {"method": "GET", "path": "/api/v4/contacts"}, "phase": "before"}
ANSWER_TO_CREATION = {"match": {"method": "POST", "path": "/api/v4/contacts"}, "phase": "after"}
ANSWER_TO_RECORD = {"match": {"method": "POST", "path": "/api/v4/calls"}, "phase": "after"}


@pytest.mark.parametrize("where", [FIRST_REQUEST, ANSWER_TO_CREATION], ids=["first request", "answer to the creation"])
def test_killed_at_arrival_and_started_again(
    run: Run, make_driver: Callable[..., Driver], integration: IntegrationProcess, where: dict[str, Any]
) -> None:
    driver = make_driver(integration=integration.url)

    async def until_it_hangs() -> int:
        await driver.goes_wrong(target="amocrm", action={"hang": True}, **where)
        return await arrives(driver)

    async def afterwards(call: int) -> None:
        await driver.settle()
        await is_answered_and_ends(driver, call)
        await assert_one_of_each(driver)

    call = run(until_it_hangs())
    integration.kill()
    integration.start()
    run(afterwards(call))


def test_killed_while_the_answer_to_the_call_record_hangs(
    run: Run, make_driver: Callable[..., Driver], integration: IntegrationProcess
) -> None:
    driver = make_driver(integration=integration.url)

    async def until_it_hangs() -> None:
        await driver.goes_wrong(target="amocrm", action={"hang": True}, **ANSWER_TO_RECORD)
        await is_answered_and_ends(driver, await arrives(driver))

    async def afterwards() -> None:
        await driver.settle()
        await assert_one_of_each(driver)

    run(until_it_hangs())
    integration.kill()
    integration.start()
    run(afterwards())


EVENTS = ["in_call_session", "call_connected", "call_session_finished"]
ACTIONS: dict[str, dict[str, Any]] = {
    "acknowledgement lost": {"phase": "after", "action": {"reset": True}},
    "acknowledgement late": {"phase": "after", "action": {"hang": True}},
    "answered 500 though done": {"phase": "after", "action": {"status": 500}},
    "never sent at first": {"phase": "before", "action": {"reset": True}},
    "delivered twice": {"action": {"duplicate": 1}},
    "delivered an hour late": {"action": {"hold": 3600}},
    "swapped with the next": {"action": {"swap": True}},
}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("what", ACTIONS)
def test_an_event_goes_wrong_on_its_way(run: Run, make_driver: Callable[..., Driver], event: str, what: str) -> None:
    driver = make_driver()

    async def story() -> None:
        match = {"body": {"notification_mnemonic": event}}
        await driver.goes_wrong(target="events", match=match, **ACTIONS[what])
        await is_answered_and_ends(driver, await arrives(driver))
        await driver.time_passes(timedelta(hours=2))
        await driver.all_goes_well()
        await assert_one_of_each(driver)

    run(story())


REQUESTS = {
    "search": {"method": "GET", "path": "/api/v4/contacts"},
    "creation": {"method": "POST", "path": "/api/v4/contacts"},
    "owner and tags": {"method": "PATCH", "path": "/api/v4/contacts/*"},
    "record": {"method": "POST", "path": "/api/v4/calls"},
}
TROUBLES: dict[str, dict[str, Any]] = {
    "500 before": {"phase": "before", "action": {"status": 500}},
    "500 after": {"phase": "after", "action": {"status": 500}},
    "429": {"phase": "before", "action": {"status": 429, "body": "Too Many Requests"}},
    "reset before": {"phase": "before", "action": {"reset": True}},
    "reset after": {"phase": "after", "action": {"reset": True}},
    "hang before": {"phase": "before", "action": {"hang": True}},
    "hang after": {"phase": "after", "action": {"hang": True}},
    "truncated after": {"phase": "after", "action": {"truncate": 20}},
    "late by 19 s": {"phase": "before", "action": {"delay": 19}},
    "401 before": {"phase": "before", "action": {"status": 401}},
    "401 after": {"phase": "after", "action": {"status": 401}},
    "429 after": {"phase": "after", "action": {"status": 429}},
    "429 with an endless Retry-After": {"action": {"status": 429, "headers": {"Retry-After": "999999999999"}}},
}


@pytest.mark.parametrize("request_name", REQUESTS)
@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_request_to_amocrm_goes_wrong(
    run: Run, make_driver: Callable[..., Driver], request_name: str, trouble: str
) -> None:
    driver = make_driver()

    async def story() -> None:
        await driver.goes_wrong(target="amocrm", match=REQUESTS[request_name], times=2, **TROUBLES[trouble])
        await is_answered_and_ends(driver, await arrives(driver))
        await driver.time_passes(timedelta(days=3) if "endless" in trouble else timedelta(minutes=10))
        await driver.all_goes_well()
        await assert_one_of_each(driver)

    run(story())


def test_the_record_on_a_deal_is_found_again(run: Run, make_driver: Callable[..., Driver]) -> None:
    """Under `v4` a call goes to the only active deal of the contact and a repeated `uniq` is a second call."""
    driver = make_driver(profile="v4")

    async def story() -> None:
        contact = await driver.create_contact("Иван", [CALLER], "anna")
        await driver._amocrm(
            "POST", "/api/v4/leads", [{"name": "L", "_embedded": {"contacts": [{"id": contact["id"]}]}}]
        )
        await driver.goes_wrong(target="amocrm", action={"reset": True}, **ANSWER_TO_RECORD)
        await is_answered_and_ends(driver, await arrives(driver))
        await driver.time_passes(timedelta(minutes=1))
        (row,) = await driver.call_log()
        assert row["entity"]["type"] == "lead"

    run(story())


def test_an_event_that_is_refused_for_good_does_not_hold_up_the_end(
    run: Run, make_driver: Callable[..., Driver]
) -> None:
    driver = make_driver()

    async def story() -> None:
        await driver.goes_wrong(target="events", match={"path": "call_proceeding*"}, action={"status": 400})
        await is_answered_and_ends(driver, await arrives(driver))
        await assert_one_of_each(driver)

    run(story())
