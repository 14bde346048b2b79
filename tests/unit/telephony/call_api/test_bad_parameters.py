"""What the Call API refuses, by mnemonic, code and field, and what every answer of it carries (facts §2)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.telephony.call_api.asking import (
    PARTNER,
    add_scenario,
    ask,
    begun,
    data,
    employee_call,
    refused,
    simple_call,
    talk,
)
from tests.unit.telephony.conftest import CONTACT, MAIN, Office

WRONG = -32602
SPEECH = {"type": "tts", "value": "Привет"}

EMPLOYEE_CALLS: list[tuple[dict[str, Any], str, str, int]] = [
    # what is missing
    ({"first_call": None}, "required_parameter_missed", "first_call", WRONG),
    ({"virtual_phone_number": None}, "required_parameter_missed", "virtual_phone_number", WRONG),
    ({"contact": None}, "required_parameter_missed", "contact", WRONG),
    ({"employee": None}, "required_parameter_missed", "employee", WRONG),
    ({"employee": {}}, "required_parameter_missed", "employee.id", WRONG),
    ({"contact_message": {"type": "tts"}}, "required_parameter_missed", "contact_message.value", WRONG),
    ({"employee_message": {"value": "1"}}, "required_parameter_missed", "employee_message.type", WRONG),
    # what nobody knows
    ({"operator": "79261112233"}, "unexpected_parameters", "operator", WRONG),
    ({"scenario_id": 1}, "unexpected_parameters", "scenario_id", WRONG),
    ({"employee": {"id": 1, "name": "Anna"}}, "unexpected_parameters", "employee.name", WRONG),
    ({"contact_message": {**SPEECH, "voice": "x"}}, "unexpected_parameters", "contact_message.voice", WRONG),
    # what is of another type
    ({"first_call": True}, "data_type_error", "first_call", WRONG),
    ({"virtual_phone_number": 74951112233}, "data_type_error", "virtual_phone_number", WRONG),
    ({"contact": 79161234567}, "data_type_error", "contact", WRONG),
    ({"employee": 5}, "data_type_error", "employee", WRONG),
    ({"employee": {"id": "5"}}, "data_type_error", "employee.id", WRONG),
    ({"employee": {"id": True}}, "data_type_error", "employee.id", WRONG),
    ({"employee": {"id": 5.5}}, "data_type_error", "employee.id", WRONG),
    ({"switch_at_once": "true"}, "data_type_error", "switch_at_once", WRONG),
    ({"early_switching": 1}, "data_type_error", "early_switching", WRONG),
    ({"show_virtual_phone_number": "no"}, "data_type_error", "show_virtual_phone_number", WRONG),
    ({"media_file_id": "7"}, "data_type_error", "media_file_id", WRONG),
    ({"external_id": 7}, "data_type_error", "external_id", WRONG),
    ({"dtmf_string": 12}, "data_type_error", "dtmf_string", WRONG),
    ({"contact_message": "Привет"}, "data_type_error", "contact_message", WRONG),
    ({"contact_message": {"type": "media", "value": 7}}, "data_type_error", "contact_message.value", WRONG),
    # what has no such value
    ({"first_call": "operator"}, "invalid_parameter_value", "first_call", WRONG),
    ({"direction": "internal"}, "invalid_parameter_value", "direction", WRONG),
    ({"virtual_phone_usage_rule": "any"}, "invalid_parameter_value", "virtual_phone_usage_rule", WRONG),
    ({"dtmf_string": "1-2"}, "invalid_parameter_value", "dtmf_string", WRONG),
    ({"dtmf_string": ""}, "invalid_parameter_value", "dtmf_string", WRONG),
    ({"contact_message": {"type": "mp3", "value": "1"}}, "invalid_parameter_value", "contact_message.type", WRONG),
    ({"contact_message": {"type": "tts", "value": ""}}, "invalid_parameter_value", "contact_message.value", WRONG),
    ({"employee_message": {"type": "media", "value": "x"}}, "invalid_parameter_value", "employee_message.value", WRONG),
    ({"contact": "anna"}, "invalid_parameter_value", "contact", WRONG),
    ({"contact": "+7916123456x"}, "invalid_parameter_value", "contact", WRONG),
    ({"contact": "0916"}, "invalid_parameter_value", "contact", WRONG),
    ({"contact": "100101"}, "invalid_parameter_value", "contact", WRONG),
    ({"employee": {"id": 2**63}}, "invalid_parameter_value", "employee.id", WRONG),
    # what goes together with something else only
    ({"early_switching": True}, "invalid_parameters_combination", "early_switching", WRONG),
    (
        {"early_switching": True, "switch_at_once": True, "first_call": "contact"},
        "invalid_parameters_combination",
        "early_switching",
        WRONG,
    ),
    # what is not there
    ({"virtual_phone_number": "74950000000"}, "virtual_phone_number_not_found", "virtual_phone_number", -32007),
    ({"virtual_phone_number": "main"}, "virtual_phone_number_not_found", "virtual_phone_number", -32007),
    ({"contact": MAIN}, "own_virtual_phone_number_not_allowed", "contact", WRONG),
    ({"employee": {"id": 5}}, "employee_not_found", "employee.id", WRONG),
    ({"media_file_id": 5}, "media_file_not_found", "media_file_id", WRONG),
    ({"contact_message": {"type": "media", "value": "5"}}, "media_file_not_found", "contact_message.value", WRONG),
    ({"contact_message": {"type": "tts", "value": "я" * 1001}}, "tts_text_exceeded", "contact_message.value", WRONG),
]


@pytest.mark.parametrize(("changes", "mnemonic", "field", "code"), EMPLOYEE_CALLS, ids=str)
async def test_an_employee_call_that_cannot_be(
    office: Office, changes: dict[str, Any], mnemonic: str, field: str, code: int
) -> None:
    given = employee_call(office, **changes)
    assert await refused(office, "start.employee_call", **given) == (mnemonic, code, field)
    assert office.account.calls.list() == [], "nothing was begun"


@pytest.mark.parametrize(
    ("name", "number", "field"),
    [
        ("viktor", None, "employee"),
        ("boris", "100201", "employee.phone_number"),
        ("anna", "100202", "employee.phone_number"),
        ("anna", "79261112233", "employee.phone_number"),
        ("anna", "", "employee.phone_number"),
    ],
)
async def test_an_employee_without_such_a_number(office: Office, name: str, number: str | None, field: str) -> None:
    employee = {"id": office.id_of(name), "phone_number": number}
    given = employee_call(office, employee=employee)
    assert await refused(office, "start.employee_call", **given) == ("no_active_phone_number", WRONG, field)


SIMPLE_CALLS: list[tuple[dict[str, Any], str, str]] = [
    ({"operator": None}, "required_parameter_missed", "operator"),
    ({"first_call": "employee"}, "invalid_parameter_value", "first_call"),
    ({"employee": {"id": 1}}, "unexpected_parameters", "employee"),
    ({"employee_message": SPEECH}, "unexpected_parameters", "employee_message"),
    ({"operator": "100101"}, "invalid_parameter_value", "operator"),
    ({"operator": CONTACT}, "invalid_parameter_value", "operator"),
    ({"operator": MAIN}, "own_virtual_phone_number_not_allowed", "operator"),
    ({"contact": MAIN}, "own_virtual_phone_number_not_allowed", "contact"),
    ({"operator_confirmation": "12"}, "invalid_parameter_value", "operator_confirmation"),
    ({"operator_confirmation": "none"}, "invalid_parameter_value", "operator_confirmation"),
    ({"operator_confirmation": 1}, "data_type_error", "operator_confirmation"),
    ({"operator_message": {"type": "media", "value": "5"}}, "media_file_not_found", "operator_message.value"),
    ({"early_switching": True}, "invalid_parameters_combination", "early_switching"),
]


@pytest.mark.parametrize(("changes", "mnemonic", "field"), SIMPLE_CALLS, ids=str)
async def test_a_simple_call_that_cannot_be(office: Office, changes: dict[str, Any], mnemonic: str, field: str) -> None:
    assert await refused(office, "start.simple_call", **simple_call(**changes)) == (mnemonic, WRONG, field)
    assert office.account.calls.list() == []


async def test_a_simple_call_may_switch_early_with_the_operator_first(office: Office) -> None:
    await begun(office, "start.simple_call", **simple_call(early_switching=True, switch_at_once=True))


@pytest.mark.parametrize("method", ["start.scenario_call", "start.vnumber_call"])
async def test_calls_that_a_scenario_leads(office: Office, method: str) -> None:
    scenario_id = add_scenario(office, "day", MAIN)
    scenario = {"scenario_id": scenario_id} if method == "start.scenario_call" else {}
    given = {"virtual_phone_number": MAIN, "contact": CONTACT, "first_call": "contact", **scenario}
    for changes, mnemonic, field in [
        ({"first_call": "operator"}, "invalid_parameter_value", "first_call"),
        ({"employee": {"id": 1}}, "unexpected_parameters", "employee"),
        ({"media_file_id": 1}, "unexpected_parameters", "media_file_id"),
        ({"contact": MAIN}, "own_virtual_phone_number_not_allowed", "contact"),
        ({"contact_message": {"type": "media", "value": "5"}}, "media_file_not_found", "contact_message.value"),
        ({"early_switching": True, "switch_at_once": True}, "invalid_parameters_combination", "early_switching"),
    ]:
        assert await refused(office, method, **{**given, **changes}) == (mnemonic, WRONG, field)
    unknown = {**given, "virtual_phone_number": "74950000000"}
    assert (await refused(office, method, **unknown))[:2] == ("virtual_phone_number_not_found", -32007)
    assert office.account.calls.list() == []
    await begun(office, method, **given)


MANAGING: list[tuple[str, dict[str, Any], str, str]] = [
    ("hold.call", {}, "required_parameter_missed", "contact_message"),
    (
        "hold.call",
        {"contact_message": {"type": "media", "value": "5"}},
        "media_file_not_found",
        "contact_message.value",
    ),
    ("hold.call", {"contact_message": {"type": "tts"}}, "required_parameter_missed", "contact_message.value"),
    ("unhold.call", {"to": "1"}, "unexpected_parameters", "to"),
    ("make.call", {}, "required_parameter_missed", "to"),
    ("make.call", {"to": 79261112233}, "data_type_error", "to"),
    ("record.call", {"action": "pause"}, "invalid_parameter_value", "action"),
    ("record.call", {}, "required_parameter_missed", "action"),
    ("tag.call", {"tag_id": "7"}, "data_type_error", "tag_id"),
    ("tag.call", {}, "required_parameter_missed", "tag_id"),
    ("send.dtmf", {"dtmf_string": "12"}, "invalid_parameter_value", "dtmf_string"),
    ("send.dtmf", {"dtmf_string": "."}, "invalid_parameter_value", "dtmf_string"),
    ("send.dtmf", {}, "required_parameter_missed", "dtmf_string"),
    ("call.talk_option", {}, "required_parameter_missed", "button"),
    ("disconnect.leg", {"leg_id": None}, "required_parameter_missed", "leg_id"),
    ("release.call", {"call_session_id": "7"}, "data_type_error", "call_session_id"),
    ("release.call", {"call_session_id": None}, "required_parameter_missed", "call_session_id"),
    ("list.calls", {"direction": "both"}, "invalid_parameter_value", "direction"),
    ("list.calls", {"virtual_phone_number": ""}, "invalid_parameter_value", "virtual_phone_number"),
    ("list.calls", {"virtual_phone_number": "main"}, "invalid_parameter_value", "virtual_phone_number"),
    ("list.talk_options", {"limit": 5}, "unexpected_parameters", "limit"),
    ("logout.user", {"login": "x"}, "unexpected_parameters", "login"),
]


@pytest.mark.parametrize(("method", "given", "mnemonic", "field"), MANAGING, ids=str)
async def test_managing_that_cannot_be(
    office: Office, method: str, given: dict[str, Any], mnemonic: str, field: str
) -> None:
    call = {} if method.startswith(("list", "logout")) else {"call_session_id": await talk(office)}
    assert await refused(office, method, **{**call, **given}) == (mnemonic, WRONG, field)


async def test_a_bad_message_of_a_consultation(office: Office) -> None:
    call = await talk(office)
    await data(office, "hold.call", call_session_id=call, contact_message=SPEECH)
    to = {"to": PARTNER, "to_message": {"type": "tts", "value": "я" * 1001}}
    refusal = await refused(office, "make.call", call_session_id=call, **to)
    assert refusal == ("tts_text_exceeded", WRONG, "to_message.value")


async def test_the_texts_name_what_was_wrong(office: Office) -> None:
    said = await ask(office, "start.employee_call", **employee_call(office, employee={"id": 5}))
    assert said["error"]["message"] == "Employee with id 5 not found. It is not your employee."
    assert said["error"]["data"]["params"] == {"employee_id": "5"}
    speech = {"type": "tts", "value": "я" * 1001}
    said = await ask(office, "start.employee_call", **employee_call(office, contact_message=speech))
    assert "is 1000. The length of your message is 1001" in said["error"]["message"]


# what is around it


@pytest.mark.parametrize(
    "method", ["start.informer_call", "start.multi_call", "add.coach", "block.contact", "get.calls"]
)
async def test_what_is_not_served(office: Office, method: str) -> None:
    assert (await refused(office, method))[:2] == ("method_not_found", -32601)


async def test_the_version_and_the_limits_are_in_every_answer(office: Office) -> None:
    version = {"current_version_depricated": False, "current_version": "v4.0", "latest_version": "v4.0"}
    said = await ask(office, "list.calls")
    assert said["result"]["metadata"]["api_version"] == version
    assert said["result"]["metadata"]["limits"]["day_remaining"] == 3500
    said = await ask(office, "list.calls", direction=5)
    assert said["error"]["data"]["metadata"] == {
        "api_version": version,
        "limits": said["error"]["data"]["metadata"]["limits"],
    }
    said = await ask(office, "no.method")
    assert said["error"]["data"]["metadata"] == {"api_version": version}


async def test_the_call_api_has_points_of_its_own(office: Office) -> None:
    office.account.limits.change(limits="on", minute_limit=2)
    await begun(office)
    assert (await refused(office, "start.simple_call"))[0] == "required_parameter_missed", "which costs nothing"
    said = await ask(office, "list.calls")
    assert said["result"]["metadata"]["limits"]["minute_remaining"] == 0
    assert (await refused(office, "list.calls"))[:2] == ("limit_exceeded", -32029)
    assert "result" in await office.ask("get.account"), "the Data API counts by itself"


async def test_a_session_of_its_own(office: Office) -> None:
    login = office.account.access.login()
    session = await data(office, "login.user", access_token=None, login=login.login, password=login.password)
    assert await data(office, "list.calls", access_token=session["access_token"]) == []
    assert await data(office, "logout.user", access_token=session["access_token"]) == {"success": True}
    refusal = await refused(office, "list.calls", access_token=session["access_token"])
    assert refusal == ("access_token_invalid", -32001, "access_token")


async def test_the_files_that_can_be_played(office: Office) -> None:
    rows = (await office.ask("get.media_files"))["result"]["data"]
    assert [(row["name"], row["duration"], row["type"]) for row in rows] == [
        ("Музыка переадресации", 60, "system"),
        ("Музыка удержания", 60, "system"),
        ("Дождитесь ответа", 5, "system"),
    ]
    assert [row["id"] for row in rows] == [each.id for each in office.account.media_files.all()]
    await begun(office, contact_message={"type": "media", "value": str(rows[0]["id"])})
