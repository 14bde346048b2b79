"""Routes of API v2 and of the private API that older telephony clients use (facts §3.13, §3.15)."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from .conftest import NOON_UNIX, Client, MakeScene, Scene

CALLS = "/api/v2/calls"
PHONE = "79161234567"
SEARCH = "/private/api/contact_search.php"
LIST = "/private/api/v2/json/contacts/list"


def call(**fields: Any) -> dict[str, Any]:
    return {"phone_number": PHONE, "direction": "inbound", **fields}


async def search(client: Client, query: str) -> ElementTree.Element:
    """The answer of the XML look-up, parsed."""
    headers = {"Authorization": f"Bearer {client.token}"}
    async with client.session.get(f"{client.base}{SEARCH}{query}", headers=headers) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
        return ElementTree.fromstring(await answer.text())


async def company(scene: Scene, name: str, phone: str | None = None) -> int:
    fields = [{"field_code": "PHONE", "values": [{"value": phone}]}] if phone else None
    answer = await scene.client.post("/api/v4/companies", [{"name": name, "custom_fields_values": fields}])
    return int(answer.items("companies")[0]["id"])


async def test_a_call_in_the_words_of_v2(scene: Scene) -> None:
    contact_id = await scene.client.contact("+7 916 123-45-67")
    user = str(scene.users[2])
    numbers = {"duration": 9, "call_status": "4", "responsible_user_id": user, "created_at": NOON_UNIX - 60}
    answer = await scene.client.post(CALLS, {"add": [call(uniq="u1", link="", **numbers)]})
    [item] = answer.items("items")
    assert (answer.status, answer.body["_links"]["self"]) == (200, {"href": CALLS, "method": "post"})
    assert item == {"id": item["id"], "element_id": contact_id, "element_type": 1, "request_id": "0"}
    assert "errors" not in answer.body["_embedded"]
    [row] = scene.account.call_log()
    assert (row["uniq"], row["status"], row["duration"], row["responsible"]) == ("u1", 4, 9, scene.users[2])
    assert row["at"] == "2026-03-02T08:59:00+00:00"


async def test_only_number_and_direction_are_needed(scene: Scene) -> None:
    await scene.client.contact(PHONE)
    answer = await scene.client.post(CALLS, {"add": [call(call_result="перезвонить", call_status=2)]})
    assert answer.items("items")[0]["element_type"] == 1


async def test_a_form_is_taken_too(scene: Scene) -> None:
    await scene.client.contact(PHONE)
    body = f"add[0][phone_number]={PHONE}&add%5B0%5D%5Bdirection%5D=outbound&add[0][duration]=7&add[0][call_status]="
    answer = await scene.client.ask("POST", CALLS, body, **{"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status == 200, answer.body
    [row] = scene.account.call_log()
    assert (row["direction"], row["duration"], row["status"]) == ("out", 7, None)


async def test_unknown_numbers(make_scene: MakeScene) -> None:
    today = make_scene("v4")
    asked = call(uniq="u1", call_status="6")
    answer = await today.client.post(CALLS, {"add": [asked]})
    assert (answer.status, answer.items("items")) == (200, [])
    assert answer.items("errors") == [{"code": 263, "msg": "Entity not found", "item": asked}]
    holding = make_scene()
    [item] = (await holding.client.post(CALLS, {"add": [call(duration=40)]})).items("items")
    assert (item["element_id"], item["element_type"]) == (None, None)
    assert holding.account.call_log()[0]["state"] == "waiting"


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"phone_number": []}, "phone_number"),
        ({"direction": None}, "direction"),
        ({"direction": "up"}, "direction"),
        ({"duration": "long"}, "duration"),
        ({"call_status": "9"}, "call_status"),
        ({"responsible_user_id": "1"}, "responsible_user_id"),
        ({"created_at": "9" * 30}, "created_at"),
    ],
)
async def test_bad_calls(scene: Scene, fields: dict[str, Any], path: str) -> None:
    answer = await scene.client.post(CALLS, {"add": [call(), call(**fields)]})
    assert answer.status == 400
    [refused] = answer.body["validation-errors"]
    assert (refused["request_id"], refused["errors"][0]["path"]) == ("1", path)
    assert scene.account.call_log() == []


async def test_the_number_has_to_be_there(scene: Scene) -> None:
    answer = await scene.client.post(CALLS, {"add": [{"direction": "inbound"}]})
    [error] = answer.body["validation-errors"][0]["errors"]
    assert (error["code"], error["path"]) == ("FieldMissing", "phone_number")
    assert (await scene.client.post(CALLS, {"add": [call()] * 251})).status == 422


async def test_the_private_list(scene: Scene) -> None:
    company_id = await company(scene, "Ромашка")
    contact_id = await scene.client.contact(
        "+7 916 123-45-67", name="Пётр", _embedded={"companies": [{"id": company_id}], "tags": [{"name": "VIP"}]}
    )
    lead = {"_embedded": {"contacts": [{"id": contact_id}]}}
    lead_id = (await scene.client.post("/api/v4/leads", [lead])).items("leads")[0]["id"]
    answer = await scene.client.get(f"{LIST}?query={PHONE}")
    [shown] = answer.body["response"]["contacts"]
    [field] = shown.pop("custom_fields")
    assert (field["code"], isinstance(field["id"], str)) == ("PHONE", True)
    [value] = field["values"]
    assert (value["value"], value["enum"].isdecimal()) == ("+7 916 123-45-67", True)
    [tag] = shown.pop("tags")
    assert (tag["name"], tag["element_type"]) == ("VIP", 1)
    assert shown == {
        "id": contact_id,
        "name": "Пётр",
        "last_modified": NOON_UNIX,
        "account_id": scene.account.id,
        "date_create": NOON_UNIX,
        "created_user_id": scene.users[0],
        "modified_user_id": scene.users[0],
        "responsible_user_id": scene.users[0],
        "group_id": shown["group_id"],
        "closest_task": 0,
        "linked_company_id": str(company_id),
        "company_name": "Ромашка",
        "type": "contact",
        "linked_leads_id": [str(lead_id)],
    }
    answer = await scene.client.get(f"{LIST}?query=79990000000")
    assert (answer.status, answer.body) == (204, None)


async def test_the_private_list_by_offset_and_kind(scene: Scene) -> None:
    ids = [await scene.client.contact(name=str(number)) for number in range(5)]
    company_id = await company(scene, "Ромашка")

    async def found(query: str) -> list[int]:
        answer = await scene.client.get(f"{LIST}?{query}")
        return [] if answer.status == 204 else [each["id"] for each in answer.body["response"]["contacts"]]

    assert await found("limit_rows=2&limit_offset=1") == ids[1:3]
    assert await found("limit_rows=900") == ids
    assert await found(f"id[]={ids[0]}&id[]={ids[4]}") == [ids[0], ids[4]]
    assert await found(f"responsible_user_id={scene.users[1]}") == []
    assert await found("type=company") == [company_id]
    for query in ("type=all", "limit_rows=0", "limit_offset=-1", "limit_rows=x", "id=x"):
        assert (await scene.client.get(f"{LIST}?{query}")).status == 400, query


async def test_the_search_in_xml(scene: Scene) -> None:
    company_id = await company(scene, 'ООО "Рога & <Копыта>"', "+79161234567")
    contact_id = await scene.client.contact(PHONE, name="Пётр", _embedded={"companies": [{"id": company_id}]})
    contact, firm = (await search(scene.client, "?SEARCH=+79161234567")).findall("contact")
    assert [contact.findtext(key) for key in ("id", "name", "is_company", "company/id", "company/name", "phone")] == [
        str(contact_id),
        "Пётр",
        "0",
        str(company_id),
        'ООО "Рога & <Копыта>"',
        PHONE,
    ]
    assert [firm.findtext(key) for key in ("id", "is_company", "company/name")] == [str(company_id), "1", None]
    for query in ("?SEARCH=79990000000", "?SEARCH=", ""):
        assert len(await search(scene.client, query)) == 0


async def test_signs_that_xml_does_not_know_are_left_out(scene: Scene) -> None:
    await scene.client.contact(PHONE, name="Пё\x00т\x1bр\ufffe")
    root = await search(scene.client, f"?SEARCH={PHONE}")
    assert root.findtext("contact/name") == "Пётр"


async def test_an_id_is_followed_by_its_name_on_a_line_of_its_own(scene: Scene) -> None:
    """A published client cuts the text there instead of parsing it."""
    contact_id = await scene.client.contact(PHONE, name="Пётр")
    headers = {"Authorization": f"Bearer {scene.client.token}"}
    async with scene.client.session.get(f"{scene.client.base}{SEARCH}?SEARCH={PHONE}", headers=headers) as answer:
        text = (await answer.text()).expandtabs(0)
    assert f"<id>{contact_id}</id>\n<name>Пётр</name>" in text


async def test_contacts_of_v2(scene: Scene) -> None:
    company_id = await company(scene, "Ромашка")
    contact_id = await scene.client.contact(
        PHONE, first_name="Пётр", last_name="Белов", _embedded={"companies": [{"id": company_id}]}
    )
    await scene.client.contact(name="Анна")
    answer = await scene.client.get(f"/api/v2/contacts?query={PHONE}")
    [shown] = answer.items("items")
    assert answer.body["_links"]["self"] == {"href": f"/api/v2/contacts?query={PHONE}", "method": "get"}
    assert (shown["id"], shown["first_name"], shown["last_name"]) == (contact_id, "Пётр", "Белов")
    assert (shown["company"]["id"], shown["company"]["name"], shown["leads"]) == (company_id, "Ромашка", {})
    [field] = shown["custom_fields"]
    assert (field["code"], field["values"][0]["value"], type(field["values"][0]["enum"])) == ("PHONE", PHONE, int)
    assert len((await scene.client.get("/api/v2/contacts")).items("items")) == 2
    assert (await scene.client.get("/api/v2/contacts?id=1")).status == 204


async def test_hidden_contacts_are_not_found(scene: Scene) -> None:
    item = {"source_name": "АТС", "source_uid": "1", "metadata": {"phone": PHONE}}
    await scene.client.post("/api/v4/leads/unsorted/sip", [item])
    assert (await scene.client.get(f"{LIST}?query={PHONE}")).status == 204
    assert (await scene.client.get("/api/v2/contacts")).status == 204
    assert len(await search(scene.client, f"?SEARCH={PHONE}")) == 0


async def test_the_account_of_v2(scene: Scene) -> None:
    bare = (await scene.client.get("/api/v2/account")).body
    assert (bare["id"], bare["current_user"], bare["timezone_offset"]) == (scene.account.id, scene.users[0], "+0300")
    assert "_embedded" not in bare
    names = "users,custom_fields,pipelines,groups,task_types,note_types"
    embedded = (await scene.client.get(f"/api/v2/account?with={names}")).body["_embedded"]
    assert list(embedded["users"]) == [str(user_id) for user_id in scene.users]
    assert embedded["users"][str(scene.users[0])]["is_admin"]
    [phone] = [each for each in embedded["custom_fields"]["contacts"].values() if each["code"] == "PHONE"]
    assert (phone["name"], phone["field_type"], "WORK" in phone["enums"].values()) == ("Телефон", 8, True)
    [pipeline] = embedded["pipelines"].values()
    assert {"142", "143"} < set(pipeline["statuses"])
    assert {group["name"] for group in embedded["groups"]} == {"Отдел продаж", "Поддержка"}
    assert embedded["task_types"]["1"]["name"] == "Связаться"
    assert embedded["note_types"]["10"]["code"] == "CALL_IN"


@pytest.mark.parametrize("path", [LIST, SEARCH, "/api/v2/contacts", "/api/v2/account"])
async def test_a_token_is_needed(scene: Scene, path: str) -> None:
    assert (await Client(scene.client.session, scene.client.base, None).get(path)).status == 401
