"""Visits to the sites of a world: somebody opens a page, goes on to others, and sees a number."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from aiohttp import web

from emulator.core.errors import NotFound
from emulator.core.instants import from_micros, micros
from emulator.core.parsing import number_in
from emulator.core.web import json_response
from emulator.stand.control.campaigns import Utm
from emulator.stand.control.context import Routes, body_as, world_of
from emulator.stand.control.sites import DEFAULT_SITE
from emulator.stand.world import World
from emulator.telephony.marketing.pages import UTM
from emulator.telephony.marketing.sessions import ABOUT, Arrival, Hit, VisitorSession


class VisitRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/visits.

    `visitor` is what the stand calls who comes; somebody of that name or id returns, another name is somebody new.
    `campaign` names the campaign of the visit, else its conditions decide. `pages` are opened at the same instant.
    """

    site: str = DEFAULT_SITE
    visitor: str | None = None
    url: str = "/"
    utm: Utm = Utm()
    referrer: str | None = None
    search_engine: str | None = None
    search_query: str | None = None
    campaign: str | None = None
    device: Literal["desktop", "mobile", "tablet", "other"] | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None
    ip: str | None = None
    ua_client_id: str | None = None
    ym_client_id: str | None = None
    pages: list[str] = []

    def arrival(self) -> Arrival:
        about = {name: getattr(self, name) for name in ABOUT if getattr(self, name) is not None}
        return Arrival(
            visitor=self.visitor,
            url=self.url,
            utm=self.utm.given(),
            referrer=self.referrer,
            search_engine=self.search_engine,
            search_query=self.search_query,
            campaign=self.campaign,
            about=about,
            pages=tuple(self.pages),
        )


class HitRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/visits/{visit}/hits."""

    url: str


async def create(request: web.Request) -> web.Response:
    world = world_of(request)
    visit = opened(world, await body_as(request, VisitRequest))
    await world.settle()
    return json_response(read_visit(world, visit), 201)


def opened(world: World, asked: VisitRequest) -> VisitorSession:
    """The visit begins now. Raises BadRequest naming the field."""
    marketing = world.telephony.marketing
    return marketing.arrive(marketing.sites.keyed(asked.site, "site"), asked.arrival())


def check(world: World, asked: VisitRequest) -> None:
    """Raises what `opened` would. Inside a rehearsal: the visit is taken back with it."""
    marketing = world.telephony.marketing
    now = micros(world.ground.clock.now())
    marketing.visits.begin(marketing.sites.keyed(asked.site, "site"), asked.arrival(), now)


def number_seen(world: World, visit: VisitorSession) -> str | None:
    """The dynamic number that the visitor sees now; None when it sees none (any more)."""
    shown = world.telephony.marketing.numbers.shown_to(visit.id, micros(world.ground.clock.now()))
    return shown[0] if shown else None


async def hit(request: web.Request) -> web.Response:
    world = world_of(request)
    asked = await body_as(request, HitRequest)
    visit = world.telephony.marketing.open_page(_identifier(request), asked.url)
    await world.settle()
    return json_response(read_visit(world, visit), 201)


async def read(request: web.Request) -> web.Response:
    world = world_of(request)
    return json_response(read_visit(world, world.telephony.marketing.visits.get(_identifier(request))))


async def listing(request: web.Request) -> web.Response:
    world = world_of(request)
    visits = world.telephony.marketing.visits.all()
    return json_response({"visits": [read_visit(world, visit) for visit in visits]})


def read_visit(world: World, visit: VisitorSession) -> dict[str, Any]:
    return visit_body(world, visit, world.telephony.marketing.visits.hits_of(visit.id))


def visit_body(world: World, visit: VisitorSession, hits: list[Hit]) -> dict[str, Any]:
    """The visit of the contract; `number` is the one that it sees now, None when it sees none or not any more."""
    marketing = world.telephony.marketing
    number, until = marketing.numbers.shown_to(visit.id, micros(world.ground.clock.now())) or (None, None)
    campaign_id = visit.campaign_id
    return {
        "id": visit.id,
        "visitor": marketing.visits.visitor_key(visit.visitor_id),
        "visitor_id": visit.visitor_id,
        "visits_count": visit.visits_count,
        "site": marketing.sites.get(visit.site_id).key,
        "campaign": None if campaign_id is None else marketing.campaigns.get(campaign_id).name,
        "number": number,
        "number_until": None if until is None else from_micros(until).isoformat(),
        "started_at": from_micros(visit.started_at).isoformat(),
        "channel": visit.channel,
        "entrance_page": visit.entrance_page,
        "referrer": visit.referrer,
        "search_engine": visit.search_engine,
        "search_query": visit.search_query,
        "utm": {mark: value for mark in UTM if (value := getattr(visit, f"utm_{mark}")) is not None},
        **{name: getattr(visit, name) for name in ABOUT},
        "hits": [{"at": from_micros(each.at).isoformat(), "url": each.url} for each in hits],
    }


def _identifier(request: web.Request) -> int:
    number = number_in(request.match_info["visit"])
    if number is None:
        raise NotFound("no such visit: visits have numbers")
    return number


ROUTES: Routes = [
    ("GET", "/worlds/{world}/visits", listing),
    ("POST", "/worlds/{world}/visits", create),
    ("GET", "/worlds/{world}/visits/{visit}", read),
    ("POST", "/worlds/{world}/visits/{visit}/hits", hit),
]
