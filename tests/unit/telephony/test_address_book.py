"""The address book over the Data API (facts §1.9), and who looks contacts up in it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.telephony.conftest import CONTACT, MAIN, Office
from tests.unit.telephony.test_employees import done, refused

NUMBER = CONTACT.removeprefix("+")
NAMED: dict[str, Any] = {"last_name": "Лебедев", "phone_numbers": [NUMBER]}


async def test_a_contact_as_the_vendor_shows_one(office: Office) -> None:
    anna = office.id_of("anna")
    created = await done(
        office,
        "create.contacts",
        **NAMED,
        first_name="Олег",
        patronymic="Петрович",
        emails=["b@client.test", "a@client.test"],
        personal_manager_id=anna,
    )
    assert created == {"id": office.ground.ids.first("card")}
    assert await done(office, "get.contacts") == [
        {
            "id": created["id"],
            "first_name": "Олег",
            "last_name": "Лебедев",
            "patronymic": "Петрович",
            "full_name": "Лебедев Олег Петрович",
            "emails": ["b@client.test", "a@client.test"],
            "phone_numbers": [NUMBER],
            "personal_manager_id": anna,
            "personal_manager_full_name": "Anna",
            "organization_id": None,
            "organization_name": None,
            "groups": [],
        }
    ]


async def test_an_update_keeps_what_is_not_given(office: Office) -> None:
    created = await done(
        office, "create.contacts", **NAMED, first_name="Олег", emails=["a@client.test"], personal_manager_id=None
    )
    boris = office.id_of("boris")
    changes = {**created, "last_name": "Орлов", "phone_numbers": ["79260000001", NUMBER]}
    assert await done(office, "update.contacts", **changes, personal_manager_id=boris) == {}
    [row] = await done(office, "get.contacts")
    assert (row["full_name"], row["emails"]) == ("Орлов Олег", ["a@client.test"])
    assert (row["phone_numbers"], row["personal_manager_full_name"]) == (["79260000001", NUMBER], "Boris")
    await done(office, "update.contacts", **changes, emails=[], personal_manager_id=None, first_name=None)
    [row] = await done(office, "get.contacts")
    assert (row["full_name"], row["emails"], row["personal_manager_id"]) == ("Орлов", [], None)


async def test_contacts_are_deleted_by_one_or_by_many(office: Office) -> None:
    ids = [(await done(office, "create.contacts", **NAMED))["id"] for _ in range(4)]
    assert await done(office, "delete.contacts", id=ids[0]) == {}
    assert await done(office, "delete.contacts", ids=ids[1:3]) == {}
    assert [row["id"] for row in await done(office, "get.contacts")] == [ids[3]]
    assert await refused(office, "delete.contacts", ids=[ids[3], ids[0]]) == ("entity_not_found", "ids")
    assert await refused(office, "delete.contacts") == ("required_parameter_missed", "id")
    said = await refused(office, "delete.contacts", id=ids[3], ids=[ids[3]])
    assert said == ("invalid_parameters_combination", "ids")
    assert [row["id"] for row in await done(office, "get.contacts")] == [ids[3]]
    assert (await done(office, "create.contacts", **NAMED))["id"] == ids[3] + 1


async def test_contacts_are_found_by_what_lies_in_their_lists(office: Office) -> None:
    first = (await done(office, "create.contacts", **NAMED, emails=["a@client.test"]))["id"]
    second = (await done(office, "create.contacts", last_name="Орлов", phone_numbers=[]))["id"]

    async def found(operator: str, value: Any = None, field: str = "phone_numbers") -> list[int]:
        given = {"field": field, "operator": operator, "value": value}
        return [row["id"] for row in await done(office, "get.contacts", filter=given)]

    assert await found("overlap", [NUMBER, "7"]) == [first]
    assert await found("not_overlap", [NUMBER]) == [second]
    assert await found("jsquery", f'# = "{NUMBER}"') == [first]
    assert await found("is_null") == [second]
    assert await found("regexp", "^Ор[а-я]+$", "full_name") == [second]


@pytest.mark.parametrize("phone", [CONTACT, NUMBER, "8 (916) 123-45-67", "9161234567"])
async def test_a_contact_is_found_however_the_number_is_written(office: Office, phone: str) -> None:
    created = await done(office, "create.contacts", **NAMED)
    await done(office, "create.contacts", last_name="Второй", phone_numbers=[NUMBER])
    found = office.account.address_book.find(phone)
    assert found is not None
    assert (found.id, found.phone_numbers) == (created["id"], (CONTACT,))
    assert office.account.address_book.find("79160000000") is None
    assert office.account.address_book.find(None) is None


REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({"last_name": "Орлов"}, "required_parameter_missed", "phone_numbers"),
    ({"phone_numbers": [NUMBER]}, "required_parameter_missed", "last_name"),
    ({**NAMED, "phone_numbers": NUMBER}, "data_type_error", "phone_numbers"),
    ({**NAMED, "phone_numbers": [79161234567]}, "data_type_error", "phone_numbers"),
    ({**NAMED, "phone_numbers": ["client"]}, "invalid_parameter_value", "phone_numbers"),
    ({**NAMED, "phone_numbers": ["99912345678"]}, "invalid_parameter_value", "phone_numbers"),
    ({**NAMED, "phone_numbers": ["100101"]}, "invalid_parameter_value", "phone_numbers"),
    ({**NAMED, "phone_numbers": ["8 916 123-45-67"]}, "invalid_parameter_value", "phone_numbers"),
    ({**NAMED, "phone_numbers": [NUMBER, CONTACT]}, "invalid_parameter_value", "phone_numbers"),
    (
        {**NAMED, "phone_numbers": [f"7916123456{n}" for n in range(10)] + ["79160000000"]},
        "invalid_parameter_value",
        "phone_numbers",
    ),
    ({**NAMED, "emails": ["client"]}, "invalid_parameter_value", "emails"),
    ({**NAMED, "emails": ["a@b", "a@b"]}, "invalid_parameter_value", "emails"),
    ({**NAMED, "emails": [f"{n}@client.test" for n in range(11)]}, "invalid_parameter_value", "emails"),
    ({**NAMED, "personal_manager_id": 5}, "entity_not_found", "personal_manager_id"),
    ({**NAMED, "organization_id": 5}, "entity_not_found", "organization_id"),
    ({**NAMED, "groups": [5]}, "entity_not_found", "groups"),
    ({**NAMED, "colour": 1}, "unexpected_parameters", "colour"),
]


@pytest.mark.parametrize(("params", "mnemonic", "field"), REFUSALS, ids=[str(n) for n in range(len(REFUSALS))])
async def test_a_contact_that_is_refused(office: Office, params: dict[str, Any], mnemonic: str, field: str) -> None:
    created = await done(office, "create.contacts", **NAMED)
    before = await done(office, "get.contacts")
    assert await refused(office, "create.contacts", **params) == (mnemonic, field)
    assert await refused(office, "update.contacts", **created, **params) == (mnemonic, field)
    assert await refused(office, "update.contacts", **{**NAMED, "id": 5}) == ("entity_not_found", "id")
    assert await done(office, "get.contacts") == before


async def test_reports_name_the_contact_of_a_call(office: Office) -> None:
    first = await done(office, "create.contacts", **NAMED, first_name="Олег")
    await done(office, "create.contacts", last_name="Второй", phone_numbers=[NUMBER, "79165550000"])
    for phone in ("8 (916) 123-45-67", "+79165551111", None):
        call = office.account.calls.place("in", phone, MAIN)
        office.do(call, "hangup", who="contact")
    call = office.account.calls.place("out", office.id_of("anna"), "+79165550000")
    await office.play(call, [(0, "answer", {"who": "anna"}), (5, "hangup", {"who": "anna"})])
    fields = ["contact_id", "contact_full_name"]
    shown = [(first["id"], "Лебедев Олег"), (None, None), (None, None), (first["id"] + 1, "Второй")]
    assert [tuple(row.values()) for row in await office.report(fields=fields)] == shown
    legs = await office.report("get.call_legs_report", fields=[*fields, "is_operator"])
    assert [tuple(row.values()) for row in legs if not row["is_operator"]] == [(*each, False) for each in shown]
    by_name = {"field": "contact_full_name", "operator": "ilike", "value": "%лебедев%"}
    assert len(await office.report(fields=fields, filter=by_name)) == 1
