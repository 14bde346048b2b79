"""What can be heard in the recording of the call: its file is fetched and listened to."""

from __future__ import annotations

from datetime import timedelta

from features.slots import given, then
from features.steps.scene import Scene, key

Stretches = list[tuple[list[str], timedelta]]


@given("nothing is recorded on the line of {who}")
async def line_is_not_recorded(scene: Scene, who: str) -> None:
    await scene.do.record_line(key(who), on=False)


@given("recordings are ready {delay:duration} after the call")
async def recordings_take(scene: Scene, delay: timedelta) -> None:
    """Their links are known before."""
    await scene.do.recordings_take(delay)


@then("the recording cannot be heard yet")
async def recording_is_not_ready(scene: Scene) -> None:
    assert not await scene.do.can_be_heard(scene.call_id)


@then("the recording has {stretches:stretches}")
async def recording_has(scene: Scene, stretches: Stretches) -> None:
    """One after the other and nothing else, each of them together with the caller; «the caller» alone is voice mail."""
    assert await scene.do.hears(scene.call_id) == with_the_caller(stretches)


@then("the call on the card plays {stretches:stretches}")
async def card_plays(scene: Scene, stretches: Stretches) -> None:
    """The recording that the only call on the card of the contact leads to."""
    (note,) = await scene.do.calls_on_card((await scene.the_contact())["id"])
    assert await scene.do.hears(scene.call_id, note["params"]["link"]) == with_the_caller(stretches)


def with_the_caller(stretches: Stretches) -> list[tuple[set[str], float]]:
    return [({"contact", *map(key, people)}, span.total_seconds()) for people, span in stretches]
