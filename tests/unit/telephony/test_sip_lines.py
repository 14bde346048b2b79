"""SIP lines over the Data API, and what the engine and the web phone see of them (facts §1.9, PHONE-04)."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.core.errors import BadRequest
from emulator.telephony.staff import EmployeeSpec, NumberOfEmployee, Phone
from tests.unit.telephony.conftest import MAIN, SILENT, Office
from tests.unit.telephony.test_employees import done, employee, numbers_of, refused


async def line(office: Office, login: str) -> dict[str, Any]:
    found = {"field": "phone_number", "operator": "=", "value": login}
    [row] = await done(office, "get.sip_lines", filter=found)
    return dict(row)


def phone(office: Office, number: str) -> Phone:
    found = office.account.staff.phone_with(number)
    assert found is not None
    return found


async def test_a_line_as_the_vendor_shows_one(office: Office) -> None:
    first = office.ground.ids.first("sip_line")
    assert await line(office, "100101") == {
        "id": first,
        "phone_number": "100101",
        "type": "in_out",
        "channels_count": 1,
        "dial_time": 60,
        "billing_state": "active",
        "physical_state": "Зарегистрирован",
        "virtual_phone_number": "74951112233",
        "status": "active",
        "employee_id": office.id_of("anna"),
        "employee_full_name": "Anna",
        "ip_addresses": [{"date_time": "2026-03-02 12:00:00", "ip": f"192.0.2.{first % 254 + 1}"}],
    }
    assert (await line(office, "100201"))["status"] == "inactive"
    rows = await done(office, "get.sip_lines", filter={"field": "ip_addresses.ip", "operator": "like", "value": "192%"})
    assert len(rows) == 4


async def test_a_line_that_is_not_registered(office: Office) -> None:
    lines = office.account.staff.lines
    lines.unregister(lines.with_login("100101").id)
    row = await line(office, "100101")
    assert (row["physical_state"], row["ip_addresses"], row["billing_state"]) == ("Не зарегистрирован", [], "active")
    assert phone(office, "100101").is_registered is False
    await office.pass_time(60)
    lines.register(row["id"], "198.51.100.7")
    row = await line(office, "100101")
    assert row["ip_addresses"] == [{"date_time": "2026-03-02 12:01:00", "ip": "198.51.100.7"}]
    assert phone(office, "100101").is_registered is True


async def test_a_new_line_waits_for_its_telephone(office: Office) -> None:
    viktor = office.id_of("viktor")
    created = await done(office, "create.sip_lines", employee_id=viktor, virtual_phone_number=SILENT[1:])
    assert created["phone_number"] == "100302"
    assert len(created["password"]) == 16
    assert created["server"].rpartition(":")[2].isdigit()
    row = await line(office, "100302")
    assert (row["id"], row["employee_id"], row["type"], row["virtual_phone_number"]) == (
        created["id"],
        viktor,
        "in_out",
        SILENT[1:],
    )
    assert (row["physical_state"], row["status"]) == ("Не зарегистрирован", "active")
    assert numbers_of(await employee(office, viktor)) == [("100301", "inactive"), ("100302", "active")]
    own = office.account.staff.active_phone(viktor)
    assert own is not None
    assert (own.number, own.protocol, own.is_registered, own.virtual_number) == ("100302", "SIP", False, SILENT)
    called_only = await done(office, "create.sip_lines", employee_id=viktor)
    row = await line(office, called_only["phone_number"])
    assert (row["type"], row["virtual_phone_number"]) == ("in", None)
    assert phone(office, called_only["phone_number"]).is_outgoing_allowed is False


async def test_a_line_goes_to_somebody_else(office: Office) -> None:
    anna, boris = office.id_of("anna"), office.id_of("boris")
    row = await line(office, "100101")
    update = {"id": row["id"], "employee_id": boris, "billing_state": "manual_lock", "channels_count": 3}
    assert await done(office, "update.sip_lines", **update) == {}
    row = await line(office, "100101")
    assert (row["employee_id"], row["billing_state"], row["channels_count"]) == (boris, "manual_lock", 3)
    assert row["virtual_phone_number"] == MAIN[1:]
    assert numbers_of(await employee(office, anna)) == [("79030000001", "active")]
    assert numbers_of(await employee(office, boris))[-1] == ("100101", "active")
    assert phone(office, "100101").billing_state == "manual_lock"
    assert office.account.staff.refusal_to_ring(phone(office, "100101")) == "locked_phone"
    await done(office, "update.sip_lines", id=row["id"], employee_id=boris, virtual_phone_number=None)
    assert (await line(office, "100101"))["type"] == "in"
    assert office.account.staff.refusal_to_call(phone(office, "100101")) == "out_call_not_allowed"


async def test_a_line_stays_in_its_place_when_it_stays_with_its_employee(office: Office) -> None:
    anna = office.id_of("anna")
    before = await employee(office, anna)
    await done(office, "update.sip_lines", id=(await line(office, "100101"))["id"], employee_id=anna)
    assert await employee(office, anna) == before


async def test_a_line_that_nobody_has_can_be_given_again(office: Office) -> None:
    anna = office.id_of("anna")
    await done(office, "update.employees", id=anna, last_name="Anna", phone_numbers=[{"phone_number": "79030000001"}])
    row = await line(office, "100101")
    assert (row["employee_id"], row["employee_full_name"], row["status"]) == (None, None, "inactive")
    assert office.account.staff.first_line_of(anna) is None
    await done(office, "update.sip_lines", id=row["id"], employee_id=anna)
    assert numbers_of(await employee(office, anna)) == [("79030000001", "active"), ("100101", "active")]


async def test_a_deleted_line_is_gone_from_its_employees_card(office: Office) -> None:
    row = await line(office, "100101")
    assert await done(office, "delete.sip_lines", id=row["id"]) == {}
    assert await refused(office, "delete.sip_lines", id=row["id"]) == ("entity_not_found", "id")
    assert [each["phone_number"] for each in await done(office, "get.sip_lines")] == ["100201", "100202", "100301"]
    assert numbers_of(await employee(office, office.id_of("anna"))) == [("79030000001", "active")]
    created = await done(office, "create.sip_lines", employee_id=office.id_of("anna"))
    assert created["id"] > office.ground.ids.first("sip_line") + 3


async def test_a_new_password(office: Office) -> None:
    row = await line(office, "100101")
    before = office.account.staff.lines.with_login("100101").password
    renewed = await done(office, "update.sip_line_password", id=row["id"])
    assert renewed["password"] != before
    assert office.account.staff.lines.with_login("100101").password == renewed["password"]
    again = await done(office, "update.sip_line_password", id=row["id"])
    assert again["password"] not in (before, renewed["password"])


REFUSALS: list[tuple[str, dict[str, Any], str, str]] = [
    ("create.sip_lines", {}, "required_parameter_missed", "employee_id"),
    ("create.sip_lines", {"employee_id": 5}, "entity_not_found", "employee_id"),
    ("create.sip_lines", {"employee_id": "5"}, "data_type_error", "employee_id"),
    (
        "create.sip_lines",
        {"employee_id": "anna", "virtual_phone_number": "74950000000"},
        "entity_not_found",
        "virtual_phone_number",
    ),
    ("create.sip_lines", {"employee_id": "anna", "billing_state": "active"}, "unexpected_parameters", "billing_state"),
    ("update.sip_lines", {"employee_id": "anna"}, "required_parameter_missed", "id"),
    ("update.sip_lines", {"id": 5, "employee_id": "anna"}, "entity_not_found", "id"),
    (
        "update.sip_lines",
        {"id": "line", "employee_id": "anna", "billing_state": "limit_lock"},
        "invalid_parameter_value",
        "billing_state",
    ),
    (
        "update.sip_lines",
        {"id": "line", "employee_id": "anna", "channels_count": 0},
        "invalid_parameter_value",
        "channels_count",
    ),
    ("update.sip_lines", {"id": "line", "employee_id": 5}, "entity_not_found", "employee_id"),
    ("update.sip_line_password", {"id": 5}, "entity_not_found", "id"),
    ("delete.sip_lines", {}, "required_parameter_missed", "id"),
]


@pytest.mark.parametrize(("method", "params", "mnemonic", "field"), REFUSALS)
async def test_a_refusal_changes_nothing(
    office: Office, method: str, params: dict[str, Any], mnemonic: str, field: str
) -> None:
    meant = {"anna": office.id_of("anna"), "line": office.ground.ids.first("sip_line")}
    before = await done(office, "get.sip_lines")
    given = {name: meant.get(value, value) for name, value in params.items()}
    assert await refused(office, method, **given) == (mnemonic, field)
    assert await done(office, "get.sip_lines") == before


async def test_an_employee_has_ten_numbers_at_most(office: Office) -> None:
    anna = office.id_of("anna")
    for _ in range(8):
        await done(office, "create.sip_lines", employee_id=anna)
    assert await refused(office, "create.sip_lines", employee_id=anna) == ("data_limit_exceeded", "employee_id")
    foreign = (await line(office, "100301"))["id"]
    said = await refused(office, "update.sip_lines", id=foreign, employee_id=anna)
    assert said == ("data_limit_exceeded", "employee_id")
    own = (await line(office, "100101"))["id"]
    assert await done(office, "update.sip_lines", id=own, employee_id=anna) == {}


async def test_the_numbers_that_a_line_may_show(office: Office) -> None:
    shown = await done(office, "get.sip_line_virtual_numbers")
    assert shown == [{"virtual_phone_number": MAIN[1:]}, {"virtual_phone_number": SILENT[1:]}]


def test_the_first_line_is_the_active_one_with_the_greatest_id(office: Office) -> None:
    """PHONE-04: 101, 205 and 150 active: 205; 205 locked: 150; registered or not; none active: none."""
    staff = office.account.staff
    spec = EmployeeSpec("Павел Орлов", "pavel@office.test", [NumberOfEmployee(f"10090{n}", "SIP") for n in (3, 1, 2)])
    pavel = staff.hire(spec)
    first, second, third = (staff.lines.with_login(f"10090{n}") for n in (3, 1, 2))
    assert first.id < second.id < third.id

    def chosen() -> str | None:
        found = staff.first_line_of(pavel)
        return found.login if found else None

    staff.lines.unregister(third.id)
    assert chosen() == "100902"
    staff.lines.change(third.id, {"billing_state": "manual_lock"})
    assert chosen() == "100901"
    staff.phones.change(second.phone_id or 0, {"is_active": False})
    assert chosen() == "100901"
    for each in (first, second):
        staff.lines.change(each.id, {"billing_state": "limit_lock"})
    assert chosen() is None
    assert staff.first_line_of(office.id_of("viktor")) is not None


def test_recording_is_a_matter_of_the_line(office: Office) -> None:
    staff = office.account.staff
    assert (phone(office, "100101").is_recorded, phone(office, "100202").is_recorded) == (True, False)
    staff.lines.change(staff.lines.with_login("100101").id, {"is_recorded": False})
    assert phone(office, "100101").is_recorded is False
    assert phone(office, "+79030000001").is_recorded is True


def test_one_login_is_one_line(office: Office) -> None:
    with pytest.raises(BadRequest) as refused:
        office.account.staff.lines.add(NumberOfEmployee("100101", "SIP"))
    assert refused.value.errors[0].path == "numbers"


def test_a_telephone_counts_as_registered(office: Office) -> None:
    mobile = phone(office, "+79030000001")
    assert (mobile.line_id, mobile.is_registered, mobile.is_outgoing_allowed) == (None, True, True)
    assert (mobile.billing_state, mobile.virtual_number) == ("active", None)
