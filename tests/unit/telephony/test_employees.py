"""Employees, groups and statuses over the Data API (facts §1.9)."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.telephony.staff import EmployeeSpec, NumberOfEmployee
from tests.unit.telephony.conftest import CONTACT, MAIN, Office

MOBILE = "79031112233"


async def done(office: Office, method: str, **params: Any) -> Any:
    answer = await office.ask(method, **params)
    assert "error" not in answer, answer
    return answer["result"]["data"]


async def refused(office: Office, method: str, **params: Any) -> tuple[str, str]:
    error = (await office.ask(method, **params))["error"]
    return error["data"]["mnemonic"], error["data"]["field"]


async def employee(office: Office, employee_id: int) -> dict[str, Any]:
    found = {"field": "id", "operator": "=", "value": employee_id}
    [row] = await done(office, "get.employees", filter=found)
    return dict(row)


def numbers_of(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["phone_number"], each["status"]) for each in row["phone_numbers"]]


async def test_an_employee_as_the_vendor_shows_one(office: Office) -> None:
    staff = office.account.staff
    spec = EmployeeSpec("Анна Мария Иванова", "maria@office.test", [NumberOfEmployee("100500", "SIP")], "101", "in")
    row = await employee(office, staff.hire(spec))
    phone_id = staff.phones.of(row["id"])[0].id
    assert row == {
        "id": row["id"],
        "login": "maria@office.test",
        "first_name": "Анна Мария",
        "last_name": "Иванова",
        "patronymic": None,
        "full_name": "Иванова Анна Мария",
        "status": "available",
        "status_id": office.ground.ids.first("employee_status"),
        "calls_available": True,
        "allowed_in_call_types": ["internal", "external"],
        "in_external_allowed_call_directions": ["in", "out"],
        "in_internal_allowed_call_directions": ["in", "out"],
        "allowed_out_call_types": ["internal", "external"],
        "out_external_allowed_call_directions": ["in", "out"],
        "out_internal_allowed_call_directions": ["in", "out"],
        "email": "maria@office.test",
        "call_recording": "in",
        "schedule_id": None,
        "schedule_name": None,
        "coach": {},
        "groups": [],
        "phone_numbers": [
            {"phone_id": phone_id, "phone_number": "100500", "channels_count": 1, "dial_time": 60, "status": "active"}
        ],
        "extension": {
            "extension_phone_number": "101",
            "extension_voice_mail_enabled": False,
            "extension_queue_enabled": False,
        },
        "operator": {},
    }


async def test_the_office(office: Office) -> None:
    boris = (await done(office, "get.employees"))[1]
    assert (boris["id"], boris["full_name"], boris["email"]) == (office.id_of("boris"), "Boris", "boris@office.test")
    assert numbers_of(boris) == [("100201", "inactive"), ("100202", "active"), ("79030000002", "active")]


async def test_a_last_name_is_enough_for_a_new_employee(office: Office) -> None:
    created = await done(office, "create.employees", last_name="Орлов")
    row = await employee(office, created["id"])
    assert created == {"id": office.ground.ids.first("employee") + 3}
    assert (row["full_name"], row["phone_numbers"], row["call_recording"]) == ("Орлов", [], "all")


async def test_a_new_employee_with_everything(office: Office) -> None:
    anna = office.id_of("anna")
    group = (await done(office, "create.group_employees", name="Продажи"))["id"]
    created = await done(
        office,
        "create.employees",
        first_name="Павел",
        last_name="Орлов",
        patronymic="Ильич",
        status="do_not_disturb",
        in_external_allowed_call_directions=["out"],
        out_internal_allowed_call_directions=[],
        email="pavel@office.test",
        call_recording="off",
        coach={"coach_id": anna, "coach_always_enabled": True},
        groups=[group],
        phone_numbers=[
            {"phone_number": MOBILE, "channels_count": 2, "dial_time": 15},
            {"phone_number": "74955140578...2345", "status": "inactive"},
        ],
        extension={"extension_phone_number": "105", "extension_queue_enabled": True},
    )
    row = await employee(office, created["id"])
    assert (row["full_name"], row["status"], row["call_recording"]) == ("Орлов Павел Ильич", "do_not_disturb", "off")
    assert row["in_external_allowed_call_directions"] == ["out"]
    assert (row["out_internal_allowed_call_directions"], row["allowed_out_call_types"]) == ([], ["external"])
    assert row["coach"] == {"coach_id": anna, "coach_full_name": "Anna", "coach_always_enabled": True}
    assert row["groups"] == [{"group_id": group, "group_name": "Продажи"}]
    assert numbers_of(row) == [(MOBILE, "active"), ("74955140578...2345", "inactive")]
    assert (row["phone_numbers"][0]["channels_count"], row["phone_numbers"][0]["dial_time"]) == (2, 15)
    assert row["extension"]["extension_queue_enabled"] is True
    staff = office.account.staff
    assert staff.employee_by_extension("105") == created["id"]
    phone = staff.active_phone(created["id"])
    assert phone is not None
    assert (phone.number, phone.dial_time, phone.protocol, phone.is_recorded) == (f"+{MOBILE}", 15, "PSTN", False)
    assert staff.phone_with("8 (903) 111-22-33") == phone


async def test_an_update_changes_what_is_given_and_replaces_lists(office: Office) -> None:
    boris = await employee(office, office.id_of("boris"))
    second, third = boris["phone_numbers"][1], boris["phone_numbers"][2]
    update = {
        "id": boris["id"],
        "last_name": "Boris",
        "phone_numbers": [
            {"phone_id": third["phone_id"], "phone_number": MOBILE, "dial_time": 5},
            {"phone_number": "74951110000"},
            {"phone_number": second["phone_number"], "channels_count": 3},
        ],
    }
    assert await done(office, "update.employees", **update, first_name="Лев", status_id=boris["status_id"] + 1) == {}
    row = await employee(office, boris["id"])
    assert (row["full_name"], row["status"], row["email"]) == ("Boris Лев", "break", "boris@office.test")
    assert numbers_of(row) == [(MOBILE, "active"), ("74951110000", "active"), ("100202", "active")]
    assert [each["phone_id"] for each in row["phone_numbers"]][::2] == [third["phone_id"], second["phone_id"]]
    assert (row["phone_numbers"][0]["dial_time"], row["phone_numbers"][2]["channels_count"]) == (5, 3)
    kept = office.account.staff.phone_with("100202")
    assert kept is not None
    assert (kept.protocol, kept.line_id is not None) == ("SIP", True)
    assert office.account.staff.phone_with("100201") is None
    assert await done(office, "update.employees", **{**update, "first_name": None, "phone_numbers": []}) == {}
    row = await employee(office, boris["id"])
    assert (row["full_name"], row["phone_numbers"]) == ("Boris", [])


async def test_a_number_is_the_same_for_everybody_who_has_it(office: Office) -> None:
    shared = {"phone_number": "79030000001", "dial_time": 20}
    created = await done(office, "create.employees", last_name="Орлов", phone_numbers=[shared])
    for owner in (created["id"], office.id_of("anna")):
        row = await employee(office, owner)
        assert row["phone_numbers"][-1]["dial_time"] == 20
    another = await done(office, "create.employees", last_name="Белов", phone_numbers=[{"phone_number": "79030000001"}])
    assert (await employee(office, another["id"]))["phone_numbers"][0]["dial_time"] == 20


async def test_the_login_of_a_line_in_another_card_is_an_ordinary_number(office: Office) -> None:
    created = await done(office, "create.employees", last_name="Орлов", phone_numbers=[{"phone_number": "100101"}])
    phone = office.account.staff.active_phone(created["id"])
    assert phone is not None
    assert (phone.number, phone.protocol, phone.line_id) == ("100101", "PSTN", None)
    line = office.account.staff.lines.with_login("100101")
    assert line.employee_id == office.id_of("anna")


async def test_older_parameters_mean_the_same_directions(office: Office) -> None:
    created = await done(office, "create.employees", last_name="Орлов", calls_available=False)
    row = await employee(office, created["id"])
    assert (row["calls_available"], row["allowed_in_call_types"]) == (False, [])
    own = {"id": created["id"], "last_name": "Орлов", "phone_numbers": []}
    await done(office, "update.employees", **own, allowed_in_call_types=["internal"], allowed_out_call_types=[])
    row = await employee(office, created["id"])
    assert (row["in_internal_allowed_call_directions"], row["in_external_allowed_call_directions"]) == (
        ["in", "out"],
        [],
    )
    assert (row["calls_available"], row["allowed_out_call_types"]) == (True, [])


async def test_who_is_deleted_is_gone_but_calls_keep_the_name(office: Office) -> None:
    anna = office.id_of("anna")
    group = (await done(office, "create.group_employees", name="Продажи", members=[anna]))["id"]
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, [(0, "ring", {"who": "anna"}), (3, "answer", {"who": "anna"})])
    assert await done(office, "delete.employees", id=anna) == {}
    assert "Anna" not in [row["full_name"] for row in await done(office, "get.employees")]
    assert await refused(office, "delete.employees", id=anna) == ("entity_not_found", "id")
    office.do(call, "hangup", who="contact")
    fields = ["first_talked_employee_full_name"]
    assert await office.report(fields=fields) == [{"first_talked_employee_full_name": "Anna"}]
    [row] = await done(office, "get.group_employees")
    assert (row["id"], row["members"], row["phone_numbers"]) == (group, [], [])
    assert office.account.staff.phone_with("+79030000001") is None
    [line] = [line for line in office.account.staff.lines.all() if line.login == "100101"]
    assert (line.employee_id, line.is_active) == (None, False)


async def test_a_number_that_is_taken_away_while_it_rings(office: Office) -> None:
    """The leg goes on; after it nobody else is dialled."""
    anna = office.id_of("anna")
    call = office.account.calls.place("in", CONTACT, MAIN)
    office.do(call, "ring", who="anna")
    await done(office, "update.employees", id=anna, last_name="Anna", phone_numbers=[{"phone_number": MOBILE}])
    office.do(call, "decline", who="anna")
    states = [leg.state for leg in office.account.calls.get(call).legs]
    assert states == ["waiting", "ended"]


async def test_a_personal_manager_and_a_coach_cannot_be_deleted(office: Office) -> None:
    anna, boris = office.id_of("anna"), office.id_of("boris")
    contact = await done(
        office, "create.contacts", last_name="Client", phone_numbers=[MOBILE], personal_manager_id=anna
    )
    assert await refused(office, "delete.employees", id=anna) == ("dependency_error", "id")
    await done(office, "delete.contacts", id=contact["id"])
    await done(office, "update.employees", id=boris, last_name="Boris", phone_numbers=[], coach={"coach_id": anna})
    assert await refused(office, "delete.employees", id=anna) == ("dependency_error", "id")
    await done(office, "update.employees", id=boris, last_name="Boris", phone_numbers=[], coach=None)
    assert await done(office, "delete.employees", id=anna) == {}


NAMED: dict[str, Any] = {"last_name": "Орлов"}
REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({"first_name": "Павел"}, "required_parameter_missed", "last_name"),
    ({"last_name": ""}, "invalid_parameter_value", "last_name"),
    ({"last_name": 5}, "data_type_error", "last_name"),
    ({**NAMED, "colour": 1}, "unexpected_parameters", "colour"),
    ({**NAMED, "status": "asleep"}, "invalid_parameter_value", "status"),
    ({**NAMED, "status": "auto_out_call"}, "invalid_parameter_value", "status"),
    ({**NAMED, "status_id": 1}, "unexpected_parameters", "status_id"),
    ({**NAMED, "call_recording": "none"}, "invalid_parameter_value", "call_recording"),
    ({**NAMED, "calls_available": "yes"}, "data_type_error", "calls_available"),
    ({**NAMED, "groups": [5]}, "entity_not_found", "groups"),
    ({**NAMED, "groups": [2**64 - 1]}, "invalid_parameter_value", "groups"),
    ({**NAMED, "groups": 5}, "data_type_error", "groups"),
    ({**NAMED, "schedule_id": 5}, "entity_not_found", "schedule_id"),
    ({**NAMED, "coach": {}}, "required_parameter_missed", "coach.coach_id"),
    ({**NAMED, "coach": {"coach_id": 5}}, "entity_not_found", "coach.coach_id"),
    (
        {**NAMED, "extension": {"extension_phone_number": "1234567"}},
        "invalid_parameter_value",
        "extension.extension_phone_number",
    ),
    ({**NAMED, "extension": {"extension_phone_number": "100"}}, "already_in_use", "extension.extension_phone_number"),
    ({**NAMED, "extension": {"extension_phone_number": "200"}}, "already_in_use", "extension.extension_phone_number"),
    ({**NAMED, "extension": {}}, "required_parameter_missed", "extension.extension_phone_number"),
    ({**NAMED, "extension": {"extension_phone_number": "5", "x": 1}}, "unexpected_parameters", "extension.x"),
    ({**NAMED, "operator": {"operator_login": "x"}}, "parameter_component_disabled", "operator"),
    ({**NAMED, "phone_numbers": {}}, "data_type_error", "phone_numbers"),
    ({**NAMED, "phone_numbers": [5]}, "data_type_error", "phone_numbers"),
    ({**NAMED, "phone_numbers": [{}]}, "required_parameter_missed", "phone_numbers.phone_number"),
    ({**NAMED, "phone_numbers": [{"phone_number": "mobile"}]}, "invalid_parameter_value", "phone_numbers.phone_number"),
    (
        {**NAMED, "phone_numbers": [{"phone_number": "7495...x"}]},
        "invalid_parameter_value",
        "phone_numbers.phone_number",
    ),
    (
        {**NAMED, "phone_numbers": [{"phone_number": MOBILE}] * 2},
        "invalid_parameter_value",
        "phone_numbers.phone_number",
    ),
    (
        {**NAMED, "phone_numbers": [{"phone_number": str(n)} for n in range(100, 111)]},
        "invalid_parameter_value",
        "phone_numbers",
    ),
    (
        {**NAMED, "phone_numbers": [{"phone_number": MOBILE, "dial_time": 0}]},
        "invalid_parameter_value",
        "phone_numbers.dial_time",
    ),
    (
        {**NAMED, "phone_numbers": [{"phone_number": MOBILE, "dial_time": 101}]},
        "invalid_parameter_value",
        "phone_numbers.dial_time",
    ),
    (
        {**NAMED, "phone_numbers": [{"phone_number": MOBILE, "dial_time": 1.5}]},
        "data_type_error",
        "phone_numbers.dial_time",
    ),
    (
        {**NAMED, "phone_numbers": [{"phone_number": MOBILE, "channels_count": 151}]},
        "invalid_parameter_value",
        "phone_numbers.channels_count",
    ),
    (
        {**NAMED, "phone_numbers": [{"phone_number": MOBILE, "status": "on"}]},
        "invalid_parameter_value",
        "phone_numbers.status",
    ),
    (
        {**NAMED, "phone_numbers": [{"phone_number": MOBILE, "phone_id": 1}]},
        "unexpected_parameters",
        "phone_numbers.phone_id",
    ),
    ({**NAMED, "user_id": "x"}, "data_type_error", "user_id"),
]


@pytest.mark.parametrize(("params", "mnemonic", "field"), REFUSALS, ids=[str(n) for n in range(len(REFUSALS))])
async def test_a_new_employee_that_is_refused(
    office: Office, params: dict[str, Any], mnemonic: str, field: str
) -> None:
    office.account.staff.cards.change(office.id_of("anna"), {"extension": "100"})
    office.account.staff.groups.add("Продажи", [], extension="200")
    assert await refused(office, "create.employees", **params) == (mnemonic, field)
    assert len(office.account.employees) == 3


async def test_an_update_that_is_refused_changes_nothing(office: Office) -> None:
    anna, boris = await employee(office, office.id_of("anna")), await employee(office, office.id_of("boris"))
    own = {"id": anna["id"], "last_name": "Changed", "phone_numbers": []}
    phone_id, foreign = anna["phone_numbers"][0]["phone_id"], boris["phone_numbers"][0]["phone_id"]
    for changes, said in [
        ({"id": 5}, ("entity_not_found", "id")),
        ({"id": None}, ("required_parameter_missed", "id")),
        ({"last_name": None}, ("required_parameter_missed", "last_name")),
        ({"phone_numbers": None}, ("required_parameter_missed", "phone_numbers")),
        ({"status_id": 5}, ("entity_not_found", "status_id")),
        ({"coach": {"coach_id": anna["id"]}}, ("invalid_parameter_value", "coach.coach_id")),
        (
            {"coach": {"coach_always_enabled": True}},
            ("invalid_parameters_combination", "coach.coach_always_enabled"),
        ),
        (
            {"phone_numbers": [{"phone_id": foreign, "phone_number": MOBILE}]},
            ("entity_not_found", "phone_numbers.phone_id"),
        ),
        (
            {"phone_numbers": [{"phone_id": phone_id, "phone_number": MOBILE}]},
            ("invalid_parameter_value", "phone_numbers.phone_number"),
        ),
        (
            {"phone_numbers": [{"phone_id": phone_id, "phone_number": number} for number in ("100101", MOBILE)]},
            ("invalid_parameter_value", "phone_numbers.phone_id"),
        ),
    ]:
        assert await refused(office, "update.employees", **{**own, **changes}) == said
    assert await employee(office, anna["id"]) == anna


async def test_a_number_may_change_places_with_another(office: Office) -> None:
    """The telephone that is named by its id gets the other's number, and the other one is new."""
    anna = office.id_of("anna")
    numbers = [{"phone_number": "100101"}, {"phone_number": "79030000001"}, {"phone_number": MOBILE}]
    await done(office, "update.employees", id=anna, last_name="Anna", phone_numbers=numbers)
    before = (await employee(office, anna))["phone_numbers"]
    swapped = [{"phone_number": MOBILE, "phone_id": before[1]["phone_id"]}, {"phone_number": "79030000001"}]
    await done(office, "update.employees", id=anna, last_name="Anna", phone_numbers=swapped)
    after = (await employee(office, anna))["phone_numbers"]
    assert [each["phone_number"] for each in after] == [MOBILE, "79030000001"]
    assert after[0]["phone_id"] == before[1]["phone_id"]
    assert after[1]["phone_id"] not in [each["phone_id"] for each in before]


# groups


async def test_a_group_keeps_the_order_of_its_members(office: Office) -> None:
    anna, boris, viktor = (office.id_of(name) for name in ("anna", "boris", "viktor"))
    created = await done(
        office,
        "create.group_employees",
        name="Продажи",
        members=[boris, anna],
        group_phone_number="500",
        channels_count=2,
    )
    [row] = await done(office, "get.group_employees")
    assert (row["id"], row["name"], row["group_phone_number"]) == (created["id"], "Продажи", "500")
    assert (row["queue_enabled"], row["channels_count"]) == (False, 2)
    assert [each["employee_full_name"] for each in row["members"]] == ["Boris", "Anna"]
    assert [(each["employee_phone_number"], each["available"]) for each in row["phone_numbers"]] == [
        ("100201", False),
        ("100202", True),
        ("79030000002", True),
        ("100101", True),
        ("79030000001", True),
    ]
    group = office.account.staff.group(created["id"])
    assert group is not None
    assert (group.member_ids, office.account.staff.groups.with_extension("500")) == ((boris, anna), group)
    update = {"id": created["id"], "name": "Отдел продаж", "members": [viktor, anna], "group_phone_number": None}
    assert await done(office, "update.group_employees", **update, queue_enabled=True) == {}
    [row] = await done(office, "get.group_employees")
    assert [each["employee_full_name"] for each in row["members"]] == ["Viktor", "Anna"]
    assert (row["name"], row["group_phone_number"], row["queue_enabled"]) == ("Отдел продаж", None, True)
    assert await done(office, "delete.group_employees", id=created["id"]) == {}
    assert await done(office, "get.group_employees") == []
    assert (await employee(office, anna))["groups"] == []


async def test_who_joins_a_group_by_the_card_comes_last(office: Office) -> None:
    anna, boris = office.id_of("anna"), office.id_of("boris")
    first = office.account.staff.groups.add("Первая", [anna])
    second = office.account.staff.groups.add("Вторая", [boris, anna])
    own = {"id": boris, "last_name": "Boris", "phone_numbers": []}
    await done(office, "update.employees", **own, groups=[first])
    members = {group.id: group.member_ids for group in office.account.staff.groups.all()}
    assert members == {first: (anna, boris), second: (anna,)}
    await done(office, "update.employees", **own)
    assert (await employee(office, boris))["groups"] == [{"group_id": first, "group_name": "Первая"}]
    await done(office, "update.employees", **own, groups=None)
    assert (await employee(office, boris))["groups"] == []


@pytest.mark.parametrize(
    ("params", "mnemonic", "field"),
    [
        ({}, "required_parameter_missed", "name"),
        ({"name": "Продажи"}, "duplicate_entity", "name"),
        ({"name": "x", "members": [5]}, "entity_not_found", "members"),
        ({"name": "x", "channels_count": 200}, "invalid_parameter_value", "channels_count"),
        ({"name": "x", "group_phone_number": "12a"}, "invalid_parameter_value", "group_phone_number"),
        ({"name": "x", "group_phone_number": "100"}, "already_in_use", "group_phone_number"),
        ({"name": "x", "group_phone_number": "200"}, "already_in_use", "group_phone_number"),
    ],
)
async def test_a_new_group_that_is_refused(office: Office, params: dict[str, Any], mnemonic: str, field: str) -> None:
    office.account.staff.cards.change(office.id_of("anna"), {"extension": "100"})
    group = office.account.staff.groups.add("Продажи", [], extension="200")
    assert await refused(office, "create.group_employees", **params) == (mnemonic, field)
    own = {"id": group, "name": "Продажи", "group_phone_number": "200"}
    assert await done(office, "update.group_employees", **own) == {}
    assert await refused(office, "update.group_employees", **{**own, "id": 5}) == ("entity_not_found", "id")
    assert await refused(office, "delete.group_employees", id=5) == ("entity_not_found", "id")


# statuses


async def test_the_standard_statuses(office: Office) -> None:
    rows = await done(office, "get.statuses")
    shown = [
        (row["mnemonic"], row["in_external_allowed_call_directions"], row["out_external_allowed_call_directions"])
        for row in rows
    ]
    assert shown == [
        ("available", ["in", "out"], ["in", "out"]),
        ("break", [], []),
        ("do_not_disturb", [], ["out"]),
        ("not_at_workplace", ["in", "out"], ["in", "out"]),
        ("not_at_work", [], []),
        ("unknown", ["in", "out"], ["in", "out"]),
        ("auto_out_call", [], ["out"]),
    ]
    assert [row["id"] for row in rows] == [office.ground.ids.first("employee_status") + n for n in range(7)]
    assert rows[3]["allowed_phone_protocols"] == ["PSTN", "FMC"]
    assert [row["name"] for row in rows if not row["is_select_allowed"]] == ["Неизвестно"]
    assert await done(office, "get.statuses", is_deleted=True) == []
    assert await refused(office, "get.statuses", is_deleted=1) == ("data_type_error", "is_deleted")


RINGING: list[tuple[dict[str, Any], str, str | None, str | None]] = [
    ({}, "100101", None, None),
    ({"status": "break"}, "100101", "employee_status_break", "out_call_not_allowed_by_status"),
    ({"status": "do_not_disturb"}, "100101", "employee_status_do_not_disturb", None),
    ({"status": "not_at_work"}, "100101", "employee_status_not_at_work", "out_call_not_allowed_by_status"),
    ({"status": "auto_out_call"}, "100101", "employee_status_auto_out_call", None),
    ({"status": "unknown"}, "100101", None, None),
    (
        {"status": "not_at_workplace"},
        "100101",
        "phone_protocol_not_allowed_by_status",
        "phone_protocol_not_allowed_by_status",
    ),
    ({"status": "not_at_workplace"}, "+79030000001", None, None),
    ({"in_external": "out"}, "100101", "external_call_not_allowed", None),
    ({"in_internal": ""}, "100101", None, None),
    ({"out_external": "in"}, "100101", None, "external_call_not_allowed"),
]


@pytest.mark.parametrize(("card", "number", "rings", "calls"), RINGING)
def test_why_somebody_is_not_rung_and_cannot_call(
    office: Office, card: dict[str, Any], number: str, rings: str | None, calls: str | None
) -> None:
    staff = office.account.staff
    staff.cards.change(office.id_of("anna"), card)
    phone = staff.phone_with(number)
    assert phone is not None
    assert (staff.refusal_to_ring(phone), staff.refusal_to_call(phone)) == (rings, calls)


def test_colleagues_may_be_let_through_where_clients_are_not(office: Office) -> None:
    staff = office.account.staff
    staff.cards.change(office.id_of("anna"), {"in_external": "", "out_internal": ""})
    phone = staff.phone_with("100101")
    assert phone is not None
    assert staff.refusal_to_ring(phone) == "external_call_not_allowed"
    assert staff.refusal_to_ring(phone, is_internal=True) is None
    assert staff.refusal_to_call(phone) is None
    assert staff.refusal_to_call(phone, is_internal=True) == "internal_call_not_allowed"
    staff.dismiss(phone.employee_id)
    assert staff.refusal_to_ring(phone) == "employee_not_exists"


@pytest.mark.parametrize(
    ("recording", "recorded"), [("all", ["in", "out"]), ("in", ["in"]), ("out", ["out"]), ("off", [])]
)
def test_which_calls_of_an_employee_are_recorded(office: Office, recording: str, recorded: list[str]) -> None:
    office.account.staff.cards.change(office.id_of("anna"), {"call_recording": recording})
    phone = office.account.staff.active_phone(office.id_of("anna"))
    assert phone is not None
    assert [way for way in ("in", "out") if phone.is_recorded_in(way)] == recorded  # type: ignore[arg-type]
    assert phone.is_recorded == bool(recorded)
