"""Whom a verb is about: the line of somebody who does it, and where somebody is rung. Refusals name the argument."""

from __future__ import annotations

from emulator.core.errors import BadRequest
from emulator.telephony.engine.colleagues import Target
from emulator.telephony.engine.records import Call, Leg
from emulator.telephony.engine.states import LEG_STATES, Verb, illegal
from emulator.telephony.staff import Phone, Staff

Who = int | str
"""An employee by id, `contact`, or a telephone outside by its number."""

CONTACT = "contact"


def open_leg(call: Call, who: Who) -> Leg | None:
    if who == CONTACT:
        leg = call.contact_leg()
        return leg if leg and leg.is_open else None
    return call.open_leg_with(who) if isinstance(who, str) else call.open_leg_of(who)


def leg_of(staff: Staff, call: Call, verb: Verb, who: Who, path: str) -> Leg:
    """The leg the verb is about. Raises Conflict when that person's line is in another state."""
    if who == CONTACT and call.session.is_internal:
        raise BadRequest.field(path, who, "an employee: nobody from outside is in an internal call")
    leg = open_leg(call, who)
    needed = LEG_STATES[verb]
    if leg is None or leg.state not in needed:
        name = "the subscriber" if who == CONTACT else who
        name = name if isinstance(name, str) else staff.name_ever(name, path)
        now = f"is {leg.state.value}" if leg else "has no open line"
        wanted = " or ".join(needed)
        raise illegal(verb, call, f"{verb.value}: {name} {now} in call {call.id}, which takes somebody {wanted}")
    return leg


def first_phone(staff: Staff, call: Call, verb: Verb, employee_id: int, path: str) -> Phone:
    """Where to ring that person now. Raises Conflict when there is nowhere."""
    if call.open_leg_of(employee_id):
        raise illegal(verb, call, f"{staff.name_of(employee_id, path)} is on call {call.id} already")
    phone = staff.active_phone(employee_id)
    if phone is None:
        raise illegal(verb, call, f"{staff.name_of(employee_id, path)} has no active number")
    return phone


def target(staff: Staff, call: Call, verb: Verb, to: Who) -> Target:
    if not isinstance(to, str):
        return first_phone(staff, call, verb, to, "to")
    if call.open_leg_with(to):
        raise illegal(verb, call, f"{to} is on call {call.id} already")
    return to
