"""Deals of a CRM: handed over, linked to communications, listed where the site counts sales."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import orjson
import pytest

from emulator.core.instants import local_text
from emulator.telephony.communications.deal_list import ListedDeal
from tests.unit.telephony.conftest import CONTACT, Office
from tests.unit.telephony.selling import call, count_sales, done, now, refused, site

DAY = 86_400
DEAL: dict[str, Any] = {
    "ext_id": "D1",
    "name": "Окна",
    "created_date_time": "2026-03-02 12:00:00",
    "modified_stage_date_time": "2026-03-02 12:00:00",
    "sales_funnel_ext_id": "F1",
    "stage_ext_id": "won",
}


def of_call(communication: int, **other: Any) -> dict[str, Any]:
    return {**DEAL, "communication_id": communication, "communication_type": "call", **other}


async def upload(office: Office, *deals: dict[str, Any]) -> None:
    assert await done(office, "upload.deals_history", deals=list(deals)) == {}


async def history(office: Office, *fields: str) -> list[dict[str, Any]]:
    return list(await done(office, "get.deals_history", fields=list(fields)))


def listed(office: Office) -> list[str | None]:
    """The CRM's ids of «Список сделок»."""
    return [row.deal.ext_id if row.deal else None for row in office.account.deal_list.rows()]


async def test_a_deal_comes_back_as_it_was_handed_over(office: Office) -> None:
    communication = call(office)
    told = {
        "closed_date_time": "2026-03-02 12:00:00",
        "contact_ext_ids": ["K1", "K2"],
        "main_contact_ext_id": "K2",
        "employee_ext_id": "E1",
        "lead_ext_id": "L1",
        "company_ext_id": "O1",
        "revenue": 99_000.5,
        "comments": "Ничего",
        "source": "Сайт",
        "tags": [{"ext_id": "T1", "name": "Срочно"}],
        "user_fields": [{"ext_id": "U1", "value": "5"}],
        "child_customer_id": 1,
        "modified_date_time": "2026-03-02 12:00:00",
    }
    await upload(office, of_call(communication, **told))
    [deal] = await done(office, "get.deals_history")
    shown = ("closed_date_time", "contact_ext_ids", "main_contact_ext_id", "employee_ext_id")
    assert deal == {
        **DEAL,
        **{name: told[name] for name in (*shown, "revenue", "comments", "source")},
        "tag_ext_ids": ["T1"],
        "is_generated": False,
        "communication_id": communication,
        "communication_type": "call",
    }


async def test_a_thousand_deals_with_long_comments_are_one_request(office: Office) -> None:
    deals = [{**DEAL, "ext_id": f"D{n}", "comments": "Окна " * 400} for n in range(1000)]
    params = {"access_token": office.account.issue_token("client"), "deals": deals}
    body = {"jsonrpc": "2.0", "id": 1, "method": "upload.deals_history", "params": params}
    async with office.session.post(f"{office.url}/v2.0", data=BytesIO(orjson.dumps(body))) as answer:
        assert answer.status == 200
    assert len(await history(office, "ext_id")) == 1000


async def test_a_deal_handed_over_again_replaces_what_was_known(office: Office) -> None:
    first, second = call(office), call(office)
    await upload(office, of_call(first, revenue=5, comments="старое"))
    await upload(office, {**DEAL, "ext_id": "D2"}, of_call(second, stage_ext_id="lost"))
    rows = await history(office, "ext_id", "stage_ext_id", "communication_id", "revenue", "comments")
    assert [tuple(row.values()) for row in rows] == [
        ("D1", "lost", second, None, None),
        ("D2", "won", None, None, None),
    ]


async def test_one_bad_deal_refuses_the_whole_request(office: Office) -> None:
    bad = {**DEAL, "ext_id": "D3", "revenue": "much"}
    answer = await office.ask("upload.deals_history", deals=[DEAL, {**DEAL, "ext_id": "D2"}, bad])
    error = answer["error"]
    assert (error["data"]["mnemonic"], error["data"]["field"]) == ("data_type_error", "deals.revenue")
    assert error["message"].endswith("deals[2]")
    assert await history(office, "ext_id") == []


async def test_a_thousand_deals_and_not_one_more(office: Office) -> None:
    deals = [{**DEAL, "ext_id": str(number)} for number in range(1001)]
    assert await refused(office, "upload.deals_history", deals=deals) == ("data_limit_exceeded", "deals")
    await upload(office, *deals[1:])
    assert len(await history(office, "ext_id")) == 1000


async def test_a_deal_is_linked_to_the_latest_communication_of_its_contacts(office: Office) -> None:
    contact = {"ext_id": "K1", "name": "Иван", "phone_numbers": ["79161234567"], "emails": ["ivan@mail.test"]}
    await done(office, "create.deal_contacts", contacts=[contact])
    of_contact = {"contact_ext_ids": ["K1"], "main_contact_ext_id": "K1"}
    old = call(office)
    await office.pass_time(11)
    ledger = office.account.communications
    by_mail = ledger.begin("offline_message", now(office), phone=None, email="Ivan@mail.test")
    call(office, phone="+79160000000")
    await office.pass_time(1)
    await upload(office, {**DEAL, **of_contact, "ext_id": "early"})
    await upload(office, at(office, DEAL, ext_id="late", **of_contact))
    named = call(office)
    await upload(office, {**of_call(named), **of_contact, "ext_id": "named"})
    rows = await history(office, "ext_id", "communication_id", "communication_type")
    assert [tuple(row.values()) for row in rows] == [
        ("early", old, "call"),
        ("late", by_mail, "offline_message"),
        ("named", named, "call"),
    ]


def at(office: Office, deal: dict[str, Any], **other: Any) -> dict[str, Any]:
    """The deal made now."""
    text = local_text(now(office), office.ground.zone)
    return {**deal, "created_date_time": text, "modified_stage_date_time": text, **other}


@pytest.mark.parametrize(("age", "is_linked"), [(30 * DAY, True), (30 * DAY + 1, False)])
async def test_a_communication_of_more_than_thirty_days_ago_is_none_of_the_deals(
    office: Office, age: int, is_linked: bool
) -> None:
    contact = {"ext_id": "K1", "name": "Иван", "phone_numbers": [CONTACT]}
    await done(office, "create.deal_contacts", contacts=[contact])
    communication = call(office)
    await office.pass_time(age)
    of_contact = {"contact_ext_ids": ["K1"], "main_contact_ext_id": "K1"}
    await upload(office, at(office, DEAL, **of_contact), at(office, of_call(communication), ext_id="named"))
    rows = await history(office, "communication_id")
    assert [row["communication_id"] for row in rows] == [communication if is_linked else None, communication]


async def test_a_contact_of_whom_nothing_is_known_links_nothing(office: Office) -> None:
    call(office)
    await upload(office, {**DEAL, "contact_ext_ids": ["K1"], "main_contact_ext_id": "K1"})
    assert await history(office, "communication_id", "communication_type") == [
        {"communication_id": None, "communication_type": None}
    ]


async def test_the_list_has_deals_of_sites_that_count_sales_only(office: Office) -> None:
    on, off = site(office), site(office, "shop", counts_sales=False)
    for ext_id, where in (("on", on), ("off", off), ("nowhere", None)):
        await upload(office, of_call(call(office, where), ext_id=ext_id))
    await upload(office, {**DEAL, "ext_id": "alone"})
    assert listed(office) == ["on"]
    assert len(await history(office, "ext_id")) == 4


async def test_the_list_follows_the_option_as_it_is_now(office: Office) -> None:
    there = site(office, counts_sales=False)
    communication = call(office, there)
    office.account.tags.put(communication, office.account.tags.sale_id)
    await upload(office, of_call(communication))
    assert listed(office) == []
    count_sales(office, there, on=True)
    assert listed(office) == ["D1"]
    count_sales(office, there, on=False)
    assert listed(office) == []
    assert [mark.tag_name for mark in office.account.tags.of(communication)] == ["Продажа"]


async def test_the_list_does_not_ask_for_the_tag(office: Office) -> None:
    await upload(office, of_call(call(office, site(office))))
    assert listed(office) == ["D1"]


async def test_a_sale_that_a_client_set_is_listed_too(office: Office) -> None:
    there = site(office)
    communication = call(office, there)
    sold = {"date_time": "2026-03-02 13:00:00", "transaction_value": 5, "comment": "Дверь"}
    await done(office, "set.tag_sales", communication_id=communication, communication_type="call", **sold)
    await upload(office, of_call(communication))
    kept = office.account.communications.get(communication)
    first, second = office.account.deal_list.rows()
    assert first.deal is not None
    assert second == ListedDeal(kept, first.at + 3600 * 1_000_000, 500, "Дверь")
    count_sales(office, there, on=False)
    assert office.account.deal_list.rows() == []


REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    *(({name: None}, "required_parameter_missed", name) for name in DEAL),
    ({"ext_id": " "}, "invalid_parameter_value", "ext_id"),
    ({"name": 5}, "data_type_error", "name"),
    ({"colour": 5}, "unexpected_parameters", "colour"),
    ({"created_date_time": "2026-03-02T12:00:00"}, "invalid_parameter_value", "created_date_time"),
    ({"created_date_time": "2026-03-02 12:00:01"}, "invalid_date_time", "created_date_time"),
    ({"modified_stage_date_time": "2026-03-02 11:59:59"}, "invalid_date_time", "modified_stage_date_time"),
    ({"closed_date_time": "2026-03-02 11:59:59"}, "invalid_date_time", "closed_date_time"),
    ({"modified_date_time": 5}, "data_type_error", "modified_date_time"),
    ({"revenue": "5"}, "data_type_error", "revenue"),
    ({"contact_ext_ids": "K1"}, "data_type_error", "contact_ext_ids"),
    ({"contact_ext_ids": [1], "main_contact_ext_id": "1"}, "data_type_error", "contact_ext_ids"),
    ({"contact_ext_ids": ["K1"]}, "required_parameter_missed", "main_contact_ext_id"),
    ({"main_contact_ext_id": "K1"}, "required_parameter_missed", "contact_ext_ids"),
    ({"contact_ext_ids": ["K1"], "main_contact_ext_id": "K2"}, "invalid_parameter_value", "main_contact_ext_id"),
    ({"communication_id": 5}, "required_parameter_missed", "communication_type"),
    ({"communication_type": "call"}, "required_parameter_missed", "communication_id"),
    ({"communication_id": 5, "communication_type": "call"}, "entity_not_found", "communication_id"),
    ({"communication_id": 5, "communication_type": "visit"}, "invalid_parameter_value", "communication_type"),
    ({"tags": [{"ext_id": "T1"}]}, "required_parameter_missed", "tags.name"),
    ({"tags": ["T1"]}, "data_type_error", "tags"),
    ({"user_fields": [{"ext_id": "U1", "value": "5", "name": "x"}]}, "unexpected_parameters", "user_fields.name"),
    ({"child_customer_id": "5"}, "data_type_error", "child_customer_id"),
]


@pytest.mark.parametrize(("changed", "mnemonic", "field"), REFUSALS)
async def test_a_deal_that_is_none(office: Office, changed: dict[str, Any], mnemonic: str, field: str) -> None:
    deals = [{**DEAL, **changed}]
    assert await refused(office, "upload.deals_history", deals=deals) == (mnemonic, f"deals.{field}")


async def test_a_stage_that_is_older_than_the_last_one(office: Office) -> None:
    await office.pass_time(60)
    await upload(office, {**DEAL, "modified_stage_date_time": "2026-03-02 12:00:30"})
    wanted = ("invalid_date_time", "deals.modified_stage_date_time")
    assert await refused(office, "upload.deals_history", deals=[DEAL]) == wanted
    await upload(office, {**DEAL, "modified_stage_date_time": "2026-03-02 12:00:30", "stage_ext_id": "lost"})


@pytest.mark.parametrize(
    ("params", "mnemonic"),
    [
        ({}, "required_parameter_missed"),
        ({"deals": {}}, "data_type_error"),
        ({"deals": []}, "invalid_parameter_value"),
        ({"deals": [5]}, "data_type_error"),
    ],
)
async def test_no_deals(office: Office, params: dict[str, Any], mnemonic: str) -> None:
    assert await refused(office, "upload.deals_history", **params) == (mnemonic, "deals")


@pytest.mark.parametrize(
    ("changed", "mnemonic", "field"),
    [
        ({"ext_id": None}, "required_parameter_missed", "contacts.ext_id"),
        ({"name": None}, "required_parameter_missed", "contacts.name"),
        ({"ext_id": "K1"}, "duplicate_entity", "contacts.ext_id"),
        ({"phone_numbers": ["tomorrow"]}, "invalid_parameter_value", "contacts.phone_numbers"),
        ({"emails": ["a@b.test", "A@b.test"]}, "invalid_parameter_value", "contacts.emails"),
        ({"created_date_time": "now"}, "invalid_parameter_value", "contacts.created_date_time"),
    ],
)
async def test_a_contact_that_is_none(office: Office, changed: dict[str, Any], mnemonic: str, field: str) -> None:
    contact = {"ext_id": "K1", "name": "Иван"}
    await done(office, "create.deal_contacts", contacts=[contact])
    again = [{"ext_id": "K3", "name": "Анна"}, {**contact, "ext_id": "K2", **changed}]
    assert await refused(office, "create.deal_contacts", contacts=again) == (mnemonic, field)
    await done(office, "create.deal_contacts", contacts=again[:1])
