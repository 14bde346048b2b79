"""Contacts: fields, searches, batches (facts §2, §3.4, §3.5)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from .conftest import NOON_UNIX, Client, MakeScene, Scene

CONTACTS = "/api/v4/contacts"


def phone(value: str, **more: Any) -> dict[str, Any]:
    return {"field_code": "PHONE", "values": [{"value": value, **more}]}


async def test_a_contact_reads_back_as_it_was_written(scene: Scene) -> None:
    client, account = scene.client, scene.account
    item = {
        "name": "Пётр",
        "responsible_user_id": scene.users[2],
        "created_by": 0,
        "custom_fields_values": [phone("+7 916 000-00-01")],
        "request_id": 7,
        "_embedded": {"tags": [{"name": "Успех"}]},
    }
    answer = await client.post(CONTACTS, [item])
    assert (answer.status, answer.type) == (200, "application/hal+json")
    [thin] = answer.items("contacts")
    contact_id = thin["id"]
    href = f"{client.base}/api/v4/contacts/{contact_id}"
    assert thin == {
        "id": contact_id,
        "is_deleted": False,
        "is_unsorted": False,
        "request_id": 7,
        "_links": {"self": {"href": href}},
    }

    shown = (await client.get(f"{CONTACTS}/{contact_id}?with=leads")).body
    field = account.custom_fields.coded("contacts", "PHONE")
    assert field is not None
    work = account.custom_fields.enums(field.id)[0]
    tag_id = shown["_embedded"]["tags"][0]["id"]
    assert shown == {
        "id": contact_id,
        "name": "Пётр",
        "first_name": "Пётр",
        "last_name": "",
        "responsible_user_id": scene.users[2],
        "group_id": account.users.group_of(scene.users[2]),
        "created_by": 0,
        "updated_by": scene.users[0],
        "created_at": NOON_UNIX,
        "updated_at": NOON_UNIX,
        "closest_task_at": None,
        "is_deleted": False,
        "is_unsorted": False,
        "custom_fields_values": [
            {
                "field_id": field.id,
                "field_name": "Телефон",
                "field_code": "PHONE",
                "field_type": "multitext",
                "values": [{"value": "+7 916 000-00-01", "enum_id": work["id"], "enum_code": "WORK"}],
            }
        ],
        "account_id": account.id,
        "_links": {"self": {"href": href}},
        "_embedded": {"tags": [{"id": tag_id, "name": "Успех", "color": None}], "companies": [], "leads": []},
    }


async def test_an_empty_item_is_a_contact_of_the_tokens_user(scene: Scene) -> None:
    contact_id = await scene.client.contact()
    shown = (await scene.client.get(f"{CONTACTS}/{contact_id}")).body
    assert shown["custom_fields_values"] is None
    assert {shown[key] for key in ("responsible_user_id", "created_by", "updated_by")} == {scene.users[0]}


async def test_what_is_not_there_is_204(client: Client) -> None:
    for path in ("", "/999", "?page=2", "?query=nobody"):
        answer = await client.get(CONTACTS + path)
        assert (answer.status, answer.body) == (204, None)


async def test_single_patch(scene: Scene) -> None:
    client = scene.client
    contact_id = await client.contact("+79160000001", name="Пётр")
    await scene.pass_time(seconds=5)
    change = {
        "first_name": "Павел",
        "created_by": scene.users[2],
        "responsible_user_id": scene.users[1],
        "custom_fields_values": [{"field_code": "EMAIL", "values": [{"value": "p@x.test", "enum_code": "PRIV"}]}],
        "tags_to_add": [{"name": "A"}, {"name": "B"}],
    }
    answer = await client.patch(f"{CONTACTS}/{contact_id}", change)
    assert answer.status == 200
    assert answer.body == {
        "id": contact_id,
        "name": "Павел",
        "updated_at": NOON_UNIX + 5,
        "_links": {"self": {"href": f"{client.base}{CONTACTS}/{contact_id}"}},
    }
    shown = (await client.get(f"{CONTACTS}/{contact_id}")).body
    assert (shown["created_by"], shown["responsible_user_id"]) == (scene.users[2], scene.users[1])
    assert shown["created_at"] == NOON_UNIX
    assert [field["field_code"] for field in shown["custom_fields_values"]] == ["PHONE", "EMAIL"]

    await client.patch(
        f"{CONTACTS}/{contact_id}",
        {
            "tags_to_delete": [{"name": "A"}],
            "tags_to_add": [{"name": "C"}],
            "custom_fields_values": [{"field_code": "EMAIL", "field_id": None, "values": None}],
        },
    )
    shown = (await client.get(f"{CONTACTS}/{contact_id}")).body
    assert [tag["name"] for tag in shown["_embedded"]["tags"]] == ["B", "C"]
    assert [field["field_code"] for field in shown["custom_fields_values"]] == ["PHONE"]
    await client.patch(f"{CONTACTS}/{contact_id}", {"_embedded": {"tags": None}})
    assert (await client.get(f"{CONTACTS}/{contact_id}")).body["_embedded"]["tags"] == []


async def test_created_by_of_a_patch_is_ignored_by_todays_api(make_scene: MakeScene) -> None:
    scene = make_scene("v4")
    contact_id = await scene.client.contact()
    await scene.client.patch(f"{CONTACTS}/{contact_id}", {"created_by": scene.users[2]})
    assert (await scene.client.get(f"{CONTACTS}/{contact_id}")).body["created_by"] == scene.users[0]


async def test_batch_patch_answers_with_request_ids(client: Client) -> None:
    ids = [await client.contact(name=name) for name in ("a", "b")]
    answer = await client.patch(CONTACTS, [{"id": ids[1], "name": "B", "request_id": "x"}, {"id": ids[0]}])
    assert [(each["id"], each["name"], each["request_id"]) for each in answer.items("contacts")] == [
        (ids[1], "B", "x"),
        (ids[0], "a", "1"),
    ]


NOT_A_CHOICE = "NotSupportedChoice"


@pytest.mark.parametrize(
    ("item", "code", "path"),
    [
        ({"responsible_user_id": 1}, NOT_A_CHOICE, "responsible_user_id"),
        ({"responsible_user_id": "1"}, "InvalidType", "responsible_user_id"),
        ({"responsible_user_id": 1 << 63}, "InvalidType", "responsible_user_id"),
        ({"created_by": 1}, NOT_A_CHOICE, "created_by"),
        ({"name": 5}, "InvalidType", "name"),
        ({"created_at": 1 << 50}, NOT_A_CHOICE, "created_at"),
        ({"custom_fields_values": {}}, "InvalidType", "custom_fields_values"),
        ({"custom_fields_values": [5]}, "InvalidType", "custom_fields_values.0"),
        ({"custom_fields_values": [{"field_id": 1}]}, NOT_A_CHOICE, "custom_fields_values.0.field_id"),
        ({"custom_fields_values": [{"field_code": "X"}]}, NOT_A_CHOICE, "custom_fields_values.0.field_code"),
        ({"custom_fields_values": [phone("1", enum=4)]}, "FieldNotExpected", "custom_fields_values.0.values.0.enum"),
        ({"custom_fields_values": [phone("1", enum_id=4)]}, NOT_A_CHOICE, "custom_fields_values.0.values.0.enum_id"),
        (
            {"custom_fields_values": [{"field_code": "PHONE", "values": [{"value": None}]}]},
            "NotNullable",
            "custom_fields_values.0.values.0.value",
        ),
        ({"tags_to_add": [{"id": 4}]}, NOT_A_CHOICE, "tags_to_add.0.id"),
        ({"_embedded": {"tags": [{}]}}, NOT_A_CHOICE, "_embedded.tags.0.id"),
    ],
)
async def test_one_bad_item_refuses_the_batch(client: Client, item: dict[str, Any], code: str, path: str) -> None:
    answer = await client.post(CONTACTS, [{"name": "good"}, {**item, "request_id": "bad"}])
    assert (answer.status, answer.type) == (400, "application/problem+json")
    assert (answer.body["title"], answer.body["type"]) == ("Bad Request", "https://httpstatus.es/400")
    [flawed] = answer.body["validation-errors"]
    assert flawed["request_id"] == "bad"
    assert [(error["code"], error["path"]) for error in flawed["errors"]] == [(code, path)]
    assert (await client.get(CONTACTS)).status == 204


async def test_batch_patch_is_all_or_nothing(client: Client) -> None:
    contact_id = await client.contact(name="a")
    answer = await client.patch(CONTACTS, [{"id": contact_id, "name": "b"}, {"id": 5}, {"name": "c"}])
    assert [
        (each["request_id"], each["errors"][0]["path"], each["errors"][0]["code"])
        for each in answer.body["validation-errors"]
    ] == [("1", "id", NOT_A_CHOICE), ("2", "id", "FieldMissing")]
    assert (await client.get(f"{CONTACTS}/{contact_id}")).body["name"] == "a"


@pytest.mark.parametrize(
    ("stored", "query", "found"),
    [
        ("+7 916 123-45-67", "9161234567", True),
        ("+7 916 123-45-67", "79161234567", True),
        ("+7 916 123-45-67", "+7 (916) 123-45-67", True),
        ("+7 916 123-45-67", "89161234567", False),
        ("+7 916 123-45-67", "123-45", True),
        ("+7 916 123-45-67 доб. 12", "79161234567", True),
        ("112", "112", True),
    ],
)
async def test_query_compares_phones_by_digits(client: Client, stored: str, query: str, found: bool) -> None:
    await client.contact(stored)
    answer = await client.get(f"{CONTACTS}?query={quote(query)}")
    assert (answer.status == 200) is found


async def test_query_looks_through_names_and_fields(client: Client) -> None:
    await client.contact(name="Пётр Иванов")
    await client.contact(name="Позвонить 89161234567")
    for query in ("иванов", "Пётр", "89161234567", "16123456"):
        assert (await client.get(f"{CONTACTS}?query={query}")).status == 200, query
    contact_id = await client.contact("+79160000009", name="x")
    await client.patch(
        f"{CONTACTS}/{contact_id}", {"name": "y", "custom_fields_values": [phone("+79160000010", enum_code="MOB")]}
    )
    assert (await client.get(f"{CONTACTS}?query=9160000009")).status == 204
    assert (await client.get(f"{CONTACTS}?query=9160000010")).items("contacts")[0]["id"] == contact_id


async def test_filters_in_all_encodings(scene: Scene) -> None:
    client = scene.client
    ids = [await client.contact(name=str(number)) for number in range(3)]
    await scene.pass_time(seconds=10)
    await client.patch(f"{CONTACTS}/{ids[1]}", {"responsible_user_id": scene.users[1]})
    field = scene.account.custom_fields.coded("contacts", "EMAIL")
    assert field is not None
    await client.patch(
        f"{CONTACTS}/{ids[2]}", {"custom_fields_values": [{"field_id": field.id, "values": [{"value": "z@z.test"}]}]}
    )
    for filters, expected in (
        (f"filter[id]={ids[0]}", [0]),
        (f"filter[id][]={ids[0]}&filter[id][]={ids[2]}", [0, 2]),
        (f"filter[id][0]={ids[0]}&filter[id][1]={ids[1]}", [0, 1]),
        (f"filter%5Bid%5D%5B%5D={ids[1]}", [1]),
        (f"filter[responsible_user_id]={scene.users[1]}", [1]),
        (f"filter[updated_at][from]={NOON_UNIX + 10}", [1, 2]),
        (f"filter[updated_at][from]={NOON_UNIX}&filter[updated_at][to]={NOON_UNIX + 9}", [0]),
        (f"filter[custom_fields_values][{field.id}][]=z@z.test", [2]),
        ("filter[name]=1", [1]),
        ("order[id]=desc", [2, 1, 0]),
        ("order[updated_at]=desc&order[id]=asc", [1, 2, 0]),
    ):
        answer = await client.get(f"{CONTACTS}?{filters}")
        assert [each["id"] for each in answer.items("contacts")] == [ids[place] for place in expected], filters


async def test_walking_the_pages(client: Client) -> None:
    made = await client.post(CONTACTS, [{"name": str(number)} for number in range(5)])
    path, seen, pages = f"{CONTACTS}?limit=2&filter[name][]=0&filter[name][]=1&filter[name][]=2", [], 0
    while path:
        answer = await client.get(path)
        assert "_total_items" not in answer.body
        assert answer.body["_page"] == pages + 1
        seen += [each["name"] for each in answer.items("contacts")]
        links = answer.body["_links"]
        assert ("prev" in links) is (pages > 0)
        path = links.get("next", {}).get("href", "")
        assert not path or path.startswith(f"{client.base}/api/v4/contacts?")
        pages += 1
    assert (seen, pages, len(made.items("contacts"))) == (["0", "1", "2"], 2, 5)


@pytest.mark.parametrize(
    ("parameters", "status", "detail"),
    [
        ("limit=251", 422, "Limit 250 per page"),
        ("limit=0", 400, ""),
        ("page=x", 400, ""),
        ("page=99999999999999999999", 400, ""),
        ("filter[id]=x", 400, ""),
        ("filter[id]=99999999999999999999", 400, ""),
    ],
)
async def test_bad_parameters(client: Client, parameters: str, status: int, detail: str) -> None:
    answer = await client.get(f"{CONTACTS}?{parameters}")
    assert (answer.status, answer.type) == (status, "application/problem+json")
    assert detail in answer.body["detail"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "detail"),
    [
        ("POST", CONTACTS, {}, 400, "Request validation failed"),
        ("PATCH", f"{CONTACTS}/1", [], 400, "Request validation failed"),
        ("POST", CONTACTS, [], 400, "Request data can not be empty"),
        ("POST", CONTACTS, None, 400, "Request data can not be empty"),
        ("POST", CONTACTS, "{", 400, "Request body is not valid JSON"),
        ("POST", CONTACTS, [5], 400, "Request validation failed"),
        ("POST", CONTACTS, [{}] * 251, 422, "Limit 250 per request"),
        ("PATCH", f"{CONTACTS}/1", {"name": "x"}, 404, "No contact 1"),
    ],
)
async def test_bodies_of_the_wrong_shape(
    client: Client, method: str, path: str, body: Any, status: int, detail: str
) -> None:
    answer = await client.ask(method, path, body)
    assert (answer.status, answer.type) == (status, "application/problem+json")
    assert answer.body["detail"].startswith(detail)


async def test_changes_are_in_the_journal(scene: Scene) -> None:
    contact_id = await scene.client.contact(name="Пётр")
    await scene.client.patch(f"{CONTACTS}/{contact_id}", {"name": "Павел"})
    entries = scene.account.ground.journal.entries(kind="change", subject=f"contact:{contact_id}")
    assert [next(iter(entry.data)) for entry in entries] == ["added", "changed"]
