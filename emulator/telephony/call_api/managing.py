"""Hold, consultation, transfer and the end of a call (facts §2.2).

All of it is done in the name of the employee or operator who is in the talk; with several, of the first of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.answer import Answer, Methods, Params
from emulator.telephony.call_api import parties, shapes
from emulator.telephony.call_api.states import Going, going, refusals
from emulator.telephony.data_api.params import Shape, checked, required, text
from emulator.telephony.engine import colleagues
from emulator.telephony.engine.states import LegState
from emulator.telephony.engine.step import Step
from emulator.telephony.rpc import Refusal

DONE: Mapping[str, str] = {"success": "true"}
"""What managing methods answer: text, as in the vendor's examples."""

_HOLD: Shape = {**shapes.CALL, "contact_message": required(shapes.message())}
_MAKE: Shape = {**shapes.CALL, "to": required(text()), "to_message": shapes.message()}
_DISCONNECT: Shape = {**shapes.CALL, "leg_id": required(shapes.identifier())}


def found(account: TelephonyAccount, given: Mapping[str, Any], method: str) -> Going:
    return going(account, given["call_session_id"], method)


def hold(account: TelephonyAccount, params: Params) -> Answer:
    """The others hear nobody but the message, whose length nothing depends on."""
    given = checked(params, _HOLD)
    call = found(account, given, "hold.call")
    shapes.length_of(account, given, "contact_message")
    with call.step("hold") as (step, leg):
        colleagues.hold(step, leg)
    return Answer(DONE)


def unhold(account: TelephonyAccount, params: Params) -> Answer:
    call = found(account, checked(params, shapes.CALL), "unhold.call")
    with call.step("resume") as (step, leg):
        colleagues.resume(step, leg)
    return Answer(DONE)


def make(account: TelephonyAccount, params: Params) -> Answer:
    """Dial somebody for who holds. An extension is an employee at all active numbers, a number is that number."""
    given = checked(params, _MAKE)
    call = found(account, given, "make.call")
    shapes.length_of(account, given, "to_message")
    to = parties.somebody(account, given["to"], "to")
    with call.step("consult", to=given["to"]) as (step, leg):
        _refuse_who_is_there(step, to, given["to"])
        if isinstance(to, str):
            colleagues.consult(step, leg, to)
        else:
            colleagues.consult(step, leg, to.phone, dials_on=to.dials_on)
    return Answer(DONE)


def _refuse_who_is_there(step: Step, to: parties.Called | str, value: str) -> None:
    there = step.call.open_leg_with(to) if isinstance(to, str) else step.call.open_leg_of(to.phone.employee_id)
    if there is not None:
        raise Refusal("invalid_parameter_value", "to", value, "somebody else than who is in the call")


def transfer(account: TelephonyAccount, params: Params) -> Answer:
    """Who asked leaves; whoever is dialled still and does not answer ends the call."""
    call = found(account, checked(params, shapes.CALL), "transfer.talk")
    with call.step("transfer") as (step, leg):
        asked = step.call.consulted_by(leg)
        colleagues.hand_over(step, leg, ends_call=asked is not None and asked.state is LegState.RINGING)
    return Answer(DONE)


def restore(account: TelephonyAccount, params: Params) -> Answer:
    """Back to the talk; who was asked leaves."""
    call = found(account, checked(params, shapes.CALL), "restore.talk")
    with call.step("resume") as (step, leg):
        colleagues.resume(step, leg)
    return Answer(DONE)


def release(account: TelephonyAccount, params: Params) -> Answer:
    call = found(account, checked(params, shapes.CALL), "release.call")
    with refusals():
        account.engine.release(call.call.id)
    return Answer(DONE)


def disconnect(account: TelephonyAccount, params: Params) -> Answer:
    """Cut one line off; the contact's ends the call."""
    given = checked(params, _DISCONNECT)
    call = found(account, given, "disconnect.leg").call
    if all(leg.id != given["leg_id"] for leg in call.open_legs()):
        raise Refusal("leg_not_found", "leg_id", given["leg_id"])
    with refusals():
        account.engine.disconnect(call.id, given["leg_id"])
    return Answer(DONE)


METHODS: Methods = {
    "disconnect.leg": disconnect,
    "hold.call": hold,
    "make.call": make,
    "release.call": release,
    "restore.talk": restore,
    "transfer.talk": transfer,
    "unhold.call": unhold,
}
