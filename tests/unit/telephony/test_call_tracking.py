"""Call-tracking numbers: whose call it is, and what its events say of that (FEAT-09, FIELD-04…18, contract §3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.telephony.marketing.origin import UNKNOWN, Origin
from tests.unit.telephony.conftest import CONTACT, MAIN, Office
from tests.unit.telephony.visiting import (
    POOL,
    STATIC,
    YANDEX,
    a_call_to,
    a_campaign,
    a_number,
    a_site,
    a_static_number,
    a_visit,
    number_of,
    origin_of,
)

MINUTE = 60


async def test_a_call_to_a_dynamic_number_is_of_the_visit_that_sees_it(office: Office) -> None:
    site = a_site(office)
    campaign = a_campaign(office, site)
    one, other = (a_visit(office, site, utm=YANDEX, campaign="Директ"), a_visit(office, site))
    assert (number_of(office, one), number_of(office, other)) == POOL
    assert origin_of(office, a_call_to(office, POOL[0])) == Origin(site.id, campaign, one.visitor_id, one.id)
    assert origin_of(office, a_call_to(office, POOL[1])) == Origin(site.id, None, other.visitor_id, other.id)


@pytest.mark.parametrize(("seconds", "is_theirs"), [(0, True), (15 * MINUTE - 0.001, True), (15 * MINUTE, False)])
async def test_a_number_is_theirs_for_the_reservation_time(office: Office, seconds: float, is_theirs: bool) -> None:
    site = a_site(office)
    visit = a_visit(office, site)
    await office.pass_time(seconds)
    assert number_of(office, visit) == (POOL[0] if is_theirs else None)
    origin = Origin(site.id, None, visit.visitor_id, visit.id) if is_theirs else Origin(site.id)
    assert origin_of(office, a_call_to(office, POOL[0])) == origin


async def test_the_site_says_how_long_a_number_is_reserved(office: Office) -> None:
    site = a_site(office)
    office.account.marketing.sites.change(site.id, {"reservation_time": "1h"})
    visit = a_visit(office, office.account.marketing.sites.get(site.id))
    await office.pass_time(60 * MINUTE - 1)
    assert number_of(office, visit) == POOL[0]
    await office.pass_time(1)
    assert number_of(office, visit) is None


async def test_a_dynamic_number_that_nobody_saw_tells_the_site_only(office: Office) -> None:
    site = a_site(office)
    assert origin_of(office, a_call_to(office, POOL[0])) == Origin(site.id)


async def test_nobody_takes_a_number_that_is_reserved(office: Office) -> None:
    site = a_site(office)
    visits = [a_visit(office, site) for _ in range(3)]
    assert [number_of(office, visit) for visit in visits] == [*POOL, None]
    await office.pass_time(15 * MINUTE)
    late = a_visit(office, site)
    assert number_of(office, late) == POOL[0]


async def test_a_page_keeps_the_number_for_longer_and_takes_one_that_came_free(office: Office) -> None:
    site = a_site(office)
    first, _, without = [a_visit(office, site) for _ in range(3)]
    await office.pass_time(10 * MINUTE)
    office.account.marketing.open_page(first.id, "/prices")
    await office.pass_time(10 * MINUTE)
    assert number_of(office, first) == POOL[0]
    office.account.marketing.open_page(without.id, "/prices")
    assert number_of(office, without) == POOL[1]


async def test_who_returns_sees_the_same_number_and_calls_from_the_new_visit(office: Office) -> None:
    site = a_site(office)
    first = a_visit(office, site, visitor="ivan")
    a_visit(office, site, visitor="petr")
    await office.pass_time(20 * MINUTE)
    a_visit(office, site, visitor="petr")
    again = a_visit(office, site, visitor="ivan")
    assert number_of(office, again) == POOL[0]
    assert number_of(office, first) is None
    assert origin_of(office, a_call_to(office, POOL[0])) == Origin(site.id, None, first.visitor_id, again.id)


async def test_each_site_has_a_pool_of_its_own(office: Office) -> None:
    site, other = a_site(office), a_site(office, "other", "dveri.test", pool=())
    assert number_of(office, a_visit(office, other)) is None
    assert number_of(office, a_visit(office, site)) == POOL[0]


async def test_a_static_number_has_a_campaign_and_no_visit(office: Office) -> None:
    """FIELD-18.b."""
    site = a_site(office)
    campaign = a_campaign(office, site)
    a_static_number(office, site, campaign)
    a_visit(office, site, campaign="Директ")
    call = a_call_to(office, STATIC)
    assert origin_of(office, call) == Origin(site.id, campaign)
    assert office.account.calls.list()[-1].to == STATIC
    [row] = await office.report(include_ongoing_calls=True)
    assert row["source"] == "call_tracking"


async def test_a_number_that_tracks_no_more_tells_nothing(office: Office) -> None:
    a_site(office)
    number = office.account.staff.virtual_number(POOL[0])
    assert number is not None
    office.account.marketing.numbers.untrack(number.id)
    assert origin_of(office, a_call_to(office, POOL[0])) == UNKNOWN


async def test_a_number_moves_from_the_pool_to_a_campaign_and_forgets_who_saw_it(office: Office) -> None:
    site = a_site(office)
    a_visit(office, site)
    number = office.account.staff.virtual_number(POOL[0])
    assert number is not None
    campaign = a_campaign(office, site)
    office.account.marketing.numbers.track_campaign(number.id, campaign, site.id)
    assert origin_of(office, a_call_to(office, POOL[0])) == Origin(site.id, campaign)
    assert number_of(office, a_visit(office, site)) == POOL[1]


async def test_an_ordinary_call_has_no_origin_and_that_costs_no_sql(office: Office) -> None:
    site = a_site(office)
    a_visit(office, site)
    number = office.account.staff.virtual_number(MAIN)
    assert number is not None
    call = a_call_to(office, MAIN)
    assert origin_of(office, call) == UNKNOWN
    asked = statements(office)
    assert office.account.marketing.origin_of_call(number, CONTACT, 0) == UNKNOWN
    assert office.account.communications.variables(call) == {}
    assert asked == []
    office.account.communications.variables(call + 1)
    assert len(asked) == 1, "the counting works"


def statements(office: Office) -> list[str]:
    """The statements from now on."""
    asked: list[str] = []
    office.account.database._connection.set_trace_callback(asked.append)
    return asked


async def test_the_events_of_a_call_say_what_is_known(connected: Office) -> None:
    site = a_site(connected)
    campaign = a_campaign(connected, site)
    visit = a_visit(
        connected,
        site,
        utm=YANDEX,
        campaign="Директ",
        search_engine="yandex",
        search_query="купить окна",
        about={"ua_client_id": "35009a79-1a05"},
    )
    call = connected.account.calls.place("in", CONTACT, POOL[0])
    await connected.play(call, [(0, "ring", {"who": "anna"}), (5, "answer", {"who": "anna"})])
    told = {
        "visitor_session_id": visit.id,
        "visitor_id": visit.visitor_id,
        "site_id": site.id,
        "site_domain_name": "okna.test",
        "campaign_id": campaign,
        "campaign_name": "Директ",
        "search_query": "купить окна",
        "search_engine": "yandex",
        "entrance_page": visit.entrance_page,
        "ua_client_id": "35009a79-1a05",
        "utm_source": "yandex",
        "utm_medium": "cpc",
        "utm_campaign": "spring",
        "utm_term": "окна",
        "utm_content": "banner2",
    }
    unknown = ("referrer", "ym_client_id", "utm_referrer", "utm_expid")
    assert len(connected.receiver.bodies) == 3
    for body in connected.receiver.bodies:
        assert {key: body.get(key) for key in told} == told
        assert not any(key in body for key in unknown)


async def test_the_events_of_other_calls(connected: Office) -> None:
    site = a_site(connected)
    a_static_number(connected, site, a_campaign(connected, site))
    for number in (STATIC, POOL[0], MAIN):
        connected.account.calls.place("in", CONTACT, number)
        await connected.settle()
    marks = ("site_domain_name", "campaign_name", "visitor_session_id", "utm_source")
    said = {body["virtual_phone_number"]: [body.get(mark) for mark in marks] for body in connected.receiver.bodies}
    assert said == {
        STATIC: ["okna.test", "Директ", None, None],
        POOL[0]: ["okna.test", None, None, None],
        MAIN: [None] * 4,
    }


async def test_an_id_that_is_used_again_after_a_rollback_has_its_own_origin(connected: Office) -> None:
    site = a_site(connected)
    visit = a_visit(connected, site)
    connected.account.calls.rehearse("in", CONTACT, MAIN, [(0, "ring", {"who": connected.id_of("anna")})])
    tracked = a_call_to(connected, POOL[0])
    assert connected.account.communications.variables(tracked)["visitor_session_id"] == visit.id
    connected.account.calls.rehearse("in", CONTACT, POOL[0], [(0, "ring", {"who": connected.id_of("anna")})])
    assert connected.account.communications.variables(a_call_to(connected, MAIN)) == {}


async def test_an_id_that_is_used_again_after_a_restore_has_its_own_origin(office: Office) -> None:
    site = a_site(office)
    visit = a_visit(office, site)
    with_tracked = a_call_to(office, POOL[0])
    kept = office.account.database.snapshot()
    number = office.account.staff.virtual_number(POOL[0])
    assert number is not None
    office.account.database.execute("DELETE FROM sessions")
    office.account.database.execute("DELETE FROM communications")
    office.account.database.execute("UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'communications'")
    assert a_call_to(office, MAIN) == with_tracked
    assert office.account.communications.variables(with_tracked) == {}
    office.account.database.restore(kept)
    kept.close()
    assert office.account.communications.variables(with_tracked)["visitor_session_id"] == visit.id


async def test_the_origin_of_a_visit(office: Office) -> None:
    site = a_site(office)
    campaign = a_campaign(office, site)
    visit = a_visit(office, site, campaign="Директ")
    marketing = office.account.marketing
    assert marketing.origin_of_session(visit.id) == Origin(site.id, campaign, visit.visitor_id, visit.id)
    assert marketing.visits.find(visit.id + 1) is None


async def test_all_of_it_is_there_again_when_the_account_is_opened_again(office: Office, tmp_path: Path) -> None:
    await office.account.close()
    office.accounts.remove(office.account)
    office.open(tmp_path / "telephony.db")
    site = a_site(office)
    visit = a_visit(office, site, visitor="ivan")
    await office.account.close()
    office.accounts.remove(office.account)
    office.open(tmp_path / "telephony.db")
    assert origin_of(office, a_call_to(office, POOL[0])).visitor_session_id == visit.id
    assert a_visit(office, site, visitor="ivan").visits_count == 2


async def test_a_number_can_be_added_to_the_pool(office: Office) -> None:
    site = a_site(office, pool=())
    assert number_of(office, a_visit(office, site)) is None
    office.account.marketing.numbers.track_visitors(a_number(office, POOL[0]), site.id)
    assert number_of(office, a_visit(office, site)) == POOL[0]
