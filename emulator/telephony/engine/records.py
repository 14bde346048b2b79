"""Sessions, legs and talk segments as the engine holds them during one step; between steps they are rows.

Instants are microseconds since 1970. `stored` is what lies in the row of what can change (`store.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from emulator.telephony.engine.states import LegState, Role, SessionState


@dataclass(slots=True)
class Session:
    """One call. `records`: the virtual number records its calls; `is_recorded`: there is a recording.

    `direction` is the Data API's: in or out; an internal call is `out` with `is_internal`. `kind` says how it began
    (`openings.Kind`). `dials_next` is who is dialled when the first party has answered, where the telephony dials both;
    `called_phone_id` the one number that is tried then. `shows_virtual`: who is rung sees the virtual number.
    Answered is an operator who took the telephone, talked is one who had the other party on the line. `is_automatic`:
    telephones stop ringing after their dial time, and who is ready answers by themselves. `is_routed`: a scenario leads
    the call; `scenario_id` is the one it began with.
    """

    id: int
    communication_id: int
    kind: str
    direction: Literal["in", "out"]
    is_internal: bool
    source: str
    contact_phone: str | None
    virtual_phone: str | None
    caller_employee_id: int | None
    called_employee_id: int | None
    records: bool
    started_at: int
    called_phone_id: int | None = None
    dials_next: str | None = None
    operator_number: str | None = None
    is_automatic: bool = False
    shows_virtual: bool = False
    external_id: str | None = None
    state: SessionState = SessionState.ARRIVED
    first_talk_at: int | None = None
    ended_at: int | None = None
    finish_reason: str | None = None
    is_lost: bool | None = None
    is_voice_mail: bool = False
    is_transfer: bool = False
    is_recorded: bool = False
    first_answered_employee_id: int | None = None
    last_answered_employee_id: int | None = None
    first_talked_employee_id: int | None = None
    last_talked_employee_id: int | None = None
    is_routed: bool = False
    scenario_id: int | None = None
    events: int = 0
    stored: tuple[Any, ...] = field(default=(), repr=False, compare=False)


@dataclass(slots=True)
class Leg:
    """One line of a call. `dials_on`: after this number the person's next one is dialled by itself. `rings_out`: it
    ends by itself after the number's dial time. `operation_id`: the operation of a scenario that dialled it.
    `consulted_by`: the leg of the colleague who asks. `ends_call`: the call is over when nobody takes it. `records`:
    the line is recorded whatever anybody wants; `is_recording`: it is being recorded now. `keys`: what was pressed of
    a talk option so far.
    """

    id: int
    session_id: int
    role: Role
    employee_id: int | None
    phone_id: int | None
    number: str | None
    protocol: str
    records: bool
    is_recording: bool
    is_transferred: bool
    dials_on: bool
    rings_out: bool
    operation_id: int | None
    consulted_by: int | None
    started_at: int
    state: LegState
    ends_call: bool = False
    connected_at: int | None = None
    talked_at: int | None = None
    talking_since: int | None = None
    ended_at: int | None = None
    finish_reason: str | None = None
    keys: str = ""
    stored: tuple[Any, ...] = field(default=(), repr=False, compare=False)

    @property
    def is_operator(self) -> bool:
        return self.role is Role.OPERATOR or self.role is Role.CALLER

    @property
    def was_rung(self) -> bool:
        """Whether an employee was dialled by this leg; such legs decide whether an incoming call is lost (TERM-05)."""
        return self.role is Role.OPERATOR

    @property
    def is_open(self) -> bool:
        return self.state is not LegState.ENDED


@dataclass(slots=True)
class Segment:
    """One stretch of talk with the other party; without an employee it is a message left to voice mail."""

    session_id: int
    leg_id: int
    employee_id: int | None
    started_at: int
    ended_at: int
    is_recorded: bool


@dataclass(slots=True)
class Call:
    """A session with its legs, oldest first. `segments` are filled for reports and for a recording."""

    session: Session
    legs: list[Leg]
    segments: list[Segment] = field(default_factory=list)

    @property
    def id(self) -> int:
        return self.session.id

    def legs_in(self, *states: LegState) -> list[Leg]:
        return [leg for leg in self.legs if leg.state in states]

    def open_legs(self) -> Iterator[Leg]:
        return (leg for leg in self.legs if leg.is_open)

    def leg(self, leg_id: int) -> Leg:
        return next(leg for leg in self.legs if leg.id == leg_id)

    def open_leg_of(self, employee_id: int) -> Leg | None:
        """The line that employee is on or is rung at; a person has one at most."""
        return next((leg for leg in self.open_legs() if leg.employee_id == employee_id), None)

    def open_leg_with(self, number: str) -> Leg | None:
        """The line to that number outside, which is nobody's here."""
        return next((leg for leg in self.open_legs() if leg.number == number and leg.employee_id is None), None)

    def contact_leg(self) -> Leg | None:
        """The subscriber's line, once there is one."""
        return next((leg for leg in self.legs if leg.role is Role.CONTACT), None)

    def contact_waits(self) -> bool:
        """The subscriber is on the line and has nobody to talk to, nor anybody who is about to."""
        leg = self.contact_leg()
        if leg is None or leg.state is not LegState.WAITING:
            return False
        return not any(each.is_operator for each in self.legs_in(LegState.WAITING))

    def is_only_ordered(self) -> bool:
        """A callback that nobody took yet: the subscriber is not on the line, and may want it no more."""
        return self.session.kind == "callback" and self.contact_leg() is None

    def missed_contact(self) -> bool:
        """The subscriber was dialled and did not answer."""
        leg = self.contact_leg()
        return self.session.kind != "incoming" and leg is not None and leg.connected_at is None

    def consulted_by(self, leg: Leg) -> Leg | None:
        """The open line to the colleague whom `leg` consults or dials for it."""
        return next((each for each in self.open_legs() if each.consulted_by == leg.id), None)

    def others(self, leg: Leg) -> list[Leg]:
        """Who goes on without `leg`: a colleague who is only asked has nobody else to talk to."""
        return [each for each in self.open_legs() if each is not leg and each.consulted_by is None]

    def anybody_dialled(self) -> bool:
        return any(leg.was_rung for leg in self.legs)
