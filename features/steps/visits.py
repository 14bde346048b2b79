"""Visitors of the site, whom call tracking knows when they call; campaigns and numbers that tell who sent them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from features.slots import given, when
from features.steps.calls import answers_after, hangs_up_after
from features.steps.scene import Scene

SOMEBODY = "somebody"
"""One and the same person in all visits of a scenario."""

ABOUT = {"campaign": "campaign", "search query": "search_query", "Universal Analytics": "ua_client_id"}


@given("there is a campaign {name:text}")
async def a_campaign(scene: Scene, name: str) -> None:
    await scene.do.campaign_opens(name)


@given("the company's number belongs to the campaign {name:text}")
async def number_of_campaign(scene: Scene, name: str) -> None:
    """A static number: whoever calls it comes from the campaign, and nothing is known of their visit."""
    await scene.do.campaign_opens(name)
    await scene.do.number_belongs_to("main", name)


@given("the number {phone:phone} of the company is called {name:text}")
async def a_number(scene: Scene, phone: str, name: str) -> None:
    await scene.do.number_opens(phone, name)


@given("a visitor has come to {site}")
async def visitor_comes(scene: Scene, site: str) -> None:
    """Without any mark, by typing the address."""
    scene.visit = await scene.do.visitor_comes(site, SOMEBODY)


@given("a visitor has come to {site} with")
@when("the visitor comes to {site} again with")
async def visitor_comes_with(scene: Scene, site: str, datatable: list[list[str]]) -> None:
    """A mark and its value in each line: utm_*, `campaign`, `search query`, `Universal Analytics`."""
    scene.visit = await scene.do.visitor_comes(site, SOMEBODY, **about_visit(datatable))


@when("the visitor calls from {phone:phone}")
async def visitor_calls(scene: Scene, phone: str) -> None:
    """The number that the site shows."""
    assert scene.visit is not None, "no visit has been spoken of yet"
    scene.call = await scene.do.calls_number(phone, scene.visit["number"])


@given("the visitor has called from {phone:phone} and talked to {who} for {talk:duration}")
@when("the visitor calls from {phone:phone} and talks to {who} for {talk:duration}")
async def whole_call_of_visitor(scene: Scene, phone: str, who: str, talk: timedelta) -> None:
    """A whole call: it rings for five seconds, is answered, and the caller hangs up after the talk."""
    await visitor_calls(scene, phone)
    await answers_after(scene, who, timedelta(seconds=5))
    await hangs_up_after(scene, "caller", talk)


@when("{phone:phone} calls the number {name:text} and talks to {who} for {talk:duration}")
async def whole_call_of_number(scene: Scene, phone: str, name: str, who: str, talk: timedelta) -> None:
    scene.call = await scene.do.calls_number(phone, name)
    await answers_after(scene, who, timedelta(seconds=5))
    await hangs_up_after(scene, "caller", talk)


def about_visit(marks: list[list[str]]) -> dict[str, Any]:
    """The marks as the body of a visit has them."""
    utm = {mark.removeprefix("utm_"): value for mark, value in marks if mark.startswith("utm_")}
    return {"utm": utm, **{ABOUT[mark]: value for mark, value in marks if not mark.startswith("utm_")}}
