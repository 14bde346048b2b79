"""Calls that do not come from outside by themselves: an employee calls somebody, or somebody ordered a callback."""

from __future__ import annotations

from datetime import timedelta

from features.slots import given, when
from features.steps.calls import answers_after
from features.steps.scene import Scene, key


@when("{who} clicks the number {phone:phone}")
async def clicks(scene: Scene, who: str, phone: str) -> None:
    """In amoCRM; the telephony rings the employee first."""
    scene.call = await scene.do.employee_clicks(key(who), phone)


@when("{who} dials {phone:phone}")
async def dials(scene: Scene, who: str, phone: str) -> None:
    """By the telephone on the desk; the other one rings at once."""
    scene.call = await scene.do.employee_dials(key(who), phone)


@when("{phone:phone} orders a callback on {site}")
async def orders_callback(scene: Scene, phone: str, site: str) -> None:
    scene.call = await scene.do.visitor_orders_callback(phone, site)


@given("{who} has just begun an incoming talk with {phone:phone}")
async def incoming_talk(scene: Scene, who: str, phone: str) -> None:
    scene.call = await scene.do.call_arrives(phone)
    await answers_after(scene, who, timedelta(seconds=5))


@given("{who} has just begun an outgoing talk with {phone:phone}")
async def outgoing_talk(scene: Scene, who: str, phone: str) -> None:
    await clicks(scene, who, phone)
    await answers_after(scene, who, timedelta(seconds=5))
    await answers_after(scene, "client", timedelta(seconds=10))
