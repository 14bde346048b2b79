"""Visitors of the sites: what they do there, and the sites, campaigns and numbers that they see."""

from __future__ import annotations

from typing import Any

from features.driver.requests import Json, Requests


class Visitors(Requests):
    """What happens on the sites."""

    async def visitor_comes(self, site: str, visitor: str, **about: Any) -> Json:
        """A visit to a site by whoever the visitor is, with what the body of a visit may say (docs/telephony.md)."""
        return await self._control("POST", "/visits", {"site": site, "visitor": visitor, **about})

    async def visits(self) -> list[Json]:
        """All visits, in the order in which they began."""
        return list((await self._control("GET", "/visits"))["visits"])

    async def visitor_sends_form(self, phone: str, site: str) -> Json:
        """Somebody fills in a form on a site and leaves their number."""
        return await self.form_is_sent(site, phone=phone)

    async def form_is_sent(self, site: str, **filled_in: str) -> Json:
        """A form on a site: `name`, `phone`, `email`, `message`, and its `kind`: request, callback or lead."""
        return await self._control("POST", "/forms", {"site": site, **filled_in})

    # What there is to see

    async def site_opens(self, key: str, domain: str, number: str) -> None:
        """A further site, whose visitors see the number."""
        await self._control("POST", "/sites", {"key": key, "domain": domain})
        await self._control("POST", "/numbers", {"number": number, "name": key, "site": key})

    async def campaign_opens(self, name: str) -> None:
        """An advertising campaign of the site; visits say themselves that they come from it."""
        await self._control("POST", "/campaigns", {"name": name})

    async def number_opens(self, number: str, name: str) -> None:
        """A further number of the company, which tracks nothing."""
        await self._control("POST", "/numbers", {"number": number, "name": name})

    async def number_belongs_to(self, key: str, campaign: str) -> None:
        """The number is the one that the campaign shows, and tracks that it was called."""
        await self._control("PUT", f"/numbers/{key}/tracking", {"campaign": campaign})

    async def count_sales(self, site: str, *, on: bool) -> Json:
        """Switch «Учитывать продажи» of a site."""
        return await self._control("PATCH", f"/sites/{site}", {"count_sales": on})
