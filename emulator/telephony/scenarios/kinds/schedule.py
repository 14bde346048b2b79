"""«Распределение по расписанию»: where to go on depends on the day of the week and the time in the account's zone.

Intervals are compared with the clock on the wall, so that a change to summer time moves none of them.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from emulator.core.instants import from_micros
from emulator.telephony.scenarios.kinds.base import Kind, Settings, refuse
from emulator.telephony.scenarios.run import Run, Tools

OTHERWISE = "otherwise"
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


class Interval(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """[from, till) on each of `days`, leading to `exit`; with the end before the beginning it goes on past midnight."""

    exit: Annotated[str, msgspec.Meta(min_length=1)]
    days: Annotated[tuple[Day, ...], msgspec.Meta(min_length=1)] = DAYS
    from_: str = "00:00"
    till: str = "24:00"

    def holds(self, local: datetime) -> bool:
        """Whether `local`, a time on the wall, is inside."""
        day, time = DAYS[local.weekday()], f"{local:%H:%M}"
        if self.from_ < self.till:
            return day in self.days and self.from_ <= time < self.till
        eve = DAYS[local.weekday() - 1]
        return (day in self.days and time >= self.from_) or (eve in self.days and time < self.till)


class ScheduleSettings(Settings, frozen=True, forbid_unknown_fields=True):
    """The first interval that holds decides."""

    intervals: Annotated[list[Interval], msgspec.Meta(min_length=1)]


class Schedule(Kind[ScheduleSettings]):
    name = "schedule"
    title = "Распределение по расписанию"
    settings = ScheduleSettings
    fixed_exits = (OTHERWISE,)

    def exits(self, settings: ScheduleSettings) -> tuple[str, ...]:
        return (*dict.fromkeys(each.exit for each in settings.intervals), *self.fixed_exits)

    def check(self, settings: ScheduleSettings, tools: Tools, path: str) -> None:
        for index, interval in enumerate(settings.intervals):
            at = f"{path}.intervals[{index}]"
            for name, time in (("from", interval.from_), ("till", interval.till)):
                if not _TIME.fullmatch(time):
                    raise refuse(f"{at}.{name}", time, "a time such as 09:00, 24:00 at the latest")
            if interval.from_ == interval.till:
                raise refuse(f"{at}.till", interval.till, "another time than `from`")
            if interval.from_ == "24:00":
                raise refuse(f"{at}.from", interval.from_, "a time before 24:00")

    def enter(self, run: Run, settings: ScheduleSettings) -> None:
        local = from_micros(run.now).astimezone(run.tools.ground.zone)
        run.details["local_time"] = f"{local:%Y-%m-%d %H:%M:%S}"
        run.leave(next((each.exit for each in settings.intervals if each.holds(local)), OTHERWISE))
