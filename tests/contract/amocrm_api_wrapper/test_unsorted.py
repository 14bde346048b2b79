"""«Неразобранное» and webhooks, as `amocrm-api-wrapper` has them."""

from __future__ import annotations

from typing import Any

import pytest
from amocrm_api.errors import AmoException

from tests.contract.amocrm_api_wrapper.use import Client
from tests.contract.conftest import ServedStand
from tests.contract.receiver import Receiver

PHONE_FIELD = {"field_code": "PHONE", "values": [{"value": "+79160000002"}]}
CALL = {"phone": "+79160000002", "called_at": 1700000000, "duration": 15, "uniq": "u1", "is_call_event_needed": True}
FORM = {"form_id": 1, "form_name": "Заказ", "form_page": "https://acme.test", "form_sent_at": "1700000000"}


def test_it_sorts_what_it_put_into_unsorted(client: Client, world: dict[str, Any]) -> None:
    anna = world["people"]["anna"]["user_id"]
    contact = {"name": "Пётр", "custom_fields_values": [PHONE_FIELD]}
    added = client.create_unsorted_by_sip("pbx-1", "АТС", CALL, contact, {"name": "Звонок"}, {}, request_id="7")
    (call,) = added["_embedded"]["unsorted"]
    assert (added["_total_items"], call["request_id"]) == (1, "7")
    (form,) = client.create_unsorted_by_form("site-1", "Сайт", FORM, {}, {}, {})["_embedded"]["unsorted"]
    assert client.get_unsorted_by_uid(form["uid"])["metadata"]["form_name"] == "Заказ"
    (listed,) = client.get_unsorted_leads(filter_by_category=["sip"])["_embedded"]["unsorted"]
    assert listed["uid"] == call["uid"]
    assert client.get_contacts(query="9160000002") == {}
    accepted = client.accept_unsorted(call["uid"], user_id=anna)
    (lead,) = accepted["_embedded"]["leads"]
    assert client.get_lead(lead["id"])["responsible_user_id"] == anna
    notes = client.get_notes_by_entity_type_and_entity_id("leads", lead["id"])["_embedded"]["notes"]
    assert [note["params"]["uniq"] for note in notes] == ["u1"]
    assert client.decline_unsorted(form["uid"], user_id=anna)["category"] == "forms"
    with pytest.raises(AmoException) as refusal:
        client.decline_unsorted(form["uid"])
    assert refusal.value.code == 404
    summary = client.get_summary_unsorted(uid=[call["uid"], form["uid"]])
    assert [summary[key] for key in ("total", "accepted", "declined")] == [2, 1, 1]


def test_it_hears_of_changes_by_webhooks(
    served_stand: ServedStand, client: Client, world: dict[str, Any], receiver: Receiver
) -> None:
    wanted = ["add_lead", "status_lead"]
    assert client.subscribe_webhook(receiver.url, wanted)["settings"] == wanted
    listed = client.get_webhooks(destination=receiver.url)["_embedded"]["webhooks"]
    assert [(webhook["destination"], webhook["disabled"]) for webhook in listed] == [(receiver.url, False)]

    (lead,) = client.create_leads([{"name": "Окна", "price": 100}])["_embedded"]["leads"]
    served_stand.settle(world)
    (added,) = receiver.take()
    assert (added["leads[add][0][id]"], added["leads[add][0][price]"]) == (str(lead["id"]), "100")
    assert added["account[subdomain]"] == "wrapper"
    client.update_leads([{"id": lead["id"], "status_id": 142}])
    served_stand.settle(world)
    (moved,) = receiver.take()
    assert moved["leads[status][0][status_id]"] == "142"
    assert moved["leads[status][0][old_status_id]"] == added["leads[add][0][status_id]"]

    assert client.unsubscribe_webhook(receiver.url) == {}
    client.create_leads([{"name": "Двери"}])
    served_stand.settle(world)
    assert receiver.take() == []
    with pytest.raises(AmoException) as refusal:
        client.unsubscribe_webhook(receiver.url)
    assert refusal.value.code == 404
