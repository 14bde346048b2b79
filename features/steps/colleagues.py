"""What employees do in a talk with the help of colleagues: hold, consultation, transfer."""

from __future__ import annotations

from datetime import timedelta

from features.slots import when
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
