"""`amocrm-api-wrapper` 1.0.1 from PyPI reads over plain HTTP what a call made in a served stand.

Its client is used as it is published, but for one thing: its GET and DELETE hand `json=` to httpx, whose `get` and
`delete` take no body (httpx says so since 0.18). `BodyTolerantClient` is that one shim: it sends the same request
through `httpx.Client.request`, which knows `json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from amocrm_api import AmoOAuthClient
from amocrm_api.errors import AmoException

from tests.contract.conftest import ServedStand

CALLER = "+79161234567"
CLIENT = "amocrm-api-wrapper"


class BodyTolerantClient(httpx.Client):
    def get(self, url: str, **keywords: Any) -> httpx.Response:  # type: ignore[override]
        return self.request("GET", url, **keywords)

    def delete(self, url: str, **keywords: Any) -> httpx.Response:  # type: ignore[override]
        return self.request("DELETE", url, **keywords)


class Client(AmoOAuthClient):
    """The published client on the tolerant transport."""

    def _init_session(self, params: dict[str, str] | None = None) -> httpx.Client:
        session = BodyTolerantClient(timeout=self.timeout)
        session.headers.update({**self._auth_headers(), **(params or {})})
        return session


@pytest.fixture(scope="module")
def world(served_stand: ServedStand) -> Iterator[dict[str, Any]]:
    """A world in which one call of an unknown number was answered by Anna for 60 s."""
    world = served_stand.create_world(name="wrapper", profile="v4")
    settings = {"calls.primary_mode": "contact", "calls.success_tag": "Успех"}
    assert httpx.patch(world["integration"]["settings_url"], json=settings).status_code == 200
    script = [{"at": 0, "ring": "anna"}, {"at": 8, "answer": "anna"}, {"at": 68, "hangup": "contact"}]
    served_stand.post(world, "/calls", **{"direction": "in", "from": CALLER, "script": script})
    yield world
    served_stand.delete_world(world, CLIENT)


@pytest.fixture
def client(served_stand: ServedStand, world: dict[str, Any]) -> Iterator[Client]:
    """The client after an OAuth code exchange of its own."""
    amocrm = world["amocrm"]
    exchange = {key: amocrm[key] for key in ("client_id", "client_secret", "redirect_uri")}
    code = served_stand.post(world, "/oauth-code")["code"]
    answer = httpx.post(
        f"{amocrm['base_url']}/oauth2/access_token", json={**exchange, "grant_type": "authorization_code", "code": code}
    )
    tokens = answer.json()
    client = Client(tokens["access_token"], tokens["refresh_token"], amocrm["base_url"], **exchange)
    yield client
    client.close()


def test_it_finds_the_contact_by_phone(client: Client, world: dict[str, Any]) -> None:
    (contact,) = client.get_contacts(query="9161234567")["_embedded"]["contacts"]
    anna = world["people"]["anna"]["user_id"]
    assert contact["responsible_user_id"] == anna
    assert [tag["name"] for tag in contact["_embedded"]["tags"]] == ["Успех"]
    (phone,) = [field for field in contact["custom_fields_values"] if field["field_code"] == "PHONE"]
    assert phone["values"][0]["value"] == CALLER
    assert client.get_contact(contact["id"])["id"] == contact["id"]


def test_it_reads_the_note_of_the_call(client: Client, world: dict[str, Any]) -> None:
    (contact,) = client.get_contacts(query="9161234567")["_embedded"]["contacts"]
    notes = client.get_notes_by_entity_type_and_entity_id("contacts", contact["id"])["_embedded"]["notes"]
    (note,) = [note for note in notes if note["note_type"] == "call_in"]
    assert note["params"]["duration"] == 60
    assert note["params"]["phone"] == CALLER
    assert note["params"]["link"].startswith("http")


def test_it_walks_the_contacts(client: Client) -> None:
    assert len(list(client.iter_contacts())) == 1


def test_an_empty_search_is_an_empty_answer(client: Client) -> None:
    assert client.get_contacts(query="0000000000") == {}


def test_it_reads_the_account_and_the_users(client: Client, world: dict[str, Any]) -> None:
    assert client.get_account_info()["subdomain"] == world["amocrm"]["subdomain"]
    users = client.get_users()["_embedded"]["users"]
    known = [person["user_id"] for person in world["people"].values() if person["user_id"]]
    assert [user["id"] for user in users] == known
    assert [user["id"] for user in users if user["rights"]["is_admin"]] == known[:2]


def test_it_refreshes_its_token(client: Client) -> None:
    before = client.access_token
    client.update_tokens()
    assert client.access_token != before
    assert client.get_account_info()["id"]


def test_a_wrong_token_is_a_401_that_it_understands(world: dict[str, Any]) -> None:
    amocrm = world["amocrm"]
    client = Client("wrong", "wrong", amocrm["base_url"], amocrm["client_id"], "wrong", amocrm["redirect_uri"])
    with pytest.raises(AmoException) as refusal:
        client.get_account_info()
    assert refusal.value.code == 401
    client.close()


PHONE_FIELD = {"field_code": "PHONE", "values": [{"value": "+79160000002"}]}
CALL = {"phone": "+79160000002", "called_at": 1700000000, "duration": 15, "uniq": "u1", "is_call_event_needed": True}
FORM = {"form_id": 1, "form_name": "Заказ", "form_page": "https://acme.test", "form_sent_at": "1700000000"}


def test_it_sorts_what_it_put_into_unsorted(client: Client, world: dict[str, Any]) -> None:
    contact = {"name": "Пётр", "custom_fields_values": [PHONE_FIELD]}
    added = client.create_unsorted_by_sip("pbx-1", "АТС", CALL, contact, {"name": "Звонок"}, {}, request_id="7")
    (call,) = added["_embedded"]["unsorted"]
    assert (added["_total_items"], call["request_id"]) == (1, "7")
    (form,) = client.create_unsorted_by_form("site-1", "Сайт", FORM, {}, {}, {})["_embedded"]["unsorted"]
    assert client.get_unsorted_by_uid(form["uid"])["metadata"]["form_name"] == "Заказ"
    (listed,) = client.get_unsorted_leads(filter_by_category=["sip"])["_embedded"]["unsorted"]
    assert listed["uid"] == call["uid"]
    assert client.get_contacts(query="9160000002") == {}
    accepted = client.accept_unsorted(call["uid"], user_id=world["people"]["anna"]["user_id"])
    (lead,) = accepted["_embedded"]["leads"]
    assert client.get_lead(lead["id"])["responsible_user_id"] == world["people"]["anna"]["user_id"]
    notes = client.get_notes_by_entity_type_and_entity_id("leads", lead["id"])["_embedded"]["notes"]
    assert [note["params"]["uniq"] for note in notes] == ["u1"]
    assert client.decline_unsorted(form["uid"])["category"] == "forms"
    with pytest.raises(AmoException) as refusal:
        client.decline_unsorted(form["uid"])
    assert refusal.value.code == 404
    summary = client.get_summary_unsorted()
    assert [summary[key] for key in ("total", "accepted", "declined")] == [2, 1, 1]


def test_it_makes_a_deal_with_its_contact(client: Client) -> None:
    contact = {"name": "Пётр", "custom_fields_values": [PHONE_FIELD]}
    (made,) = client.create_leads_complex([{"name": "Звонок", "_embedded": {"contacts": [contact]}}])
    assert (made["request_id"], made["merged"], made["company_id"]) == (["0"], False, None)
    assert client.get_contact(made["contact_id"])["name"] == "Пётр"
