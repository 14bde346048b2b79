"""Calls that do not come from outside by themselves: an employee calls somebody, or somebody ordered a callback."""

from __future__ import annotations

from features.slots import when
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
