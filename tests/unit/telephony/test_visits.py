"""Visits: what an entrance tells, who returns, the channel, and the marketing columns of a call (facts §1.6)."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from emulator.core.errors import BadRequest, NotFound
from tests.unit.telephony.conftest import MAIN, Office
from tests.unit.telephony.visiting import (
    POOL,
    STATIC,
    YANDEX,
    a_call_to,
    a_campaign,
    a_site,
    a_static_number,
    a_visit,
)


async def test_marks_go_into_the_address_and_come_out_of_it(office: Office) -> None:
    site = a_site(office)
    url = "/prices?utm_source=google&utm_expid=7&gclid=g1&yclid=y1&ymclid=m1&ef_id=e1&cm_id=c1&page=2"
    visit = a_visit(office, site, url=url, utm={"source": "yandex", "term": "окна"})
    assert visit.entrance_page == (
        "https://okna.test/prices?utm_expid=7&gclid=g1&yclid=y1&ymclid=m1&ef_id=e1&cm_id=c1&page=2"
        "&utm_source=yandex&utm_term=%D0%BE%D0%BA%D0%BD%D0%B0"
    )
    assert (visit.utm_source, visit.utm_term, visit.utm_expid, visit.utm_medium) == ("yandex", "окна", "7", None)
    assert (visit.gclid, visit.yclid, visit.ymclid, visit.ef_id, visit.cm_id) == ("g1", "y1", "m1", "e1", "c1")


async def test_openstat_marks_plain_and_in_base64(office: Office) -> None:
    site = a_site(office)
    text = "direct.yandex.ru;1015;204;yandex.ru:premium"
    for mark in (text, b64encode(text.encode()).decode().rstrip("=")):
        visit = a_visit(office, site, url=f"/?_openstat={mark}")
        found = (visit.openstat_service, visit.openstat_campaign, visit.openstat_ad, visit.openstat_source)
        assert found == ("direct.yandex.ru", "1015", "204", "yandex.ru:premium")
    assert a_visit(office, site, url="/?_openstat=%00").openstat_service is None


@pytest.mark.parametrize(
    ("arrival", "path"),
    [
        ({"url": "https://dveri.test/"}, "url"),
        ({"url": "ftp://okna.test/"}, "url"),
        ({"url": "https://notokna.test/"}, "url"),
        ({"url": "https://[bad/"}, "url"),
        ({"pages": ("/ok", "https://dveri.test/")}, "pages[1]"),
        ({"campaign": "Директ"}, "campaign"),
        ({"visitor": "12345"}, "visitor"),
        ({"visitor": " "}, "visitor"),
    ],
)
async def test_a_visit_that_cannot_be_leaves_nothing(office: Office, arrival: Any, path: str) -> None:
    site = a_site(office)
    with pytest.raises(BadRequest) as refused:
        a_visit(office, site, **arrival)
    assert refused.value.errors[0].path == path
    assert office.account.database.value("SELECT count(*) FROM visitors") == 0
    assert office.account.marketing.visits.all() == []


async def test_pages_of_subdomains_are_pages_of_the_site(office: Office) -> None:
    site = a_site(office)
    visit = a_visit(office, site, url="https://www.okna.test/", pages=("http://shop.okna.test/a", "b"))
    hits = [hit.url for hit in office.account.marketing.visits.hits_of(visit.id)]
    assert hits == ["https://www.okna.test/", "http://shop.okna.test/a", "https://okna.test/b"]


@pytest.mark.parametrize(
    ("referrer", "domain", "engine", "query"),
    [
        ("https://www.yandex.ru/search/?text=%D0%BE%D0%BA%D0%BD%D0%B0", "yandex.ru", "yandex", "окна"),
        ("https://www.google.com/search?q=windows", "google.com", "google.com", "windows"),
        ("https://mail.yandex.ru/lite", "mail.yandex.ru", None, None),
        ("https://forum.test/?q=a", "forum.test", None, None),
        ("not an address", None, None, None),
    ],
)
async def test_what_a_referrer_tells(
    office: Office, referrer: str, domain: str | None, engine: str | None, query: str | None
) -> None:
    visit = a_visit(office, a_site(office), referrer=referrer)
    found = (visit.referrer, visit.referrer_domain, visit.search_engine, visit.search_query)
    assert found == (referrer, domain, engine, query)


@pytest.mark.parametrize(
    ("arrival", "channel"),
    [
        ({}, "direct"),
        ({"url": "/?yclid=1", "utm": {"medium": "email"}}, "paid"),
        ({"utm": {"medium": "CPC"}}, "paid"),
        ({"utm": {"medium": "banner"}}, "display"),
        ({"utm": {"medium": "cpa"}}, "affiliate"),
        ({"utm": {"medium": "email"}, "referrer": "https://yandex.ru/"}, "email"),
        ({"utm": {"source": "vk", "medium": "social"}}, "social"),
        ({"referrer": "https://m.vk.com/wall"}, "social"),
        ({"referrer": "https://t.me/okna"}, "messenger"),
        ({"referrer": "https://mail.yandex.ru/"}, "email"),
        ({"referrer": "https://ya.ru/search?text=a"}, "organic"),
        ({"search_query": "купить окна"}, "organic"),
        ({"referrer": "https://shop.okna.test/"}, "internal"),
        ({"referrer": "https://forum.test/"}, "referral"),
        ({"utm": {"source": "partner", "medium": "unheard-of"}}, "referral"),
    ],
)
async def test_the_channel_of_a_visit(office: Office, arrival: Any, channel: str) -> None:
    assert a_visit(office, a_site(office), **arrival).channel == channel


async def test_who_returns_is_known_by_the_key_or_the_id(office: Office) -> None:
    site = a_site(office)
    about = {"device": "mobile", "city": "Казань", "ua_client_id": "35009a79-1a05"}
    first = a_visit(office, site, visitor="ivan", about=about)
    second = a_visit(office, site, visitor="ivan", about={"city": "Москва"})
    stranger = a_visit(office, site)
    again = a_visit(office, site, visitor=str(stranger.visitor_id))
    assert [each.visits_count for each in (first, second, stranger, again)] == [1, 2, 1, 2]
    assert [each.visitor_type for each in (first, second)] == ["Новый", "Вернувшийся"]
    assert second.visitor_id == first.visitor_id != stranger.visitor_id == again.visitor_id
    assert (second.device, second.city, second.ua_client_id) == ("mobile", "Москва", "35009a79-1a05")
    assert (stranger.device, stranger.city) == ("desktop", None)
    visits = office.account.marketing.visits
    assert visits.visitor_key(first.visitor_id) == "ivan"
    assert visits.visitor_key(stranger.visitor_id) == str(stranger.visitor_id)


async def test_an_unknown_visit_has_no_further_pages(office: Office) -> None:
    site = a_site(office)
    visit = a_visit(office, site)
    marketing = office.account.marketing
    with pytest.raises(NotFound):
        marketing.open_page(visit.id + 1, "/")
    with pytest.raises(BadRequest):
        marketing.open_page(visit.id, "https://dveri.test/")
    assert len(marketing.visits.hits_of(visit.id)) == 1


ORIGIN = {
    "site_domain_name": "okna.test",
    "campaign_name": "Директ",
    "visit_other_campaign": False,
    "visitor_type": "Новый",
    "visits_count": 1,
    "visitor_first_campaign_name": "Директ",
    "visitor_city": "Казань",
    "visitor_region": "Татарстан",
    "visitor_country": "Россия",
    "visitor_device": "tablet",
    "ua_client_id": "35009a79-1a05",
    "ym_client_id": "16",
    "search_query": "купить окна",
    "search_engine": "yandex",
    "referrer_domain": "yandex.ru",
    "referrer": "https://yandex.ru/search?text=купить+окна",
    "communication_page_url": "https://okna.test/contacts",
    "gclid": None,
    "yclid": "y1",
    "ymclid": None,
    "ef_id": None,
    "channel": "paid",
    "utm_source": "yandex",
    "utm_medium": "cpc",
    "utm_term": "окна",
    "utm_content": "banner2",
    "utm_campaign": "spring",
    "openstat_ad": "c",
    "openstat_campaign": "b",
    "openstat_service": "a",
    "openstat_source": "d",
    "eq_utm_source": "yandex",
    "eq_utm_expid": None,
    "source_id": None,
    "source_name": "Директ",
    "source_new": "yandex",
    "channel_new": "Платный трафик",
    "channel_code": "paid",
    "visitor_custom_properties": [],
    "segments": [],
}


async def test_a_call_shows_where_it_came_from(office: Office) -> None:
    """FIELD-04…09, FIELD-14, FIELD-15."""
    site = a_site(office)
    campaign = a_campaign(office, site)
    about = {
        "city": "Казань",
        "region": "Татарстан",
        "country": "Россия",
        "device": "tablet",
        "ua_client_id": "35009a79-1a05",
        "ym_client_id": "16",
    }
    visit = a_visit(
        office,
        site,
        url="/?_openstat=a;b;c;d&yclid=y1",
        utm=YANDEX,
        campaign="Директ",
        referrer="https://yandex.ru/search?text=купить+окна",
        about=about,
        pages=("/contacts",),
    )
    a_call_to(office, POOL[0])
    await office.pass_time(5)
    office.account.marketing.open_page(visit.id, "/later")
    fields = [*ORIGIN, "site_id", "campaign_id", "visitor_id", "visitor_session_id", "visitor_first_campaign_id"]
    [row] = await office.report(fields=[*fields, "entrance_page"], include_ongoing_calls=True)
    ids = {
        "site_id": site.id,
        "campaign_id": campaign,
        "visitor_id": visit.visitor_id,
        "visitor_session_id": visit.id,
        "visitor_first_campaign_id": campaign,
        "entrance_page": visit.entrance_page,
    }
    assert row == {**ORIGIN, **ids}


async def test_a_call_from_nowhere_shows_nothing(office: Office) -> None:
    a_call_to(office, MAIN)
    [row] = await office.report(fields=list(ORIGIN), include_ongoing_calls=True)
    empty = {"visitor_type": "Не заполнен", "visitor_custom_properties": [], "segments": []}
    assert row == {**dict.fromkeys(ORIGIN), **empty}


async def test_a_call_to_a_static_number_has_the_static_marks_of_its_campaign(office: Office) -> None:
    site = a_site(office)
    a_static_number(office, site, a_campaign(office, site, static_utm={"source": "billboard"}))
    a_call_to(office, STATIC)
    fields = ["campaign_name", "utm_source", "eq_utm_source", "eq_utm_term", "visitor_type", "source_name", "channel"]
    [row] = await office.report(fields=fields, include_ongoing_calls=True)
    assert list(row.values()) == ["Директ", None, "billboard", None, "Не заполнен", "Директ", None]


async def test_a_visitor_of_two_campaigns(office: Office) -> None:
    site = a_site(office)
    first, second = a_campaign(office, site, "A"), a_campaign(office, site, "B")
    for campaign in (None, "A", "B"):
        a_visit(office, site, visitor="ivan", campaign=campaign)
        a_call_to(office, POOL[0])
    fields = ["campaign_id", "visit_other_campaign", "visitor_first_campaign_id", "visits_count", "visitor_type"]
    rows = await office.report(fields=fields, include_ongoing_calls=True)
    assert [tuple(row.values()) for row in rows] == [
        (None, True, first, 1, "Новый"),
        (first, True, first, 2, "Вернувшийся"),
        (second, True, first, 3, "Вернувшийся"),
    ]


async def test_calls_are_found_by_where_they_came_from(office: Office) -> None:
    site = a_site(office)
    a_visit(office, site, utm=YANDEX)
    a_visit(office, site)
    for number in (*POOL, MAIN):
        a_call_to(office, number)
    wanted = {"field": "utm_source", "operator": "=", "value": "yandex"}
    rows = await office.report(filter=wanted, fields=["virtual_phone_number"], include_ongoing_calls=True)
    assert rows == [{"virtual_phone_number": POOL[0][1:]}]


async def test_a_report_reads_communications_at_once_and_only_when_asked_for(office: Office) -> None:
    site = a_site(office)
    a_visit(office, site)
    for number in (POOL[0], POOL[0], MAIN):
        a_call_to(office, number)
    asked: list[str] = []
    office.account.database._connection.set_trace_callback(asked.append)
    await office.report(fields=["id", "direction"], include_ongoing_calls=True)
    plain = [each for each in asked if "visitor" in each or "FROM communications" in each]
    asked.clear()
    await office.report(fields=["id", "utm_source", "site_domain_name", "channel"], include_ongoing_calls=True)
    marketing = [each for each in asked if "visitor_sessions" in each or "FROM communications" in each]
    assert (len(plain), len(marketing)) == (0, 2), "all communications, and the one visit"
