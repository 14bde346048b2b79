"""Look-ups of contacts: what finds them, and that those by number and by id never read through all contacts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from emulator.amocrm.account import Account
from emulator.amocrm.validation import Item
from emulator.core.ids import MAX_SEED

from .conftest import Client, MakeScene, Scene

CONTACTS = "/api/v4/contacts"
Path = Callable[[Account, int], str]


@pytest.mark.parametrize(("written", "asked"), [("+7 (916) 000-00-01", "916 000"), ("+79160000001 доб. 12", "доб. 12")])
async def test_part_of_a_phone_finds_it(client: Client, written: str, asked: str) -> None:
    await client.contact(written, name="Пётр")
    assert (await client.get(f"{CONTACTS}?query={quote(asked)}")).status == 200
    assert (await client.get(f"{CONTACTS}?query={quote(asked + '9')}")).status == 204


def _phone_filter(account: Account, _contact_id: int) -> str:
    phone = account.custom_fields.coded("contacts", "PHONE")
    assert phone is not None
    return f"{CONTACTS}?filter[custom_fields_values][{phone.id}][]=%2B79160000001"


LOOK_UPS: dict[str, Path] = {
    "by number": lambda _account, _id: f"{CONTACTS}?query=9160000001",
    "by phone field": _phone_filter,
    "by id": lambda _account, contact_id: f"{CONTACTS}/{contact_id}",
    "by ids": lambda _account, contact_id: f"{CONTACTS}?filter[id][]={contact_id}&filter[id][]=1",
}


@pytest.mark.parametrize("path", LOOK_UPS.values(), ids=LOOK_UPS)
async def test_look_ups_use_an_index(scene: Scene, path: Path) -> None:
    contact_id = await scene.client.contact("+79160000001")
    asked = path(scene.account, contact_id)
    plan = _watched(scene.account)
    assert (await scene.client.get(asked)).status == 200
    _check(plan())


@pytest.mark.parametrize("path", LOOK_UPS.values(), ids=LOOK_UPS)
async def test_look_ups_take_the_largest_ids_of_any_world(make_scene: MakeScene, path: Path) -> None:
    scene = make_scene(seed=MAX_SEED)
    contact_id = await scene.client.contact("+79160000001")
    answer = await scene.client.get(path(scene.account, contact_id))
    assert (answer.status, str(contact_id) in str(answer.body)) == (200, True)


@pytest.mark.parametrize("end", ["from", "to"])
async def test_a_time_beyond_all_calendars_is_refused(client: Client, end: str) -> None:
    path = f"filter[created_at][{end}]"
    answer = await client.get(f"{CONTACTS}?{path}={1 << 52}")
    assert (answer.status, path in str(answer.body)) == (400, True)


async def test_a_call_finds_its_contact_by_an_index(scene: Scene) -> None:
    contact_id = await scene.client.contact("+79160000001")
    plan = _watched(scene.account)
    assert scene.account.contacts.search.with_phone("9160000001") == contact_id
    _check(plan())


def _check(plan: list[str]) -> None:
    assert any("contacts" in step or step.startswith("SEARCH c ") for step in plan), plan
    assert [step for step in plan if step.startswith("SCAN") and "VIRTUAL TABLE" not in step] == []


def _watched(account: Account) -> Callable[[], list[str]]:
    """How SQLite carries out the questions that are asked until the returned function is called."""
    connection: Any = account.database._connection
    asked: list[str] = []
    connection.set_trace_callback(asked.append)

    def plan() -> list[str]:
        connection.set_trace_callback(None)
        questions = [sql for sql in asked if sql.startswith("SELECT")]
        return [row[3] for sql in questions for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]

    return plan


async def ids(client: Client, path: str) -> list[int]:
    answer = await client.get(path)
    return [card["id"] for card in answer.items(path.split("?")[0].rpartition("/")[2])] if answer.body else []


@pytest.mark.parametrize("table", ["contacts", "companies", "leads"])
async def test_an_id_finds_its_card(client: Client, table: str) -> None:
    made = (await client.post(f"/api/v4/{table}", [{"name": "a"}, {"name": "b"}])).items(table)
    for card in made:
        assert await ids(client, f"/api/v4/{table}?query={card['id']}") == [card["id"]]
        assert await ids(client, f"/api/v4/{table}?query={card['id'] // 10}") == []
        assert await ids(client, f"/api/v4/{table}?query=%2B{card['id']}") == []


async def test_an_id_may_be_a_number_of_somebody_else_too(client: Client) -> None:
    first = await client.contact()
    second = await client.contact(str(first))
    assert await ids(client, f"{CONTACTS}?query={first}") == [first, second]


async def test_first_and_last_names_are_found(client: Client) -> None:
    contact = await client.contact(name="ООО Ромашка", first_name="Пётр", last_name="Иванов")
    for asked in ("пётр", "ИВАНОВ", "ромашка"):
        assert await ids(client, f"{CONTACTS}?query={quote(asked)}") == [contact]
    await client.patch(f"{CONTACTS}/{contact}", {"name": "ООО Ромашка", "last_name": "Сидоров"})
    assert await ids(client, f"{CONTACTS}?query={quote('иванов')}") == []
    assert await ids(client, f"{CONTACTS}?query={quote('сидоров')}") == [contact]
    await client.patch(f"{CONTACTS}/{contact}", {"name": "Лютик"})
    assert await ids(client, f"{CONTACTS}?query={quote('пётр')}") == []


def test_a_plain_contact_is_looked_through_by_its_name_alone(scene: Scene) -> None:
    account = scene.account
    for item in ({"name": "Пётр Иванов"}, {"first_name": "Пётр", "last_name": "Иванов"}):
        draft = account.contacts.read(Item(item, "0", {}, ""), scene.users[0])
        assert account.contacts.create([draft])[0]["search"] == "пётр иванов"


@pytest.mark.parametrize("asked", ["8 (916) 555-44-33", "(916) 555-44-33", "555-44-33"])
async def test_a_name_that_is_written_like_a_phone_is_found_as_it_is_written(client: Client, asked: str) -> None:
    contact = await client.contact(name="8 (916) 555-44-33")
    other = await client.contact(name="Пётр 8 (916) 555-44-33")
    assert await ids(client, f"{CONTACTS}?query={quote(asked)}") == [contact, other]
    await client.patch(f"{CONTACTS}/{contact}", {"name": "a"})
    assert await ids(client, f"{CONTACTS}?query={quote(asked)}") == [other]


async def test_a_number_in_a_name_is_other_signs_than_those_of_another_spelling(client: Client) -> None:
    await client.contact(name="8 (916) 555-44-33")
    assert await ids(client, f"{CONTACTS}?query=89165554433") == []


async def test_a_name_with_a_comma_is_one_name(client: Client) -> None:
    contact, _ = await client.contact(name="Иванов, Пётр"), await client.contact(name="Иванов")
    for key in ("filter[name]", "filter[name][]", "filter[name][0]"):
        assert await ids(client, f"{CONTACTS}?{key}={quote('Иванов, Пётр')}") == [contact]
    assert await ids(client, f"{CONTACTS}?filter[name]=") == []


async def field_of(client: Client, kind: str) -> int:
    answer = await client.post(f"{CONTACTS}/custom_fields", [{"name": kind, "type": kind}])
    return int(answer.items("custom_fields")[0]["id"])


async def test_a_value_with_a_comma_is_one_value(client: Client) -> None:
    field = await field_of(client, "text")
    contact = await client.contact()
    values = [{"field_id": field, "values": [{"value": "Москва, Центр"}]}]
    await client.patch(f"{CONTACTS}/{contact}", {"custom_fields_values": values})
    asked = f"{CONTACTS}?filter[custom_fields_values][{field}]"
    assert await ids(client, f"{asked}[]={quote('Москва, Центр')}") == [contact]
    assert await ids(client, f"{asked}[]={quote('Москва')}") == []


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ({"from": "0", "to": "10"}, False),
        ({"from": "10.5"}, True),
        ({"from": "10.7", "to": "10.7"}, True),
        ({"from": "10.71"}, False),
        ({"to": "11"}, True),
        ({"to": "-1e3"}, False),
    ],
)
async def test_a_range_of_numbers_has_decimals(client: Client, asked: dict[str, str], is_found: bool) -> None:
    field = await field_of(client, "numeric")
    contact = await client.contact()
    values = [{"field_id": field, "values": [{"value": "10.7"}]}]
    await client.patch(f"{CONTACTS}/{contact}", {"custom_fields_values": values})
    query = "&".join(f"filter[custom_fields_values][{field}][{end}]={number}" for end, number in asked.items())
    assert await ids(client, f"{CONTACTS}?{query}") == [contact] * is_found


@pytest.mark.parametrize("number", ["x", "nan", "inf", ""])
async def test_the_end_of_a_range_is_a_number(client: Client, number: str) -> None:
    field = await field_of(client, "numeric")
    path = f"filter[custom_fields_values][{field}][from]"
    answer = await client.get(f"{CONTACTS}?{path}={number}")
    assert (answer.status, path in str(answer.body)) == (400, True)


@pytest.mark.parametrize("asked", ["with=leads", "with[]=leads", "with[0]=companies&with[1]=leads", "with=x,%20leads"])
@pytest.mark.parametrize("is_list", [True, False])
async def test_with_is_read_alike_for_one_and_for_many(client: Client, asked: str, is_list: bool) -> None:
    contact = await client.contact()
    shown = (await client.get(f"{CONTACTS}{'' if is_list else f'/{contact}'}?{asked}")).body
    card = shown["_embedded"]["contacts"][0] if is_list else shown
    assert card["_embedded"]["leads"] == []
