"""Who calls whom on a line, as both vendor APIs show it (facts §1.7, §2.2)."""

from __future__ import annotations

from emulator.telephony.engine.records import Call, Leg
from emulator.telephony.engine.states import Role


def is_dialled_out(call: Call, leg: Leg) -> bool:
    """The telephony dialled this leg, as opposed to a party who came in by it."""
    return leg.was_rung or _is_called_contact(call, leg)


def calling(call: Call, leg: Leg) -> str | None:
    session = call.session
    if _is_called_contact(call, leg):
        return session.virtual_phone
    if session.is_internal or leg.role is Role.CALLER:
        return _own_number(call)
    return session.virtual_phone if session.shows_virtual and leg.is_operator else session.contact_phone


def called(call: Call, leg: Leg) -> str | None:
    session = call.session
    if is_dialled_out(call, leg):
        return leg.number
    return session.virtual_phone if session.direction == "in" else session.contact_phone


def _is_called_contact(call: Call, leg: Leg) -> bool:
    return leg.role is Role.CONTACT and call.session.kind != "incoming"


def _own_number(call: Call) -> str | None:
    return next((leg.number for leg in call.legs if leg.role is Role.CALLER), None)
