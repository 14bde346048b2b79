"""Sites of a world, with «Учитывать продажи»: what a marketer sets up in the account settings."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from emulator.core.errors import NotFound
from emulator.core.instants import micros
from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, world_of
from emulator.stand.world import World
from emulator.telephony.account import SiteSpec
from emulator.telephony.marketing.sites import ReservationTime, SecondCommunicationPeriod, Site

DEFAULT_SITE = "main"


class SiteChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PATCH …/sites/{site}: what is to change."""

    domain: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    count_sales: bool | UnsetType = UNSET
    second_communication_period: SecondCommunicationPeriod | UnsetType = UNSET
    target_call_min_duration: int | UnsetType = UNSET
    reservation_time: ReservationTime | UnsetType = UNSET

    def changes(self) -> dict[str, Any]:
        """Under the names of `Site`."""
        renamed = {"domain": "domain_name", "count_sales": "sales_enabled"}
        given: dict[str, Any] = msgspec.to_builtins(self)
        return {renamed.get(name, name): value for name, value in given.items() if name != "key"}


class SiteRequest(SiteChange, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST …/sites."""

    key: str
    domain: str


async def listing(request: web.Request) -> web.Response:
    world = world_of(request)
    return json_response({"sites": [_body(world, site) for site in world.telephony.marketing.sites.all()]})


async def create(request: web.Request) -> web.Response:
    world = world_of(request)
    asked = await body_as(request, SiteRequest)
    settings = asked.changes()
    spec = SiteSpec(asked.key, settings.pop("domain_name"), settings.pop("name", ""))
    sites = world.telephony.marketing.sites
    return json_response(_body(world, sites.get(sites.add(spec, micros(world.ground.clock.now()), **settings))), 201)


async def change(request: web.Request) -> web.Response:
    world = world_of(request)
    asked = await body_as(request, SiteChange)
    sites = world.telephony.marketing.sites
    site = _site_in_path(world, request.match_info["site"])
    sites.change(site.id, asked.changes())
    return json_response(_body(world, sites.get(site.id)))


def _site_in_path(world: World, key: str) -> Site:
    """Raises NotFound naming the sites that there are."""
    sites = world.telephony.marketing.sites.all()
    found = next((site for site in sites if site.key == key), None)
    if found is None:
        raise NotFound(f"no site {key[:80]}; there are {', '.join(site.key for site in sites)}")
    return found


def _body(world: World, site: Site) -> dict[str, Any]:
    tracking = world.telephony.marketing.numbers.all()
    pool = {each.virtual_number_id for each in tracking.values() if (each.site_id, each.campaign_id) == (site.id, None)}
    return {
        "key": site.key,
        "id": site.id,
        "domain": site.domain_name,
        "name": site.name,
        "count_sales": site.sales_enabled,
        "second_communication_period": site.second_communication_period,
        "target_call_min_duration": site.target_call_min_duration,
        "reservation_time": site.reservation_time,
        "pool": [number.number for number in world.telephony.virtual_numbers if number.id in pool],
    }


ROUTES: Routes = [
    ("GET", "/worlds/{world}/sites", listing),
    ("POST", "/worlds/{world}/sites", create),
    ("PATCH", "/worlds/{world}/sites/{site}", change),
]
