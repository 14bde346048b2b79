"""Lost calls in one sentence, where they show, and the delay before the card that they made is updated."""

from __future__ import annotations

from datetime import datetime, timedelta

from features.driver import Json
from features.slots import given, then, when
from features.steps.call_log import MISSED
from features.steps.calls import calls, does_not_answer, hangs_up, hangs_up_after, voice_mail
from features.steps.scene import Scene

PATIENCE = timedelta(seconds=20)
DELAY = "calls.card_update_delay"


@given("{phone:phone} has called and nobody answered")
@when("{phone:phone} calls and nobody answers")
async def lost_call(scene: Scene, phone: str) -> None:
    """A whole call: the phone of Anna rings for twenty seconds, then the caller hangs up."""
    await calls(scene, phone)
    await does_not_answer(scene, "Anna", PATIENCE)
    await hangs_up(scene, "caller")


@when("{phone:phone} calls and leaves a message of {message:duration}")
async def message_left(scene: Scene, phone: str, message: timedelta) -> None:
    """A whole call: nobody answers for twenty seconds, voice mail does, and the caller talks to it."""
    await calls(scene, phone)
    await voice_mail(scene, PATIENCE)
    await hangs_up_after(scene, "caller", message)


@then("the telephony reports {count:number} calls as lost")
async def number_of_lost_calls(scene: Scene, count: int) -> None:
    lost = await lost_calls(scene)
    assert len(lost) == count, [row["contact_phone_number"] for row in lost]


@then("the call log shows the same calls as missed, and no others")
async def same_calls_missed(scene: Scene) -> None:
    """By the client's number and the beginning of the call."""
    missed = [row for row in await scene.do.call_log() if row["status"] == MISSED]
    lost = await lost_calls(scene)
    begun = [(row["phone"][-10:], datetime.fromisoformat(row["at"])) for row in missed]
    assert sorted(begun) == sorted([(row["contact_phone_number"][-10:], scene.do.reported_time(row)) for row in lost])


@given("the card-update delay is {delay:duration}")
@when("the support sets the card-update delay to {delay:duration}")
async def update_delay(scene: Scene, delay: timedelta) -> None:
    """Set by the support of the telephony, as nobody else can."""
    await scene.do.change_as_support(**{DELAY: seconds(delay)})


@then("the settings of the account show no card-update delay")
async def delay_is_hidden(scene: Scene) -> None:
    assert DELAY not in await scene.do.settings()


@then("an administrator is refused a card-update delay of {delay:duration}")
async def delay_is_refused(scene: Scene, delay: timedelta) -> None:
    assert not await scene.do.takes_setting(DELAY, seconds(delay))


@then("the support reads a card-update delay of {delay:duration}")
async def support_reads_delay(scene: Scene, delay: timedelta) -> None:
    assert (await scene.do.settings_for_support())[DELAY] == seconds(delay)


async def lost_calls(scene: Scene) -> list[Json]:
    """The rows of the calls report that are flagged as lost."""
    return [row for row in await scene.do.calls_report() if row["is_lost"]]


def seconds(span: timedelta) -> int:
    return int(span.total_seconds())
