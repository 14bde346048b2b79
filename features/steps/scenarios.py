"""Scenarios of the virtual PBX: where the company's number leads, and how far a call came."""

from __future__ import annotations

from datetime import timedelta

from features.driver import Json
from features.slots import given, then
from features.steps.calls import answers_after
from features.steps.scene import Scene, key

ELSEWHERE = "tracked"
"""A number of the company without a scenario."""


@given("the number leads to a menu")
async def leads_to_menu(scene: Scene) -> None:
    """A key leads to Anna, no key in a minute as well."""
    exits = {"1": "sales", "wait": "sales"}
    await scene.do.number_leads_to(menu={"menu": {"wait": 60}, "exits": exits}, sales=employees(["Anna"]))


@given("the number leads to a queue of {people:people}")
async def leads_to_queue(scene: Scene, people: list[str]) -> None:
    """A caller waits for ten minutes at most until one of them is free."""
    await scene.do.number_leads_to(queue=employees(people, queue={"longest": 600}))


@given("the number leads to a greeting of {span:duration}, then to {people:people}")
async def leads_to_greeting(scene: Scene, span: timedelta, people: list[str]) -> None:
    greeting = {"greeting": {"seconds": span.total_seconds()}, "next": "sales"}
    await scene.do.number_leads_to(greeting=greeting, sales=employees(people))


@given("the number leads to {people:people}, each of their phones ringing for {span:duration}, then to voice mail")
async def leads_to_voice_mail(scene: Scene, people: list[str], span: timedelta) -> None:
    sales = employees(people, dial_time=int(span.total_seconds()))
    await scene.do.number_leads_to(sales={**sales, "exits": {"failed": "mail"}}, mail={"voice_mail": {}})


@given("{people:people} are talking to other callers")
async def are_talking(scene: Scene, people: list[str]) -> None:
    for index, who in enumerate(people):
        scene.call = await scene.do.call_arrives(f"+7903555000{index}", ELSEWHERE)
        await answers_after(scene, who, timedelta(seconds=5))


@then("the call details end with {operation:text}")
async def details_end_with(scene: Scene, operation: str) -> None:
    """The operation that the call was in when it ended."""
    operations = await scene.do.operations_of_call(scene.call_id)
    assert [each["title"] for each in operations][-1:] == [operation]


def employees(people: list[str], **settings: object) -> Json:
    return {"employees": {"who": [key(who) for who in people], **settings}}
