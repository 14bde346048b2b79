"""A visit: how it begins, what a row keeps of it, and the pages that it opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ABOUT = ("device", "city", "region", "country", "ip", "ua_client_id", "ym_client_id")
"""What is known of a visitor; a visit that does not say it is as the one before."""


@dataclass(frozen=True)
class Arrival:
    """Somebody opens a page of a site.

    `visitor` is the key or the id of who comes; a key that was not seen before is somebody new, and so is None. `url`
    and `pages` are addresses of the site, whole or from their `/`. `utm` are marks by their names without `utm_`, which
    go into the address. `campaign` is the name of the one that the visit is of, whatever the conditions say. `about`
    has keys of `ABOUT`.
    """

    visitor: str | None = None
    url: str = "/"
    utm: Mapping[str, str] = field(default_factory=dict)
    referrer: str | None = None
    search_engine: str | None = None
    search_query: str | None = None
    campaign: str | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    pages: tuple[str, ...] = ()


@dataclass(frozen=True)
class VisitorSession:
    """A visit. `visits_count` counts the visits of its visitor from 1; `started_at` is in microseconds."""

    id: int
    visitor_id: int
    site_id: int
    campaign_id: int | None
    visits_count: int
    started_at: int
    entrance_page: str
    channel: str
    referrer: str | None
    referrer_domain: str | None
    search_engine: str | None
    search_query: str | None
    utm_source: str | None
    utm_medium: str | None
    utm_campaign: str | None
    utm_term: str | None
    utm_content: str | None
    utm_referrer: str | None
    utm_expid: str | None
    openstat_service: str | None
    openstat_campaign: str | None
    openstat_ad: str | None
    openstat_source: str | None
    gclid: str | None
    yclid: str | None
    ymclid: str | None
    ef_id: str | None
    cm_id: str | None
    device: str
    city: str | None
    region: str | None
    country: str | None
    ip: str | None
    ua_client_id: str | None
    ym_client_id: str | None

    @property
    def visitor_type(self) -> str:
        """As the reports call it."""
        return "Новый" if self.visits_count == 1 else "Вернувшийся"


@dataclass(frozen=True)
class Hit:
    """A page that a visit opened, at a time in microseconds."""

    visitor_session_id: int
    at: int
    url: str
