"""Account, users, pipelines, fields, tags, leads, unsorted, notes and tasks (facts §3)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from .conftest import NOON_UNIX, Client, MakeScene, Scene

KEYS_OF_ACCOUNT = (
    "id name subdomain created_at created_by updated_at updated_by current_user_id country currency is_unsorted_on "
    "mobile_feature_version customers_mode is_loss_reason_enabled is_helpbot_enabled is_technical_account "
    "contact_name_display_order"
)


async def lead(client: Client, **fields: Any) -> int:
    answer = await client.post("/api/v4/leads", [fields])
    assert answer.status == 200, answer.body
    return int(answer.items("leads")[0]["id"])


def flaws(body: Any) -> list[tuple[str, str]]:
    return [(error["code"], error["path"]) for error in body["validation-errors"][0]["errors"]]


async def test_account(scene: Scene) -> None:
    body = (await scene.client.get("/api/v4/account?with=users_groups,task_types,datetime_settings,nonsense")).body
    assert set(KEYS_OF_ACCOUNT.split()) <= body.keys()
    assert (body["id"], body["name"], body["current_user_id"]) == (scene.account.id, "Acme", scene.users[0])
    assert body["created_at"] == NOON_UNIX
    assert [group["name"] for group in body["_embedded"]["users_groups"]] == ["Отдел продаж", "Поддержка"]
    assert [kind["code"] for kind in body["_embedded"]["task_types"]] == ["FOLLOW_UP", "MEETING", "MAIL"]
    settings = body["_embedded"]["datetime_settings"]
    assert (settings["timezone"], settings["timezone_offset"]) == ("Europe/Moscow", "+03:00")


async def test_account_with_everything(scene: Scene) -> None:
    asked = "amojo_id,uuid,version,drive_url,is_api_filter_enabled,entity_names,invoices_settings,amojo_rights"
    plain, body = (
        (await scene.client.get("/api/v4/account")).body,
        (await scene.client.get(f"/api/v4/account?with={asked}")).body,
    )
    assert body.keys() - plain.keys() == set(asked.split(",")) - {"amojo_rights"}
    assert len({UUID(body["amojo_id"]), UUID(body["uuid"])}) == 2
    assert (body["version"], body["is_api_filter_enabled"]) == (4, True)
    assert body["drive_url"].startswith("https://")
    assert body["entity_names"]["leads"]["ru"]["plural_form"]["genitive"] == "сделок"
    assert body["invoices_settings"].keys() == {"lang", "invoices_catalog_id"}
    assert body["_embedded"] == {"amojo_rights": {"can_direct": True, "can_create_groups": True}}


async def test_users_are_for_administrators(scene: Scene) -> None:
    body = (await scene.client.get("/api/v4/users?limit=2")).body
    assert (body["_total_items"], body["_page"], body["_page_count"]) == (3, 1, 2)
    users = body["_embedded"]["users"]
    assert [(user["id"], user["rights"]["is_admin"]) for user in users] == [
        (scene.users[0], True),
        (scene.users[1], False),
    ]
    one = (await scene.client.get(f"/api/v4/users/{scene.users[2]}")).body
    assert (one["email"], one["_embedded"]["groups"][0]["name"]) == ("anna@acme.test", "Поддержка")
    assert (await scene.client.get("/api/v4/users/1")).status == 404
    client_id = scene.account.oauth.register_client("x", "https://x.test").client_id
    anna = Client(
        scene.client.session, scene.client.base, scene.account.oauth.long_lived_token(client_id, scene.users[2])
    )
    for path in ("/api/v4/users", f"/api/v4/users/{scene.users[2]}"):
        answer = await anna.get(path)
        assert (answer.status, answer.body["title"]) == (403, "Forbidden")


async def test_pipelines(client: Client) -> None:
    body = (await client.get("/api/v4/leads/pipelines")).body
    [pipeline] = body["_embedded"]["pipelines"]
    assert (body["_total_items"], pipeline["is_main"], pipeline["is_unsorted_on"]) == (1, True, True)
    statuses = pipeline["_embedded"]["statuses"]
    assert (statuses[0]["name"], statuses[0]["type"], statuses[0]["sort"]) == ("Неразобранное", 1, 10)
    assert [status["id"] for status in statuses[-2:]] == [142, 143]
    path = f"/api/v4/leads/pipelines/{pipeline['id']}"
    assert (await client.get(path)).body == pipeline
    assert (await client.get(f"{path}/statuses")).items("statuses") == statuses
    assert (await client.get(f"{path}/statuses/142")).body == statuses[-2]
    assert (await client.get(f"{path}/statuses/1")).status == 404
    assert (await client.get("/api/v4/leads/pipelines/1")).status == 404


async def test_predefined_custom_fields(client: Client) -> None:
    body = (await client.get("/api/v4/contacts/custom_fields")).body
    assert (body["_total_items"], body["_page_count"]) == (2, 1)
    phone, email = body["_embedded"]["custom_fields"]
    assert [option["value"] for option in phone["enums"]] == ["WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"]
    assert [option["code"] for option in email["enums"]] == ["WORK", "PRIV", "OTHER"]
    assert (phone["code"], phone["type"], phone["entity_type"]) == ("PHONE", "multitext", "contacts")
    assert (await client.get(f"/api/v4/contacts/custom_fields/{phone['id']}")).body == phone
    missing = await client.get("/api/v4/contacts/custom_fields/1")
    assert (missing.status, missing.body["detail"]) == (404, "Custom field not found")
    codes = {field["code"] for field in (await client.get("/api/v4/leads/custom_fields")).items("custom_fields")}
    assert {"UTM_SOURCE", "REFERRER"} <= codes


@pytest.mark.parametrize(
    ("kind", "given", "shown"),
    [
        ("text", [{"value": "a"}], [{"value": "a"}]),
        ("text", [{"value": 5}], [{"value": "5"}]),
        ("numeric", [{"value": 1.5}], [{"value": "1.5"}]),
        ("checkbox", [{"value": True}], [{"value": True}]),
        ("select", [{"value": "B"}], [{"value": "B", "enum_id": 1, "enum_code": None}]),
        ("select", [{"enum_id": 0}], [{"value": "A", "enum_id": 0, "enum_code": "a"}]),
        ("multiselect", [{"enum_code": "a"}, {"value": "B"}], [{"enum_id": 0}, {"enum_id": 1}]),
        ("date", [{"value": 1634601600}], [{"value": 1634590800}]),
        ("date", [{"value": "2021-10-19T00:00:00+00:00"}], [{"value": 1634590800}]),
        ("date_time", [{"value": 1634601600}], [{"value": 1634601600}]),
        ("numeric", [{"value": "x"}], ("InvalidType", "value")),
        ("text", [{}], ("FieldMissing", "value")),
        ("select", [{"value": "C"}], ("NotSupportedChoice", "value")),
        ("date", [{"value": "soon"}], ("InvalidType", "value")),
        ("checkbox", [{"value": "yes"}], ("InvalidType", "value")),
    ],
)
async def test_values_of_each_type(client: Client, kind: str, given: list[Any], shown: Any) -> None:
    enums = [{"value": "A", "code": "a"}, {"value": "B"}] if "select" in kind else None
    made = await client.post("/api/v4/leads/custom_fields", [{"name": "F", "type": kind, "enums": enums}])
    assert made.status == 201
    [field] = made.items("custom_fields")
    assert field["request_id"] == "0"
    ids = [option["id"] for option in field["enums"] or []]
    values = [{**value, "enum_id": ids[value["enum_id"]]} if "enum_id" in value else value for value in given]
    answer = await client.post(
        "/api/v4/leads", [{"custom_fields_values": [{"field_id": field["id"], "values": values}]}]
    )
    if isinstance(shown, tuple):
        assert flaws(answer.body) == [(shown[0], f"custom_fields_values.0.values.0.{shown[1]}")]
        return
    card = (await client.get(f"/api/v4/leads/{answer.items('leads')[0]['id']}")).body
    for expected, value in zip(shown, card["custom_fields_values"][0]["values"], strict=True):
        if "enum_id" in expected:
            expected = {**expected, "enum_id": ids[expected["enum_id"]]}
        assert expected.items() <= value.items()


async def test_tags(client: Client) -> None:
    first = await client.post("/api/v4/contacts/tags", [{"name": "A", "request_id": "q"}, {"name": "B"}])
    again = await client.post("/api/v4/contacts/tags", [{"name": "A"}])
    tag = first.items("tags")[0]
    assert (tag["request_id"], again.items("tags")[0]["id"]) == ("q", tag["id"])
    assert [each["name"] for each in (await client.get("/api/v4/contacts/tags")).items("tags")] == ["A", "B"]
    assert len((await client.get("/api/v4/contacts/tags?query=B")).items("tags")) == 1
    assert len((await client.get("/api/v4/contacts/tags?filter[name]=A")).items("tags")) == 1
    assert (await client.get("/api/v4/leads/tags")).status == 204
    assert flaws((await client.post("/api/v4/leads/tags", [{"name": "A", "color": "red"}])).body) == [
        ("NotSupportedChoice", "color")
    ]
    assert (await client.post("/api/v4/leads/tags", [{"name": "A", "color": "EBEBEB"}])).status == 200


async def test_leads(scene: Scene) -> None:
    client = scene.client
    contact_id = await client.contact()
    lead_id = await lead(client, price=5, _embedded={"contacts": [{"id": contact_id}], "tags": [{"name": "T"}]})
    shown = (await client.get(f"/api/v4/leads/{lead_id}?with=contacts")).body
    statuses = scene.account.pipelines.statuses(shown["pipeline_id"])
    assert (shown["name"], shown["price"], shown["status_id"]) == (f"Сделка #{lead_id}", 5, statuses[1]["id"])
    [link] = shown["_embedded"]["contacts"]
    assert (link["id"], link["is_main"]) == (contact_id, True)
    contact = (await client.get(f"/api/v4/contacts/{contact_id}?with=leads")).body
    assert [each["id"] for each in contact["_embedded"]["leads"]] == [lead_id]
    await scene.pass_time(seconds=3)
    await client.patch(f"/api/v4/leads/{lead_id}", {"status_id": 142})
    shown = (await client.get(f"/api/v4/leads/{lead_id}")).body
    assert (shown["status_id"], shown["closed_at"]) == (142, NOON_UNIX + 3)
    await client.patch("/api/v4/leads", [{"id": lead_id, "status_id": statuses[2]["id"]}])
    assert (await client.get(f"/api/v4/leads/{lead_id}")).body["closed_at"] is None
    pair = f"filter[statuses][0][pipeline_id]={shown['pipeline_id']}&filter[statuses][0][status_id]="
    assert len((await client.get(f"/api/v4/leads?{pair}{statuses[2]['id']}")).items("leads")) == 1
    assert (await client.get(f"/api/v4/leads?{pair}142")).status == 204
    assert len((await client.get("/api/v4/leads?filter[price][from]=5")).items("leads")) == 1


async def test_leads_that_are_refused(scene: Scene) -> None:
    pipeline = scene.account.pipelines.main()
    unsorted = scene.account.pipelines.statuses(pipeline)[0]["id"]
    for item, path in (
        ({"status_id": unsorted}, "status_id"),
        ({"status_id": 5}, "status_id"),
        ({"pipeline_id": 5}, "pipeline_id"),
        ({"_embedded": {"contacts": [{"id": 5}]}}, "_embedded.contacts.0.id"),
    ):
        assert flaws((await scene.client.post("/api/v4/leads", [item])).body) == [("NotSupportedChoice", path)]


async def test_unsorted_is_empty(client: Client) -> None:
    assert (await client.get("/api/v4/leads/unsorted")).status == 204


async def test_notes(scene: Scene) -> None:
    client = scene.client
    contact_id, other = await client.contact(), await client.contact()
    text = {"note_type": "common", "params": {"text": "hello"}}
    answer = await client.post(f"/api/v4/contacts/{contact_id}/notes", [{**text, "request_id": "n"}])
    [thin] = answer.items("notes")
    assert (thin["entity_id"], thin["request_id"]) == (contact_id, "n")
    call_note = {"entity_id": other, "note_type": "call_in", "created_by": 0, "params": {"uniq": "u", "duration": 3}}
    await scene.pass_time(seconds=1)
    assert (await client.post("/api/v4/contacts/notes", [call_note])).status == 200
    for path in (f"/api/v4/contacts/{contact_id}/notes/{thin['id']}", f"/api/v4/contacts/notes/{thin['id']}"):
        note = (await client.get(path)).body
        assert (note["params"], note["created_by"]) == ({"text": "hello"}, scene.users[0])
    assert (await client.get(f"/api/v4/contacts/{other}/notes/{thin['id']}")).status == 204
    assert (await client.get("/api/v4/leads/notes")).status == 204
    assert len((await client.get(f"/api/v4/contacts/{other}/notes")).items("notes")) == 1
    for filters, count in (
        ("", 2),
        ("?filter[note_type][]=call_in&filter[note_type][]=call_out", 1),
        (f"?filter[entity_id]={contact_id}", 1),
        (f"?filter[id][]={thin['id']}", 1),
        (f"?filter[updated_at][from]={NOON_UNIX + 1}", 1),
    ):
        assert len((await client.get(f"/api/v4/contacts/notes{filters}")).items("notes")) == count, filters


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"note_type": "common"}, [("FieldMissing", "params.text")]),
        ({"note_type": "poem"}, [("NotSupportedChoice", "note_type")]),
        ({}, [("FieldMissing", "note_type")]),
        ({"note_type": "call_in", "params": {"link": None}}, [("NotNullable", "params.link")]),
        ({"note_type": "call_out", "params": {"call_result": None}}, [("NotNullable", "params.call_result")]),
        ({"note_type": "call_in", "params": {"call_status": None}}, [("NotNullable", "params.call_status")]),
        ({"note_type": "call_in", "entity_id": 5}, [("NotSupportedChoice", "entity_id")]),
        ({"note_type": "call_in", "entity_id": None}, [("NotNullable", "entity_id")]),
    ],
)
async def test_bad_notes(client: Client, item: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    contact_id = await client.contact()
    assert flaws((await client.post("/api/v4/contacts/notes", [{"entity_id": contact_id, **item}])).body) == expected


async def test_tasks(scene: Scene) -> None:
    client = scene.client
    contact_id = await client.contact()
    item = {
        "text": "Перезвонить",
        "complete_till": NOON_UNIX + 60,
        "entity_id": contact_id,
        "entity_type": "contacts",
        "responsible_user_id": scene.users[1],
        "request_id": "t",
    }
    [thin] = (await client.post("/api/v4/tasks", [item])).items("tasks")
    assert thin["request_id"] == "t"
    shown = (await client.get(f"/api/v4/tasks/{thin['id']}")).body
    assert (shown["task_type_id"], shown["result"], shown["is_completed"]) == (1, [], False)
    assert (shown["complete_till"], shown["entity_id"], shown["entity_type"]) == (
        NOON_UNIX + 60,
        contact_id,
        "contacts",
    )
    assert (await client.get(f"/api/v4/contacts/{contact_id}")).body["closest_task_at"] == NOON_UNIX + 60
    query = f"filter[entity_type]=contacts&filter[entity_id]={contact_id}&filter[is_completed]=0&filter[task_type]=1"
    assert (await client.get(f"/api/v4/tasks?{query}")).items("tasks") == [shown]
    assert (await client.get("/api/v4/tasks?filter[is_completed]=1")).status == 204
    assert (await client.get("/api/v4/tasks/1")).status == 204


async def test_a_deadline_may_be_any_number(make_scene: MakeScene) -> None:
    client = make_scene("v4").client
    [thin] = (await client.post("/api/v4/tasks", [{"text": "x", "complete_till": NOON_UNIX + 0.9}])).items("tasks")
    assert (await client.get(f"/api/v4/tasks/{thin['id']}")).body["complete_till"] == NOON_UNIX
    for bad, code in ((True, "InvalidType"), ("1", "InvalidType"), (-0.5, "TooLow"), (1e30, "NotSupportedChoice")):
        answer = await client.post("/api/v4/tasks", [{"text": "x", "complete_till": bad}])
        assert flaws(answer.body) == [(code, "complete_till")]


async def test_a_task_needs_a_card_where_the_profile_says_so(make_scene: MakeScene) -> None:
    item = {"text": "x", "complete_till": NOON_UNIX}
    assert (await make_scene("v4").client.post("/api/v4/tasks", [item])).status == 200
    client = make_scene().client
    assert flaws((await client.post("/api/v4/tasks", [item])).body) == [("FieldMissing", "entity_id")]
    for change, expected in (
        ({"entity_type": "contacts", "entity_id": 5}, ("NotSupportedChoice", "entity_id")),
        ({"entity_type": "moons", "entity_id": 5}, ("NotSupportedChoice", "entity_type")),
    ):
        assert flaws((await client.post("/api/v4/tasks", [{**item, **change}])).body) == [expected]
    lead_id = await lead(client)
    good = {**item, "entity_type": "leads", "entity_id": lead_id}
    for change, expected in (
        ({"text": ""}, ("NotBlank", "text")),
        ({"complete_till": None}, ("NotNullable", "complete_till")),
        ({"task_type_id": 9}, ("NotSupportedChoice", "task_type_id")),
        ({"responsible_user_id": 9}, ("NotSupportedChoice", "responsible_user_id")),
    ):
        assert flaws((await client.post("/api/v4/tasks", [{**good, **change}])).body) == [expected]
