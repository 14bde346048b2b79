"""Sites, numbers and visits of the office, made in a line."""

from __future__ import annotations

from typing import Any

from emulator.core.instants import micros
from emulator.telephony.account import NumberSpec, SiteSpec
from emulator.telephony.marketing.origin import Origin
from emulator.telephony.marketing.sessions import Arrival, VisitorSession
from emulator.telephony.marketing.sites import Site
from tests.unit.telephony.conftest import CONTACT, Office

POOL = ("+74951112250", "+74951112251")
"""Dynamic numbers of the site."""
STATIC = "+74951112260"
YANDEX = {"source": "yandex", "medium": "cpc", "campaign": "spring", "term": "окна", "content": "banner2"}


def now_of(office: Office) -> int:
    return micros(office.ground.clock.now())


def a_number(office: Office, number: str) -> int:
    return office.account.staff.numbers.add(NumberSpec(number, number[-4:]))


def a_site(office: Office, key: str = "main", domain: str = "okna.test", pool: tuple[str, ...] = POOL) -> Site:
    marketing = office.account.marketing
    site_id = marketing.sites.add(SiteSpec(key, domain), now_of(office))
    for number in pool:
        marketing.numbers.track_visitors(a_number(office, number), site_id)
    return marketing.sites.get(site_id)


def a_campaign(office: Office, site: Site, name: str = "Директ", **wanted: Any) -> int:
    return office.account.marketing.campaigns.add(site.id, name, now_of(office), **wanted)


def a_static_number(office: Office, site: Site, campaign_id: int) -> None:
    number_id = a_number(office, STATIC)
    office.account.marketing.numbers.track_campaign(number_id, campaign_id, site.id)


def a_visit(office: Office, site: Site, **arrival: Any) -> VisitorSession:
    visits = office.account.marketing.visits
    return visits.get(visits.begin(site, Arrival(**arrival), now_of(office)))


def number_of(office: Office, visit: VisitorSession) -> str | None:
    """What the visit sees now."""
    shown = office.account.marketing.numbers.shown_to(visit.id, now_of(office))
    return shown[0] if shown else None


def a_call_to(office: Office, number: str, contact: str | None = CONTACT) -> int:
    """The id of the communication that a call is."""
    call = office.account.calls.place("in", contact, number)
    return office.account.calls.get(call).communication_id


def origin_of(office: Office, communication_id: int) -> Origin:
    row = office.account.communications.get(communication_id)
    return Origin(row.site_id, row.campaign_id, row.visitor_id, row.visitor_session_id)
