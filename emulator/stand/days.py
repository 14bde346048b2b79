"""A day of a call centre: visits, forms and calls with their scripts, in one order of time (`examples/`).

A day is checked whole before it begins: every visit and call is rehearsed. What happens at one instant happens in the
order visits, forms, calls, each as it is written. A form or an incoming call with a `visitor` comes from the latest
visit of that visitor: the call goes to the number that the visit sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from emulator.core.errors import BadRequest, Problem
from emulator.core.parsing import bounded, within_time
from emulator.stand import scripts
from emulator.stand.control import forms, visits
from emulator.stand.placing import CallRequest, Placed, call_body, ends_of
from emulator.stand.scripts import Beat
from emulator.stand.world import World
from emulator.telephony.communications.forms import OfflineMessage
from emulator.telephony.marketing.sessions import VisitorSession

Act = Callable[[datetime], None]
"""What happens at an instant of the day."""


class VisitOfDay(visits.VisitRequest, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A visit that begins `at` seconds after the day did."""

    at: float = 0


class FormOfDay(forms.FormRequest, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A form that is sent `at` seconds after the day began."""

    at: float = 0
    visitor: str | None = None


class CallOfDay(CallRequest, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A call that arrives `at` seconds after the day began."""

    at: float = 0
    visitor: str | None = None


class DayRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/days. `title` is for people; `speed` is for live clocks."""

    title: str = ""
    visits: list[VisitOfDay] = []
    forms: list[FormOfDay] = []
    calls: list[CallOfDay] = []
    speed: float | None = None


@dataclass(frozen=True)
class _Call:
    asked: CallOfDay
    placed: Placed
    beats: list[Beat]


@dataclass
class Day:
    """A checked day; made by `plan`, carried out once by `play`."""

    world: World
    asked: DayRequest
    calls: list[_Call]
    visits: list[VisitorSession] = field(default_factory=list)
    forms: list[OfflineMessage] = field(default_factory=list)
    made: dict[int, int] = field(default_factory=dict)
    """Ids of the calls that were placed, by their place in the day."""
    latest: dict[str, VisitorSession] = field(default_factory=dict)
    """The latest visit of each visitor."""

    async def play(self) -> dict[str, Any]:
        """Let it happen, and say what became of it."""
        began = self.world.ground.clock.now()
        for at, act in self._events():
            due = began + timedelta(seconds=at)
            await scripts.reach(self.world, due, self.asked.speed)
            act(due)
            await self.world.settle()
        calls, people = self.world.telephony.calls, self.world.people
        return {
            "visits": [visits.read_visit(self.world, visit) for visit in self.visits],
            "forms": [forms.form_body(form, people) for form in self.forms],
            "calls": [call_body(calls.get(self.made[index]), people) for index in range(len(self.calls))],
        }

    def _events(self) -> list[tuple[float, Act]]:
        """(seconds, what to do at that instant), in order."""
        events: list[tuple[float, Act]] = [(visit.at, self._visiting(visit)) for visit in self.asked.visits]
        events += [(form.at, self._sending(form)) for form in self.asked.forms]
        for index, call in enumerate(self.calls):
            events.append((call.asked.at, self._placing(index, call)))
            events += [(call.asked.at + beat.at, self._doing(index, beat)) for beat in call.beats]
        return sorted(events, key=lambda event: event[0])

    def _visiting(self, visit: VisitOfDay) -> Act:
        def visits_site(_due: datetime) -> None:
            begun = visits.opened(self.world, visit)
            self.visits.append(begun)
            if visit.visitor:
                self.latest[visit.visitor] = begun

        return visits_site

    def _sending(self, form: FormOfDay) -> Act:
        def send(_due: datetime) -> None:
            visit = self.latest[form.visitor].id if form.visitor else form.visit
            self.forms.append(forms.send(self.world, msgspec.structs.replace(form, visit=visit)))

        return send

    def _placing(self, index: int, call: _Call) -> Act:
        def place(due: datetime) -> None:
            direction, from_, to = call.placed.ends
            if call.asked.visitor:
                to = visits.number_seen(self.world, self.latest[call.asked.visitor]) or to
            with self.world.telephony.engine.at(due):
                self.made[index] = self.world.telephony.calls.place(direction, from_, to, **call.placed.how)

        return place

    def _doing(self, index: int, beat: Beat) -> Act:
        return lambda due: self.world.telephony.calls.do_at(due, self.made[index], beat.verb, **beat.arguments)


def plan(world: World, asked: DayRequest) -> Day:
    """The day that `asked` describes. Raises BadRequest or Conflict naming the part and its field."""
    scripts.check_clock(world, asked.speed)
    if not (asked.visits or asked.forms or asked.calls):
        raise BadRequest.field("calls", [], "at least one call, form or visit")
    _check_visits(world, asked)
    for index, form in enumerate(asked.forms):
        with _part(f"forms[{index}]"):
            _check_time(world, form.at)
            forms.form_of(form)
            _check_visitor(asked, form)
    return Day(world, asked, [_planned(world, asked, index) for index in range(len(asked.calls))])


def _check_visits(world: World, asked: DayRequest) -> None:
    with world.telephony.engine.rehearsal():
        for index, visit in enumerate(asked.visits):
            with _part(f"visits[{index}]"):
                _check_time(world, visit.at)
                visits.check(world, visit)


def _planned(world: World, asked: DayRequest, index: int) -> _Call:
    call = asked.calls[index]
    with _part(f"calls[{index}]"):
        _check_time(world, call.at)
        _check_visitor(asked, call)
        beats = scripts.checked(world, call.script or [])
        placed = ends_of(world, call)
        steps = [(beat.at, beat.verb, beat.arguments) for beat in beats]
        world.telephony.calls.rehearse(*placed.ends, steps, **placed.how)
    return _Call(call, placed, beats)


def _check_visitor(asked: DayRequest, part: FormOfDay | CallOfDay) -> None:
    """Raises BadRequest unless the visitor has come by then."""
    came = [visit.visitor for visit in asked.visits if visit.at <= part.at]
    if part.visitor is not None and part.visitor not in came:
        raise BadRequest.field("visitor", part.visitor, "the visitor of an earlier visit of this day")


def _check_time(world: World, at: float) -> None:
    bounded(at, "at")
    within_time(world.ground.clock.now() + timedelta(seconds=at), "at", at)


@contextmanager
def _part(path: str) -> Iterator[None]:
    """Refusals inside name their fields as those of the part of the day at `path`."""
    try:
        yield
    except Problem as problem:
        problem.errors = [replace(error, path=f"{path}.{error.path}") for error in problem.errors]
        problem.detail = f"{path}: {problem.detail}"
        raise
