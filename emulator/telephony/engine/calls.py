"""The engine's face to the control plane: place a call, do a verb to it, look at it.

Arguments have the shapes of contract §1 "Calls", with employees as ids; shapes are checked by whoever calls, meaning
is checked here and in the engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from emulator.core.errors import BadRequest, Conflict, Problem
from emulator.core.ground import Ground
from emulator.core.instants import micros
from emulator.telephony.engine.engine import Engine
from emulator.telephony.engine.states import Verb, verb_named
from emulator.telephony.engine.store import CallStore
from emulator.telephony.engine.views import CallView, view
from emulator.telephony.numbers import written
from emulator.telephony.recordings import Recordings
from emulator.telephony.staff import Phone, Staff

Direction = Literal["in", "out", "internal"]
Party = str | int | None
Script = Sequence[tuple[str, Mapping[str, Any]]]
"""Verbs with their arguments, in order."""
EmployeeIds = list[int]
Views = list[CallView]


class Calls:
    """The calls of one account; `engine` is for terminals, which tell it what they did."""

    def __init__(self, ground: Ground, engine: Engine, store: CallStore, staff: Staff, recordings: Recordings) -> None:
        self.engine = engine
        self._ground = ground
        self._store = store
        self._staff = staff
        self._recordings = recordings

    def place(self, direction: Direction, from_: Party, to: Party) -> int:
        """Begin a call and return its id.

        in: `from_` a telephone number or None (hidden), `to` a virtual number. internal: employees' ids. out: `from_`
        an employee's id, `to` a telephone number, which must be an employee's: then the call is internal too (GAP-73).
        Raises BadRequest naming `from`, `to` or `direction`; Conflict when the called employee has no active number.
        """
        if direction == "in":
            return self._place_in(from_, to)
        if direction == "internal":
            return self._place_internal(from_, to)
        if direction == "out":
            return self._place_out(from_, to)
        raise BadRequest.field("direction", direction, "in, out or internal")

    def _place_in(self, from_: Party, to: Party) -> int:
        if isinstance(from_, int):
            raise BadRequest.field("from", from_, "a telephone number, or null for a hidden one")
        contact = None if from_ is None else written(from_, "from")
        number = self._staff.virtual_number(to) if isinstance(to, str) else None
        if number is None:
            known = ", ".join(each.number for each in self._staff.virtual_numbers())
            raise BadRequest.field("to", to, f"a virtual number of this account: {known}")
        return self.engine.arrive(contact, number)

    def _place_internal(self, from_: Party, to: Party) -> int:
        caller = self._employee(from_, "from")
        called = self._employee(to, "to")
        phone = self._staff.active_phone(called)
        if phone is None:
            raise Conflict(f"{self._staff.name_of(called, 'to')} has no active number", allowed=[])
        return self._call_inside(caller, phone, dials_on=True)

    def _place_out(self, from_: Party, to: Party) -> int:
        caller = self._employee(from_, "from")
        if not isinstance(to, str):
            raise BadRequest.field("to", to, "a telephone number")
        phone = self._staff.phone_with(to)
        if phone is None:
            raise BadRequest.field("to", to, "the number of an employee: outside numbers come later")
        return self._call_inside(caller, phone, dials_on=False)

    def _call_inside(self, caller: int, called: Phone, *, dials_on: bool) -> int:
        if called.employee_id == caller:
            raise BadRequest.field("to", called.number, "somebody else: nobody calls himself")
        return self.engine.call_inside(caller, called, dials_on=dials_on)

    def _employee(self, who: Party, path: str) -> int:
        if not isinstance(who, int):
            raise BadRequest.field(path, who, "the id of an employee")
        self._staff.name_of(who, path)
        return who

    def do(self, call_id: int, verb: str, **who: Any) -> None:
        """Do `verb` to a call.

        ring {who: id or ids}; answer, decline, no_answer, busy, unreachable {who: id}; hangup {who: id or "contact"};
        transfer {by, to, kind: "blind"}; voicemail {}. Raises NotFound, BadRequest naming the field, or Conflict with
        `allowed`, and then nothing has changed.
        """
        match verb_named(verb):
            case Verb.RING:
                self.engine.ring(call_id, self._several(who.get("who")))
            case Verb.VOICEMAIL:
                self.engine.voicemail(call_id)
            case Verb.TRANSFER:
                self._transfer(call_id, **who)
            case Verb.HANGUP if who.get("who") == "contact":
                self.engine.contact_hangs_up(call_id)
            case by_person:
                self.engine.person_does(call_id, by_person, self._employee(who.get("who"), "who"))

    def rehearse(self, direction: Direction, from_: Party, to: Party, steps: Script) -> None:
        """Go through a whole call at once and take it back: raises what `place` or the first illegal step would.

        The detail of a refused step begins with its place in the script.
        """
        with self.engine.rehearsal():
            call_id = self.place(direction, from_, to)
            for index, (verb, who) in enumerate(steps):
                try:
                    self.do(call_id, verb, **who)
                except Problem as problem:
                    problem.detail = f"script[{index}] ({verb}): {problem.detail}"
                    raise

    def _several(self, who: Any) -> EmployeeIds:
        several = who if isinstance(who, list) else [who]
        if not several:
            raise BadRequest.field("who", who, "an employee's id, or a list with at least one")
        return [self._employee(each, "who") for each in several]

    def _transfer(self, call_id: int, by: Any = None, to: Any = None, kind: str = "blind") -> None:
        if kind == "attended":
            raise BadRequest.field("kind", kind, "blind: an attended transfer comes later")
        if kind != "blind":
            raise BadRequest.field("kind", kind, "blind or attended")
        if by == to:
            raise BadRequest.field("to", to, "somebody else than the one who transfers")
        self.engine.transfer(call_id, self._employee(by, "by"), self._employee(to, "to"))

    def get(self, call_id: int) -> CallView:
        """Raises NotFound for an unknown call."""
        call = self._store.load(call_id)
        return view(call, self._now(), self._recordings.link(call.session))

    def list(self) -> Views:
        """All calls, oldest first."""
        now = self._now()
        return [view(call, now, self._recordings.link(call.session)) for call in self._store.all()]

    def _now(self) -> int:
        return micros(self._ground.clock.now())
