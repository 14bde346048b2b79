"""Companies, `with` of every kind of card, and cards in the bin (facts §3.3, §3.4)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from .conftest import NOON_UNIX, Answer, Client, MakeScene, Scene

COMPANIES = "/api/v4/companies"


def flaws(body: Any) -> list[tuple[str, str]]:
    return [(error["code"], error["path"]) for item in body["validation-errors"] for error in item["errors"]]


async def made(client: Client, table: str, **fields: Any) -> int:
    answer = await client.post(f"/api/v4/{table}", [fields])
    assert answer.status == 200, answer.body
    return int(answer.items(table)[0]["id"])


async def binned(client: Client, action: str, table: str, *ids: int) -> Answer:
    form = "&".join([f"ACTION={action.upper()}", *(f"ID%5B%5D={card_id}" for card_id in ids)])
    return await client.ask("POST", f"/ajax/{table}/multiple/{action}/", form)


async def test_a_company_reads_back_as_it_was_written(scene: Scene) -> None:
    client = scene.client
    item = {
        "name": "ООО «Ромашка»",
        "responsible_user_id": scene.users[2],
        "created_by": 0,
        "request_id": "0",
        "custom_fields_values": [
            {"field_code": "PHONE", "values": [{"value": "+7 916 000-00-01"}]},
            {"field_code": "WEB", "values": [{"value": "https://x.test"}]},
        ],
        "_embedded": {"tags": [{"name": "VIP"}]},
    }
    answer = await client.post(COMPANIES, [item])
    [thin] = answer.items("companies")
    assert (thin["request_id"], thin["is_deleted"]) == ("0", False)
    path = f"{COMPANIES}/{thin['id']}"
    shown = (await client.get(path)).body
    assert (shown["name"], shown["created_by"], shown["responsible_user_id"]) == (item["name"], 0, scene.users[2])
    assert [each["field_code"] for each in shown["custom_fields_values"]] == ["PHONE", "WEB"]
    assert shown["_embedded"].keys() == {"tags"}
    assert not {"first_name", "last_name", "price", "company_id"} & shown.keys()
    await scene.pass_time(seconds=4)
    changed = (await client.patch(path, {"id": thin["id"], "request_id": "0", "name": "Новая"})).body
    assert (changed["id"], changed["name"], changed["updated_at"]) == (thin["id"], "Новая", NOON_UNIX + 4)
    assert (await client.get(f"{COMPANIES}?query=9160000001")).items("companies")[0]["id"] == thin["id"]
    assert (await client.get(f"{COMPANIES}?query={quote('новая')}")).status == 200
    assert (await client.get(f"{COMPANIES}?query={quote('ромашка')}")).status == 204


async def test_filters_and_order_of_companies(scene: Scene) -> None:
    client = scene.client
    ids = [await made(client, "companies", name=str(number)) for number in range(3)]
    await scene.pass_time(seconds=10)
    await client.patch(f"{COMPANIES}/{ids[1]}", {"responsible_user_id": scene.users[1], "updated_by": scene.users[2]})
    phone = scene.account.custom_fields.coded("companies", "PHONE")
    assert phone is not None
    given = [{"field_id": phone.id, "values": [{"value": "+79160000009"}]}]
    await client.patch(f"{COMPANIES}/{ids[2]}", {"custom_fields_values": given})
    for query, expected in (
        (f"filter[id][]={ids[0]}&filter[id][]={ids[2]}", [0, 2]),
        ("filter[name]=1", [1]),
        (f"filter[responsible_user_id]={scene.users[1]}", [1]),
        (f"filter[updated_by]={scene.users[2]}", [1]),
        (f"filter[updated_at][from]={NOON_UNIX + 10}", [1, 2]),
        (f"filter[created_at][to]={NOON_UNIX}", [0, 1, 2]),
        (f"filter[custom_fields_values][{phone.id}][]=%2B79160000009", [2]),
        ("order[id]=desc&limit=2", [2, 1]),
        ("order[updated_at]=desc&order[id]=asc", [1, 2, 0]),
    ):
        found = (await client.get(f"{COMPANIES}?{query}")).items("companies")
        assert [each["id"] for each in found] == [ids[place] for place in expected], query


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"responsible_user_id": 5}, ("NotSupportedChoice", "responsible_user_id")),
        ({"name": 5}, ("InvalidType", "name")),
        (
            {"custom_fields_values": [{"field_code": "UTM_SOURCE"}]},
            ("NotSupportedChoice", "custom_fields_values.0.field_code"),
        ),
    ],
)
async def test_a_company_that_cannot_be(client: Client, item: dict[str, Any], expected: tuple[str, str]) -> None:
    assert flaws((await client.post(COMPANIES, [{"name": "good"}, item])).body) == [expected]
    assert (await client.get(COMPANIES)).status == 204
    assert (await client.patch(f"{COMPANIES}/5", {"name": "x"})).status == 404


async def test_with_of_every_kind_of_card(client: Client) -> None:
    company = await made(client, "companies", name="C")
    contact = await made(client, "contacts", name="K", _embedded={"companies": [{"id": company}]})
    embedded = {"companies": [{"id": company}], "contacts": [{"id": contact, "is_main": True}]}
    lead = await made(client, "leads", name="L", _embedded=embedded)

    async def ids(path: str) -> dict[str, list[int]]:
        found = (await client.get(f"/api/v4/{path}")).body["_embedded"]
        return {name: [each["id"] for each in cards] for name, cards in found.items() if name != "tags"}

    wanted = "leads,contacts,customers,catalog_elements"
    assert await ids(f"companies/{company}?with={wanted}") == {
        "leads": [lead],
        "contacts": [contact],
        "customers": [],
        "catalog_elements": [],
    }
    assert await ids(f"contacts/{contact}?with=leads,customers,catalog_elements,social_profiles") == {
        "companies": [company],
        "leads": [lead],
        "customers": [],
        "catalog_elements": [],
        "social_profiles": [],
    }
    assert await ids(f"leads/{lead}?with=contacts,catalog_elements,loss_reason") == {
        "companies": [company],
        "contacts": [contact],
        "catalog_elements": [],
        "loss_reason": [],
    }
    assert await ids(f"leads/{lead}?with=nonsense") == {"companies": [company]}
    shown = (await client.get(f"/api/v4/leads/{lead}?with=is_price_modified_by_robot,source_id")).body
    assert (shown["is_price_modified_by_robot"], shown["source_id"]) == (False, None)


@pytest.mark.parametrize("table", ["contacts", "companies", "leads"])
async def test_cards_go_into_the_bin_and_come_back(scene: Scene, table: str) -> None:
    client = scene.client
    path = f"/api/v4/{table}"
    ids = [await made(client, table, name=str(number)) for number in range(2)]
    answer = await binned(client, "delete", table, *ids)
    assert (answer.status, answer.body["status"], answer.body["ids"]) == (200, "success", ids)
    assert (await client.get(path)).status == 204
    assert (await client.get(f"{path}/{ids[0]}")).status == 204
    assert (await client.patch(f"{path}/{ids[0]}", {"name": "x"})).status == 404
    in_bin = (await client.get(f"{path}?with=only_deleted")).items(table)
    assert [(each["id"], each["is_deleted"]) for each in in_bin] == [(ids[0], True), (ids[1], True)]
    assert (await binned(client, "delete", table, ids[0])).status == 404
    assert (await binned(client, "restore", table, ids[0], 5)).status == 404
    assert (await binned(client, "restore", table, ids[0])).status == 200
    assert [each["id"] for each in (await client.get(path)).items(table)] == [ids[0]]
    assert (await binned(client, "restore", table, ids[0])).status == 404
    kinds = [next(iter(entry.data)) for entry in scene.account.ground.journal.entries(kind="change")]
    assert kinds == ["added", "added", "deleted", "deleted", "restored"]


async def test_bad_requests_to_the_bin_change_nothing(client: Client) -> None:
    contact = await client.contact()
    for body in (
        "",
        "ACTION=DELETE",
        "ID[]=x",
        f"ACTION=BURN&ID[]={contact}",
        f"ID{'[a]' * 5000}=1",
        "ACTION[]=DELETE&ID=1",
    ):
        assert (await client.ask("POST", "/ajax/contacts/multiple/delete", body)).status == 400, body[:40]
    assert (await client.ask("POST", "/ajax/contacts/multiple/delete", f"ID[]={contact}&ID[]=5")).status == 404
    assert (await client.ask("POST", "/ajax/moons/multiple/delete", "ID[]=5")).status == 404
    assert (await client.get(f"/api/v4/contacts/{contact}")).status == 200


async def test_a_card_in_the_bin_is_shown_by_none(client: Client) -> None:
    company = await made(client, "companies", name="C")
    contact = await made(client, "contacts", name="K", _embedded={"companies": [{"id": company}]})
    embedded = {"companies": [{"id": company}], "contacts": [{"id": contact}]}
    lead = await made(client, "leads", name="L", _embedded=embedded)
    await binned(client, "delete", "companies", company)
    await binned(client, "delete", "contacts", contact)
    shown = (await client.get(f"/api/v4/leads/{lead}?with=contacts")).body["_embedded"]
    assert (shown["companies"], shown["contacts"]) == ([], [])
    assert (await client.get(f"/api/v4/leads/{lead}/links")).items("links") == []
    assert (await client.get(f"/api/v4/contacts/links?filter[entity_id]={contact}")).items("links") == []
    assert (await client.get(f"/api/v4/contacts/{contact}/links")).status == 404
    body = (await client.post("/api/v4/leads", [{"_embedded": {"companies": [{"id": company}]}}])).body
    assert flaws(body) == [("NotSupportedChoice", "_embedded.companies.0.id")]
    await binned(client, "restore", "companies", company)
    await binned(client, "restore", "contacts", contact)
    shown = (await client.get(f"/api/v4/leads/{lead}?with=contacts")).body["_embedded"]
    assert ([each["id"] for each in shown["companies"]], shown["contacts"][0]["is_main"]) == ([company], True)


async def test_a_contact_out_of_the_bin_gets_the_calls_that_waited(make_scene: MakeScene) -> None:
    scene = make_scene()
    contact = await scene.client.contact("+79160000001")
    await binned(scene.client, "delete", "contacts", contact)
    call = {"direction": "inbound", "phone": "79160000001", "duration": 30, "source": "s", "call_status": 4}
    [taken] = (await scene.client.post("/api/v4/calls", [call])).items("calls")
    assert taken["entity_id"] is None
    await binned(scene.client, "restore", "contacts", contact)
    [logged] = scene.account.call_log()
    assert (logged["state"], logged["entity"]) == ("linked", {"type": "contact", "id": contact})
