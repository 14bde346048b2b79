"""A day of a call centre: many calls, each with its script, in one order of time (`examples/`).

A day is checked whole before it begins: every call is rehearsed. What happens at one instant happens in the order in
which it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec

from emulator.core.errors import FieldError, Problem
from emulator.core.parsing import bounded, within_time
from emulator.stand import scripts
from emulator.stand.placing import CallRequest, Placed, call_body, ends_of
from emulator.stand.scripts import Beat
from emulator.stand.world import World


class CallOfDay(CallRequest, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A call that arrives `at` seconds after the day began."""

    at: float = 0


class DayRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/days. `title` is for people; `speed` is for live clocks."""

    title: str = ""
    calls: Annotated[list[CallOfDay], msgspec.Meta(min_length=1)] = []
    speed: float | None = None


@dataclass(frozen=True)
class _Call:
    at: float
    placed: Placed
    beats: list[Beat]


@dataclass
class Day:
    """A checked day; made by `plan`, carried out once by `play`."""

    world: World
    speed: float | None
    calls: list[_Call]
    made: dict[int, int] = field(default_factory=dict)
    """Ids of the calls that were placed, by their place in the day."""

    async def play(self) -> list[dict[str, Any]]:
        """Let it happen, and say what became of each call."""
        began = self.world.ground.clock.now()
        for at, act in self._events():
            due = began + timedelta(seconds=at)
            await scripts.reach(self.world, due, self.speed)
            act(due)
            await self.world.settle()
        calls = self.world.telephony.calls
        return [call_body(calls.get(self.made[index]), self.world.people) for index in range(len(self.calls))]

    def _events(self) -> list[tuple[float, Callable[[datetime], None]]]:
        """(seconds, what to do at that instant), in order."""
        events: list[tuple[float, Callable[[datetime], None]]] = []
        for index, call in enumerate(self.calls):
            events.append((call.at, self._placing(index, call)))
            events += [(call.at + beat.at, self._doing(index, beat)) for beat in call.beats]
        return sorted(events, key=lambda event: event[0])

    def _placing(self, index: int, call: _Call) -> Callable[[datetime], None]:
        def place(due: datetime) -> None:
            with self.world.telephony.engine.at(due):
                self.made[index] = self.world.telephony.calls.place(*call.placed.ends, **call.placed.how)

        return place

    def _doing(self, index: int, beat: Beat) -> Callable[[datetime], None]:
        return lambda due: self.world.telephony.calls.do_at(due, self.made[index], beat.verb, **beat.arguments)


def plan(world: World, asked: DayRequest) -> Day:
    """The day that `asked` describes. Raises BadRequest or Conflict naming the call and the step."""
    scripts.check_clock(world, asked.speed)
    return Day(world, asked.speed, [_planned(world, call, f"calls[{index}]") for index, call in enumerate(asked.calls)])


def _planned(world: World, call: CallOfDay, path: str) -> _Call:
    bounded(call.at, f"{path}.at")
    within_time(world.ground.clock.now() + timedelta(seconds=call.at), f"{path}.at", call.at)
    try:
        beats = scripts.checked(world, call.script or [], f"{path}.script")
        placed = ends_of(world, call)
        steps = [(beat.at, beat.verb, beat.arguments) for beat in beats]
        world.telephony.calls.rehearse(*placed.ends, steps, **placed.how)
    except Problem as problem:
        problem.errors = [_inside(path, error) for error in problem.errors]
        problem.detail = f"{path}: {problem.detail}"
        raise
    return _Call(call.at, placed, beats)


def _inside(path: str, error: FieldError) -> FieldError:
    """An error of one call, named as a field of the day."""
    return error if error.path.startswith(path) else replace(error, path=f"{path}.{error.path}")
