"""What can be heard in the recording of the call: its file is fetched and listened to."""

from __future__ import annotations

from datetime import timedelta

from features.slots import then
from features.steps.scene import Scene, key

Stretches = list[tuple[list[str], timedelta]]


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
