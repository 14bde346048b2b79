"""POST /leads/complex: a deal with its contact and company in one request (facts §3.3)."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import NOON_UNIX, MakeScene, Scene

PATH = "/api/v4/leads/complex"
PHONE = "+79161234567"
PHONE_FIELD = {"field_id": None, "field_code": "PHONE", "values": [{"value": PHONE, "enum_id": None}]}
SIP = {"category": "sip", "phone": PHONE, "called_at": NOON_UNIX, "duration": 9, "uniq": "u1", "link": None}
FORM = {"category": "forms", "form_id": 1, "form_name": "Заказ", "form_page": "acme.test", "form_sent_at": NOON_UNIX}


def lead(**embedded: Any) -> dict[str, Any]:
    return {"name": "Звонок", "_embedded": embedded}


async def test_all_at_once(scene: Scene) -> None:
    contact = {"first_name": "Пётр", "last_name": "Белов", "custom_fields_values": [PHONE_FIELD]}
    item = lead(
        contacts=[contact],
        companies=[{"name": "Ромашка", "_embedded": {"tags": [{"name": "VIP"}]}}],
        tags=[{"name": "Успех"}],
        source={"type": "widget", "external_id": "7"},
    )
    answer = await scene.client.post(PATH, [{**item, "price": 5, "request_id": "c0ffee"}, {}])
    assert (answer.status, answer.type) == (200, "application/hal+json")
    full, bare = answer.body
    assert full == {
        "id": full["id"],
        "contact_id": full["contact_id"],
        "company_id": full["company_id"],
        "request_id": ["c0ffee"],
        "merged": False,
    }
    assert bare == {"id": bare["id"], "contact_id": None, "company_id": None, "request_id": ["1"], "merged": False}
    shown = (await scene.client.get(f"/api/v4/leads/{full['id']}?with=contacts,source")).body
    assert (shown["price"], [tag["name"] for tag in shown["_embedded"]["tags"]]) == (5, ["Успех"])
    assert shown["_embedded"]["source"] == {"type": "widget", "external_id": "7"}
    assert [(each["id"], each["is_main"]) for each in shown["_embedded"]["contacts"]] == [(full["contact_id"], True)]
    assert shown["_embedded"]["companies"][0]["id"] == full["company_id"]
    contact = (await scene.client.get(f"/api/v4/contacts/{full['contact_id']}")).body
    assert (contact["name"], contact["_embedded"]["companies"][0]["id"]) == ("Пётр Белов", full["company_id"])
    company = (await scene.client.get(f"/api/v4/companies/{full['company_id']}")).body
    assert [tag["name"] for tag in company["_embedded"]["tags"]] == ["VIP"]


async def test_cards_that_exist(scene: Scene) -> None:
    contact_id = await scene.client.contact(PHONE)
    company_id = (await scene.client.post("/api/v4/companies", [{"name": "Ромашка"}])).items("companies")[0]["id"]
    [made] = (await scene.client.post(PATH, [lead(contacts=[{"id": contact_id}], companies=[{"id": company_id}])])).body
    assert (made["contact_id"], made["company_id"]) == (contact_id, company_id)
    assert len((await scene.client.get("/api/v4/contacts")).items("contacts")) == 1


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"name": 7}, [("InvalidType", "name")]),
        ({"status_id": 1}, [("NotSupportedChoice", "status_id")]),
        (lead(contacts=[{"id": 1}]), [("NotSupportedChoice", "_embedded.contacts.0.id")]),
        (lead(contacts=[{}, {}]), [("TooMany", "_embedded.contacts")]),
        (lead(companies=[{"name": 7}]), [("InvalidType", "_embedded.companies.0.name")]),
        (
            lead(contacts=[{"custom_fields_values": [{"field_code": "PHONE", "values": [{"value": None}]}]}]),
            [("NotNullable", "_embedded.contacts.0.custom_fields_values.0.values.0.value")],
        ),
        (lead(tags=[{"id": 1}]), [("NotSupportedChoice", "_embedded.tags.0.id")]),
        (lead(source=7), [("InvalidType", "_embedded.source")]),
        (lead(metadata=[1]), [("InvalidType", "_embedded.metadata")]),
        (lead(metadata={"category": "chats"}), [("NotSupportedChoice", "_embedded.metadata.category")]),
        (lead(metadata={"category": ["sip"]}), [("NotSupportedChoice", "_embedded.metadata.category")]),
        (lead(metadata={**SIP, "phone": ""}), [("NotBlank", "_embedded.metadata.phone")]),
        (lead(metadata={**FORM, "form_page": None}), [("NotNullable", "_embedded.metadata.form_page")]),
    ],
)
async def test_one_bad_item_stores_nothing(scene: Scene, item: Any, expected: list[tuple[str, str]]) -> None:
    good = lead(contacts=[{"name": "Пётр"}], companies=[{"name": "Ромашка"}])
    answer = await scene.client.post(PATH, [good, item])
    assert answer.status == 400
    [refused] = answer.body["validation-errors"]
    assert [(error["code"], error["path"]) for error in refused["errors"]] == expected
    for table in ("leads", "contacts", "companies"):
        assert (await scene.client.get(f"/api/v4/{table}")).status == 204


async def test_limits(scene: Scene) -> None:
    assert (await scene.client.post(PATH, [{}] * 51)).status == 422
    assert (await scene.client.post(PATH, [])).status == 400
    assert len((await scene.client.post(PATH, [{}] * 50)).body) == 50
    fields = [{"name": f"f{number}", "type": "text"} for number in range(41)]
    made = (await scene.client.post("/api/v4/contacts/custom_fields", fields)).items("custom_fields")
    values = [{"field_id": field["id"], "values": [{"value": "x"}]} for field in made]
    answer = await scene.client.post(PATH, [lead(contacts=[{"custom_fields_values": values}])])
    [error] = answer.body["validation-errors"][0]["errors"]
    assert (error["code"], error["path"]) == ("TooMany", "_embedded.contacts.0.custom_fields_values")
    answer = await scene.client.post(PATH, [lead(contacts=[{"custom_fields_values": values[:40]}])])
    assert answer.status == 200


@pytest.mark.parametrize(("profile", "kind"), [("documented", "contact"), ("v4", "lead")])
async def test_the_call_that_brought_the_deal(make_scene: MakeScene, profile: str, kind: str) -> None:
    scene = make_scene(profile)
    asked = [
        lead(contacts=[{"custom_fields_values": [PHONE_FIELD]}], metadata={**SIP, "is_call_event_needed": True}),
        lead(metadata={**SIP, "uniq": "u2", "is_call_event_needed": True}),
        lead(metadata={**SIP, "uniq": "u3", "is_call_event_needed": False}),
    ]
    first, second, _ = (await scene.client.post(PATH, asked)).body
    rows = [(row["uniq"], row["duration"], row["state"], row["entity"]) for row in scene.account.call_log()]
    shown_on = {"type": kind, "id": first["contact_id" if kind == "contact" else "id"]}
    assert rows == [("u1", 9, "linked", shown_on), ("u2", 9, "linked", {"type": "lead", "id": second["id"]})]


async def test_the_form_that_brought_the_deal(scene: Scene) -> None:
    [made] = (await scene.client.post(PATH, [lead(metadata=FORM)])).body
    [note] = (await scene.client.get(f"/api/v4/leads/{made['id']}/notes")).items("notes")
    assert (note["note_type"], note["params"]) == ("service_message", {"service": "Заказ", "text": "acme.test"})
