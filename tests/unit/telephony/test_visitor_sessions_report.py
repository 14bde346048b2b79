"""`get.visitor_sessions_report`: visits with their pages and what came of them (facts §1.8, FIELD-14.b)."""

from __future__ import annotations

from tests.unit.telephony.conftest import Office
from tests.unit.telephony.visiting import POOL, YANDEX, a_call_to, a_campaign, a_site, a_visit

METHOD = "get.visitor_sessions_report"


async def test_a_visit_with_its_pages_and_communications(office: Office) -> None:
    site = a_site(office)
    campaign = a_campaign(office, site)
    visit = a_visit(
        office, site, url="/?yclid=1&cm_id=c", utm=YANDEX, campaign="Директ", about={"ip": "10.0.0.1", "city": "Казань"}
    )
    await office.pass_time(65)
    office.account.marketing.open_page(visit.id, "/prices")
    await office.pass_time(3600)
    office.account.marketing.open_page(visit.id, "/contacts")
    call = a_call_to(office, POOL[0])
    fields = ["date_time", "id", "duration", "hits_count", "hits", "communications", "entrance_page", "exit_page"]
    more = ["utm_source", "channel", "engine", "cm_id", "campaign_name", "visitor_ip_address", "visitor_city"]
    [row] = await office.report(METHOD, fields=[*fields, *more])
    assert row == {
        "date_time": "2026-03-02 12:00:00",
        "id": visit.id,
        "duration": 3665,
        "hits_count": 3,
        "hits": [
            {"hit_time": "2026-03-02 12:00:00", "hit_duration": "00:01:05", "hit_url": visit.entrance_page},
            {"hit_time": "2026-03-02 12:01:05", "hit_duration": "01:00:00", "hit_url": "https://okna.test/prices"},
            {"hit_time": "2026-03-02 13:01:05", "hit_duration": "00:00:00", "hit_url": "https://okna.test/contacts"},
        ],
        "communications": [
            {
                "communication_type": "call",
                "communication_id": call,
                "communication_date_time": "2026-03-02 13:01:05",
            }
        ],
        "entrance_page": visit.entrance_page,
        "exit_page": "https://okna.test/contacts",
        "utm_source": "yandex",
        "channel": "paid",
        "engine": "yandex.direct",
        "cm_id": "c",
        "campaign_name": "Директ",
        "visitor_ip_address": "10.0.0.1",
        "visitor_city": "Казань",
    }
    [row] = await office.report(METHOD)
    assert row == {
        "campaign_id": campaign,
        "site_id": site.id,
        "person_id": office.account.ground.ids.first("person"),
        "visitor_id": visit.visitor_id,
        "visitor_device": "desktop",
        "ext_id": None,
    }


async def test_visits_of_the_period_alone(office: Office) -> None:
    site = a_site(office)
    visits = []
    for _ in range(3):
        visits.append(a_visit(office, site).id)
        await office.pass_time(1)
    answer = await office.ask(
        METHOD, date_from="2026-03-02 12:00:01", date_till="2026-03-02 12:00:01", fields=["id", "hits_count"]
    )
    assert answer["result"]["data"] == [{"id": visits[1], "hits_count": 1}]
    assert (await office.ask(METHOD))["error"]["data"]["mnemonic"] == "required_parameter_missed"


async def test_visits_can_be_filtered_and_sorted(office: Office) -> None:
    site = a_site(office)
    for source in ("yandex", "google", "yandex"):
        a_visit(office, site, utm={"source": source})
    wanted = {"field": "utm_source", "operator": "=", "value": "yandex"}
    order = [{"field": "visitor_id", "order": "desc"}]
    rows = await office.report(METHOD, filter=wanted, sort=order, fields=["id", "visitor_id", "communications"])
    ids = [visit.id for visit in office.account.marketing.visits.all()]
    assert [row["id"] for row in rows] == [ids[2], ids[0]]
    assert rows[0]["communications"] == []


async def test_the_person_of_a_visitor_is_that_of_the_latest_communication(office: Office) -> None:
    site = a_site(office)
    a_visit(office, site, visitor="ivan")
    a_visit(office, site, visitor="petr")
    for person in (7, 8):
        call = a_call_to(office, POOL[0])
        office.account.database.update("communications", call, {"person_id": person})
    a_visit(office, site, visitor="ivan")
    rows = await office.report(METHOD, fields=["person_id"])
    assert [row["person_id"] for row in rows] == [8, None, 8]
