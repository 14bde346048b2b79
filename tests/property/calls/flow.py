"""One call as the people at the telephones see it: who is on the line, who hears whom, who has talked when.

A small model of a telephone exchange, written from what happens to people and not from the engine: a dictionary of
lines by person, one for each. It knows what was done, and from that what must be true: who talked with the other party
from when to when and whether it was recorded, who answered, whether the call is lost (TERM-05..10), what has to be told
to the integration. The state of a `Flow` changes by its verbs alone; what can be done now is for `moves.py` to say.
"""

from __future__ import annotations

from tests.property.calls.house import CONTACT, SECOND, STAFF, VOICE_MAIL, House, Opening
from tests.property.calls.lines import Due, Line
from tests.property.calls.party import Party

BLOCKED = {"in": 3, "out": 30}
"""Seconds of a talk in which no talk option works."""


class Flow(Party):
    """A call from its beginning to its end."""

    # how it begins

    @classmethod
    def begun(cls, house: House, opening: Opening) -> Flow:
        """A call of that kind, now."""
        flow = cls(house, opening, now=house.now, began=house.now)
        begins = {
            "incoming": flow._comes_in,
            "callback": flow._is_ordered,
            "click": flow._is_clicked,
            "dial": flow._is_dialled,
            "internal": flow._is_called_inside,
            "extension": flow._is_called_inside,
            "api": flow._is_begun_outside,
        }
        flow._step(begins[opening.kind])
        return flow

    def _comes_in(self) -> None:
        self._join(CONTACT, "contact")

    def _is_ordered(self) -> None:
        self.is_ordered = True
        self.dials_next = CONTACT

    def _is_clicked(self) -> None:
        self.dials_next = CONTACT
        self._ring(self.opening.from_, STAFF[self.opening.from_])

    def _is_dialled(self) -> None:
        self._join(self.opening.from_, "caller", STAFF[self.opening.from_][0])
        self._ring_outside(CONTACT, "contact")

    def _is_called_inside(self) -> None:
        self._join(self.opening.from_, "caller", STAFF[self.opening.from_][0])
        numbers = STAFF[self.opening.to]
        self._ring(self.opening.to, numbers if self.opening.kind == "internal" else numbers[1:2])

    def _is_begun_outside(self) -> None:
        self.dials_next = self.opening.from_
        self._ring_outside(CONTACT, "contact")

    # what can be seen of it

    @property
    def state(self) -> str:
        if self.ended is not None:
            return "ended"
        if VOICE_MAIL in self.lines:
            return "voice_mail"
        if any(line.asked_by for line in self.lines.values()):
            return "consulting"
        for state, shown in (("holding", "held"), ("talking", "talking"), ("ringing", "ringing")):
            if self.those(state):
                return shown
        return "waiting" if self.was_rung else "arrived"

    @property
    def is_lost(self) -> bool:
        """Voice mail is not lost (TERM-07). Of an outgoing call it is asked whether the subscriber answered (TERM-10);
        of an incoming one, callbacks included (TERM-08), whether an operator did (TERM-05), as of one inside."""
        if self.is_voice_mail:
            return False
        outgoing = self.direction == "out" and not self.is_internal
        return not (self.contact_answered if outgoing else self.operator_answered)

    # verbs

    def do(self, verb: str, **given: object) -> None:
        """Carry out what `moves.py` calls possible."""
        carry_out = self._ring_all if verb == "ring" else getattr(self, f"_{verb}")
        self._step(lambda: carry_out(**given))

    def _ring_all(self, who: tuple[str, ...]) -> None:
        for each in who:
            self._ring(each, STAFF[each], driven=True)

    def _voicemail(self) -> None:
        for line in self.those("ringing"):
            self._end(line)
        self._talk(self._join(VOICE_MAIL, "voice_mail"))
        for line in self.those("waiting"):
            self._talk(line)
        self.is_voice_mail = True

    def _answer(self, who: str) -> None:
        line = self.lines[who]
        self._off_hook(line)
        if line.asked_by:
            line.state = self.lines[line.asked_by].state = "consulting"
            for each in (line, self.lines[line.asked_by]):
                self._hears(each)
            return
        line.state = "waiting"
        for other in self.those("ringing"):
            self._end(other)
        if self.dials_next:
            following, self.dials_next = self.dials_next, None
            self._dial_next(following)
            return
        for each in (line, *(each for each in self.those("waiting") if each is not line)):
            self._talk(each)

    def _dial_next(self, who: str) -> None:
        if who == CONTACT:
            self._ring_outside(CONTACT, "contact")
        else:
            self._ring(who, STAFF[who])

    def _off_hook(self, line: Line) -> None:
        self._forget(line, "rings out")
        line.answered = self.now
        if line.role == "contact":
            self.contact_answered = True
        if line.role == "operator":
            self.told["call_connected", line.who] += 1
            self.operator_answered = True
            if line.is_employee:
                self.first_answered = self.first_answered or line.who
                self.last_answered = line.who

    def _fail(self, who: str) -> None:
        """Declined, busy, not reached or not answered: the next number, or what is left of the call."""
        line = self.lines[who]
        self._end(line)
        if line.rest:
            self._ring(line.who, line.rest, line.asked_by, driven=not line.by_itself)
        elif line.asked_by:
            self._asks_no_more(line.asked_by)
        elif self._nobody_is_left(line):
            self._finish()

    _decline = _no_answer = _busy = _unreachable = _fail

    def _nobody_is_left(self, failed: Line) -> bool:
        if self.those("ringing", "talking"):
            return False
        outgoing = self.direction == "out" and not self.is_internal
        return failed.role == "contact" or outgoing or self.opening.is_automatic

    def _asks_no_more(self, by: str) -> None:
        self._set_aside(self.lines[by], "holding")

    def _hold(self, who: str) -> None:
        for line in self.those("talking"):
            self._set_aside(line, "holding" if line.who == who else "held")

    def _resume(self, who: str) -> None:
        if asked := self.asked(who):
            self._end(asked)
        self._all_talk(who)

    def _consult(self, who: str, to: str) -> None:
        if self.lines[who].state == "talking":
            self._hold(who)
        self._dial(to, asked_by=who)

    def _conference(self, who: str) -> None:
        asked = self.asked(who)
        assert asked
        self._all_talk(who)
        self._talk(asked)

    def _transfer(self, who: str, to: str, kind: str) -> None:
        """Blind: `to` is rung while the others wait; attended: `to` was asked before."""
        if kind == "attended":
            self._hand_over(who)
            return
        self.is_transfer = True
        self._end(self.lines[who])
        for line in self.those("talking", "held"):
            self._set_aside(line, "waiting")
        self._dial(to)

    def _hand_over(self, who: str) -> None:
        asked = self.asked(who)
        assert asked
        self.is_transfer = True
        self._end(self.lines[who])
        asked.asked_by = None
        if asked.state == "ringing":
            for line in self.those("held"):
                self._set_aside(line, "waiting")
        else:
            self._all_talk(asked.who)

    def _hangup(self, who: str) -> None:
        line = self.lines.get(who)
        if line is None or line.role == "contact":
            self._finish()
        elif line.asked_by:
            self._end(line)
            self._asks_no_more(line.asked_by)
        elif asked := self.asked(who):
            self._leaves_a_consultation(line, asked)
        elif len(self._others(line)) < 2:
            self._finish()
        else:
            self._leaves(line)

    def _others(self, line: Line) -> list[Line]:
        """Who would go on without that line: those who are only asked have nobody to talk with."""
        return [each for each in self.lines.values() if each is not line and not each.asked_by]

    def _leaves_a_consultation(self, line: Line, asked: Line) -> None:
        """The colleague takes the call over, unless those who are held can talk and the colleague only rings."""
        if asked.state == "ringing" and len(self._others(line)) > 1:
            self._end(asked)
            self._leaves(line)
        else:
            self._hand_over(line.who)

    def _leaves(self, line: Line) -> None:
        was_holding = line.state == "holding"
        self._end(line)
        if was_holding:
            for each in self.those("held"):
                self._talk(each)

    def _disconnect(self, who: str) -> None:
        line = self.lines[who]
        if line.state == "ringing":
            line.rest = ()
            self._fail(who)
        else:
            self._hangup(who)

    def _release(self) -> None:
        self._finish()

    def _record(self, who: str, on: bool) -> None:
        line = self.lines[who]
        since = line.since
        self._stop_talk(line)
        line.recording = on
        line.since = None if since is None else self.now

    # talk options

    def _dtmf(self, who: str, digits: str) -> None:
        for key in digits:
            line = self.lines.get(who)
            if line and line.is_operator and self._options_work(line):
                self._key(line, key)

    def _options_work(self, line: Line) -> bool:
        if line.talked is None or line.state in ("ringing", "waiting"):
            return False
        return self.now - line.talked >= BLOCKED[self.direction] * SECOND

    def _key(self, line: Line, key: str) -> None:
        line.keys = "*" if key == "*" else line.keys + key if line.keys else ""
        if line.keys == "*4":
            self._finish()
        elif line.keys == "*1":
            line.keys = ""
            if not line.always_recorded:
                self._record(line.who, not line.recording)
        elif line.keys.startswith("*3") and key == "#":
            number, line.keys = line.keys[2:-1], ""
            to = self.house.behind(number)
            if to and to not in self.lines and line.state in ("talking", "holding") and not self.asked(line.who):
                self._consult(line.who, to)
        elif len(line.keys) > 1 and line.keys[:2] not in ("*2", "*3"):
            line.keys = ""

    # what happens by itself

    def advance(self, to: int) -> bool:
        """Let telephones ring out and ready people act until `to`. Whether anybody did."""
        acted = False
        while self.due and (first := min(self.due, key=lambda due: (due.at, due.order))).at <= to:
            self.due.remove(first)
            self.now = max(self.now, first.at)
            self._step(lambda due=first: self._happens(due))  # type: ignore[misc]
            acted = True
        self.now = to
        return acted

    def _happens(self, due: Due) -> None:
        is_open = self.lines.get(due.line.who) is due.line
        if due.what == "hangs up":
            self._hangup(due.line.who)
        elif is_open and due.line.state == "ringing":
            getattr(self, "_no_answer" if due.what == "rings out" else f"_{due.what}")(due.line.who)

    def _is_at_hand(self, line: Line) -> None:
        """The telephone was told to ring: nobody behind it, or somebody who is ready."""
        if line.number.number in self.house.offline:
            self._step(lambda: self._unreachable(line.who))
        elif line.by_itself and (ready := self.house.ready_of(line.who, line.number.number)) and ready.does != "ignore":
            self._set(line, ready.does, self.now + round(ready.after * SECOND))
