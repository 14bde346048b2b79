"""What a call made in the stand, as `amocrm-api-wrapper` reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.amocrm_api_wrapper.use import Client
from tests.contract.conftest import ServedStand

CALLER = "+79161234567"


@pytest.fixture(scope="module")
def world(served_stand: ServedStand) -> Iterator[dict[str, Any]]:
    """With the integration, unlike those of the other modules."""
    with served_stand.world("amocrm-api-wrapper", name="wrapper", profile="v4") as world:
        yield world


@pytest.fixture(scope="module", autouse=True)
def call(served_stand: ServedStand, world: dict[str, Any]) -> None:
    """A call of an unknown number that Anna answered for 60 s."""
    settings = {"calls.primary_mode": "contact", "calls.success_tag": "Успех"}
    assert httpx.patch(world["integration"]["settings_url"], json=settings).status_code == 200
    script = [{"at": 0, "ring": "anna"}, {"at": 8, "answer": "anna"}, {"at": 68, "hangup": "contact"}]
    served_stand.post(world, "/calls", **{"direction": "in", "from": CALLER, "script": script})


def test_it_finds_the_contact_by_phone(client: Client, world: dict[str, Any]) -> None:
    (contact,) = client.get_contacts(query="9161234567")["_embedded"]["contacts"]
    anna = world["people"]["anna"]["user_id"]
    assert contact["responsible_user_id"] == anna
    assert [tag["name"] for tag in contact["_embedded"]["tags"]] == ["Успех"]
    (phone,) = [field for field in contact["custom_fields_values"] if field["field_code"] == "PHONE"]
    assert phone["values"][0]["value"] == CALLER
    assert client.get_contact(contact["id"])["id"] == contact["id"]
    assert [each["id"] for each in client.iter_contacts()] == [contact["id"]]


def test_it_reads_the_note_of_the_call(client: Client) -> None:
    (contact,) = client.get_contacts(query="9161234567")["_embedded"]["contacts"]
    notes = client.get_notes_by_entity_type_and_entity_id("contacts", contact["id"])["_embedded"]["notes"]
    (note,) = [note for note in notes if note["note_type"] == "call_in"]
    assert note["params"]["duration"] == 60
    assert note["params"]["phone"] == CALLER
    assert note["params"]["link"].startswith("http")


def test_it_reads_the_events_of_the_call(client: Client) -> None:
    (contact,) = client.get_contacts(query="9161234567")["_embedded"]["contacts"]
    answer = client.get_events(filter_by_entity="contact", filter_by_entity_id=[contact["id"]])
    events = {event["type"]: event for event in answer["_embedded"]["events"]}
    assert {"contact_added", "incoming_call", "entity_responsible_changed", "entity_tag_added"} <= set(events)
    rung = events["incoming_call"]
    notes = client.get_notes_by_entity_type("contacts", filter_by_entity_id=[contact["id"]])["_embedded"]["notes"]
    assert rung["value_after"][0]["note"]["id"] in [note["id"] for note in notes]
    assert client.get_event(rung["id"], with_params=["contact_name"])["_embedded"]["entity"]["name"] == contact["name"]
    tagged = client.get_events(filter_by_type=["entity_tag_added"], filter_by_created_from=str(rung["created_at"]))
    assert [event["value_after"][0]["tag"]["name"] for event in tagged["_embedded"]["events"]] == ["Успех"]
    types = client.get_events_type(language_code="ru")["_embedded"]["events_types"]
    assert set(events) <= {each["key"] for each in types}
