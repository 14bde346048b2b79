"""Virtual numbers of a world, and what each of them tracks: nothing, one campaign, or the visitors of a site."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from emulator.core.errors import BadRequest, Conflict, NotFound, nearest
from emulator.core.instants import from_micros, micros
from emulator.core.web import json_response
from emulator.stand.control.context import Routes, body_as, world_of
from emulator.stand.control.sites import DEFAULT_SITE
from emulator.stand.world import World
from emulator.telephony.account import NumberSpec, VirtualNumber
from emulator.telephony.marketing.tracking import TrackingNumber
from emulator.telephony.numbers import written


class TrackingRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of PUT …/numbers/{number}/tracking: `campaign` alone or with its `site` makes the number static, `site`
    alone puts it into that site's pool."""

    site: str | None = None
    campaign: str | None = None


class NumberRequest(TrackingRequest, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST …/numbers; `name` is what the stand calls the number. Without `site` and `campaign` it tracks
    nothing."""

    number: str
    name: str = ""


async def listing(request: web.Request) -> web.Response:
    world = world_of(request)
    tracking = world.telephony.marketing.numbers.all()
    numbers = [_body(world, each, tracking.get(each.id)) for each in world.telephony.virtual_numbers]
    return json_response({"numbers": numbers})


async def create(request: web.Request) -> web.Response:
    """A new virtual number, at once in use."""
    world = world_of(request)
    asked = await body_as(request, NumberRequest)
    number = written(asked.number, "number")
    if asked.name and any(each.name == asked.name for each in world.telephony.virtual_numbers):
        raise Conflict(f"there is a number {asked.name} already")
    if world.telephony.staff.virtual_number(number):
        raise Conflict(f"there is a number {number} already")
    with world.telephony.database.transaction():
        number_id = world.telephony.staff.numbers.add(NumberSpec(number, asked.name))
        _track(world, number_id, asked)
    return json_response(_found(world, number), 201)


async def track(request: web.Request) -> web.Response:
    """Have a number track something else than before; who saw it before is forgotten."""
    world = world_of(request)
    asked = await body_as(request, TrackingRequest)
    number = number_in_path(request, world)
    if asked.site is None and asked.campaign is None:
        raise BadRequest.field("site", None, "a site, or in `campaign` the name of a campaign")
    _track(world, number.id, asked)
    return json_response(_found(world, number.number))


async def untrack(request: web.Request) -> web.Response:
    """Make it an ordinary number."""
    world = world_of(request)
    number = number_in_path(request, world)
    world.telephony.marketing.numbers.untrack(number.id)
    return json_response(_found(world, number.number))


def _track(world: World, number_id: int, asked: TrackingRequest) -> None:
    if asked.site is None and asked.campaign is None:
        return
    marketing = world.telephony.marketing
    site = marketing.sites.keyed(DEFAULT_SITE if asked.site is None else asked.site, "site")
    if asked.campaign is None:
        marketing.numbers.track_visitors(number_id, site.id)
    else:
        campaign = marketing.campaigns.named(site.id, asked.campaign, "campaign")
        marketing.numbers.track_campaign(number_id, campaign.id, site.id)


def find_number(world: World, key: str) -> VirtualNumber | None:
    """A virtual number by its name or as it is dialled."""
    named = (each for each in world.telephony.virtual_numbers if each.name == key)
    return next(named, None) or world.telephony.staff.virtual_number(key)


def number_in_path(request: web.Request, world: World) -> VirtualNumber:
    """The number of the path. Raises NotFound naming the nearest one."""
    key = request.match_info["number"]
    found = find_number(world, key)
    if found is None:
        known = [each.name or each.number for each in world.telephony.virtual_numbers]
        near = nearest(key, known)
        hint = f"; did you mean {near}?" if near else ""
        raise NotFound(f"no virtual number {key[:80]}; there are {', '.join(known)}{hint}", nearest=near)
    return found


def _found(world: World, number: str) -> dict[str, Any]:
    found = world.telephony.staff.virtual_number(number)
    assert found is not None
    return _body(world, found, world.telephony.marketing.numbers.all().get(found.id))


def _body(world: World, number: VirtualNumber, tracking: TrackingNumber | None) -> dict[str, Any]:
    marketing = world.telephony.marketing
    body = {"number": number.number, "name": number.name, "type": number.type, "record": number.is_recorded}
    if tracking is None:
        return {**body, "site": None, "campaign": None, "visit": None, "reserved_until": None}
    until = tracking.reserved_until
    is_reserved = until is not None and until > micros(world.ground.clock.now())
    return {
        **body,
        "site": marketing.sites.get(tracking.site_id).key,
        "campaign": marketing.campaigns.get(tracking.campaign_id).name if tracking.campaign_id else None,
        "visit": tracking.visitor_session_id if is_reserved else None,
        "reserved_until": from_micros(until).isoformat() if until is not None and is_reserved else None,
    }


ROUTES: Routes = [
    ("GET", "/worlds/{world}/numbers", listing),
    ("POST", "/worlds/{world}/numbers", create),
    ("PUT", "/worlds/{world}/numbers/{number}/tracking", track),
    ("DELETE", "/worlds/{world}/numbers/{number}/tracking", untrack),
]
