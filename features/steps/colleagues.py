"""What employees do in a talk with the help of colleagues: hold, consultation, transfer, and options by keys."""

from __future__ import annotations

from datetime import timedelta

from features.slots import given, then, when
from features.steps.scene import Scene, key


@when("{who} puts the caller on hold after {talk:duration}")
async def holds_after(scene: Scene, who: str, talk: timedelta) -> None:
    await scene.do.time_passes(talk)
    await scene.do.holds(scene.call_id, key(who))


@when("{who} consults {colleague:who} for {talk:duration}")
async def consults(scene: Scene, who: str, colleague: str, talk: timedelta) -> None:
    """The colleague answers at once; the caller hears nothing of it."""
    await scene.do.consults(scene.call_id, key(who), key(colleague))
    await scene.do.answers(scene.call_id, key(colleague))
    await scene.do.time_passes(talk)


@when("{who} connects the caller to {colleague:who}")
async def connects(scene: Scene, who: str, colleague: str) -> None:
    await scene.do.connects(scene.call_id, key(who), key(colleague))


@when("{who} goes back to the caller")
async def goes_back(scene: Scene, who: str) -> None:
    await scene.do.goes_back(scene.call_id, key(who))


@given("talk options do not work in the first {span:duration} of {direction} talks")
async def block_talk_options(scene: Scene, span: timedelta, direction: str) -> None:
    await scene.do.block_talk_options(direction, span)


@when("{who} presses {keys} and the number of {colleague:who} after {wait:duration}")
async def presses_after(scene: Scene, who: str, keys: str, colleague: str, wait: timedelta) -> None:
    """The number of the colleague's desk phone; `#` says that it is complete."""
    await scene.do.time_passes(wait)
    await scene.do.presses(scene.call_id, key(who), f"{keys}{scene.do.desk_phone(key(colleague))}#")


@then("the phone of {who} is ringing")
async def is_ringing(scene: Scene, who: str) -> None:
    assert await scene.do.ringing(scene.call_id, key(who)) is not None


@then("the phone of {who} is silent")
async def is_silent(scene: Scene, who: str) -> None:
    assert await scene.do.ringing(scene.call_id, key(who)) is None
