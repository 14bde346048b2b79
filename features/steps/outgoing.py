"""Calls that do not come from outside by themselves: an employee calls somebody, or somebody ordered a callback."""

from __future__ import annotations

from datetime import timedelta

from features.slots import given, when
from features.steps.calls import answers_after, does_not_answer, hangs_up_after
from features.steps.scene import Scene, key

PICKS_UP = timedelta(seconds=5)
"""So long an employee's own phone rings after a click."""

CLIENT_ANSWERS = timedelta(seconds=10)
CLIENT_RINGS = timedelta(seconds=30)


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


@given("{who} has called {phone:phone} and they talked for {talk:duration}")
@when("{who} calls {phone:phone} and they talk for {talk:duration}")
async def whole_outgoing_call(scene: Scene, who: str, phone: str, talk: timedelta) -> None:
    """The employee calls, the client answers and hangs up after the talk."""
    await calls_client(scene, who, phone)
    await answers_after(scene, "client", CLIENT_ANSWERS)
    await hangs_up_after(scene, "client", talk)


@given("{who} has called {phone:phone} and nobody answered")
@when("{who} calls {phone:phone} and nobody answers")
async def missed_outgoing_call(scene: Scene, who: str, phone: str) -> None:
    """The employee calls and the client does not answer, which ends the call."""
    await calls_client(scene, who, phone)
    await does_not_answer(scene, "client", CLIENT_RINGS)


@given("{who} has just begun an incoming talk with {phone:phone}")
async def incoming_talk(scene: Scene, who: str, phone: str) -> None:
    scene.call = await scene.do.call_arrives(phone)
    await answers_after(scene, who, timedelta(seconds=5))


@given("{who} has just begun an outgoing talk with {phone:phone}")
async def outgoing_talk(scene: Scene, who: str, phone: str) -> None:
    await calls_client(scene, who, phone)
    await answers_after(scene, "client", CLIENT_ANSWERS)


async def calls_client(scene: Scene, who: str, phone: str) -> None:
    """A click in amoCRM and the employee picks up; whoever has no user there dials. The client's phone rings then."""
    if scene.do.is_user(key(who)):
        await clicks(scene, who, phone)
        await answers_after(scene, who, PICKS_UP)
    else:
        await dials(scene, who, phone)
