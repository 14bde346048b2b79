"""Sites with «Учитывать продажи», and their campaigns: what a marketer sets up in the account settings."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from emulator.core.errors import NotFound
from emulator.core.instants import micros
from emulator.core.parsing import number_in
from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, world_of
from emulator.stand.world import World
from emulator.telephony.account import SiteSpec
from emulator.telephony.marketing.campaigns import Campaign
from emulator.telephony.marketing.conditions import Condition, Groups, Parameter
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


class Utm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """UTM marks by their names without `utm_`."""

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    term: str | None = None
    content: str | None = None

    def given(self) -> dict[str, str]:
        known: dict[str, str] = msgspec.to_builtins(self)
        return known


class ConditionRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    parameter: Parameter
    value: str
    operator: Literal["=", "sub"] = "="
    type: Literal["include", "exclude"] = "include"

    def condition(self) -> Condition:
        return Condition(self.parameter, self.value, self.operator, self.type)


Group = Annotated[list[ConditionRequest], msgspec.Meta(min_length=1, max_length=50)]
GroupsRequest = Annotated[list[Group], msgspec.Meta(max_length=30)]


class CampaignChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PATCH …/campaigns/{campaign}: `utm` and `conditions` together replace all conditions."""

    name: str | UnsetType = UNSET
    status: Literal["active", "inactive"] | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    utm: Utm | UnsetType = UNSET
    conditions: GroupsRequest | UnsetType = UNSET
    static_utm: Utm | UnsetType = UNSET

    def changes(self) -> dict[str, Any]:
        """Under the names of `Campaign`."""
        plain = {name: getattr(self, name) for name in ("name", "status", "description")}
        changes = {name: value for name, value in plain.items() if value is not UNSET}
        if self.static_utm is not UNSET:
            changes["static_utm"] = {name: getattr(self.static_utm, name) for name in Utm.__struct_fields__}
        if self.utm is not UNSET or self.conditions is not UNSET:
            changes["groups"] = self._groups()
        return changes

    def _groups(self) -> Groups:
        """All marks of `utm` make one group, before those of `conditions`."""
        utm = self.utm.given() if self.utm is not UNSET else {}
        by_marks = tuple(Condition(f"utm_{mark}", value) for mark, value in utm.items())  # type: ignore[arg-type]
        others = self.conditions if self.conditions is not UNSET else []
        groups = tuple(tuple(each.condition() for each in group) for group in others)
        return ((by_marks,) if by_marks else ()) + groups


class CampaignRequest(CampaignChange, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST …/campaigns."""

    name: str
    site: str = DEFAULT_SITE


async def list_sites(request: web.Request) -> web.Response:
    world = world_of(request)
    return json_response({"sites": [_site_body(world, site) for site in world.telephony.marketing.sites.all()]})


async def create_site(request: web.Request) -> web.Response:
    world = world_of(request)
    asked = await body_as(request, SiteRequest)
    settings = asked.changes()
    spec = SiteSpec(asked.key, settings.pop("domain_name"), settings.pop("name", ""))
    sites = world.telephony.marketing.sites
    return json_response(_site_body(world, sites.get(sites.add(spec, _now(world), **settings))), 201)


async def change_site(request: web.Request) -> web.Response:
    world = world_of(request)
    asked = await body_as(request, SiteChange)
    sites = world.telephony.marketing.sites
    site = _site_in_path(world, request.match_info["site"])
    sites.change(site.id, asked.changes())
    return json_response(_site_body(world, sites.get(site.id)))


async def list_campaigns(request: web.Request) -> web.Response:
    world = world_of(request)
    campaigns = world.telephony.marketing.campaigns.all()
    return json_response({"campaigns": [_campaign_body(world, each) for each in campaigns]})


async def create_campaign(request: web.Request) -> web.Response:
    world = world_of(request)
    asked = await body_as(request, CampaignRequest)
    campaigns = world.telephony.marketing.campaigns
    site = world.telephony.marketing.sites.keyed(asked.site, "site")
    campaign_id = campaigns.add(site.id, now=_now(world), **asked.changes())
    return json_response(_campaign_body(world, campaigns.get(campaign_id)), 201)


async def change_campaign(request: web.Request) -> web.Response:
    world = world_of(request)
    asked = await body_as(request, CampaignChange)
    number = number_in(request.match_info["campaign"])
    if number is None:
        raise NotFound("no such campaign: campaigns have numbers")
    campaigns = world.telephony.marketing.campaigns
    campaigns.change(number, asked.changes())
    return json_response(_campaign_body(world, campaigns.get(number)))


def _site_in_path(world: World, key: str) -> Site:
    """Raises NotFound naming the sites that there are."""
    sites = world.telephony.marketing.sites.all()
    found = next((site for site in sites if site.key == key), None)
    if found is None:
        raise NotFound(f"no site {key[:80]}; there are {', '.join(site.key for site in sites)}")
    return found


def _site_body(world: World, site: Site) -> dict[str, Any]:
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


def _campaign_body(world: World, campaign: Campaign) -> dict[str, Any]:
    return {
        "id": campaign.id,
        "site": world.telephony.marketing.sites.get(campaign.site_id).key,
        "name": campaign.name,
        "status": campaign.status,
        "description": campaign.description,
        "conditions": [[_condition_body(each) for each in group] for group in campaign.groups],
        "static_utm": {mark: value for mark, value in campaign.static_utm.items() if value is not None},
    }


def _condition_body(condition: Condition) -> dict[str, Any]:
    body = asdict(condition)
    return {"parameter": body.pop("campaign_parameter"), **body}


def _now(world: World) -> int:
    return micros(world.ground.clock.now())


ROUTES: Routes = [
    ("GET", "/worlds/{world}/sites", list_sites),
    ("POST", "/worlds/{world}/sites", create_site),
    ("PATCH", "/worlds/{world}/sites/{site}", change_site),
    ("GET", "/worlds/{world}/campaigns", list_campaigns),
    ("POST", "/worlds/{world}/campaigns", create_campaign),
    ("PATCH", "/worlds/{world}/campaigns/{campaign}", change_campaign),
]
