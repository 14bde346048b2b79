"""Who is on the line in a call: people come, ring, talk and go. What they do to each other is in `flow.py`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.property.calls.house import CONTACT, SECOND, STAFF, House, Number, Opening, recorded_number
from tests.property.calls.lines import Due, Line, Stretch

OUTSIDE_DIAL_TIME = 60


@dataclass
class Party:
    """`lines` are the open ones by person, `gone` those that have ended, `talks` who talked with the other party when;
    `told` counts what has to be said of whom to the integration; `due` is what will happen by itself."""

    house: House
    opening: Opening
    lines: dict[str, Line] = field(default_factory=dict)
    gone: list[Line] = field(default_factory=list)
    talks: list[Stretch] = field(default_factory=list)
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    due: list[Due] = field(default_factory=list)
    now: int = 0
    began: int = 0
    dials_next: str | None = None
    is_ordered: bool = False
    was_rung: bool = False
    operator_answered: bool = False
    contact_answered: bool = False
    is_voice_mail: bool = False
    is_transfer: bool = False
    first_talk: int | None = None
    first_answered: str | None = None
    last_answered: str | None = None
    first_talked: str | None = None
    last_talked: str | None = None
    ended: int | None = None
    _serial: int = 0
    _after: list[Callable[[], None]] = field(default_factory=list)

    @property
    def is_internal(self) -> bool:
        return self.opening.kind in ("internal", "extension")

    @property
    def direction(self) -> str:
        return "in" if self.opening.kind in ("incoming", "callback") else "out"

    def those(self, *states: str) -> list[Line]:
        """Oldest first."""
        return sorted((line for line in self.lines.values() if line.state in states), key=lambda line: line.serial)

    def asked(self, by: str) -> Line | None:
        return next((line for line in self.lines.values() if line.asked_by == by), None)

    def everybody(self) -> list[Line]:
        """All lines there ever were, oldest first."""
        return sorted((*self.gone, *self.lines.values()), key=lambda line: line.serial)

    # lines

    def _join(self, who: str, role: str, number: Number | None = None) -> Line:
        if role == "contact":
            number = Number(self.opening.contact or "", "PSTN")
        return self._line(who, role, "waiting", number or Number("", "PSTN"))

    def _ring(
        self, who: str, numbers: tuple[Number, ...], asked_by: str | None = None, *, driven: bool = False
    ) -> None:
        """An employee's first number; the others are tried after it."""
        line = self._line(who, "operator", "ringing", numbers[0], asked_by)
        line.rest = numbers[1:]
        self._rings(line, numbers[0].dial_time, driven)

    def _ring_outside(self, who: str, role: str, asked_by: str | None = None) -> None:
        number = self.opening.contact if who == CONTACT else who
        self._rings(self._line(who, role, "ringing", Number(number or "", "PSTN"), asked_by), OUTSIDE_DIAL_TIME)

    def _dial(self, to: str, asked_by: str | None = None) -> None:
        if to in STAFF:
            self._ring(to, STAFF[to], asked_by)
        else:
            self._ring_outside(to, "operator", asked_by)

    def _line(self, who: str, role: str, state: str, number: Number, asked_by: str | None = None) -> Line:
        assert who not in self.lines, f"{who} has a line already"
        records = recorded_number(self.opening) and (number.is_recorded or (role == "caller" and self.is_internal))
        self._serial += 1
        line = Line(self._serial, who, role, state, number, asked_by, began=self.now)
        line.always_recorded = line.recording = records
        self.lines[who] = line
        return line

    def _rings(self, line: Line, dial_time: int, driven: bool = False) -> None:
        line.by_itself = self.opening.is_automatic and not driven
        if line.role == "operator":
            self.was_rung = True
            self.told["call_proceeding", line.who] += 1
        if line.by_itself:
            self._set(line, "rings out", self.now + dial_time * SECOND)
        self._after.append(lambda: self._is_at_hand(line))

    def _end(self, line: Line) -> None:
        self._stop_talk(line)
        self._forget(line)
        line.state, line.ended = "ended", self.now
        del self.lines[line.who]
        self.gone.append(line)
        if line.role == "operator":
            self.told["call_disconnected", line.who] += 1

    def _finish(self) -> None:
        for line in sorted(self.lines.values(), key=lambda line: line.serial):
            self._end(line)
        self.ended = self.now

    # talk

    def _all_talk(self, by: str) -> None:
        for line in self.those("held"):
            self._talk(line)
        self._talk(self.lines[by])

    def _talk(self, line: Line) -> None:
        line.state, line.asked_by = "talking", None
        line.answered = self.now if line.answered is None else line.answered
        line.talked = self.now if line.talked is None else line.talked
        self.first_talk = self.now if self.first_talk is None else self.first_talk
        if self._speaks(line):
            line.since = self.now
            self._has_talked(line)
        self._hears(line)

    def _speaks(self, line: Line) -> bool:
        """The subscriber is the other party, or in an internal call whoever called."""
        return line.role != "contact" and not (line.role == "caller" and self.is_internal)

    def _has_talked(self, line: Line) -> None:
        if line.is_employee:
            if line.role == "caller" and self.first_answered is None:
                self.first_answered = self.last_answered = line.who
            self.first_talked = self.first_talked or line.who
            self.last_talked = line.who

    def _set_aside(self, line: Line, state: str) -> None:
        self._stop_talk(line)
        line.state = state

    def _stop_talk(self, line: Line) -> None:
        if line.since is not None:
            self.talks.append(Stretch(line.who, line.since, self.now, line.recording))
            line.since = None
            self._has_talked(line)

    # what is set for later

    def _is_at_hand(self, line: Line) -> None:
        """A telephone was told to ring."""
        raise NotImplementedError

    def _hears(self, line: Line) -> None:
        self._after.append(lambda: self._is_bridged(line))

    def _is_bridged(self, line: Line) -> None:
        """Who is ready talks for so long from the first word on, held or not."""
        ready = self.house.ready_of(line.who, line.number.number) if line.by_itself else None
        going = any(due.line is line and due.what == "hangs up" for due in self.due)
        if ready and ready.talks is not None and line.talked is not None and not going:
            self._set(line, "hangs up", line.talked + round(ready.talks * SECOND))

    def _set(self, line: Line, what: str, at: int) -> None:
        self._serial += 1
        self.due.append(Due(at, self._serial, what, line))

    def _forget(self, line: Line, what: str | None = None) -> None:
        self.due = [due for due in self.due if due.line is not line or what not in (None, due.what)]

    def _step(self, action: Callable[[], None]) -> None:
        """People and telephones hear of a step when it is over, one after the other."""
        outer, self._after = self._after, []
        action()
        hears, self._after = self._after, outer
        for each in hears:
            each()
