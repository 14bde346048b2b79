"""`amocrm-api` 2.6.1 from PyPI works unmodified: it knows `https://{subdomain}.amocrm.ru` and nothing else.

Two variables lead it here, as they would lead a user's: HTTPS_PROXY to the stand's proxy, REQUESTS_CA_BUNDLE to the
stand's CA. It reads the process clock to see whether its token expired, so its worlds are live.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from amocrm.v2 import (
    Call,
    CallDuration,
    CallStatus,
    Company,
    Contact,
    Lead,
    Pipeline,
    Status,
    Tag,
    Task,
    User,
    custom_field,
    exceptions,
    filters,
)
from amocrm.v2.account import Account, AccountInteraction
from amocrm.v2.interaction import BaseInteraction, GenericInteraction, _session
from amocrm.v2.manager import Manager
from amocrm.v2.tokens import MemoryTokensStorage, TokenManager, default_token_manager

from tests.contract.conftest import ServedStand

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning")

PHONE = "+79161234567"
OTHERS_WISHES = ("https_proxy", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "CURL_CA_BUNDLE")


class Person(Contact):
    """A contact with mapped custom fields, as the client's documentation shows."""

    phone = custom_field.ContactPhoneField("Телефон")
    mobile = custom_field.ContactPhoneField("Телефон", enum_code="MOB")
    email = custom_field.ContactEmailField("Email")
    city = custom_field.TextCustomField("Город")
    size = custom_field.NumericCustomField("Размер")
    source = custom_field.SelectCustomField("Источник")
    likes = custom_field.MultiSelectCustomField("Интересы")
    met_at = custom_field.DateTimeCustomField("Знакомство")
    agreed = custom_field.CheckboxCustomField("Согласие")


class Fields(GenericInteraction):
    path = "contacts/custom_fields"
    field = "custom_fields"


@pytest.fixture(scope="module", autouse=True)
def environment(served_stand: ServedStand) -> Iterator[None]:
    """What a user exports."""
    with pytest.MonkeyPatch.context() as patch:
        for name in OTHERS_WISHES:
            patch.delenv(name, raising=False)
        patch.setenv("HTTPS_PROXY", served_stand.urls["proxy"])
        patch.setenv("REQUESTS_CA_BUNDLE", served_stand.urls["ca"])
        yield
    _session.close()


def set_up(manager: TokenManager, world: dict[str, Any]) -> MemoryTokensStorage:
    """Give the client its settings; returns where it keeps its tokens."""
    amocrm = world["amocrm"]
    storage = MemoryTokensStorage()
    manager(amocrm["client_id"], amocrm["client_secret"], amocrm["subdomain"], amocrm["redirect_uri"], storage)
    return storage


def fresh_code(served_stand: ServedStand, world: dict[str, Any]) -> str:
    return str(served_stand.post(world, "/oauth-code")["code"])


@pytest.fixture(scope="module")
def world(environment: None, served_stand: ServedStand) -> Iterator[dict[str, Any]]:
    """A live world on which the client's own manager of tokens, which it keeps for the whole process, is set."""
    with served_stand.world("amocrm-api", name="krukov", profile="v4", clock="live") as world:
        set_up(default_token_manager, world)
        default_token_manager.init(fresh_code(served_stand, world))
        yield world


@pytest.fixture
def person(world: dict[str, Any]) -> Person:
    """A contact with a phone, as amoCRM shows it."""
    person = Person(name="Иван Петров", phone=PHONE)
    person.create()
    return Person.objects.get(person.id)


def test_it_reads_the_account(world: dict[str, Any]) -> None:
    account = Account(data=AccountInteraction().get(include=Account._get_embedded_fields()))
    assert account.subdomain == world["amocrm"]["subdomain"]
    assert [task_type["code"] for task_type in account.task_types] == ["FOLLOW_UP", "MEETING", "MAIL"]
    assert account.datetime_settings["timezone"] == "Europe/Moscow"
    assert account.current_user.id == world["people"]["olga"]["user_id"]


def test_links_carry_the_address_that_it_used(person: Person) -> None:
    assert person._data["_links"]["self"]["href"] == f"https://krukov.amocrm.ru/api/v4/contacts/{person.id}"


def test_it_reads_the_users(world: dict[str, Any]) -> None:
    admins = {user.id: user.is_admin for user in User.objects.all()}
    assert list(admins) == [person["user_id"] for person in world["people"].values() if person["user_id"]]
    assert list(admins.values()) == [True, True, False, False, False]
    assert User.objects.get(world["people"]["anna"]["user_id"]).email == world["people"]["anna"]["email"]


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
    assert Person.objects.get(query="Иван Петров").phone == PHONE
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
    by_status = filters.FiltersByPipelineAndStatus("statuses")(won.pipeline.id, won.status.id)
    assert [each.id for each in Lead.objects.filter(filters=[by_status])] == [made.id]


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


def test_it_writes_notes(person: Person) -> None:
    person.notes(text="Перезвонить").save()
    person.notes(uniq="n-1", duration=60, source="CoMagic", link="https://example.test/1.mp3", phone=PHONE).save()
    call, text = sorted(person.notes.objects.all(), key=lambda note: note.note_type)
    assert (text.note_type, text.text) == ("common", "Перезвонить")
    assert (call.note_type, call.uniq, call.duration, call.phone) == ("call_in", "n-1", 60, PHONE)
    assert call.link == "https://example.test/1.mp3"
    assert person.notes.objects.get(text.id).text == "Перезвонить"


def test_it_records_a_call(world: dict[str, Any], person: Person) -> None:
    own = "+79165550011"
    person.phone = own
    person.save()
    minute = timedelta(minutes=1)
    said = Call().create(CallDuration.INBOUND, own, "CoMagic", minute, uniq="c-1", status=CallStatus.SUCCESS)
    assert (said["entity_type"], said["entity_id"]) == ("contact", person.id)
    (note,) = person.notes.objects.all()
    assert (note.note_type, note.duration, note.uniq) == ("call_in", 60, "c-1")


def test_it_sets_tasks(world: dict[str, Any], person: Person) -> None:
    deadline = datetime(2030, 1, 1, 12, tzinfo=UTC)
    anna = User.objects.get(world["people"]["anna"]["user_id"])
    person.tasks.add(Task(text="Перезвонить", task_type_id=1, complete_till=deadline, responsible_user=anna))
    (task,) = person.tasks
    assert (task.text, task.complete_till.replace(tzinfo=UTC)) == ("Перезвонить", deadline)
    assert (task.responsible_user.id, task.is_completed, task.result) == (anna.id, False, None)
    assert task.entity.id == person.id
    assert Contact.objects.get(person.id).closest_task_at.replace(tzinfo=UTC) == deadline


def test_it_reads_pipelines_and_statuses(world: dict[str, Any]) -> None:
    (pipeline,) = Pipeline.objects.all()
    assert pipeline.is_main
    names = [status.name for status in pipeline.statuses]
    assert names[0] == "Неразобранное"
    assert [status.name for status in Status.get_for(pipeline).all()] == names
    assert Status.get_for(pipeline).get(query="закрыто и не реализовано").id == 143


def test_it_makes_tags(world: dict[str, Any]) -> None:
    made = Tag.leads.create(name="Продажа")
    assert Tag.leads.create(name="Продажа").id == made.id
    assert "Продажа" in [tag.name for tag in Tag.leads.all()]


def test_it_walks_300_contacts(served_stand: ServedStand, world: dict[str, Any]) -> None:
    """It asks for 250 at a time and for more as long as a page links to the next."""
    names = [f"Из списка {number:03}" for number in range(300)]
    for batch in (names[:250], names[250:]):
        BaseInteraction().request("post", "contacts", data=[{"name": name} for name in batch])
    assert sorted(found.name for found in Contact.objects.filter(query="Из списка")) == names


def test_errors_are_those_it_knows(served_stand: ServedStand, world: dict[str, Any], person: Person) -> None:
    with pytest.raises(exceptions.ValidationError) as invalid:
        Contact.objects.create(name=5)
    (item,) = invalid.value.args[0]["validation-errors"]
    assert [(flaw["path"], flaw["code"]) for flaw in item["errors"]] == [("name", "InvalidType")]
    with pytest.raises(exceptions.NotFound):
        Contact.objects.get(5)
    with pytest.raises(exceptions.AmoApiException, match=r"Wrong status 404.*Custom field not found"):
        Fields().get(5)
    with pytest.raises(exceptions.AmoApiException, match="Wrong status 422"):
        BaseInteraction().request("get", "contacts", params={"limit": 251})
    with pytest.raises(exceptions.ValidationError, match="263"):
        Call().create(CallDuration.INBOUND, "+79990000000", "CoMagic", 30, status=CallStatus.SUCCESS)


def test_a_token_of_nobody_is_unauthorized(world: dict[str, Any]) -> None:
    manager = TokenManager()
    header, claims, _ = world["amocrm"]["access_token"].split(".")
    set_up(manager, world).save_tokens(f"{header}.{claims}.AAAA", "wrong")
    with pytest.raises(exceptions.UnAuthorizedException):
        AccountInteraction(token_manager=manager).get()


def test_a_code_works_once(served_stand: ServedStand, world: dict[str, Any]) -> None:
    manager = TokenManager()
    set_up(manager, world)
    code = fresh_code(served_stand, world)
    manager.init(code)
    with pytest.raises(Exception, match="Authorization code has been revoked"):
        manager.init(code)
    manager.init(code, skip_error=True)
    assert AccountInteraction(token_manager=manager).get()["id"]


def test_it_refreshes_a_token_that_expired(served_stand: ServedStand) -> None:
    """Both clocks jump over the life of the token, which is a day."""
    with served_stand.world("amocrm-api", profile="v4", clock="live") as world:
        manager = TokenManager()
        storage = set_up(manager, world)
        manager.init(fresh_code(served_stand, world))
        first = storage.get_access_token()
        span = timedelta(hours=25)
        served_stand.post(world, "/clock", advance=span.total_seconds())
        with pytest.raises(exceptions.UnAuthorizedException):
            AccountInteraction(token_manager=manager).get()
        with time_machine.travel(datetime.now(UTC) + span):
            assert AccountInteraction(token_manager=manager).get()["subdomain"] == world["amocrm"]["subdomain"]
        assert storage.get_access_token() != first
