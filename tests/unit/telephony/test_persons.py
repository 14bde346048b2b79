"""Whose communication it is, and which one of theirs."""

from __future__ import annotations

import pytest

from emulator.telephony.marketing.origin import Origin
from tests.unit.telephony.conftest import CONTACT, MAIN, SILENT, Office
from tests.unit.telephony.selling import call, now, site

OTHER = "+79169998877"


def begin(
    office: Office, phone: str | None = None, email: str | None = None, visitor: int | None = None
) -> tuple[int | None, int | None]:
    """(person, number) of a communication that begins now."""
    ledger = office.account.communications
    identifier = ledger.begin(
        "offline_message", now(office), phone=phone, email=email, origin=Origin(visitor_id=visitor)
    )
    kept = ledger.get(identifier)
    return kept.person_id, kept.number


def test_communications_of_one_number_are_counted_from_one(office: Office) -> None:
    first = office.ground.ids.first("person")
    assert [begin(office, phone) for phone in (CONTACT, OTHER, "8 916 123-45-67", CONTACT)] == [
        (first, 1),
        (first + 1, 1),
        (first, 2),
        (first, 3),
    ]


def test_a_person_is_found_by_phone_before_e_mail_before_visitor(office: Office) -> None:
    phone, _ = begin(office, CONTACT)
    email, _ = begin(office, email="ivan@mail.test")
    visitor, _ = begin(office, visitor=5)
    assert len({phone, email, visitor}) == 3
    assert begin(office, CONTACT, "ivan@mail.test", 5) == (phone, 2)
    assert begin(office, OTHER, " Ivan@Mail.TEST ", 5) == (email, 2)
    assert begin(office, visitor=5) == (visitor, 2)


def test_keys_learned_later_are_joined_to_the_person(office: Office) -> None:
    person, _ = begin(office, visitor=5)
    assert begin(office, "", "ivan@mail.test", 5) == (person, 2)
    assert begin(office, CONTACT, "ivan@mail.test") == (person, 3)
    assert begin(office, CONTACT) == (person, 4)


def test_a_key_that_belongs_to_somebody_stays_there(office: Office) -> None:
    """Numbers that were given once do not change: nobody is merged."""
    ivan, _ = begin(office, CONTACT)
    visitor, _ = begin(office, visitor=5)
    assert begin(office, CONTACT, visitor=5) == (ivan, 2)
    assert begin(office, visitor=5) == (visitor, 2)


@pytest.mark.parametrize("phone", [None, "", "hidden"])
def test_a_hidden_caller_without_a_visitor_is_nobody(office: Office, phone: str | None) -> None:
    assert begin(office, phone) == (None, None)
    assert begin(office, phone, visitor=7)[1] == 1


def test_a_call_takes_three_statements_more_for_a_stranger_and_two_for_a_known_person(office: Office) -> None:
    seen: list[str] = []
    office.account.database._connection.set_trace_callback(seen.append)
    for _ in range(2):
        call(office)
    office.account.database._connection.set_trace_callback(None)
    assert [statement.split()[0] for statement in seen] == [
        *("SELECT", "INSERT", "INSERT", "INSERT"),
        *("SELECT", "UPDATE", "INSERT"),
    ]


async def test_a_refused_call_counts_for_nobody(office: Office) -> None:
    office.account.calls.rehearse("in", CONTACT, MAIN, [])
    assert begin(office, CONTACT) == (office.ground.ids.first("person"), 1)


async def test_employees_are_nobodys_contact_when_they_call_each_other(office: Office) -> None:
    office.account.calls.place("internal", office.id_of("anna"), office.id_of("boris"))
    [row] = await office.report(include_ongoing_calls=True, fields=["person_id", "communication_number"])
    assert row == {"person_id": None, "communication_number": None}
    assert await office.report("get.communications_report") == []


async def test_the_number_is_empty_in_the_calls_report_for_an_ordinary_number_only(office: Office) -> None:
    fields = ["id", "communication_number", "person_id"]
    ordinary = office.account.calls.place("in", CONTACT, MAIN)
    tracked = office.account.calls.place("in", CONTACT, SILENT)
    with_site = office.account.calls.place("in", CONTACT, MAIN)
    communication = office.account.calls.get(with_site).communication_id
    office.account.database.update("communications", communication, {"site_id": site(office)})
    rows = await office.report(include_ongoing_calls=True, fields=fields)
    person = office.ground.ids.first("person")
    assert [tuple(row.values()) for row in rows] == [
        (ordinary, None, person),
        (tracked, 2, person),
        (with_site, 3, person),
    ]
    shown = await office.report("get.communications_report", fields=["communication_number"])
    assert [row["communication_number"] for row in shown] == [1, 2, 3]
