"""Calls: what callers and employees do, step by step or in one sentence."""

from __future__ import annotations

from datetime import time, timedelta

from features.slots import given, when
from features.steps.scene import Scene, key
from features.steps.time import next_time

RINGS = timedelta(seconds=5)
"""How long the phone rings in a whole call."""


@when("{phone:phone} calls")
async def calls(scene: Scene, phone: str) -> None:
    scene.call = await scene.do.call_arrives(phone)


@when("{phone:phone} calls twice at the same instant, while amoCRM takes {delay:duration} for each answer")
async def calls_twice(scene: Scene, phone: str, delay: timedelta) -> None:
    """Ends when amoCRM has answered everything and is quick again."""
    slow = {"delay": delay.total_seconds()}
    await scene.do.goes_wrong(target="amocrm", match={"path": "/api/v4/*"}, action=slow, times=None)
    scene.call, _ = await scene.do.together(scene.do.call_arrives(phone), scene.do.call_arrives(phone))
    await scene.do.time_passes(20 * delay)
    await scene.do.all_goes_well()


@given("the telephony tells of the end of each call twice")
async def ends_told_twice(scene: Scene) -> None:
    ends = {"path": "call_session_finished *"}
    await scene.do.goes_wrong(target="events", match=ends, action={"duplicate": 1}, times=None)


@when("the phone of {who} rings")
async def rings(scene: Scene, who: str) -> None:
    await scene.do.rings(scene.call_id, key(who))


@when("the phones of {people:people} ring")
async def ring(scene: Scene, people: list[str]) -> None:
    await scene.do.rings(scene.call_id, *map(key, people))


@when("{who} answers")
async def answers(scene: Scene, who: str) -> None:
    await scene.do.answers(scene.call_id, key(who))


@when("{who} answers after {wait:duration}")
async def answers_after(scene: Scene, who: str, wait: timedelta) -> None:
    """The phone rings at once, if it does not do so yet, and is answered after the wait."""
    await rings_for(scene, who, wait)
    await scene.do.answers(scene.call_id, key(who))


@when("{who} answers the mobile after {wait:duration}")
async def answers_mobile_after(scene: Scene, who: str, wait: timedelta) -> None:
    """It rings already, because the desk phone was not answered."""
    await mobile_rings(scene, who)
    await answers_after(scene, who, wait)


@when("{who} declines")
async def declines(scene: Scene, who: str) -> None:
    await scene.do.declines(scene.call_id, key(who))


@when("{who} is busy")
async def is_busy(scene: Scene, who: str) -> None:
    await scene.do.is_busy(scene.call_id, key(who))


@when("{who} does not answer for {wait:duration}")
async def does_not_answer(scene: Scene, who: str, wait: timedelta) -> None:
    """The phone rings all the while; the ringing then ends."""
    await rings_for(scene, who, wait)
    scene.call = await scene.do.does_not_answer(scene.call_id, key(who))


@when("{who} does not answer the mobile for {wait:duration}")
async def does_not_answer_mobile(scene: Scene, who: str, wait: timedelta) -> None:
    """It rings already, because the desk phone was not answered."""
    await mobile_rings(scene, who)
    await does_not_answer(scene, who, wait)


@when("{who} hands the call over to {colleague:who} after {talk:duration}")
async def hands_over_after(scene: Scene, who: str, colleague: str, talk: timedelta) -> None:
    await scene.do.time_passes(talk)
    await scene.do.hands_over(scene.call_id, key(who), key(colleague))


@when("voice mail takes the call after {wait:duration}")
async def voice_mail(scene: Scene, wait: timedelta) -> None:
    await scene.do.time_passes(wait)
    await scene.do.voice_mail_takes(scene.call_id)


@when("{who} hangs up")
async def hangs_up(scene: Scene, who: str) -> None:
    """The caller, whom an employee called, or an employee."""
    scene.call = await scene.do.hangs_up(scene.call_id, key(who))


@when("{who} hangs up after {span:duration}")
async def hangs_up_after(scene: Scene, who: str, span: timedelta) -> None:
    await scene.do.time_passes(span)
    await hangs_up(scene, who)


@when("{who} calls {colleague:who} by the short number")
async def calls_colleague(scene: Scene, who: str, colleague: str) -> None:
    scene.call = await scene.do.employee_calls(key(who), key(colleague))


@when("{who} dials the mobile of {colleague:who}")
async def dials_mobile(scene: Scene, who: str, colleague: str) -> None:
    scene.call = await scene.do.employee_dials(key(who), scene.do.mobile(key(colleague)))


@given("{phone:phone} has talked to {who} for {talk:duration}")
@when("{phone:phone} talks to {who} for {talk:duration}")
async def whole_call(scene: Scene, phone: str, who: str, talk: timedelta) -> None:
    """A whole call: it rings for five seconds, is answered, and the caller hangs up after the talk."""
    scene.call = await scene.do.call_arrives(phone)
    await answers_after(scene, who, RINGS)
    await hangs_up_after(scene, "caller", talk)


@when("a hidden number talks to {who} for {talk:duration}")
async def whole_hidden_call(scene: Scene, who: str, talk: timedelta) -> None:
    """The same of somebody who does not show their number."""
    scene.call = await scene.do.call_arrives(None)
    await answers_after(scene, who, RINGS)
    await hangs_up_after(scene, "caller", talk)


@given("{phone:phone} has talked to {who} for {talk:duration} until {moment}")
@when("{phone:phone} talks to {who} for {talk:duration} until {moment}")
async def whole_call_until(scene: Scene, phone: str, who: str, talk: timedelta, moment: time) -> None:
    """A whole call that ends when the clocks of the account next show that."""
    end = await next_time(scene, moment, RINGS + talk)
    await scene.do.time_comes(end - RINGS - talk)
    await whole_call(scene, phone, who, talk)


async def rings_for(scene: Scene, who: str, wait: timedelta) -> None:
    """The phone rings for so long, by whoever's doing."""
    if await scene.do.ringing(scene.call_id, key(who)) is None:
        await scene.do.rings(scene.call_id, key(who))
    await scene.do.time_passes(wait)


async def mobile_rings(scene: Scene, who: str) -> None:
    assert await scene.do.ringing(scene.call_id, key(who)) == scene.do.mobile(key(who))
