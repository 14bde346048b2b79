"""Where a communication came from, as columns of the reports (facts §1.6 "Marketing").

What stands in a `utm_` column is of the visit; the `eq_utm_` of a communication without a visit is the static mark of
its campaign. The vendor's new dictionary of sources is not served: `source_id` is null, the other `source_` and
`channel_` columns say in words what the visit tells.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from emulator.telephony.communications.ledger import Communication
from emulator.telephony.marketing.campaigns import Campaign
from emulator.telephony.marketing.channels import NAMES
from emulator.telephony.marketing.marketing import Marketing
from emulator.telephony.marketing.pages import UTM
from emulator.telephony.marketing.sessions import VisitorSession
from emulator.telephony.marketing.sites import Site

NO_VISITOR = "Не заполнен"
"""The visitor's type of a communication without a visit."""

_OF_VISIT = (
    "ua_client_id",
    "ym_client_id",
    "search_query",
    "search_engine",
    "referrer_domain",
    "referrer",
    "entrance_page",
    "gclid",
    "yclid",
    "ymclid",
    "ef_id",
    "channel",
    *(f"utm_{mark}" for mark in UTM),
    *(f"openstat_{mark}" for mark in ("ad", "campaign", "service", "source")),
)
"""Columns that are called as the visit calls them."""


class Origins:
    """Where the communications that began in [since, until) came from; each part is read when first asked for."""

    def __init__(self, marketing: Marketing, since: int, until: int) -> None:
        self._marketing = marketing
        self._span = since, until

    def site(self, site_id: int | None) -> Site | None:
        return None if site_id is None else self._sites.get(site_id)

    def campaign(self, campaign_id: int | None) -> Campaign | None:
        return None if campaign_id is None else self._campaigns.get(campaign_id)

    def visit(self, session_id: int | None) -> VisitorSession | None:
        return None if session_id is None else self._visits.get(session_id)

    def campaigns_of(self, visitor_id: int) -> list[int]:
        """The campaigns by which a visitor came, in the order of the first visit by each."""
        return self._campaigns_of.get(visitor_id, [])

    def first_campaign(self, visitor_id: int | None) -> Campaign | None:
        if visitor_id is None:
            return None
        return self.campaign(next(iter(self.campaigns_of(visitor_id)), None))

    def page(self, communication: Communication) -> str | None:
        """The page at which the visitor was, or had been last, when the communication began."""
        return self._pages.get(communication.id)

    @cached_property
    def _sites(self) -> dict[int, Site]:
        return {site.id: site for site in self._marketing.sites.all()}

    @cached_property
    def _campaigns(self) -> dict[int, Campaign]:
        return {campaign.id: campaign for campaign in self._marketing.campaigns.all()}

    @cached_property
    def _visits(self) -> dict[int, VisitorSession]:
        return self._marketing.visits.of_communications(*self._span)

    @cached_property
    def _campaigns_of(self) -> dict[int, list[int]]:
        return self._marketing.visits.campaigns_of_visitors(*self._span)

    @cached_property
    def _pages(self) -> dict[int, str]:
        return self._marketing.visits.pages_of_communications(*self._span)


VisitColumn = Callable[[Origins, VisitorSession], Any]
OriginColumn = Callable[[Origins, Communication], Any]


def _as_called(name: str) -> VisitColumn:
    return lambda _, visit: getattr(visit, name)


def _site_domain(origins: Origins, site_id: int | None) -> str | None:
    site = origins.site(site_id)
    return site.domain_name if site else None


def _campaign_name(origins: Origins, campaign_id: int | None) -> str | None:
    campaign = origins.campaign(campaign_id)
    return campaign.name if campaign else None


def _source_group(visit: VisitorSession) -> str:
    return visit.utm_source or visit.search_engine or visit.referrer_domain or NAMES[visit.channel]


VISIT_COLUMNS: dict[str, VisitColumn] = {
    "site_id": lambda _, visit: visit.site_id,
    "site_domain_name": lambda origins, visit: _site_domain(origins, visit.site_id),
    "campaign_id": lambda _, visit: visit.campaign_id,
    "campaign_name": lambda origins, visit: _campaign_name(origins, visit.campaign_id),
    "visitor_id": lambda _, visit: visit.visitor_id,
    "visitor_type": lambda _, visit: visit.visitor_type,
    "visits_count": lambda _, visit: visit.visits_count,
    "visitor_city": lambda _, visit: visit.city,
    "visitor_region": lambda _, visit: visit.region,
    "visitor_country": lambda _, visit: visit.country,
    "visitor_device": lambda _, visit: visit.device,
    **{name: _as_called(name) for name in _OF_VISIT},
    "source_id": lambda _origins, _visit: None,
    "source_name": lambda origins, visit: _campaign_name(origins, visit.campaign_id) or _source_group(visit),
    "source_new": lambda _, visit: _source_group(visit),
    "channel_new": lambda _, visit: NAMES[visit.channel],
    "channel_code": lambda _, visit: visit.channel,
    "visitor_custom_properties": lambda _origins, _visit: [],
    "segments": lambda _origins, _visit: [],
}
"""Of a visit, whether anybody called or not."""


def _by_visit(column: VisitColumn, without: Any = None) -> OriginColumn:
    """The column of the communication's visit; `without` one the value is this."""

    def value(origins: Origins, communication: Communication) -> Any:
        visit = origins.visit(communication.visitor_session_id)
        return without if visit is None else column(origins, visit)

    return value


def _eq_utm(mark: str) -> OriginColumn:
    def value(origins: Origins, communication: Communication) -> str | None:
        visit = origins.visit(communication.visitor_session_id)
        if visit is not None:
            return getattr(visit, f"utm_{mark}")  # type: ignore[no-any-return]
        campaign = origins.campaign(communication.campaign_id)
        return campaign.static_utm[mark] if campaign else None

    return value


def _visited_others(origins: Origins, communication: Communication) -> bool | None:
    """Whether the visitor has come by another campaign than this one."""
    if communication.visitor_id is None:
        return None
    return any(each != communication.campaign_id for each in origins.campaigns_of(communication.visitor_id))


def _first_campaign_id(origins: Origins, communication: Communication) -> int | None:
    campaign = origins.first_campaign(communication.visitor_id)
    return campaign.id if campaign else None


def _first_campaign_name(origins: Origins, communication: Communication) -> str | None:
    campaign = origins.first_campaign(communication.visitor_id)
    return campaign.name if campaign else None


def _source_name(origins: Origins, communication: Communication) -> str | None:
    visit = origins.visit(communication.visitor_session_id)
    return _campaign_name(origins, communication.campaign_id) or (_source_group(visit) if visit else None)


ORIGIN_COLUMNS: dict[str, OriginColumn] = {
    **{name: _by_visit(column) for name, column in VISIT_COLUMNS.items()},
    "site_id": lambda _, row: row.site_id,
    "site_domain_name": lambda origins, row: _site_domain(origins, row.site_id),
    "campaign_id": lambda _, row: row.campaign_id,
    "campaign_name": lambda origins, row: _campaign_name(origins, row.campaign_id),
    "visit_other_campaign": _visited_others,
    "visitor_id": lambda _, row: row.visitor_id,
    "visitor_type": _by_visit(VISIT_COLUMNS["visitor_type"], NO_VISITOR),
    "visitor_session_id": lambda _, row: row.visitor_session_id,
    "visitor_first_campaign_id": _first_campaign_id,
    "visitor_first_campaign_name": _first_campaign_name,
    "communication_page_url": lambda origins, row: origins.page(row),
    **{f"eq_utm_{mark}": _eq_utm(mark) for mark in UTM},
    "source_name": _source_name,
    "visitor_custom_properties": lambda _origins, _row: [],
    "segments": lambda _origins, _row: [],
}
"""Of a communication, for every report that shows some."""
