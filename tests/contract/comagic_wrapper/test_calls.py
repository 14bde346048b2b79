"""`comagic-wrapper` 0.0.4.2 from PyPI on the Data API: calls, legs, communications, employees, tags and a sale.

Token mode, as published, but for the attribute with the API's address, which the client offers no argument for. It
sends `application/json`, reads `result.data` of every answer, drops empty arguments, and repeats a request four times
before it believes that a token is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from comagic import Comagic
from comagic.exceptions import ComagicException

from tests.contract.conftest import ServedStand

CALLER, STRANGER = "+79161234567", "+79162223344"
DAY = {"date_from": "2026-03-02 00:00:00", "date_till": "2026-03-03 00:00:00"}
TALK = [{"at": 0, "ring": "anna"}, {"at": 8, "answer": "anna"}, {"at": 68, "hangup": "contact"}]


@pytest.fixture(scope="module")
def world(served_stand: ServedStand) -> Iterator[dict[str, Any]]:
    world = served_stand.create_world(name="comagic")
    yield world
    served_stand.control.delete(f"/_stand/worlds/{world['id']}")


@pytest.fixture(scope="module")
def client(world: dict[str, Any]) -> Comagic:
    client = Comagic(token=world["telephony"]["access_token"])
    client._session.API_URL = world["telephony"]["data_api_url"]
    return client


@pytest.fixture(scope="module")
def calls(served_stand: ServedStand, world: dict[str, Any]) -> list[dict[str, Any]]:
    """A visitor's call that Anna took, and one that nobody did."""
    visit = served_stand.post(world, "/visits", utm={"source": "yandex", "campaign": "spring"})
    tracked = {"direction": "in", "from": CALLER, "to": visit["number"], "script": TALK}
    lost = {
        "direction": "in",
        "from": STRANGER,
        "script": [{"at": 0, "ring": "boris"}, {"at": 20, "hangup": "contact"}],
    }
    return [served_stand.post(world, "/calls", **tracked), served_stand.post(world, "/calls", **lost)]


def test_it_lists_calls_with_what_led_to_them(client: Comagic, calls: list[dict[str, Any]]) -> None:
    rows = client.calls_report.get(**DAY)
    assert [row["id"] for row in rows] == [call["id"] for call in calls]
    assert [row["is_lost"] for row in rows] == [False, True]
    assert rows[0]["talk_duration"] == 60
    fields = ["id", "utm_source", "utm_campaign", "site_domain_name", "first_answered_employee_full_name", "employees"]
    (row,) = client.calls_report.get(
        **DAY, fields=fields, filter={"field": "is_lost", "operator": "=", "value": False}, limit=5
    )
    assert (row["utm_source"], row["utm_campaign"], row["site_domain_name"]) == ("yandex", "spring", "okna.test")
    assert row["first_answered_employee_full_name"] == "Иванова Анна"
    assert row["employees"][0]["is_answered"] is True


def test_it_lists_legs(client: Comagic, calls: list[dict[str, Any]], world: dict[str, Any]) -> None:
    rows = client.call_legs_report.get(**DAY)
    anna = [row for row in rows if row["employee_id"] == world["people"]["anna"]["employee_id"]]
    assert [(row["call_session_id"], row["duration"], row["is_operator"]) for row in anna] == [
        (calls[0]["id"], 60, True)
    ]


def test_it_lists_communications_and_visits(client: Comagic, calls: list[dict[str, Any]]) -> None:
    rows = client.communications_report.get(**DAY)
    assert [row["id"] for row in rows] == [call["communication_id"] for call in calls]
    assert [row["communication_type"] for row in rows] == ["call", "call"]
    (visit,) = client.visitor_sessions_report.get(**DAY, fields=["id", "utm_source", "communications"])
    assert [each["communication_id"] for each in visit["communications"]] == [calls[0]["communication_id"]]


def test_it_lists_employees_numbers_lines_and_the_rest(client: Comagic, world: dict[str, Any]) -> None:
    employees = {row["id"]: row for row in client.employees.get()}
    assert employees[world["people"]["viktor"]["employee_id"]]["full_name"] == "Смирнов Виктор"
    assert {row["physical_state"] for row in client.sip_lines.get()} == {"Зарегистрирован"}
    assert [row["virtual_phone_number"] for row in client.virtual_numbers.get()] == ["74951112233", "74951112244"]
    assert client.account.get()[0]["timezone"] == "Europe/Moscow"
    assert [row["domain_name"] for row in client.sites.get()] == ["okna.test"]
    assert client.scenarios.get() == []
    assert client.campaigns.get() == []


def test_it_tags_a_call_and_takes_the_tag_off(client: Comagic, calls: list[dict[str, Any]]) -> None:
    tag_id = client.tags.create(name="Постоянный клиент")["id"]
    call = {"communication_id": calls[1]["communication_id"], "communication_type": "call", "tag_id": tag_id}
    assert client.tag_communications.set(**call) == {}
    assert tags_of(client, calls[1]) == ["Постоянный клиент"]
    assert client.tag_communications.unset(**call) == {}
    assert tags_of(client, calls[1]) == []


def test_it_sets_a_sale_where_the_site_counts_sales(
    served_stand: ServedStand, client: Comagic, world: dict[str, Any], calls: list[dict[str, Any]]
) -> None:
    at = datetime.fromisoformat(calls[0]["started_at"]) + timedelta(hours=5)
    sale = {
        "communication_id": calls[0]["communication_id"],
        "communication_type": "call",
        "date_time": f"{at:%Y-%m-%d %H:%M:%S}",
        "transaction_value": 1500.5,
        "comment": "Окна",
    }
    with pytest.raises(ComagicException, match="Permission denied"):
        client.tag_sales.set(**sale)
    url = f"/_stand/worlds/{world['id']}/sites/main"
    assert served_stand.control.patch(url, json={"count_sales": True}).status_code == 200
    assert client.tag_sales.set(**sale)["id"]
    assert tags_of(client, calls[0]) == ["Продажа"]
    (row,) = client.calls_report.get(
        **DAY, fields=["id", "sale_cost"], filter={"field": "id", "operator": "=", "value": calls[0]["id"]}
    )
    assert row["sale_cost"] == 1500.5


def test_what_is_wrong_is_an_exception_with_the_vendors_mnemonic(client: Comagic) -> None:
    with pytest.raises(ComagicException) as refused:
        client.calls_report.get(date_from="2026-01-01 00:00:00", date_till="2026-12-01 00:00:00")
    assert refused.value.error_data["data"]["mnemonic"] == "date_interval_limit_reached"
    with pytest.raises(ComagicException) as refused:
        client.tag_communications.set(communication_id=1, communication_type="call", tag_id=1)
    assert refused.value.error_data["data"]["mnemonic"] == "entity_not_found"


def test_it_logs_in_when_its_address_is_known_before(world: dict[str, Any]) -> None:
    """Login mode asks the real host in its constructor, so the session is made by hand."""
    from comagic.comagic import _Session

    telephony = world["telephony"]
    session = _Session(telephony["login"], telephony["password"], "", telephony["data_api_url"])
    assert session._get_endpoint("get", "account")[0]["app_id"] == session.comagic_app_id


def tags_of(client: Comagic, call: dict[str, Any]) -> list[str]:
    wanted = {"field": "id", "operator": "=", "value": call["id"]}
    (row,) = client.calls_report.get(**DAY, fields=["id", "tags"], filter=wanted)
    return [tag["tag_name"] for tag in row["tags"]]
