"""Sites, campaigns with their conditions, and how the Data API lists them (facts §1.9)."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.core.errors import BadRequest, Conflict, NotFound
from emulator.telephony.account import SiteSpec
from emulator.telephony.marketing.conditions import Condition
from tests.unit.telephony.conftest import MAIN, Office
from tests.unit.telephony.visiting import (
    POOL,
    STATIC,
    a_call_to,
    a_campaign,
    a_site,
    a_static_number,
    a_visit,
    now_of,
    origin_of,
)


async def listed(office: Office, method: str, **params: Any) -> list[dict[str, Any]]:
    answer = await office.ask(method, **params)
    assert "error" not in answer, answer
    return list(answer["result"]["data"])


async def test_a_site_in_the_default_answer(office: Office) -> None:
    site = a_site(office)
    [row] = await listed(office, "get.sites")
    expected = {
        "id": site.id,
        "domain_name": "okna.test",
        "name": "okna.test",
        "creation_date": "2026-03-02 12:00:00",
        "target_call_min_duration": 30,
        "sales_enabled": False,
        "second_communication_period": 1,
        "cookie_lifetime": 90,
        "services_enabled": True,
        "state": "work",
        "default_phone_number": None,
        "site_blocks": [{"site_block_id": site.id, "site_block_name": "Основной"}],
    }
    assert {key: row[key] for key in expected} == expected
    assert len(row["site_key"]) == 32


async def test_sites_have_keys_of_their_own_and_can_be_filtered(office: Office) -> None:
    a_site(office)
    other = a_site(office, "other", "dveri.test", pool=())
    rows = await listed(office, "get.sites")
    assert len({row["site_key"] for row in rows}) == 2
    assert len({row["app_key"] for row in rows}) == 1
    wanted = {"field": "domain_name", "operator": "=", "value": "dveri.test"}
    assert [row["id"] for row in await listed(office, "get.sites", filter=wanted)] == [other.id]


async def test_sales_are_counted_when_the_site_says_so(office: Office) -> None:
    site = a_site(office)
    sites = office.account.marketing.sites
    sites.change(site.id, {"sales_enabled": True, "name": "Окна", "second_communication_period": 7})
    assert sites.get(site.id).sales_enabled is True
    [row] = await listed(office, "get.sites", fields=["sales_enabled", "name", "second_communication_period"])
    assert row == {"sales_enabled": True, "name": "Окна", "second_communication_period": 7}


@pytest.mark.parametrize(
    ("key", "domain", "settings", "path"),
    [
        ("Main", "a.test", {}, "key"),
        ("", "a.test", {}, "key"),
        ("a", "https://a.test", {}, "domain"),
        ("a", "a", {}, "domain"),
        ("a", "A.test", {}, "domain"),
        ("a", "a..test", {}, "domain"),
        ("a", "a.test\n", {}, "domain"),
        ("a", "a.test", {"reservation_time": "7m"}, "reservation_time"),
        ("a", "a.test", {"target_call_min_duration": -1}, "target_call_min_duration"),
    ],
)
async def test_a_site_that_cannot_be(office: Office, key: str, domain: str, settings: Any, path: str) -> None:
    sites = office.account.marketing.sites
    with pytest.raises(BadRequest) as refused:
        sites.add(SiteSpec(key, domain), now_of(office), **settings)
    assert refused.value.errors[0].path == path
    assert sites.all() == []


async def test_names_that_are_taken(office: Office) -> None:
    site = a_site(office)
    sites, campaigns = office.account.marketing.sites, office.account.marketing.campaigns
    other = a_site(office, "other", "окна.рф", pool=())
    for spec in (SiteSpec("main", "b.test"), SiteSpec("third", "okna.test")):
        with pytest.raises(Conflict):
            sites.add(spec, now_of(office))
    with pytest.raises(Conflict):
        sites.change(other.id, {"domain_name": "okna.test"})
    sites.change(site.id, {"domain_name": "okna.test"})
    first = a_campaign(office, site)
    a_campaign(office, other)
    with pytest.raises(Conflict):
        a_campaign(office, site)
    second = a_campaign(office, site, "Google")
    with pytest.raises(Conflict):
        campaigns.change(second, {"name": "Директ"})
    campaigns.change(first, {"name": "Директ"})


async def test_unknown_ones_are_named(office: Office) -> None:
    site = a_site(office)
    a_campaign(office, site)
    marketing = office.account.marketing
    with pytest.raises(BadRequest, match="main"):
        marketing.sites.keyed("mian", "site")
    with pytest.raises(BadRequest, match="Директ"):
        marketing.campaigns.named(site.id, "Дирек", "campaign")
    for get in (marketing.sites.get, marketing.campaigns.get, marketing.visits.get, marketing.origin_of_session):
        with pytest.raises(NotFound):
            get(1)


async def test_a_campaign_in_the_default_answer(office: Office) -> None:
    site = a_site(office)
    groups = ((Condition("utm_source", "yandex"), Condition("city", "Москва", "sub", "exclude")),)
    campaign = a_campaign(office, site, groups=groups, static_utm={"source": "billboard"}, description="Весна")
    a_static_number(office, site, campaign)
    [row] = await listed(office, "get.campaigns")
    number = office.account.staff.virtual_number(STATIC)
    assert number is not None
    assert row == {
        "id": campaign,
        "name": "Директ",
        "description": "Весна",
        "status": "active",
        "creation_time": "2026-03-02 12:00:00",
        "campaign_conditions": {
            "group_conditions": [
                [
                    {"campaign_parameter": "utm_source", "value": "yandex", "operator": "=", "type": "include"},
                    {"campaign_parameter": "city", "value": "Москва", "operator": "sub", "type": "exclude"},
                ]
            ]
        },
        "engine": None,
        "type": "basic",
        "costs": None,
        "cost_ratio": 1,
        "cost_ratio_operator": "wo_changes",
        "site_id": site.id,
        "site_domain_name": "okna.test",
        "site_blocks": [
            {
                "site_block_id": site.id,
                "site_block_name": "Основной",
                "phone_number_type": "call_tracking",
                "phone_number_id": number.id,
                "phone_number": "74951112260",
                "redirection_phone_number_id": None,
                "redirection_phone_number": None,
                "dynamic_call_tracking_enabled": True,
            }
        ],
        "dynamic_call_tracking_enabled": True,
        "dynamic_call_tracking": {
            "reservation_time": "15m",
            "count_virtual_numbers": 2,
            "count_visits": None,
            "coverage_visitors": None,
        },
    }
    [row] = await listed(office, "get.campaigns", fields=["static_utm_source", "static_utm_term"])
    assert row == {"static_utm_source": "billboard", "static_utm_term": None}


async def test_a_campaign_of_a_site_without_a_pool(office: Office) -> None:
    a_campaign(office, a_site(office, pool=()))
    [row] = await listed(office, "get.campaigns")
    assert (row["dynamic_call_tracking_enabled"], row["dynamic_call_tracking"]) == (False, {})
    assert row["site_blocks"][0]["phone_number"] is None


async def test_the_campaigns_of_a_number(office: Office) -> None:
    site = a_site(office, pool=POOL[:1])
    other = a_site(office, "other", "dveri.test", pool=())
    direct, google = a_campaign(office, site), a_campaign(office, site, "Google")
    a_campaign(office, other, "Двери")
    a_static_number(office, site, google)
    rows = await listed(office, "get.virtual_numbers", fields=["virtual_phone_number", "type", "campaigns"])
    shown = {row["virtual_phone_number"]: (row["type"], row["campaigns"]) for row in rows}
    block = {"site_id": site.id, "site_domain_name": "okna.test"}
    block["site_blocks"] = [{"site_block_id": site.id, "site_block_name": "Основной"}]  # type: ignore[assignment]
    of_direct = {"campaign_id": direct, "campaign_name": "Директ", **block}
    of_google = {"campaign_id": google, "campaign_name": "Google", **block}
    assert shown[POOL[0][1:]] == ("dynamic_call_tracking", [of_direct, of_google])
    assert shown[STATIC[1:]] == ("call_tracking", [of_google])
    assert shown[MAIN[1:]] == ("va", [])


YANDEX = Condition("utm_source", "yandex")
SPRING = Condition("utm_campaign", "spr", "sub")
NOT_SPRING = Condition("utm_campaign", "spr", "sub", "exclude")


@pytest.mark.parametrize(
    ("groups", "utm", "is_of"),
    [
        (((YANDEX,),), {"source": "yandex"}, True),
        (((YANDEX,),), {"source": "yandex.ru"}, False),
        (((YANDEX,),), {}, False),
        (((YANDEX, SPRING),), {"source": "yandex"}, False),
        (((YANDEX, SPRING),), {"source": "yandex", "campaign": "spring"}, True),
        (((YANDEX,), (SPRING,)), {"campaign": "spring"}, True),
        (((YANDEX, NOT_SPRING),), {"source": "yandex"}, True),
        (((YANDEX, NOT_SPRING),), {"source": "yandex", "campaign": "spring"}, False),
        ((), {"source": "yandex"}, False),
        (((),), {"source": "yandex"}, False),
    ],
)
async def test_a_visit_is_of_the_campaign_whose_conditions_hold(
    office: Office, groups: Any, utm: dict[str, str], is_of: bool
) -> None:
    site = a_site(office)
    campaign = a_campaign(office, site, groups=groups)
    assert a_visit(office, site, utm=utm).campaign_id == (campaign if is_of else None)


async def test_of_several_campaigns_the_first_active_one_of_the_site(office: Office) -> None:
    site, other = a_site(office), a_site(office, "other", "dveri.test", pool=())
    a_campaign(office, other, groups=((YANDEX,),))
    first = a_campaign(office, site, "A", groups=((YANDEX,),))
    second = a_campaign(office, site, "B", groups=((YANDEX,),))
    assert a_visit(office, site, utm={"source": "yandex"}).campaign_id == first
    office.account.marketing.campaigns.change(first, {"status": "inactive"})
    assert a_visit(office, site, utm={"source": "yandex"}).campaign_id == second


@pytest.mark.parametrize(
    ("parameter", "arrival"),
    [
        ("entrance_page", {"url": "/x-prices"}),
        ("referrer_domain", {"referrer": "https://x.test/a"}),
        ("referrer", {"referrer": "https://a.test/x"}),
        ("search_engine", {"search_engine": "x"}),
        ("search_query", {"search_query": "x окна"}),
        ("channel", {"utm": {"medium": "x"}, "referrer": "https://a.test"}),
        ("city", {"about": {"city": "x"}}),
        ("region", {"about": {"region": "x"}}),
        ("country", {"about": {"country": "x"}}),
        ("openstat_ad", {"url": "/?_openstat=a;b;x;d"}),
        ("ef_id", {"url": "/?ef_id=x"}),
    ],
)
async def test_what_a_condition_can_look_at(office: Office, parameter: Any, arrival: Any) -> None:
    site = a_site(office)
    value = "referral" if parameter == "channel" else "x"
    campaign = a_campaign(office, site, groups=((Condition(parameter, value, "sub"),),))
    assert a_visit(office, site).campaign_id is None
    assert a_visit(office, site, **arrival).campaign_id == campaign


async def test_a_new_name_shows_in_what_has_been(office: Office) -> None:
    site = a_site(office)
    campaign = a_campaign(office, site)
    a_visit(office, site, campaign="Директ")
    call = a_call_to(office, POOL[0])
    office.account.marketing.campaigns.change(campaign, {"name": "Яндекс.Директ"})
    assert origin_of(office, call).campaign_id == campaign
    assert office.account.communications.variables(call)["campaign_name"] == "Яндекс.Директ"


@pytest.mark.parametrize(("wanted", "path"), [({"name": " "}, "name"), ({"description": "x" * 256}, "description")])
async def test_a_campaign_that_cannot_be(office: Office, wanted: Any, path: str) -> None:
    site = a_site(office)
    with pytest.raises(BadRequest) as refused:
        a_campaign(office, site, **{"name": "Директ", **wanted})
    assert refused.value.errors[0].path == path
    assert office.account.marketing.campaigns.all() == []
