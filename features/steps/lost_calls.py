"""Lost calls in one sentence, and the delay before the card that they made is updated."""

from __future__ import annotations

from datetime import timedelta

from features.slots import given, when
from features.steps.calls import calls, does_not_answer, hangs_up
from features.steps.scene import Scene

PATIENCE = timedelta(seconds=20)


@given("{phone:phone} has called and nobody answered")
@when("{phone:phone} calls and nobody answers")
async def lost_call(scene: Scene, phone: str) -> None:
    """A whole call: the phone of Anna rings for twenty seconds, then the caller hangs up."""
    await calls(scene, phone)
    await does_not_answer(scene, "Anna", PATIENCE)
    await hangs_up(scene, "caller")


@given("the card-update delay is {delay:duration}")
async def update_delay(scene: Scene, delay: timedelta) -> None:
    """Set by the support of the telephony, as nobody else can."""
    await scene.do.change_as_support(**{"calls.card_update_delay": int(delay.total_seconds())})
