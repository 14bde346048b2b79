"""Time that passes in the world, and moments on the clock of the account."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from features.beginning import IT_IS
from features.slots import given, when
from features.steps.scene import Scene


@given("{span:duration} have passed")
@given("{span:duration} has passed")
@when("{span:duration} pass")
@when("{span:duration} passes")
async def time_passes(scene: Scene, span: timedelta) -> None:
    await scene.do.time_passes(span)


@given(IT_IS)
@when(IT_IS)
async def it_is(scene: Scene, date: date, moment: time) -> None:
    """A scenario whose first Given sentence of this kind it is begins at that moment (`features/beginning.py`)."""
    await scene.do.time_comes(datetime.combine(date, moment, scene.do.zone))


@given("it is {moment}")
@when("it is {moment}")
async def it_is_next(scene: Scene, moment: time) -> None:
    """The next moment at which the clocks show that; now, if they do so."""
    await scene.do.time_comes(await next_time(scene, moment))


async def next_time(scene: Scene, moment: time, ahead: timedelta = timedelta()) -> datetime:
    """The first instant, `ahead` from now or later, at which the clocks of the account show that."""
    earliest = (await scene.do.now() + ahead).astimezone(scene.do.zone)
    today = datetime.combine(earliest.date(), moment, scene.do.zone)
    is_over = today.timestamp() < earliest.timestamp()
    return today + timedelta(days=1) if is_over else today
