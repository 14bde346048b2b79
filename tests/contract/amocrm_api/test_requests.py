"""What `amocrm-api` has no models for, by the request method of its models: a user's way to the rest of API v4."""

from __future__ import annotations

from typing import Any

import pytest
from amocrm.v2 import Lead, Pipeline, Status
from amocrm.v2.interaction import BaseInteraction

from tests.contract.amocrm_api.use import Person
from tests.contract.conftest import ServedStand
from tests.contract.receiver import Receiver

pytestmark = [
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning"),
    pytest.mark.usefixtures("world"),
]

NUMBER = "+79160000002"
PHONE = {"field_code": "PHONE", "values": [{"value": NUMBER, "enum_code": "WORK"}]}


def ask(method: str, path: str, data: Any = None, **params: Any) -> Any:
    """The body of an answer below 300; None of a 204. Raises what the client raises; a 400 comes back as it is."""
    body, status = BaseInteraction().request(method, path, data=data, params=params)
    assert status < 300, body
    return body


def test_it_makes_a_deal_with_its_contact_and_company() -> None:
    embedded = {
        "contacts": [{"name": "Пётр", "custom_fields_values": [PHONE]}],
        "companies": [{"name": "Окна"}],
        "tags": [{"name": "Продажа"}],
    }
    (made,) = ask("post", "leads/complex", [{"name": "Звонок", "price": 100, "_embedded": embedded}])
    assert (made["request_id"], made["merged"]) == (["0"], False)
    lead = Lead.objects.get(made["id"])
    assert (lead.price, [tag.name for tag in lead.tags]) == (100, ["Продажа"])
    assert [(contact.id, contact.company.name) for contact in lead.contacts] == [(made["contact_id"], "Окна")]
    assert Person.objects.get(made["contact_id"]).phone == NUMBER


def add_unsorted(number: str) -> dict[str, Any]:
    metadata = {"phone": number, "called_at": 1700000000, "duration": 15, "service_code": "pbx", "uniq": number}
    item = {"source_name": "АТС", "source_uid": f"pbx-{number}", "metadata": metadata, "request_id": number}
    (added,) = ask("post", "leads/unsorted/sip", [item])["_embedded"]["unsorted"]
    assert added["request_id"] == number
    return dict(added)


def test_it_accepts_and_declines_unsorted(world: dict[str, Any]) -> None:
    anna = world["people"]["anna"]["user_id"]
    call, junk = add_unsorted("79160000003"), add_unsorted("79160000004")
    listed = ask("get", "leads/unsorted", **{"filter[category][]": "sip"})["_embedded"]["unsorted"]
    assert {call["uid"], junk["uid"]} <= {item["uid"] for item in listed}
    assert list(Person.objects.filter(query="9160000003")) == []

    accepted = ask("post", f"leads/unsorted/{call['uid']}/accept", {"user_id": anna})
    (lead,) = accepted["_embedded"]["leads"]
    assert Lead.objects.get(lead["id"]).responsible_user.id == anna
    assert [contact.phone for contact in Person.objects.filter(query="9160000003")] == ["79160000003"]

    assert ask("delete", f"leads/unsorted/{junk['uid']}/decline", {"user_id": anna})["category"] == "sip"
    assert list(Person.objects.filter(query="9160000004")) == []


def test_it_hears_of_changes_by_webhooks(served_stand: ServedStand, world: dict[str, Any], receiver: Receiver) -> None:
    wanted = {"destination": receiver.url, "settings": ["add_contact", "update_contact"]}
    assert ask("post", "webhooks", wanted)["settings"] == wanted["settings"]
    listed = ask("get", "webhooks", **{"filter[destination]": receiver.url})["_embedded"]["webhooks"]
    assert [webhook["destination"] for webhook in listed] == [receiver.url]

    person = Person(name="Пётр", phone=NUMBER)
    person.create()
    served_stand.settle(world)
    (added,) = receiver.take()
    assert added["contacts[add][0][id]"] == str(person.id)
    assert added["contacts[add][0][custom_fields][0][values][0][value]"] == NUMBER
    assert added["account[subdomain]"] == "krukov"
    person = Person.objects.get(person.id)
    person.name = "Иван"
    person.save()
    served_stand.settle(world)
    assert [form["contacts[update][0][name]"] for form in receiver.take()] == ["Иван"]

    assert ask("delete", "webhooks", {"destination": receiver.url}) is None
    Person(name="Семён").create()
    served_stand.settle(world)
    assert receiver.take() == []


def test_it_makes_a_pipeline() -> None:
    """Its model of a pipeline takes the data as they are."""
    stages = [{"name": "Замер", "sort": 20, "color": "#fffeb2"}]
    wanted = {"name": "Монтаж", "sort": 20, "is_main": False, "is_unsorted_on": True}
    made = Pipeline.objects.create({**wanted, "_embedded": {"statuses": stages}})
    shown = Pipeline.objects.get(made.id)
    assert (shown.name, shown.is_main) == ("Монтаж", False)
    names = [status.name for status in Status.get_for(shown).all()]
    assert names == ["Неразобранное", "Замер", "Успешно реализовано", "Закрыто и не реализовано"]
    lead = Lead.objects.get(Lead.objects.create({"name": "Окна", "pipeline_id": made.id}).id)
    assert lead.status.name == "Замер"
