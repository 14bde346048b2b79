"""A call as the control plane shows it (contract §1 "Calls"), employees as ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from emulator.core.instants import from_micros
from emulator.telephony.engine.figures import figures
from emulator.telephony.engine.records import Call, Leg, Session


@dataclass(frozen=True)
class LegView:
    """One line of the call. `role` is operator, caller (of an internal call), contact or voice_mail."""

    id: int
    role: str
    employee_id: int | None
    number: str | None
    state: str
    started_at: datetime
    connected_at: datetime | None
    ended_at: datetime | None
    finish_reason: str | None


@dataclass(frozen=True)
class CallView:
    """`kind` is how it began (`openings.Kind`); `direction` is in, out or internal; `from_` and `to` are a telephone
    number, None (hidden) or an employee's id.

    `wait`, `talk` and `total` are whole seconds, as of now while the call goes on; `is_lost` and `recording` are None
    until it has ended.
    """

    id: int
    communication_id: int
    kind: str
    state: str
    direction: str
    is_internal: bool
    from_: str | int | None
    to: str | int | None
    started_at: datetime
    ended_at: datetime | None
    finish_reason: str | None
    is_lost: bool | None
    is_voice_mail: bool
    first_answered_employee_id: int | None
    first_talked_employee_id: int | None
    wait: int
    talk: int
    total: int
    recording: str | None
    legs: list[LegView]


def view(call: Call, now: int, recording: str | None) -> CallView:
    """What can be seen of `call` at `now` (microseconds); `recording` is its link."""
    session = call.session
    summed = figures(session, now)
    return CallView(
        id=session.id,
        communication_id=session.communication_id,
        kind=session.kind,
        state=session.state.value,
        direction="internal" if session.is_internal else session.direction,
        is_internal=session.is_internal,
        from_=session.contact_phone if session.direction == "in" else session.caller_employee_id,
        to=_called(session),
        started_at=from_micros(session.started_at),
        ended_at=_instant(session.ended_at),
        finish_reason=session.finish_reason,
        is_lost=session.is_lost,
        is_voice_mail=session.is_voice_mail,
        first_answered_employee_id=session.first_answered_employee_id,
        first_talked_employee_id=session.first_talked_employee_id,
        wait=summed.wait,
        talk=summed.talk,
        total=summed.total,
        recording=recording,
        legs=[_leg(leg) for leg in call.legs],
    )


def _called(session: Session) -> str | int | None:
    if session.is_internal:
        return session.called_employee_id
    return session.virtual_phone if session.direction == "in" else session.contact_phone


def _leg(leg: Leg) -> LegView:
    return LegView(
        id=leg.id,
        role=leg.role.value,
        employee_id=leg.employee_id,
        number=leg.number,
        state=leg.state.value,
        started_at=from_micros(leg.started_at),
        connected_at=_instant(leg.connected_at),
        ended_at=_instant(leg.ended_at),
        finish_reason=leg.finish_reason,
    )


def _instant(value: int | None) -> datetime | None:
    return None if value is None else from_micros(value)
