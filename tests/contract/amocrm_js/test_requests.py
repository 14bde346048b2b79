"""What `amocrm-js` has no factories for, by its `client.request`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.amocrm_js.conftest import Run, Said
from tests.contract.conftest import ServedStand
from tests.contract.receiver import Receiver, receiving


@pytest.fixture(scope="module")
def world(served_stand: ServedStand) -> Iterator[dict[str, Any]]:
    with served_stand.world("amocrm-js", name="js", profile="v4", integration=None) as world:
        yield world


@pytest.fixture(scope="module")
def heard() -> Iterator[Receiver]:
    """Where the client lets webhooks go to."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def said(run: Run, world: dict[str, Any], heard: Receiver) -> Said:
    """What the client got, by topic."""
    return run("requests.cjs", world, responsible=world["people"]["anna"]["user_id"], receiver=heard.url)


def test_it_reads_the_users(said: Said, world: dict[str, Any]) -> None:
    assert [user["id"] for user in said["users"]] == [
        person["user_id"] for person in world["people"].values() if person["user_id"]
    ]
    assert [user["isAdmin"] for user in said["users"]] == [True, True, False, False, False]


def test_it_makes_custom_fields_and_fills_them(said: Said) -> None:
    fields = said["customFields"]
    assert fields["selects"] == ["Источник"]
    assert dict(fields["values"]) == {"Телефон": "+79160000001", "Город": "Тверь", "Источник": "звонок"}


def test_it_makes_a_deal_with_its_contact(said: Said) -> None:
    made = said["complex"]["made"]
    assert (made["request_id"], made["merged"], made["company_id"]) == (["0"], False, None)
    assert said["complex"]["found"] == [made["contact_id"]]


def test_it_writes_notes(said: Said) -> None:
    call, text = said["notes"]
    assert (call["type"], call["params"]["duration"], call["params"]["uniq"]) == ("call_in", 42, "c-1")
    assert (text["type"], text["params"]) == ("common", {"text": "Перезвонить"})


def test_it_records_calls(said: Said) -> None:
    """The only active deal of the contact gets the call. An unknown number is a 400, but no error to the client."""
    calls = said["calls"]
    assert calls["taken"] == [["lead", said["complex"]["made"]["id"]]]
    assert sorted(calls["types"]) == ["call_in", "common"]
    assert calls["unknown"] == {"status": 400, "errors": [263]}


def test_it_reads_events(said: Said) -> None:
    assert {"contact_added", "incoming_call", "common_note_added", "entity_linked"} <= set(said["events"]["types"])
    assert said["events"]["note"] == said["notes"][0]["id"]


def test_it_makes_and_deletes_a_pipeline(said: Said) -> None:
    pipelines = said["pipelines"]
    assert pipelines["listed"] == [["Воронка", True], ["Монтаж", False]]
    closed = ["Успешно реализовано", "Закрыто и не реализовано"]
    assert pipelines["statuses"] == ["Неразобранное", "Замер", *closed]
    assert pipelines["deleted"] == 204


def test_it_accepts_and_declines_unsorted(said: Said, world: dict[str, Any]) -> None:
    unsorted = said["unsorted"]
    assert (unsorted["listed"], unsorted["hidden"]) == (2, 0)
    assert unsorted["responsible"] == world["people"]["anna"]["user_id"]
    assert len(unsorted["found"]) == 1
    assert unsorted["declined"] == "sip"
    assert unsorted["again"]["data"]["status"] == 404


def test_it_hears_of_changes_by_webhooks(said: Said, heard: Receiver) -> None:
    webhooks = said["webhooks"]
    assert (webhooks["settings"], webhooks["listed"]) == (["add_lead", "status_lead"], [heard.url])
    assert webhooks["deleted"] == 204
    added, moved = heard.forms
    assert (added["leads[add][0][id]"], added["leads[add][0][name]"]) == (str(webhooks["lead"]), "Окна")
    assert moved["leads[status][0][status_id]"] == "142"
    assert moved["leads[status][0][old_status_id]"] == added["leads[add][0][status_id]"]
    assert added["account[subdomain]"] == "js"
