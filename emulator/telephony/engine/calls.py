"""The engine's face to the control plane: place a call, do a verb to it, look at it.

Arguments have the shapes of contract §1 "Calls", with employees as ids; shapes are checked by whoever calls, meaning
is checked here and in the engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

from emulator.core.errors import BadRequest, Conflict, NotFound, Problem
from emulator.core.ground import Ground
from emulator.core.instants import micros
from emulator.telephony.engine.engine import Engine
from emulator.telephony.engine.openings import Opening
from emulator.telephony.engine.options import keys
from emulator.telephony.engine.states import Role, Verb, verb_named
from emulator.telephony.engine.store import CallStore
from emulator.telephony.engine.views import CallView, view
from emulator.telephony.engine.whom import CONTACT, Who
from emulator.telephony.numbers import written
from emulator.telephony.recordings import Recordings
from emulator.telephony.staff import Phone, Staff, VirtualNumber

Direction = Literal["in", "out", "internal"]
Kind = Literal["callback", "click", "dial"]
Party = str | int | None
Script = Sequence[tuple[float, str, Mapping[str, Any]]]
"""Seconds since the call began and verbs with their arguments, in order."""
EmployeeIds = list[int]
Views = list[CallView]

_KINDS: dict[str, tuple[str, ...]] = {"in": ("callback",), "out": ("click", "dial"), "internal": ()}


class Calls:
    """The calls of one account; `engine` is for terminals, which tell it what they did."""

    def __init__(self, ground: Ground, engine: Engine, store: CallStore, staff: Staff, recordings: Recordings) -> None:
        self.engine = engine
        self._ground = ground
        self._store = store
        self._staff = staff
        self._recordings = recordings

    def place(
        self,
        direction: Direction,
        from_: Party,
        to: Party,
        *,
        kind: Kind | None = None,
        number: str | None = None,
        is_led: bool = True,
        visit: int | None = None,
    ) -> int:
        """Begin a call and return its id.

        in: `from_` a telephone number or None (hidden), `to` a virtual number; with `kind` callback the subscriber has
        ordered it, in that `visit` if it is known, and is dialled after an employee. internal: employees' ids. out:
        `from_` an employee's id, `to` a telephone number; a click (default) rings the employee first, with `dial` he
        calls by his own telephone; `number` is the virtual number that is shown. An employee's number makes the call
        internal (GAP-73). `is_led` off: the scenario of the number stays out of it, for whoever has a script.
        Raises BadRequest naming `from`, `to`, `kind`, `number`, `visit` or `direction`; Conflict when there is nobody
        to ring.
        """
        if direction not in _KINDS:
            raise BadRequest.field("direction", direction, "in, out or internal")
        if kind is not None and kind not in _KINDS[direction]:
            known = " or ".join(_KINDS[direction]) or "nothing"
            raise BadRequest.field("kind", kind, f"{known} when the direction is {direction}")
        if number is not None and direction != "out":
            raise BadRequest.field("number", number, "nothing: only an outgoing call shows a number of choice")
        if visit is not None and kind != "callback":
            raise BadRequest.field("visit", visit, "nothing: only a callback says in which visit it was ordered")
        if direction == "in":
            return self._place_in(from_, to, kind, is_led, visit)
        if direction == "internal":
            return self._place_internal(from_, to)
        return self._place_out(from_, to, kind or "click", number)

    def _place_in(self, from_: Party, to: Party, kind: Kind | None, is_led: bool, visit: int | None) -> int:
        if isinstance(from_, int):
            raise BadRequest.field("from", from_, "a telephone number, or null for a hidden one")
        if from_ is None and kind == "callback":
            raise BadRequest.field("from", from_, "the telephone number to call back")
        contact = None if from_ is None else written(from_, "from")
        number = self._virtual_number(to, "to")
        opening = Opening("incoming", "in", number.type, contact, number.number, records=number.is_recorded)
        if kind == "callback":
            opening = replace(opening, kind="callback", source="sitephone", dials_next="contact")
        try:
            return self.engine.arrive(opening, number, is_led=is_led, visit=visit)
        except NotFound:
            if visit is None:
                raise
            raise BadRequest.field("visit", visit, "the id of a visit") from None

    def _place_internal(self, from_: Party, to: Party) -> int:
        caller = self._employee(from_, "from")
        called = self._employee(to, "to")
        self._check_may_call(caller, is_internal=True)
        return self._call_inside(caller, self._phone_of(called, "to"), dials_on=True)

    def _place_out(self, from_: Party, to: Party, kind: Kind, number: str | None) -> int:
        caller = self._employee(from_, "from")
        if not isinstance(to, str):
            raise BadRequest.field("to", to, "a telephone number")
        if inside := self._colleague(to):
            if kind == "dial":
                self._check_may_call(caller, is_internal=True)
            called, dials_on = inside
            return self._call_inside(caller, called, dials_on=dials_on)
        contact = written(to, "to")
        own = self._phone_of(caller, "from")
        if kind == "dial":
            self._check_may_call(caller, is_internal=False)
        shown = self._virtual_number(number, "number") if number else self._shown_by(own)
        source = "sip" if kind == "dial" else "amocrm"
        opening = Opening(
            kind,
            "out",
            source,
            contact,
            shown.number if shown else None,
            records=shown is None or shown.is_recorded,
            caller_employee_id=caller,
        )
        if kind == "dial":
            return self.engine.call_outside(opening)
        return self.engine.call_both(replace(opening, dials_next="contact"), own, Role.OPERATOR)

    def _colleague(self, number: str) -> tuple[Phone, bool] | None:
        """Whom that number calls inside, and whether at all of the colleague's numbers: by a short one it is so."""
        by_extension = self._staff.employee_by_extension(number)
        if by_extension is not None:
            return self._phone_of(by_extension, "to"), True
        phone = self._staff.phone_with(number)
        return (phone, False) if phone else None

    def _call_inside(self, caller: int, called: Phone, *, dials_on: bool) -> int:
        if called.employee_id == caller:
            raise BadRequest.field("to", called.number, "somebody else: nobody calls himself")
        opening = Opening(
            "internal",
            "out",
            "sip",
            called.number,
            None,
            is_internal=True,
            caller_employee_id=caller,
            called_employee_id=called.employee_id,
        )
        return self.engine.call_inside(opening, called, dials_on=dials_on)

    def _check_may_call(self, caller: int, *, is_internal: bool) -> None:
        """Who dials by the own telephone is bound by its settings and by the status (PHONE-09). Raises Conflict."""
        own = self._staff.active_phone(caller)
        if own and (refusal := self._staff.refusal_to_call(own, is_internal=is_internal)):
            name, whom = self._staff.name_of(caller, "from"), "colleagues" if is_internal else "outside"
            raise Conflict(f"{name} may not call {whom} by {own.number}: {refusal}", allowed=[])

    def _virtual_number(self, given: Party, path: str) -> VirtualNumber:
        number = self._staff.virtual_number(given) if isinstance(given, str) else None
        if number is None:
            known = ", ".join(each.number for each in self._staff.virtual_numbers())
            raise BadRequest.field(path, given, f"a virtual number of this account: {known}")
        return number

    def _shown_by(self, phone: Phone) -> VirtualNumber | None:
        """The own number of the line, else the account's first one."""
        own = self._staff.virtual_number(phone.virtual_number) if phone.virtual_number else None
        return own or next(iter(self._staff.virtual_numbers()), None)

    def _phone_of(self, employee_id: int, path: str) -> Phone:
        phone = self._staff.active_phone(employee_id)
        if phone is None:
            raise Conflict(f"{self._staff.name_of(employee_id, path)} has no active number", allowed=[])
        return phone

    def _employee(self, who: Any, path: str) -> int:
        if not isinstance(who, int):
            raise BadRequest.field(path, who, "the id of an employee")
        self._staff.name_of(who, path)
        return who

    def _who(self, who: Any, path: str) -> int:
        """An employee on the line, also one who was dismissed meanwhile."""
        if not isinstance(who, int):
            raise BadRequest.field(path, who, "the id of an employee")
        self._staff.name_ever(who, path)
        return who

    def _anybody(self, who: Any, path: str) -> Who:
        """An employee, the subscriber, or a telephone outside that was dialled into the call."""
        if who == CONTACT:
            return CONTACT
        return written(who, path) if isinstance(who, str) else self._who(who, path)

    def do(self, call_id: int, verb: str, **given: Any) -> None:
        """Do `verb` to a call.

        ring {who: id or ids}; answer, decline, no_answer, busy, unreachable, hangup {who}; hold, resume, conference
        {who: id}; consult {by, to}; transfer {by, to, kind: "blind" or "attended"}; dtmf {who, digits}; voicemail {}.
        `who` and `to` are employees' ids, `who` may be "contact", both a telephone outside. Raises NotFound, BadRequest
        naming the field, or Conflict with `allowed`, and then nothing has changed.
        """
        engine, who = self.engine, given.get("who")
        match verb_named(verb):
            case Verb.RING:
                engine.ring(call_id, self._several(who))
            case Verb.VOICEMAIL:
                engine.voicemail(call_id)
            case Verb.HOLD:
                engine.hold(call_id, self._who(who, "who"))
            case Verb.RESUME:
                engine.resume(call_id, self._who(who, "who"))
            case Verb.CONFERENCE:
                engine.conference(call_id, self._who(who, "who"))
            case Verb.CONSULT:
                engine.consult(call_id, *self._two(**given))
            case Verb.TRANSFER:
                self._transfer(call_id, **given)
            case Verb.DTMF:
                engine.dtmf_of(call_id, self._anybody(who, "who"), keys(str(given.get("digits")), "digits"))
            case by_person:
                engine.person_does(call_id, by_person, self._anybody(who, "who"))

    def do_at(self, instant: datetime, call_id: int, verb: str, **given: Any) -> None:
        """As `do`, at an instant of a script whose clock goes on really."""
        with self.engine.at(instant):
            self.do(call_id, verb, **given)

    def rehearse(self, direction: Direction, from_: Party, to: Party, steps: Script, **how: Any) -> None:
        """Go through a whole call and take it back: raises what `place` or the first illegal step would.

        The detail of a refused step begins with its place in the script.
        """
        begins = self._ground.clock.now()
        with self.engine.rehearsal():
            call_id = self.place(direction, from_, to, **how)
            for index, (seconds, verb, who) in enumerate(steps):
                try:
                    self.do_at(begins + timedelta(seconds=seconds), call_id, verb, **who)
                except Problem as problem:
                    problem.detail = f"script[{index}] ({verb}): {problem.detail}"
                    raise

    def _several(self, who: Any) -> EmployeeIds:
        several = who if isinstance(who, list) else [who]
        if not several:
            raise BadRequest.field("who", who, "an employee's id, or a list with at least one")
        return [self._employee(each, "who") for each in several]

    def _two(self, by: Any = None, to: Any = None) -> tuple[int, Who]:
        """Who does it, and with whom: an employee, or a telephone outside."""
        if by == to or to == CONTACT:
            raise BadRequest.field("to", to, "somebody else than who is in the talk")
        who, target = self._who(by, "by"), self._anybody(to, "to")
        if isinstance(target, str) and (inside := self._staff.phone_with(target)):
            target = inside.employee_id
        return who, target

    def _transfer(self, call_id: int, by: Any = None, to: Any = None, kind: str = "blind") -> None:
        if kind not in ("blind", "attended"):
            raise BadRequest.field("kind", kind, "blind or attended")
        if kind == "blind":
            self.engine.transfer(call_id, *self._two(by, to))
        else:
            self.engine.hand_over(call_id, *self._two(by, to))

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
