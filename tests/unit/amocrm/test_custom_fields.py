"""Definitions of custom fields: made, changed, deleted, grouped, and what cards show then (facts §3.5)."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Client, Scene

LEADS = "/api/v4/leads"
FIELDS = f"{LEADS}/custom_fields"
GROUPS = f"{FIELDS}/groups"


def flaws(body: Any) -> list[tuple[str, str]]:
    return [(error["code"], error["path"]) for item in body["validation-errors"] for error in item["errors"]]


async def field(client: Client, kind: str = "text", **more: Any) -> dict[str, Any]:
    answer = await client.post(FIELDS, [{"name": "F", "type": kind, **more}])
    assert answer.status == 201, answer.body
    made: dict[str, Any] = answer.items("custom_fields")[0]
    return made


async def lead(client: Client, field_id: int, *values: Any) -> int:
    given = [{"field_id": field_id, "values": list(values)}]
    answer = await client.post(LEADS, [{"custom_fields_values": given}])
    assert answer.status == 200, answer.body
    return int(answer.items("leads")[0]["id"])


async def values(client: Client, lead_id: int) -> Any:
    return (await client.get(f"{LEADS}/{lead_id}")).body["custom_fields_values"]


async def found(client: Client, query: str) -> bool:
    return (await client.get(f"{LEADS}?query={query}")).status == 200


async def test_every_attribute_reads_back(scene: Scene) -> None:
    client, pipeline = scene.client, scene.account.pipelines.main()
    status = {"status_id": scene.account.pipelines.first_status(pipeline), "pipeline_id": pipeline}
    given = {
        "name": "Полное",
        "code": "FULL",
        "sort": 7,
        "group_id": "statistic",
        "is_api_only": True,
        "is_required": True,
        "is_visible": False,
        "required_statuses": [status],
        "hidden_statuses": [{"status_id": 142, "pipeline_id": pipeline}],
        "remind": "week",
        "currency": "RUB",
        "settings": ["a"],
        "tracking_callback": "function() {}",
        "search_in": "contacts_and_companies",
        "chained_lists": [{"title": "t", "catalog_id": 5, "parent_catalog_id": None}],
    }
    made = await field(client, "monetary", **given)
    assert given.items() <= made.items()
    assert (await client.get(f"{FIELDS}/{made['id']}")).body.items() >= given.items()
    assert (made["is_predefined"], made["is_deletable"], made["entity_type"]) == (False, True, "leads")
    change = {"id": made["id"], "type": "monetary", "name": "Иное", "is_api_only": False, "remind": "never", "code": ""}
    answer = await client.patch(f"{FIELDS}/{made['id']}", change)
    expected = {**given, **change, "code": None}
    assert answer.status == 200
    assert expected.items() <= answer.body.items()
    assert expected.items() <= (await client.get(f"{FIELDS}/{made['id']}")).body.items()


async def test_a_null_says_nothing_of_a_field(client: Client) -> None:
    flags = ("is_api_only", "is_required", "is_visible")
    nulls = dict.fromkeys((*flags, "required_statuses", "hidden_statuses", "remind", "currency", "code", "settings"))
    plain, made = await field(client), await field(client, **nulls)
    assert {key: made[key] for key in nulls} == {key: plain[key] for key in nulls}
    given = {**dict.fromkeys(flags, False), "code": "OWN", "currency": "RUB", "remind": "day"}
    said = await field(client, **given)
    changed = (await client.patch(f"{FIELDS}/{said['id']}", {"name": "F", **nulls})).body
    assert given.items() <= changed.items()
    phone = (await client.get("/api/v4/contacts/custom_fields")).items("custom_fields")[0]
    path = f"/api/v4/contacts/custom_fields/{phone['id']}"
    assert (await client.patch(path, {"name": "Номер", "code": None})).body["code"] == "PHONE"


async def test_an_address_keeps_its_parts(client: Client) -> None:
    made = await field(client, "smart_address", enums=[])
    parts = [option["code"] for option in made["enums"]]
    assert parts == ["address_line_1", "address_line_2", "city", "state", "zip", "country"]
    answer = await client.patch(f"{FIELDS}/{made['id']}", {"enums": []})
    assert answer.body["enums"] == made["enums"]
    lead_id = await lead(client, made["id"], {"value": "Тула", "enum_code": "city"})
    assert (await values(client, lead_id))[0]["values"][0]["value"] == "Тула"
    refused = await client.patch(f"{FIELDS}/{made['id']}", {"enums": made["enums"][:2]})
    assert flaws(refused.body) == [("FieldNotExpected", "enums")]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"name": ""}, ("NotBlank", "name")),
        ({"type": "poem"}, ("NotSupportedChoice", "type")),
        ({"code": "UTM_SOURCE"}, ("NotUnique", "code")),
        ({"code": 5}, ("InvalidType", "code")),
        ({"sort": "1"}, ("InvalidType", "sort")),
        ({"group_id": "nowhere"}, ("NotSupportedChoice", "group_id")),
        ({"is_api_only": 1}, ("InvalidType", "is_api_only")),
        ({"required_statuses": [{"status_id": 5}]}, ("NotSupportedChoice", "required_statuses.0.status_id")),
        ({"required_statuses": [[]]}, ("NotSupportedChoice", "required_statuses.0.status_id")),
        ({"remind": "hourly"}, ("NotSupportedChoice", "remind")),
        ({"currency": "roubles"}, ("NotSupportedChoice", "currency")),
        ({"search_in": ["contacts"]}, ("NotSupportedChoice", "search_in")),
        ({"settings": 5}, ("InvalidType", "settings")),
        ({"chained_lists": [{"catalog_id": "5"}]}, ("InvalidType", "chained_lists.0.catalog_id")),
        ({"enums": [{"value": "a"}]}, ("FieldNotExpected", "enums")),
        ({"type": "select", "enums": {}}, ("InvalidType", "enums")),
        ({"type": "select", "enums": [5]}, ("InvalidType", "enums.0")),
        ({"type": "select", "enums": [{"value": ""}]}, ("NotBlank", "enums.0.value")),
        ({"type": "select", "enums": [{"value": "a", "code": []}]}, ("InvalidType", "enums.0.code")),
        ({"type": "select", "enums": [{"value": "a", "id": {}}]}, ("InvalidType", "enums.0.id")),
        ({"type": "select", "enums": [{"value": "a", "id": 5}]}, ("NotSupportedChoice", "enums.0.id")),
        ({"type": "select", "enums": [{"value": v, "code": "c"} for v in "ab"]}, ("NotUnique", "enums.0.code")),
        (
            {"type": "category", "nested": [{"value": "a", "parent_id": 5}]},
            ("NotSupportedChoice", "nested.0.parent_id"),
        ),
        (
            {"type": "category", "nested": [{"value": "a", "parent_request_id": "x"}]},
            ("NotSupportedChoice", "nested.0.parent_request_id"),
        ),
        ({"type": "category", "nested": [{"value": "a", "request_id": []}]}, ("InvalidType", "nested.0.request_id")),
    ],
)
async def test_a_field_that_cannot_be(client: Client, item: dict[str, Any], expected: tuple[str, str]) -> None:
    before = (await client.get(FIELDS)).body["_total_items"]
    answer = await client.post(FIELDS, [{"name": "good", "type": "text"}, {"name": "F", "type": "text", **item}])
    assert answer.status == 400
    assert expected in flaws(answer.body)
    assert (await client.get(FIELDS)).body["_total_items"] == before


async def test_codes_differ_within_a_batch_too(client: Client) -> None:
    item = {"name": "F", "type": "text", "code": "SAME"}
    assert flaws((await client.post(FIELDS, [item, item])).body) == [("NotUnique", "code")]
    assert (await client.post(FIELDS, [item])).status == 201
    elsewhere = await client.post("/api/v4/contacts/custom_fields", [item])
    assert elsewhere.status == 201


async def test_a_renamed_field_and_option_show_at_once_on_every_card(client: Client) -> None:
    made = await field(client, "select", enums=[{"value": "Красный", "code": "r"}, {"value": "Синий"}])
    red, blue = (option["id"] for option in made["enums"])
    ids = [await lead(client, made["id"], {"enum_id": red}), await lead(client, made["id"], {"enum_id": blue})]
    enums = [{"id": red, "value": "Алый", "code": "r", "sort": 2}, {"value": "Белый", "sort": 1}]
    answer = await client.patch(FIELDS, [{"id": made["id"], "name": "Цвет", "enums": enums, "request_id": "q"}])
    [changed] = answer.items("custom_fields")
    assert (changed["request_id"], [option["value"] for option in changed["enums"]]) == ("q", ["Белый", "Алый"])
    [shown] = await values(client, ids[0])
    assert (shown["field_name"], shown["values"]) == ("Цвет", [{"value": "Алый", "enum_id": red, "enum_code": "r"}])
    assert await values(client, ids[1]) is None
    assert (await found(client, "алый"), await found(client, "красный"), await found(client, "синий")) == (
        True,
        False,
        False,
    )
    kept = await client.patch(f"{FIELDS}/{made['id']}", {"sort": 1})
    assert [option["id"] for option in kept.body["enums"]][1] == red


async def test_a_field_that_is_deleted_leaves_every_card(scene: Scene) -> None:
    client = scene.client
    made = await field(client, code="GONE")
    lead_id = await lead(client, made["id"], {"value": "секрет 89161234567"})
    binned = await lead(client, made["id"], {"value": "секрет"})
    scene.account.leads.delete([binned], 0)
    assert await found(client, "секрет")
    assert (await client.ask("DELETE", f"{FIELDS}/{made['id']}")).status == 204
    scene.account.leads.restore([binned], 0)
    assert await values(client, lead_id) is None
    assert not await found(client, "секрет")
    assert (await client.get(f"{LEADS}?filter[custom_fields_values][{made['id']}][]=секрет")).status == 204
    assert (await client.get(f"{FIELDS}/{made['id']}")).status == 404
    assert (await client.ask("DELETE", f"{FIELDS}/{made['id']}")).status == 404
    assert (await field(client, code="GONE"))["id"] > made["id"]


async def test_numbers_in_a_deleted_field_are_no_longer_looked_up(client: Client) -> None:
    path = "/api/v4/contacts/custom_fields"
    made = (await client.post(path, [{"name": "F", "type": "text"}])).items("custom_fields")[0]
    given = [{"field_id": made["id"], "values": [{"value": "звонить 89161234567"}]}]
    await client.contact("+79160000001")
    contact_id = await client.contact(name="x")
    await client.patch(f"/api/v4/contacts/{contact_id}", {"custom_fields_values": given})
    assert (await client.get("/api/v4/contacts?query=89161234567")).status == 200
    await client.ask("DELETE", f"{path}/{made['id']}")
    assert (await client.get("/api/v4/contacts?query=89161234567")).status == 204
    assert (await client.get("/api/v4/contacts?query=79160000001")).status == 200


async def test_a_predefined_field_stays(client: Client) -> None:
    phone, email = (await client.get("/api/v4/contacts/custom_fields")).items("custom_fields")
    path = f"/api/v4/contacts/custom_fields/{phone['id']}"
    refused = await client.ask("DELETE", path)
    assert (refused.status, refused.body["detail"]) == (400, "A predefined field can not be deleted")
    assert flaws((await client.patch(path, {"code": "TEL"})).body) == [("NotSupportedChoice", "code")]
    assert flaws((await client.patch(path, {"type": "text"})).body) == [("NotSupportedChoice", "type")]
    contact_id = await client.contact("+79160000001")
    assert (await client.patch(path, {"name": "Номер", "code": "PHONE"})).body["name"] == "Номер"
    shown = (await client.get(f"/api/v4/contacts/{contact_id}")).body["custom_fields_values"]
    assert [each["field_name"] for each in shown] == ["Номер"]
    work = phone["enums"][0]
    await client.patch(path, {"enums": [each for each in phone["enums"] if each["id"] != work["id"]]})
    shown = (await client.get(f"/api/v4/contacts/{contact_id}")).body["custom_fields_values"]
    assert shown[0]["values"] == [{"value": "+79160000001"}]
    assert email["code"] == "EMAIL"


async def test_nested_options_of_a_category(client: Client) -> None:
    nested = [
        {"value": "Авто", "request_id": "a", "sort": 1},
        {"value": "Легковые", "parent_request_id": "a", "sort": 2},
    ]
    made = await field(client, "category", nested=nested)
    root, child = made["nested"]
    assert (root["parent_id"], child["parent_id"], made["enums"]) == (None, root["id"], None)
    lead_id = await lead(client, made["id"], {"enum_id": child["id"]})
    [shown] = await values(client, lead_id)
    assert shown["values"][0]["value"] == "Легковые"
    changed = await client.patch(f"{FIELDS}/{made['id']}", {"nested": [{**child, "parent_id": None}]})
    assert [(each["id"], each["parent_id"]) for each in changed.body["nested"]] == [(child["id"], None)]


async def test_no_option_of_a_category_lies_inside_itself(client: Client) -> None:
    made = await field(client, "category", nested=[{"value": "a", "sort": 2}, {"value": "b", "sort": 1}])
    b, a = made["nested"]
    path = f"{FIELDS}/{made['id']}"
    a_in_b, b_in_a, a_in_a = {**a, "parent_id": b["id"]}, {**b, "parent_id": a["id"]}, {**a, "parent_id": a["id"]}
    a_in_new = {**a, "parent_id": None, "parent_request_id": "n"}
    new_in_a = {"value": "n", "request_id": "n", "parent_id": a["id"]}
    for nested in ([a_in_b, b_in_a], [b, a_in_a], [new_in_a, a_in_new]):
        assert flaws((await client.patch(path, {"nested": nested})).body)[0][0] == "NotSupportedChoice"
    changed = (await client.patch(path, {"nested": [b_in_a, a]})).body["nested"]
    assert changed == [b_in_a, a]
    assert (await client.patch(path, {"nested": changed})).body["nested"] == changed


async def test_groups_hold_fields(client: Client) -> None:
    first, second = await field(client), await field(client)
    item = {"name": "Вкладка", "sort": 3, "fields": [first["id"]], "request_id": "g"}
    answer = await client.post(GROUPS, [item])
    [group] = answer.items("custom_field_groups")
    assert {**item, "is_predefined": False, "entity_type": "leads"}.items() <= group.items()
    assert isinstance(group["id"], str)
    assert (await client.get(f"{FIELDS}/{first['id']}")).body["group_id"] == group["id"]
    path = f"{GROUPS}/{group['id']}"
    changed = (await client.patch(path, {"name": "Иная", "sort": 0, "fields": [second["id"]]})).body
    assert (changed["name"], changed["sort"], changed["fields"]) == ("Иная", 0, [second["id"]])
    assert (await client.get(f"{FIELDS}/{first['id']}")).body["group_id"] is None
    await client.patch(f"{FIELDS}/{first['id']}", {"group_id": group["id"]})
    assert (await client.get(path)).body["fields"] == [first["id"], second["id"]]
    listed = (await client.get(GROUPS)).items("custom_field_groups")
    assert [each["id"] for each in listed] == ["default", group["id"], "statistic"]
    assert (await client.ask("DELETE", path)).status == 204
    assert (await client.get(f"{FIELDS}/{second['id']}")).body["group_id"] is None
    assert (await client.get(path)).status == 404
    for body, expected in (
        ({}, ("FieldMissing", "name")),
        ({"name": "x", "fields": [5]}, ("NotSupportedChoice", "fields.0")),
    ):
        assert flaws((await client.post(GROUPS, [body or {"sort": 1}])).body) == [expected]
    assert (await client.ask("DELETE", f"{GROUPS}/statistic")).status == 400


async def test_writing_is_for_administrators(scene: Scene) -> None:
    made = await field(scene.client)
    client_id = scene.account.oauth.register_client("x", "https://x.test").client_id
    token = scene.account.oauth.long_lived_token(client_id, scene.users[1])
    rita = Client(scene.client.session, scene.client.base, token)
    assert (await rita.get(FIELDS)).status == 200
    for method, path, body in (
        ("POST", FIELDS, [{"name": "F", "type": "text"}]),
        ("PATCH", FIELDS, [{"id": made["id"]}]),
        ("PATCH", f"{FIELDS}/{made['id']}", {"name": "x"}),
        ("DELETE", f"{FIELDS}/{made['id']}", None),
        ("POST", GROUPS, [{"name": "x"}]),
    ):
        assert (await rita.ask(method, path, body)).status == 403, (method, path)
