"""Contacts, deals, companies and their custom fields, as the models of `amocrm-api` have them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from amocrm.v2 import Company, Contact, Lead, custom_field, filters
from amocrm.v2.interaction import BaseInteraction
from amocrm.v2.manager import Manager

from tests.contract.amocrm_api.use import PHONE, Fields, Person

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning")


def test_links_carry_the_address_that_it_used(person: Person) -> None:
    assert person._data["_links"]["self"]["href"] == f"https://krukov.amocrm.ru/api/v4/contacts/{person.id}"


def test_it_changes_a_contact(person: Person) -> None:
    person.name = "Пётр Иванов"
    person.phone = "+79160000001"
    person.mobile = "+79160000002"
    person.email = "petr@example.test"
    person.tags.append("vip")
    person.save()
    shown = Person.objects.get(person.id)
    assert (shown.name, shown.email, [tag.name for tag in shown.tags]) == ("Пётр Иванов", "petr@example.test", ["vip"])
    assert (shown.phone, shown.mobile) == ("+79160000001", "+79160000002")
    assert shown.responsible_user.is_admin
    assert shown.company is None


def test_it_finds_a_contact_by_phone(person: Person) -> None:
    assert person.id in [found.id for found in Person.objects.filter(query=PHONE[-10:])]
    assert {found.phone for found in Person.objects.filter(query=PHONE[-10:])} == {PHONE}
    assert list(Person.objects.filter(query="0000000000")) == []


def test_it_filters_contacts(person: Person) -> None:
    def found(*wanted: filters.Filter) -> list[int]:
        return [each.id for each in Person.objects.filter(filters=wanted, order={"updated_at": "desc"})]

    assert found(filters.SingleFilter("id")(person.id)) == [person.id]
    assert found(filters.MultiFilter("id")(person.id)) == [person.id]
    assert found(filters.SingleListFilter("id")(person.id)) == [person.id]
    now = person.updated_at.replace(tzinfo=UTC)
    hour = timedelta(hours=1)
    assert person.id in found(filters.DateRangeFilter("updated_at")(now - hour, now + hour))
    assert found(filters.DateRangeFilter("updated_at")(now + hour, now + 2 * hour)) == []


def test_it_makes_custom_fields_and_fills_them(person: Person) -> None:
    fields = Manager(Fields(), custom_field.CustomFieldModel)
    for name, kind, options in (
        ("Город", custom_field.TEXT, []),
        ("Размер", custom_field.NUMERIC, []),
        ("Источник", custom_field.SELECT, ["сайт", "звонок"]),
        ("Интересы", custom_field.MULTISELECT, ["дом", "сад", "дача"]),
        ("Знакомство", custom_field.DATETIME, []),
        ("Согласие", custom_field.CHECKBOX, []),
    ):
        enums = [{"value": value, "sort": sort} for sort, value in enumerate(options)]
        fields.create({"name": name, "type": kind, **({"enums": enums} if enums else {})})
    known = {field.name: field for field in custom_field.CustomFieldModel.get_for(person)}
    assert [option["value"] for option in known["Источник"].enums] == ["сайт", "звонок"]
    assert known["Телефон"].code == "PHONE"

    moment = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
    person.city, person.size, person.source, person.likes = "Тверь", 2.5, "звонок", ["дом", "дача"]
    person.met_at, person.agreed = moment, True
    person.save()
    shown = Person.objects.get(person.id)
    assert (shown.city, shown.size, shown.source.value) == ("Тверь", 2.5, "звонок")
    assert [option.value for option in shown.likes] == ["дом", "дача"]
    assert (shown.met_at.astimezone(UTC), shown.agreed, shown.phone) == (moment, True, PHONE)


def test_it_makes_a_deal_of_a_contact(world: dict[str, Any], person: Person) -> None:
    made = Lead.objects.create(
        {"name": "Окна", "price": 12000, "_embedded": {"contacts": [{"id": person.id}], "tags": [{"name": "Продажа"}]}}
    )
    lead = Lead.objects.get(made.id)
    assert (lead.name, lead.price, [tag.name for tag in lead.tags]) == ("Окна", 12000, ["Продажа"])
    assert [contact.id for contact in lead.contacts] == [person.id]
    assert [each.id for each in Person.objects.get(person.id).leads] == [made.id]
    assert (lead.status.name, lead.closed_at) == ("Первичный контакт", None)

    lead.price = 15000
    lead.tags.append("срочно")
    lead.status = "Успешно реализовано"
    lead.save()
    won = Lead.objects.get(made.id)
    assert (won.price, won.status.id, sorted(tag.name for tag in won.tags)) == (15000, 142, ["Продажа", "срочно"])
    assert won.closed_at is not None

    def in_status(status_id: int) -> list[int]:
        by_status = filters.FiltersByPipelineAndStatus("statuses")(won.pipeline.id, status_id)
        return [each.id for each in Lead.objects.filter(filters=[by_status])]

    assert made.id in in_status(142)
    assert made.id not in in_status(143)


def test_it_gives_a_contact_a_company(person: Person) -> None:
    person.company = Company(name="Окна и двери")
    company = Person.objects.get(person.id).company
    assert company.name == "Окна и двери"
    assert [contact.id for contact in company.contacts] == [person.id]


def test_it_links_contacts_to_a_deal(person: Person) -> None:
    lead = Lead.objects.get(Lead.objects.create({"name": "Двери"}).id)
    other = Contact.objects.get(Contact.objects.create({"name": "Второй"}).id)
    lead.contacts.append(other)
    lead.contacts.append(person, main=True)
    linked = Lead.objects.get(lead.id)._data["_embedded"]["contacts"]
    assert {each["id"]: each["is_main"] for each in linked} == {other.id: False, person.id: True}


def test_it_walks_300_contacts(world: dict[str, Any]) -> None:
    """It asks for 250 at a time and for more as long as a page links to the next."""
    names = [f"Из списка {number:03}" for number in range(300)]
    for batch in (names[:250], names[250:]):
        BaseInteraction().request("post", "contacts", data=[{"name": name} for name in batch])
    assert sorted(found.name for found in Contact.objects.filter(query="Из списка")) == names
