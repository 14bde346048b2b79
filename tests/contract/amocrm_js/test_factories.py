"""What the README of `amocrm-js` shows: its token, its factories and their pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.amocrm_js.conftest import Run, Said
from tests.contract.conftest import ServedStand


@pytest.fixture(scope="module")
def world(served_stand: ServedStand) -> Iterator[dict[str, Any]]:
    """The client reads the process clock for the life of its tokens, so the world is live."""
    with served_stand.world("amocrm-js", name="js", profile="v4", integration=None, clock="live") as world:
        yield world


@pytest.fixture(scope="module")
def said(run: Run, world: dict[str, Any]) -> Said:
    """What the client got, by topic."""
    return run("factories.cjs", world, responsible=world["people"]["anna"]["user_id"])


def test_it_exchanges_a_code_and_refreshes_its_token(said: Said) -> None:
    oauth = said["oauth"]
    assert (oauth["connected"], oauth["refreshed"], oauth["expired"]) == (True, True, False)
    assert oauth["secondUseOfTheCode"]["data"]["hint"] == "Authorization code has been revoked"


def test_it_reads_the_account(said: Said) -> None:
    assert said["account"]["subdomain"] == "js"
    assert said["account"]["_links"]["self"]["href"] == "https://js.amocrm.ru/api/v4/account"
    assert [kind["id"] for kind in said["account"]["_embedded"]["task_types"]] == [1, 2, 3]


def test_it_makes_finds_and_changes_a_contact(said: Said, world: dict[str, Any]) -> None:
    """It sends back every attribute that it read."""
    contacts = said["contacts"]
    assert contacts["found"] == [contacts["id"]]
    shown = contacts["shown"]
    assert (shown["name"], shown["responsible_user_id"]) == ("Пётр Иванов", world["people"]["anna"]["user_id"])
    assert [tag["name"] for tag in shown["_embedded"]["tags"]] == ["vip"]
    (phone,) = shown["custom_fields_values"]
    assert (phone["field_code"], phone["values"][0]["value"]) == ("PHONE", "+79161234567")
    assert contacts["missing"] is None


def test_it_makes_a_deal_of_a_contact(said: Said) -> None:
    shown = said["leads"]["shown"]
    assert (shown["name"], shown["price"]) == ("Окна", 15000)
    assert [tag["name"] for tag in shown["_embedded"]["tags"]] == said["leads"]["tags"] == ["Продажа"]
    ((contact_id, is_main),) = [(each["id"], each["is_main"]) for each in shown["_embedded"]["contacts"]]
    assert (contact_id, is_main) == (said["contacts"]["id"], True)


def test_it_makes_a_company_of_a_contact(said: Said) -> None:
    shown = said["companies"]["shown"]
    assert (shown["name"], [tag["name"] for tag in shown["_embedded"]["tags"]]) == ("Окна", ["опт"])
    assert [each["id"] for each in shown["_embedded"]["contacts"]] == [said["contacts"]["id"]]


def test_it_sets_tasks(said: Said) -> None:
    tasks = said["tasks"]
    assert (tasks["texts"], tasks["entity"]) == (["Перезвонить"], said["leads"]["id"])
    assert (tasks["isCompleted"], tasks["result"]) == (True, {"text": "дозвонились"})


def test_it_walks_300_contacts_by_the_links(said: Said) -> None:
    """It asks for the address of `next` as it stands, and at the end for that of `first`."""
    assert said["pages"] == {"sizes": [100, 100, 100], "complete": True, "last": 1}
