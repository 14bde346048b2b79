"""The way of a call through its scenario: in the call details, in the reports, in the lists of the Data API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.unit.telephony.conftest import ARRIVAL, MAIN, SILENT
from tests.unit.telephony.scenarios.conftest import FAILED, MAIL, Integration, Pbx, Said
from tests.unit.telephony.scenarios.test_personal_manager import ANNA, NOBODY, is_

OPERATIONS = {
    "hello": {"greeting": {"seconds": 4, "message": "hello.mp3"}, "next": "manager"},
    "manager": {"personal_manager": {"wait": 3}, "exits": {"failed": "sales"}},
    "sales": {"employees": {"who": ["viktor", "anna"], "dial_time": 10}, "exits": FAILED},
    "mail": MAIL,
}


def at(seconds: float) -> datetime:
    return ARRIVAL + timedelta(seconds=seconds)


async def test_every_operation_with_when_and_why_it_was_left(pbx: Pbx, integration: Integration) -> None:
    integration.answers = [Said(NOBODY.body, delay=2)]
    pbx.has(OPERATIONS)
    call = await pbx.call()
    await pbx.office.pass_time(30)
    await pbx.does(call, "hangup", "contact")
    details = pbx.details(call)
    assert (details.scenario_id, details.scenario_name) == (pbx.office.account.scenarios.named("day").id, "day")
    assert [
        (each.name, each.kind, each.entered_at, each.left_at, each.exit, each.reason) for each in details.operations
    ] == [
        ("hello", "greeting", at(0), at(4), "next", None),
        ("manager", "personal_manager", at(4), at(6), "failed", "empty"),
        ("sales", "employees", at(6), at(26), "failed", "no_success_operator_call"),
        ("mail", "voice_mail", at(26), at(30), None, "subscriber_disconnects"),
    ]
    assert details.operations[1].title == "Переадресация на персонального менеджера из CRM"
    assert details.operations[0].said == {"message": "hello.mp3"}
    dialled = [
        (pbx.office.name_of(each.employee_id), each.number, each.at, each.result)
        for each in details.operations[2].dialled
    ]
    assert dialled == [
        ("viktor", None, at(6), "employee_without_phones"),
        ("anna", "100101", at(6), "operator_not_responsible"),
        ("anna", "+79030000001", at(16), "operator_not_responsible"),
    ]


async def test_a_call_that_goes_on(pbx: Pbx, integration: Integration) -> None:
    integration.answers = [is_(pbx, "anna")]
    pbx.has(OPERATIONS, first="manager")
    call = await pbx.call()
    passed = pbx.operation(call, "manager")
    assert (passed.left_at, passed.exit) == (None, None)
    assert [each.result for each in passed.dialled] == ["rings"]
    await pbx.does(call, "decline", "anna")
    await pbx.does(call, "answer", "anna")
    assert [each.result for each in pbx.operation(call, "manager").dialled] == ["operator_disconnects", "talk"]
    assert pbx.operation(call, "manager").said["manager"]["user_id"] == ANNA


async def test_a_later_transfer_is_not_the_scenarios(pbx: Pbx) -> None:
    pbx.has({"sales": {"employees": ["anna"], "exits": FAILED}, "mail": MAIL})
    call = await pbx.call()
    await pbx.does(call, "answer", "anna")
    pbx.office.do(call, "transfer", by="anna", to="boris")
    pbx.office.do(call, "decline", who="boris")
    pbx.office.do(call, "decline", who="boris")
    await pbx.office.settle()
    assert (pbx.view(call).state, pbx.way(call)) == ("waiting", [("sales", "talk")])


async def test_reports_know_scenario_and_operations(pbx: Pbx) -> None:
    pbx.has({"hello": {"greeting": {"seconds": 4}, "next": "sales"}, "sales": {"employees": ["anna"]}})
    call = await pbx.call()
    await pbx.office.pass_time(4)
    await pbx.does(call, "answer", "anna")
    await pbx.does(call, "hangup", "contact")
    driven = pbx.office.account.calls.place("in", None, SILENT)
    pbx.office.do(driven, "hangup", who="contact")
    scenario = pbx.office.account.scenarios.named("day")
    hello, sales = scenario.operations
    pbx.office.account.scenarios.delete("day")

    fields = ["id", "scenario_id", "scenario_name", "scenario_operations"]
    operations = [{"id": hello.id, "name": "hello"}, {"id": sales.id, "name": "sales"}]
    assert await pbx.office.report(fields=fields) == [
        {"id": call, "scenario_id": scenario.id, "scenario_name": "day", "scenario_operations": operations},
        {"id": driven, "scenario_id": None, "scenario_name": None, "scenario_operations": []},
    ]
    fields = ["call_session_id", "scenario_id", "scenario_name", "action_id", "action_name"]
    led = {"call_session_id": call, "scenario_id": scenario.id, "scenario_name": "day"}
    nothing = {"action_id": None, "action_name": None}
    assert await pbx.office.report("get.call_legs_report", fields=fields) == [
        {**led, **nothing},
        {**led, "action_id": sales.id, "action_name": "sales"},
        {"call_session_id": driven, "scenario_id": None, "scenario_name": None, **nothing},
    ]
    rule = {"field": "scenario_id", "operator": "=", "value": scenario.id}
    assert [row["id"] for row in await pbx.office.report(fields=["id"], filter=rule)] == [call]


async def test_an_operation_that_was_passed_twice_is_in_the_report_once(pbx: Pbx) -> None:
    pbx.has({"keys": {"menu": {"wait": 1}, "exits": {"1": "keys"}}})
    call = await pbx.call()
    await pbx.press(call, "11")
    await pbx.does(call, "hangup", "contact")
    report = await pbx.office.report(fields=["scenario_operations"])
    assert [each["name"] for each in report[0]["scenario_operations"]] == ["keys"]
    assert len(pbx.details(call).operations) == 3


async def test_lists_of_scenarios_and_numbers(pbx: Pbx) -> None:
    pbx.has({"hello": {"greeting": {"seconds": 4}, "next": "mail"}, "mail": MAIL})
    scenario = pbx.office.account.scenarios.named("day")
    main, silent = pbx.office.account.virtual_numbers
    number = {"virtual_phone_number_id": main.id, "virtual_phone_number": MAIN.removeprefix("+")}
    answer = await pbx.office.ask("get.scenarios")
    listed = {"id": scenario.id, "name": "day", "virtual_phone_numbers": [number], "sites": [], "campaigns": []}
    assert answer["result"]["data"] == [listed]
    answer = await pbx.office.ask("get.scenarios", fields=["operations"])
    assert [each["name"] for each in answer["result"]["data"][0]["operations"]] == ["hello", "mail"]
    answer = await pbx.office.ask("get.virtual_numbers", fields=["id", "scenarios"])
    rule = {"scenario_id": scenario.id, "scenario_name": "day", "call_processing_rule_id": None, "is_active": True}
    assert answer["result"]["data"] == [{"id": main.id, "scenarios": [rule]}, {"id": silent.id, "scenarios": []}]


async def test_instants_of_the_details_are_aware(pbx: Pbx) -> None:
    pbx.has({"mail": MAIL})
    call = await pbx.call()
    assert pbx.operation(call, "mail").entered_at.tzinfo is UTC
