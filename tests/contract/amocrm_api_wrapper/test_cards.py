"""Contacts, deals, custom fields, notes, tasks, pipelines and calls that `amocrm-api-wrapper` writes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from amocrm_api.errors import AmoException

from tests.contract.amocrm_api_wrapper.use import Client

DEADLINE = 1893456000


def phone_field(number: str) -> dict[str, Any]:
    return {"field_code": "PHONE", "values": [{"value": number, "enum_code": "MOB"}]}


def add_contact(client: Client, number: str) -> int:
    contact = {"name": "Пётр", "request_id": "7", "custom_fields_values": [phone_field(number)]}
    (made,) = client.create_contacts([contact])["_embedded"]["contacts"]
    assert made["request_id"] == "7"
    return int(made["id"])


def test_it_reads_the_account_and_the_users(client: Client, world: dict[str, Any]) -> None:
    account = client.get_account_info(with_task_types=True, with_datetime_settings=True)
    assert account["subdomain"] == world["amocrm"]["subdomain"]
    assert account["_embedded"]["task_types"][0]["code"] == "FOLLOW_UP"
    assert account["_embedded"]["datetime_settings"]["timezone"] == "Europe/Moscow"
    users = client.get_users(with_group=True)["_embedded"]["users"]
    known = [person["user_id"] for person in world["people"].values() if person["user_id"]]
    assert [user["id"] for user in users] == known
    assert [user["id"] for user in users if user["rights"]["is_admin"]] == known[:2]
    anna = world["people"]["anna"]
    assert client.get_user(anna["user_id"])["email"] == anna["email"]


def test_it_makes_fills_and_deletes_a_custom_field(client: Client) -> None:
    options = [{"value": "сайт", "sort": 1}, {"value": "звонок", "sort": 2}]
    wanted = [
        {"name": "Город", "type": "text", "code": "CITY"},
        {"name": "Источник", "type": "select", "enums": options},
    ]
    city, source = client.create_contacts_custom_fields(wanted)["_embedded"]["custom_fields"]
    listed = client.get_contacts_custom_fields(field_type="select")["_embedded"]["custom_fields"]
    assert [field["id"] for field in listed] == [source["id"]]
    contact_id = add_contact(client, "+79160000001")
    call = source["enums"][1]["id"]
    values = [
        {"field_code": "CITY", "values": [{"value": "Тверь"}]},
        {"field_id": source["id"], "values": [{"enum_id": call}]},
    ]
    client.update_contacts([{"id": contact_id, "custom_fields_values": values}])
    shown = {field["field_name"]: field["values"] for field in client.get_contact(contact_id)["custom_fields_values"]}
    assert (shown["Город"], shown["Источник"][0]["value"]) == ([{"value": "Тверь"}], "звонок")
    assert (shown["Телефон"][0]["value"], shown["Телефон"][0]["enum_code"]) == ("+79160000001", "MOB")
    by_value = client.get_contacts(filters={f"custom_fields_values][{source['id']}": [call]})
    assert [each["id"] for each in by_value["_embedded"]["contacts"]] == [contact_id]

    client.update_contacts_custom_fields([{"id": city["id"], "name": "Населённый пункт"}])
    assert client.get_contacts_custom_field(city["id"])["name"] == "Населённый пункт"
    for field in (city, source):
        assert client.delete_contacts_custom_field(field["id"]) == {}
    assert [field["field_code"] for field in client.get_contact(contact_id)["custom_fields_values"]] == ["PHONE"]


def test_an_empty_search_is_an_empty_answer(client: Client) -> None:
    assert client.get_contacts(query="0000000000") == {}
    assert client.get_contact(5) == {}
    assert list(client.iter_contacts(query="0000000000")) == []


def test_it_makes_a_deal_of_a_contact(client: Client) -> None:
    contact_id, other = add_contact(client, "+79160000002"), add_contact(client, "+79160000003")
    embedded = {"contacts": [{"id": contact_id, "is_main": True}], "tags": [{"name": "Продажа"}]}
    (made,) = client.create_leads([{"name": "Окна", "price": 12000, "_embedded": embedded}])["_embedded"]["leads"]
    client.link_leads_entity(made["id"], [{"to_entity_id": other, "to_entity_type": "contacts"}])
    client.update_leads([{"id": made["id"], "price": 15000, "tags_to_add": [{"name": "срочно"}]}])
    lead = client.get_lead(made["id"], with_params=["contacts"])
    assert lead["price"] == 15000
    assert sorted(tag["name"] for tag in lead["_embedded"]["tags"]) == ["Продажа", "срочно"]
    assert {each["id"]: each["is_main"] for each in lead["_embedded"]["contacts"]} == {contact_id: True, other: False}
    links = client.get_leads_links(made["id"])["_embedded"]["links"]
    assert {link["to_entity_id"] for link in links} == {contact_id, other}
    assert client.unlink_leads_entity(made["id"], [{"to_entity_id": other, "to_entity_type": "contacts"}]) == {}
    (found,) = client.get_leads(filter_ids=[made["id"]], with_params=["contacts"])["_embedded"]["leads"]
    assert [each["id"] for each in found["_embedded"]["contacts"]] == [contact_id]


def test_it_makes_a_deal_with_its_contact(client: Client) -> None:
    contact = {"name": "Пётр", "custom_fields_values": [phone_field("+79160000004")]}
    (made,) = client.create_leads_complex([{"name": "Звонок", "_embedded": {"contacts": [contact]}}])
    assert (made["request_id"], made["merged"], made["company_id"]) == (["0"], False, None)
    assert client.get_contact(made["contact_id"])["name"] == "Пётр"
    (found,) = client.get_contacts(query="9160000004", with_params=["leads"])["_embedded"]["contacts"]
    assert [lead["id"] for lead in found["_embedded"]["leads"]] == [made["id"]]


def test_it_writes_notes(client: Client, world: dict[str, Any]) -> None:
    contact_id, anna = add_contact(client, "+79160000005"), world["people"]["anna"]["user_id"]
    params = {"uniq": "c-1", "duration": 42, "source": "CoMagic", "link": "https://pbx.test/c-1.mp3", "phone": "135"}
    call = {"entity_id": contact_id, "note_type": "call_in", "created_by": anna, "params": params}
    text = {"entity_id": contact_id, "note_type": "common", "params": {"text": "Перезвонить"}}
    rung, said = client.create_entity_note("contacts", [call, text])["_embedded"]["notes"]
    shown = client.get_entity_note("contacts", rung["id"], contact_id)
    assert (shown["params"], shown["created_by"]) == (params, anna)
    client.update_entity_note("contacts", contact_id, said["id"], {"params": {"text": "Перезвонили"}})
    client.pin_note("contacts", contact_id, said["id"])
    listed = client.get_notes_by_entity_type("contacts", filter_by_id=[said["id"]], with_params=["is_pinned"])
    (note,) = listed["_embedded"]["notes"]
    assert (note["params"]["text"], note["is_pinned"]) == ("Перезвонили", True)
    calls = client.get_notes_by_entity_type_and_entity_id("contacts", contact_id, filter_by_note_type="call_in")
    assert [note["id"] for note in calls["_embedded"]["notes"]] == [rung["id"]]


def test_it_sets_and_completes_tasks(client: Client, world: dict[str, Any]) -> None:
    contact_id, anna = add_contact(client, "+79160000006"), world["people"]["anna"]["user_id"]
    card = {"entity_id": contact_id, "entity_type": "contacts"}
    wanted = {"text": "Перезвонить", "complete_till": DEADLINE, "responsible_user_id": anna, "task_type_id": 1, **card}
    (made,) = client.add_tasks([wanted])["_embedded"]["tasks"]
    client.update_tasks([{"id": made["id"], "text": "Перезвонить сегодня"}])
    (task,) = client.iter_tasks(filters=card)
    assert (task["text"], task["responsible_user_id"], task["result"]) == ("Перезвонить сегодня", anna, [])
    assert client.get_contact(contact_id)["closest_task_at"] == DEADLINE
    client.execution_task(made["id"], True, "дозвонились")
    done = client.get_task(made["id"])
    assert (done["is_completed"], done["result"]) == (True, {"text": "дозвонились"})


def test_it_makes_a_pipeline_and_its_statuses(client: Client) -> None:
    stages = [{"name": "Замер", "sort": 20, "color": "#fffeb2"}]
    made = client.create_pipeline("Монтаж", 20, False, stages, is_unsorted_on=True, request_id="7")
    (pipeline,) = made["_embedded"]["pipelines"]
    added = client.add_statuses_to_pipeline(pipeline["id"], [{"name": "Договор", "sort": 30, "color": "#ffeab2"}])
    (contract,) = added["_embedded"]["statuses"]
    client.edit_pipeline_status(pipeline["id"], contract["id"], "Оплата", 30, "#ffdbdb")
    statuses = client.get_pipeline_statuses(pipeline["id"])["_embedded"]["statuses"]
    closed = ["Успешно реализовано", "Закрыто и не реализовано"]
    assert [status["name"] for status in statuses] == ["Неразобранное", "Замер", "Оплата", *closed]
    assert [status["id"] for status in statuses[-2:]] == [142, 143]
    assert client.get_pipeline_status(pipeline["id"], contract["id"])["color"] == "#ffdbdb"
    assert client.delete_status_from_pipeline(pipeline["id"], contract["id"]) == {}
    client.edit_pipeline(pipeline["id"], "Установка", 20, False, True)
    assert client.get_pipeline(pipeline["id"])["name"] == "Установка"
    assert client.delete_pipeline(pipeline["id"]) == {}
    assert pipeline["id"] not in [each["id"] for each in client.get_pipelines()["_embedded"]["pipelines"]]


def call_of(number: str) -> dict[str, Any]:
    return {"direction": "inbound", "phone": number, "duration": 30, "source": "CoMagic", "uniq": f"call {number}"}


def test_it_records_calls(client: Client) -> None:
    contact_id = add_contact(client, "+79160000007")
    answer = client.create_calls([call_of("+79160000007"), call_of("+79990000000")])
    (taken,) = answer["_embedded"]["calls"]
    assert (taken["entity_type"], taken["entity_id"], taken["request_id"]) == ("contact", contact_id, "0")
    assert [(error["status"], error["request_id"]) for error in answer["errors"]] == [(263, "1")]
    notes = client.get_notes_by_entity_type_and_entity_id("contacts", contact_id)["_embedded"]["notes"]
    assert [(note["note_type"], note["params"]["uniq"]) for note in notes] == [("call_in", "call +79160000007")]


def test_a_call_of_an_unknown_number_is_error_263(client: Client) -> None:
    with pytest.raises(AmoException) as refusal:
        client.create_calls([call_of("+79990000000")])
    assert refusal.value.code == 400
    assert [error["status"] for error in refusal.value.error_data["errors"]] == [263]


def test_it_walks_300_contacts(client: Client) -> None:
    """It asks for the next page as long as a page was full."""
    names = [f"Из списка {number:03}" for number in range(300)]
    for batch in (names[:250], names[250:]):
        client.create_contacts([{"name": name} for name in batch])
    for size in (250, 100):
        walked = client.iter_contacts(limit=size, query="Из списка", order={"id": "asc"})
        assert [contact["name"] for contact in walked] == names


def test_it_works_asynchronously(client: Client) -> None:
    """By POST: the asynchronous GET needs the same shim as the other one."""

    async def scenario() -> dict[str, Any]:
        try:
            return dict(await client.create_contacts_async([{"name": "Потом"}]))
        finally:
            await client.close_async()

    (made,) = asyncio.run(scenario())["_embedded"]["contacts"]
    assert client.get_contact(made["id"])["name"] == "Потом"
