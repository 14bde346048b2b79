"""Troubles of a kind of their own, after which there is one contact and one call record (design §5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from features.driver import Driver

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


ANSWER_TO_RECORD = {"match": {"method": "POST", "path": "/api/v4/calls"}, "phase": "after"}


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


def test_amocrm_asks_to_come_back_in_a_thousand_years(run: Run, make_driver: Callable[..., Driver]) -> None:
    """Nobody waits longer than a day for that."""
    driver = make_driver()

    async def story() -> None:
        action = {"status": 429, "headers": {"Retry-After": "999999999999"}}
        await driver.goes_wrong(target="amocrm", match={"from": "integration"}, action=action, times=2)
        await is_answered_and_ends(driver, await arrives(driver))
        await driver.time_passes(timedelta(days=3))
        await assert_one_of_each(driver)

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
