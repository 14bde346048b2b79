"""Values of every type of custom field, there and back (facts §3.5)."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Client

LEADS = "/api/v4/leads"
AT = "custom_fields_values.0.values.0"


async def field(client: Client, kind: str) -> dict[str, Any]:
    enums = [{"value": "A", "code": "a"}, {"value": "B"}] if kind in ("select", "radiobutton", "multiselect") else None
    nested = [{"value": "A"}, {"value": "B"}] if kind == "category" else None
    answer = await client.post(
        f"{LEADS}/custom_fields", [{"name": "F", "type": kind, "enums": enums, "nested": nested}]
    )
    assert answer.status == 201, answer.body
    made: dict[str, Any] = answer.items("custom_fields")[0]
    return made


async def written(client: Client, field_id: int, values: Any) -> Any:
    answer = await client.post(LEADS, [{"custom_fields_values": [{"field_id": field_id, "values": values}]}])
    if answer.status == 400:
        return [(error["code"], error["path"]) for error in answer.body["validation-errors"][0]["errors"]]
    shown = (await client.get(f"{LEADS}/{answer.items('leads')[0]['id']}")).body["custom_fields_values"]
    return shown and shown[0]["values"]


LEGAL = {
    "name": "ООО «Ромашка»",
    "entity_type": 2,
    "vat_id": "7700000000",
    "tax_registration_reason_code": "770001001",
    "address": "Москва",
    "kpp": "770001001",
    "external_uid": "x",
    "bank_code": None,
}
ITEM = {
    "sku": "A-1",
    "description": "Чай",
    "unit_price": 10.5,
    "quantity": 2,
    "unit_type": "шт",
    "discount": {"type": "percentage", "value": 5},
    "vat_rate_id": 1,
    "product_id": 7,
    "metadata": {"a": 1},
}
FILE = {"file_uuid": "f", "version_uuid": "v", "file_name": "n.pdf", "file_size": 5}
ENTITY = {"name": "Пётр", "entity_id": 5, "entity_type": "contacts", "catalog_id": None}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("legal_entity", LEGAL),
        ("items", ITEM),
        ("file", FILE),
        ("linked_entity", ENTITY),
        ("payer", {"name": "Пётр", "phone": "+79160000001", "entity_id": 5, "entity_type": "contacts"}),
        ("supplier", {"entity_id": 5, "name": "Поставщик"}),
    ],
)
async def test_objects_read_back_as_they_were_written(client: Client, kind: str, value: dict[str, Any]) -> None:
    made = await field(client, kind)
    assert await written(client, made["id"], [{"value": value}]) == [{"value": value}]


async def test_a_chained_list_has_no_value(client: Client) -> None:
    made = await field(client, "chained_list")
    given = [{"catalog_id": 1, "catalog_element_id": 2}, {"catalog_id": 1, "catalog_element_id": 3}]
    assert await written(client, made["id"], given) == given


async def test_a_smart_address_has_several_values(client: Client) -> None:
    made = await field(client, "smart_address")
    by_code = {option["code"]: option["id"] for option in made["enums"]}
    assert list(by_code) == ["address_line_1", "address_line_2", "city", "state", "zip", "country"]
    given = [
        {"value": "Тверская, 1", "enum_code": "address_line_1", "enum_id": None},
        {"value": "Москва", "enum_code": None, "enum_id": by_code["city"]},
        {"value": "", "enum_code": "zip"},
    ]
    assert await written(client, made["id"], given) == [
        {"value": "Тверская, 1", "enum_id": by_code["address_line_1"], "enum_code": "address_line_1"},
        {"value": "Москва", "enum_id": by_code["city"], "enum_code": "city"},
    ]
    assert (await client.get(f"{LEADS}?query=тверская")).status == 200


@pytest.mark.parametrize("kind", ["text", "textarea", "url", "streetaddress", "tracking_data", "org_legal_name"])
async def test_texts_are_strings(client: Client, kind: str) -> None:
    made = await field(client, kind)
    assert await written(client, made["id"], [{"value": "a"}]) == [{"value": "a"}]
    assert await written(client, made["id"], [{"value": 5}]) == [{"value": "5"}]
    assert await written(client, made["id"], [{"value": ""}]) is None


@pytest.mark.parametrize("kind", ["numeric", "price", "monetary"])
async def test_numbers_read_back_as_strings(client: Client, kind: str) -> None:
    made = await field(client, kind)
    for given, shown in ((5, "5"), (1.5, "1.5"), ("280.00", "280.00"), (-3, "-3")):
        assert await written(client, made["id"], [{"value": given}]) == [{"value": shown}]
    for bad in ("x", "nan", "inf", True, [], {}):
        assert await written(client, made["id"], [{"value": bad}]) == [("InvalidType", f"{AT}.value")], bad


@pytest.mark.parametrize("kind", ["select", "radiobutton", "multiselect", "category"])
async def test_lists_by_id_code_and_text(client: Client, kind: str) -> None:
    made = await field(client, kind)
    first, second = made["enums"] or made["nested"]
    code = first.get("code")
    expected = {"value": "A", "enum_id": first["id"], "enum_code": code}
    for given in ({"enum_id": first["id"]}, {"value": "A", "enum_id": None, "enum_code": None}):
        assert await written(client, made["id"], [given]) == [expected]
    if code:
        assert await written(client, made["id"], [{"enum_code": "a"}]) == [expected]
    both = await written(client, made["id"], [{"enum_id": first["id"]}, {"value": "B"}])
    assert [each["enum_id"] for each in both] == [first["id"], second["id"]]
    for bad, key in (
        ({"enum_id": 5}, "enum_id"),
        ({"enum_code": []}, "enum_code"),
        ({}, "value"),
        ({"value": {}}, "value"),
    ):
        assert await written(client, made["id"], [bad]) == [("NotSupportedChoice", f"{AT}.{key}")]


@pytest.mark.parametrize(
    ("given", "shown"), [(True, True), (False, False), (1, True), (0, False), ("1", True), ("0", False)]
)
async def test_checkboxes(client: Client, given: Any, shown: bool) -> None:
    made = await field(client, "checkbox")
    assert await written(client, made["id"], [{"value": given}]) == [{"value": shown}]


@pytest.mark.parametrize(
    ("kind", "given", "shown"),
    [
        ("date", 1634601600, 1634590800),
        ("date", "1634601600", 1634590800),
        ("birthday", "1990-05-06T00:00:00+04:00", 641937600),
        ("birthday", -1, -10800),
        ("date_time", "2021-10-19T03:00:00+03:00", 1634601600),
        ("date_time", 1634601600, 1634601600),
    ],
)
async def test_moments(client: Client, kind: str, given: Any, shown: int) -> None:
    made = await field(client, kind)
    assert await written(client, made["id"], [{"value": given}]) == [{"value": shown}]
    for bad in (True, [], "soon", 1 << 61, "9" * 30):
        assert await written(client, made["id"], [{"value": bad}]) == [("InvalidType", f"{AT}.value")], bad


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("legal_entity", {"value": "ООО"}, ("InvalidType", "value")),
        ("legal_entity", {"value": {"vat_id": "1"}}, ("FieldMissing", "value.name")),
        ("legal_entity", {"value": {"name": None}}, ("NotNullable", "value.name")),
        ("legal_entity", {"value": {"name": "x", "vat_id": 5}}, ("InvalidType", "value.vat_id")),
        ("legal_entity", {"value": {"name": "x", "inn": "5"}}, ("FieldNotExpected", "value.inn")),
        ("items", {"value": {"discount": 5}}, ("InvalidType", "value.discount")),
        ("items", {"value": {"discount": {"value": "x"}}}, ("InvalidType", "value.discount.value")),
        ("items", {"value": {"quantity": "many"}}, ("InvalidType", "value.quantity")),
        ("file", {"value": {}}, ("FieldMissing", "value.file_uuid")),
        ("file", {"value": {"file_uuid": "f", "file_size": "5"}}, ("InvalidType", "value.file_size")),
        ("linked_entity", {"value": {"name": "x"}}, ("FieldMissing", "value.entity_id")),
        ("supplier", {}, ("FieldMissing", "value")),
        ("payer", {"value": None}, ("NotNullable", "value")),
        ("chained_list", {"catalog_id": 1}, ("FieldMissing", "catalog_element_id")),
        ("chained_list", {"catalog_id": "1", "catalog_element_id": 2}, ("InvalidType", "catalog_id")),
        ("chained_list", {"catalog_id": 1, "catalog_element_id": 2, "value": "x"}, ("FieldNotExpected", "value")),
        ("smart_address", {"value": "x"}, ("NotSupportedChoice", "enum_code")),
        ("smart_address", {"value": "x", "enum_code": "planet"}, ("NotSupportedChoice", "enum_code")),
        ("checkbox", {"value": "yes"}, ("InvalidType", "value")),
        ("checkbox", {"value": []}, ("InvalidType", "value")),
        ("text", {"value": {}}, ("InvalidType", "value")),
    ],
)
async def test_a_value_of_the_wrong_shape_is_named(
    client: Client, kind: str, value: dict[str, Any], expected: tuple[str, str]
) -> None:
    made = await field(client, kind)
    code, key = expected
    assert await written(client, made["id"], [value]) == [(code, f"{AT}.{key}")]


async def test_texts_inside_objects_are_found_and_moments_are_not(client: Client) -> None:
    legal, moment = await field(client, "legal_entity"), await field(client, "date_time")
    await written(client, legal["id"], [{"value": LEGAL}])
    await written(client, moment["id"], [{"value": 1634601600}])
    assert (await client.get(f"{LEADS}?query=ромашка")).status == 200
    assert (await client.get(f"{LEADS}?query=1634601600")).status == 204
