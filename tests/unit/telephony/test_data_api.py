"""The Data API over TCP: envelope, errors, reports and lists."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.telephony.data_api.fields import fields_of
from tests.unit.telephony.conftest import CONTACT, MAIN, SILENT, Office

DAY = {"date_from": "2026-03-02 00:00:00", "date_till": "2026-03-02 23:59:59"}
ANSWERED = [
    (0, "ring", {"who": "anna"}),
    (2, "decline", {"who": "anna"}),
    (4, "answer", {"who": "anna"}),
    (64, "hangup", {"who": "contact"}),
]
LOST = [(0, "ring", {"who": "boris"}), (20, "hangup", {"who": "contact"})]


async def two_calls(office: Office) -> tuple[int, int]:
    answered = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(answered, ANSWERED)
    lost = office.account.calls.place("in", None, SILENT)
    await office.play(lost, LOST)
    return answered, lost


async def test_the_default_answer_of_the_calls_report(office: Office) -> None:
    answered, lost = await two_calls(office)
    answer = await office.ask("get.calls_report", **DAY)
    assert (answer["jsonrpc"], answer["id"]) == ("2.0", "req1")
    assert answer["result"]["metadata"]["total_items"] == 2
    assert answer["result"]["metadata"]["limits"] == {
        "day_limit": 3500,
        "day_remaining": 3500,
        "day_reset": 86_400 - 12 * 3600 - 84,
        "minute_limit": 200,
        "minute_remaining": 200,
        "minute_reset": 36,
    }
    first, second = answer["result"]["data"]
    seen = office.account.calls.get(answered)
    expected = {
        "id": answered,
        "start_time": "2026-03-02 12:00:00",
        "finish_time": "2026-03-02 12:01:04",
        "direction": "in",
        "source": "va",
        "is_lost": False,
        "communication_id": seen.communication_id,
        "contact_phone_number": "79161234567",
        "virtual_phone_number": "74951112233",
        "wait_duration": 4,
        "talk_duration": 60,
        "clean_talk_duration": 60,
        "total_duration": 64,
        "full_record_file_link": seen.recording,
        "cpn_region_name": None,
    }
    assert {key: first[key] for key in expected} == expected
    assert seen.recording is not None
    assert (len(first["call_records"]), len(first["wav_call_records"])) == (1, 1)
    assert "employees" not in first
    assert (second["id"], second["is_lost"], second["contact_phone_number"]) == (lost, True, None)
    assert (second["call_records"], second["full_record_file_link"]) == ([], None)


async def test_chosen_fields_and_the_people_of_a_call(office: Office) -> None:
    await two_calls(office)
    fields = ["employees", "first_answered_employee_full_name", "operator_phone_number", "attributes", "utm_referrer"]
    first, second = await office.report(fields=fields)
    assert first == {
        "employees": [
            {
                "employee_id": office.id_of("anna"),
                "employee_full_name": "Anna",
                "is_answered": True,
                "is_talked": True,
            }
        ],
        "first_answered_employee_full_name": "Anna",
        "operator_phone_number": "79030000001",
        "attributes": [],
        "utm_referrer": None,
    }
    assert (second["employees"][0]["is_answered"], second["attributes"]) == (False, ["lost"])


async def test_the_legs_report(office: Office) -> None:
    answered, _ = await two_calls(office)
    rows = await office.report(
        "get.call_legs_report",
        fields=["call_session_id", "is_operator", "called_phone_number", "connect_time", "duration", "is_failed"],
        filter={"field": "call_session_id", "operator": "=", "value": answered},
    )
    shown = [tuple(row.values()) for row in rows]
    assert shown == [
        (answered, False, "74951112233", "2026-03-02 12:00:04", 60, False),
        (answered, True, "100101", None, 0, True),
        (answered, True, "79030000001", "2026-03-02 12:00:04", 60, False),
    ]


async def test_calls_that_go_on_are_told_on_request_only(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    assert await office.report() == []
    [row] = await office.report(include_ongoing_calls=True)
    assert (row["id"], row["finish_time"], row["is_lost"]) == (call, None, None)


async def test_the_period_is_in_the_time_of_the_account_and_includes_its_last_second(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, LOST)

    async def found(date_from: str, date_till: str) -> int:
        answer = await office.ask(
            "get.calls_report", date_from=f"2026-03-02 {date_from}", date_till=f"2026-03-02 {date_till}"
        )
        return int(answer["result"]["metadata"]["total_items"])

    assert await found("12:00:00", "12:00:00") == 1
    assert await found("12:00:01", "13:00:00") == 0
    assert await found("08:00:00", "11:59:59") == 0


async def test_paging_and_sorting(office: Office) -> None:
    for _ in range(3):
        await two_calls(office)
    by_duration = [{"field": "is_lost", "order": "desc"}, {"field": "start_time", "order": "desc"}]
    answer = await office.ask("get.calls_report", **DAY, sort=by_duration, limit=2, offset=2, fields=["is_lost", "id"])
    assert answer["result"]["metadata"]["total_items"] == 6
    assert [row["is_lost"] for row in answer["result"]["data"]] == [True, False]
    first = office.ground.ids.first("call_session")
    assert [row["id"] - first for row in answer["result"]["data"]] == [1, 4]


REFUSALS: list[tuple[str, dict[str, Any], str, str]] = [
    ("get.calls_report", {}, "required_parameter_missed", "date_from"),
    ("get.calls_report", {**DAY, "date_till": "2026-03-01 00:00:00"}, "invalid_parameters_combination", "date_till"),
    ("get.calls_report", {**DAY, "date_till": "2026-06-02 00:00:01"}, "date_interval_limit_reached", "date_till"),
    ("get.calls_report", {**DAY, "date_from": "2026-03-02T00:00:00"}, "invalid_parameter_value", "date_from"),
    ("get.calls_report", {**DAY, "date_from": 5}, "data_type_error", "date_from"),
    ("get.calls_report", {**DAY, "fields": ["id", "colour"]}, "unexpected_parameters", "fields"),
    ("get.calls_report", {**DAY, "colour": 1}, "unexpected_parameters", "colour"),
    ("get.calls_report", {**DAY, "limit": 10_001}, "invalid_parameter_value", "limit"),
    ("get.calls_report", {**DAY, "offset": "1"}, "data_type_error", "offset"),
    ("get.calls_report", {**DAY, "include_ongoing_calls": 1}, "data_type_error", "include_ongoing_calls"),
    ("get.calls_report", {**DAY, "sort": [{"field": "id"}]}, "sort_prohibited", "sort.field"),
    ("get.calls_report", {**DAY, "sort": [{"field": "colour"}]}, "unexpected_parameters", "sort.field"),
    (
        "get.calls_report",
        {**DAY, "sort": [{"field": "start_time", "order": "up"}]},
        "invalid_parameter_value",
        "sort.order",
    ),
    ("get.call_legs_report", {**DAY, "include_ongoing_calls": True}, "unexpected_parameters", "include_ongoing_calls"),
    ("get.employees", DAY, "unexpected_parameters", "date_from"),
    ("set.everything", {}, "method_not_found", "method"),
]


@pytest.mark.parametrize(("method", "params", "mnemonic", "field"), REFUSALS)
async def test_a_refusal_names_mnemonic_and_field(
    office: Office, method: str, params: dict[str, Any], mnemonic: str, field: str
) -> None:
    answer = await office.ask(method, **params)
    assert "result" not in answer
    assert (answer["error"]["data"]["mnemonic"], answer["error"]["data"]["field"]) == (mnemonic, field)
    assert answer["error"]["code"] == (-32601 if mnemonic == "method_not_found" else -32602)


async def test_numbers_and_the_account(office: Office) -> None:
    [main, silent] = (await office.ask("get.virtual_numbers"))["result"]["data"]
    assert main == {
        "id": office.ground.ids.first("virtual_number"),
        "child_customer_id": None,
        "virtual_phone_number": "74951112233",
        "redirection_phone_number": None,
        "activation_date": "2026-03-02 12:00:00",
        "status": "active",
        "category": "usual",
        "type": "va",
        "comment": None,
        "name": "main",
        "campaigns": [],
        "site_blocks": [],
        "scenarios": [],
    }
    assert (silent["virtual_phone_number"], silent["type"]) == ("74951112244", "call_tracking")
    [account] = (await office.ask("get.account"))["result"]["data"]
    assert account == {"app_id": office.account.id, "name": "Office", "timezone": "Europe/Moscow"}


async def test_what_is_null_is_as_if_it_were_not_there(office: Office) -> None:
    nothing = dict.fromkeys(("user_id", "limit", "offset", "fields", "filter", "sort"))
    assert (await office.ask("get.account", **nothing))["result"] == (await office.ask("get.account"))["result"]
    for method, flag in (
        ("get.calls_report", "include_ongoing_calls"),
        ("get.offline_messages_report", "include_tech_offline_messages"),
        ("get.statuses", "is_deleted"),
    ):
        period = DAY if method.endswith("_report") else {}
        assert "result" in await office.ask(method, **period, **{flag: None})
        answer = await office.ask(method, **period, **{flag: 1})
        assert (answer["error"]["data"]["mnemonic"], answer["error"]["data"]["field"]) == ("data_type_error", flag)


async def test_an_empty_list_of_fields_chooses_none(office: Office) -> None:
    assert (await office.ask("get.account", fields=[]))["result"] == (await office.ask("get.account"))["result"]


async def test_a_user_is_a_number(office: Office) -> None:
    answer = await office.ask("get.account", user_id="5")
    assert (answer["error"]["data"]["mnemonic"], answer["error"]["data"]["field"]) == ("data_type_error", "user_id")


async def test_fields_that_a_client_in_use_asks_for(office: Office) -> None:
    """comagic-data-api-sdk asks for some that are no longer documented (facts §1.4)."""
    assert {"utm_referrer", "source"} <= set(fields_of("get.offline_messages_report"))
    assert "utm_referrer" in fields_of("get.calls_report")
    assert "site_blocks" in fields_of("get.virtual_numbers")
    assert "phone_number" in fields_of("get.group_employees")
    of_hits = {"hit_time", "hit_duration", "hit_url", "segment_id", "segment_name"}
    assert of_hits <= set(fields_of("get.visitor_sessions_report"))
