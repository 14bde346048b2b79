"""Odd input to the vendors' APIs: refused by name or answered, never a 500, and the world goes on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.stand.conftest import Control

BIG = "99999999999999999999"
DEEP: Any = []
for _ in range(100):
    DEEP = [DEEP]
FILTER: Any = {"field": "id", "operator": "=", "value": 1}
for _ in range(30):
    FILTER = {"filters": [FILTER], "condition": "and"}

AMOCRM = [
    ("POST", "contacts", [{"name": "x", "request_id": DEEP}]),
    ("POST", "contacts", [{"name": {"a": 1}}]),
    ("POST", "contacts", [{"name": "x", "custom_fields_values": [{"field_code": "PHONE", "values": DEEP}]}]),
    ("POST", "tasks", [{"text": "x", "complete_till": 1, "result": {"text": {"a": 1}}}]),
    ("POST", "tasks", [{"text": "x", "complete_till": 1, "result": {"text": 2**63}}]),
    ("GET", f"leads?filter[statuses][0][pipeline_id]={BIG}", None),
    ("GET", f"contacts?filter[custom_fields_values][{BIG}][]=1", None),
    ("GET", f"contacts?page={BIG}", None),
    ("GET", "contacts?limit=0", None),
]


@pytest.mark.parametrize(("method", "path", "body"), AMOCRM)
async def test_amocrm_refuses_what_it_cannot_take(control: Control, method: str, path: str, body: Any) -> None:
    async with control.alone() as driver:
        amocrm = driver.world["amocrm"]
        headers = {"Authorization": f"Bearer {amocrm['access_token']}"}
        url = f"{amocrm['base_url']}/api/v4/{path}"
        async with control.http.request(method, url, json=body, headers=headers) as answer:
            assert answer.status == 400, await answer.text()
            assert answer.headers["Content-Type"] == "application/problem+json"
        assert await driver.contacts() == []
        await driver.settle()


@pytest.mark.parametrize(
    "params",
    [
        {"filter": {"field": "finish_reason", "operator": "like", "value": "%" * 40 + "X"}},
        {"filter": {"field": "finish_reason", "operator": "ilike", "value": "%SUB%DIS%"}},
        {"filter": FILTER},
        {"limit": 2**70},
        {"fields": [DEEP]},
    ],
)
async def test_the_data_api_answers_whatever_it_is_asked(control: Control, params: dict[str, Any]) -> None:
    async with control.alone() as driver:
        call = (await driver.call_arrives("+79161234567"))["id"]
        await driver.hangs_up(call)
        telephony = driver.world["telephony"]
        period = {"date_from": "2026-03-01 00:00:00", "date_till": "2026-03-03 00:00:00"}
        request = {"access_token": telephony["access_token"], **period, **params}
        body = {"jsonrpc": "2.0", "id": 1, "method": "get.calls_report", "params": request}
        async with control.http.post(telephony["data_api_url"], json=body) as answer:
            assert answer.status in (200, 400)
        await driver.settle()


async def test_two_items_of_a_batch_may_change_one_card(control: Control) -> None:
    async with control.alone() as driver:
        contact = await driver.create_contact("Иван", [], "anna")
        changes = [
            {"id": contact["id"], "custom_fields_values": [{"field_code": code, "values": [{"value": value}]}]}
            for code, value in (("PHONE", "+79161112233"), ("EMAIL", "a@b.test"))
        ]
        await driver._amocrm("PATCH", "/api/v4/contacts", changes)
        (found,) = await driver.contacts("+79161112233")
        assert [field["field_code"] for field in found["custom_fields_values"]] == ["PHONE", "EMAIL"]


async def test_a_body_that_is_not_compressed_as_it_says_is_refused(control: Control) -> None:
    async with control.alone() as driver:
        call = (await driver.call_arrives("+79161234567"))["id"]
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", "Connection": "close"}
        world = f"{control.url}/_stand/worlds/{driver.world['id']}"
        for url in (f"{world}/clock", f"{world}/calls/{call}/hangup", driver.world["telephony"]["data_api_url"]):
            async with control.http.post(url, data=b'{"a": 1}', headers=headers) as answer:
                assert answer.status == 400, url
        await driver.settle()
