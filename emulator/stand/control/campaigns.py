"""Campaigns of a world's sites, with the conditions by which visits belong to them."""

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
from emulator.stand.control.sites import DEFAULT_SITE
from emulator.stand.world import World
from emulator.telephony.marketing.campaigns import Campaign
from emulator.telephony.marketing.conditions import Condition, Groups, Parameter


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


async def listing(request: web.Request) -> web.Response:
    world = world_of(request)
    campaigns = world.telephony.marketing.campaigns.all()
    return json_response({"campaigns": [_body(world, each) for each in campaigns]})


async def create(request: web.Request) -> web.Response:
    world = world_of(request)
    asked = await body_as(request, CampaignRequest)
    campaigns = world.telephony.marketing.campaigns
    site = world.telephony.marketing.sites.keyed(asked.site, "site")
    campaign_id = campaigns.add(site.id, now=micros(world.ground.clock.now()), **asked.changes())
    return json_response(_body(world, campaigns.get(campaign_id)), 201)


async def change(request: web.Request) -> web.Response:
    world = world_of(request)
    asked = await body_as(request, CampaignChange)
    number = number_in(request.match_info["campaign"])
    if number is None:
        raise NotFound("no such campaign: campaigns have numbers")
    campaigns = world.telephony.marketing.campaigns
    campaigns.change(number, asked.changes())
    return json_response(_body(world, campaigns.get(number)))


def _body(world: World, campaign: Campaign) -> dict[str, Any]:
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


ROUTES: Routes = [
    ("GET", "/worlds/{world}/campaigns", listing),
    ("POST", "/worlds/{world}/campaigns", create),
    ("PATCH", "/worlds/{world}/campaigns/{campaign}", change),
]
