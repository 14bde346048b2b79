"""`start.*`: the telephony dials one party and, when it has answered, the other one (facts §2.1, DIAL-03, TERM-10).

Nobody drives these calls: telephones stop ringing after their dial time, and who is ready answers by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.answer import Answer, Methods, Params
from emulator.telephony.call_api import parties, shapes
from emulator.telephony.call_api.usage import RULES, used_number
from emulator.telephony.data_api.params import Shape, boolean, checked, choice, required, structure, text
from emulator.telephony.engine.openings import Opening
from emulator.telephony.engine.preludes import Prelude
from emulator.telephony.engine.states import Role
from emulator.telephony.rpc import Refusal
from emulator.telephony.staff import Phone

Given = Mapping[str, Any]

CALL_API, SCENARIO_CALL = "callapi", "callapi_scenario_call"
"""Where a call came from, in the reports: the components of the Call API that its methods belong to."""

_NUMBER_CODE = -32007
"""The code of what is wrong with a virtual number."""

_COMMON: Shape = {
    "virtual_phone_number": required(text()),
    "virtual_phone_usage_rule": choice(*RULES),
    "contact": required(text()),
    "contact_message": shapes.message(),
    "direction": choice("in", "out"),
    "dtmf_string": shapes.keys_with_pauses(),
    "external_id": text(),
    "switch_at_once": boolean(),
    "early_switching": boolean(),
}
_MUSIC: Shape = {"media_file_id": shapes.identifier(), "show_virtual_phone_number": boolean()}
_EMPLOYEE: Shape = {"id": required(shapes.identifier()), "phone_number": text()}

EMPLOYEE_CALL: Shape = {
    **_COMMON,
    **_MUSIC,
    "first_call": required(choice("contact", "employee")),
    "employee": required(structure(_EMPLOYEE)),
    "employee_message": shapes.message(),
}
SIMPLE_CALL: Shape = {
    **_COMMON,
    **_MUSIC,
    "first_call": required(choice("contact", "operator")),
    "operator": required(text()),
    "operator_message": shapes.message(),
    "operator_confirmation": shapes.confirmation(),
}
VNUMBER_CALL: Shape = {
    **_COMMON,
    "first_call": required(choice("contact", "employee")),
    "show_virtual_phone_number": boolean(),
}
SCENARIO_CALL_SHAPE: Shape = {
    **_COMMON,
    "first_call": required(choice("contact", "employee")),
    "scenario_id": required(shapes.identifier()),
    "employee_message": shapes.message(),
}


def employee_call(account: TelephonyAccount, params: Params) -> Answer:
    """An employee and a contact, without a scenario. A colleague as contact makes the call internal (GAP-73)."""
    given = _given(params, EMPLOYEE_CALL, "employee")
    opening = _opening(account, given, CALL_API)
    asked = given["employee"]
    own = parties.employee(account, asked["id"], asked.get("phone_number"))
    prelude = _prelude(account, "start.employee_call", given, "employee")
    if inside := parties.colleague(account, given["contact"]):
        return _inside(account, given, opening, own, inside, prelude)
    employee_id = own.phone.employee_id
    caller = employee_id if opening.direction == "out" else None
    opening = replace(opening, caller_employee_id=caller, called_employee_id=employee_id)
    if given["first_call"] == "employee":
        opening = replace(opening, dials_next="contact")
        return _dialled(account, opening, own.phone, Role.OPERATOR, prelude, dials_on=own.dials_on)
    only = None if own.dials_on else own.phone.id
    opening = replace(opening, dials_next="employee", called_phone_id=only)
    return _dialled(account, opening, opening.contact_phone, Role.CONTACT, prelude)


def _inside(
    account: TelephonyAccount, given: Given, opening: Opening, own: parties.Called, other: Phone, prelude: Prelude
) -> Answer:
    """Who is dialled first is the caller. The contact is dialled at that number alone, active or not."""
    if other.employee_id == own.phone.employee_id:
        raise Refusal("invalid_parameter_value", "contact", given["contact"], "somebody else than the employee")
    both = [own, parties.Called(other, dials_on=False)]
    first, second = both if given["first_call"] == "employee" else reversed(both)
    opening = replace(
        opening,
        direction="out",
        is_internal=True,
        records=True,
        contact_phone=second.phone.number,
        virtual_phone=None,
        caller_employee_id=first.phone.employee_id,
        called_employee_id=second.phone.employee_id,
        called_phone_id=None if second.dials_on else second.phone.id,
        dials_next="employee",
    )
    return _dialled(account, opening, first.phone, Role.CALLER, prelude, dials_on=first.dials_on)


def simple_call(account: TelephonyAccount, params: Params) -> Answer:
    """Two telephones; the operator is no employee, whoever the number belongs to."""
    given = _given(params, SIMPLE_CALL, "operator")
    opening = _opening(account, given, CALL_API)
    parties.refuse_own_number(account, given["operator"], "operator")
    operator = parties.outside(given["operator"], "operator")
    if operator == opening.contact_phone:
        raise Refusal("invalid_parameter_value", "operator", given["operator"], "another number than the contact's")
    prelude = _prelude(account, "start.simple_call", given, "operator")
    prelude = replace(prelude, confirmation=given.get("operator_confirmation"))
    opening = replace(opening, operator_number=operator)
    if given["first_call"] == "operator":
        return _dialled(account, replace(opening, dials_next="contact"), operator, Role.OPERATOR, prelude)
    return _dialled(account, replace(opening, dials_next="operator"), opening.contact_phone, Role.CONTACT, prelude)


def vnumber_call(account: TelephonyAccount, params: Params) -> Answer:
    """As the scenario of the virtual number leads."""
    given = _given(params, VNUMBER_CALL, "employee")
    opening = _opening(account, given, CALL_API, shows_virtual=False)
    asked = parties.virtual_number(account, given["virtual_phone_number"])
    scenario_id = account.scenarios.of_number(asked.number)
    if scenario_id is None:
        hint = "the virtual number has none"
        raise Refusal("scenario_not_found", "virtual_phone_number", asked.number, hint, code=_NUMBER_CODE)
    return _led(account, given, replace(opening, scenario_id=scenario_id), "start.vnumber_call")


def scenario_call(account: TelephonyAccount, params: Params) -> Answer:
    """As one of the scenarios leads."""
    given = _given(params, SCENARIO_CALL_SHAPE, "employee")
    opening = _opening(account, given, SCENARIO_CALL, shows_virtual=False)
    scenario_id = given["scenario_id"]
    if account.scenarios.first_of(scenario_id) is None:
        raise Refusal("scenario_not_found", "scenario_id", scenario_id, params={"scenario_id": scenario_id})
    return _led(account, given, replace(opening, scenario_id=scenario_id), "start.scenario_call")


def _led(account: TelephonyAccount, given: Given, opening: Opening, method: str) -> Answer:
    prelude = _prelude(account, method, given, "employee")
    if given["first_call"] == "employee":
        return _dialled(account, replace(opening, dials_next="contact"), None, Role.OPERATOR, prelude)
    opening = replace(opening, dials_next="scenario")
    return _dialled(account, opening, opening.contact_phone, Role.CONTACT, prelude)


# what they share


def _given(params: Params, shape: Shape, operator: str) -> Given:
    """The checked parameters. `operator` is what `first_call` says for the other side than the contact."""
    given = {name: value for name, value in checked(params, shape).items() if value is not None}
    at_once = given["first_call"] == operator and given.get("switch_at_once", False)
    if given.get("early_switching") and not at_once:
        hint = f"early_switching needs first_call {operator} and switch_at_once"
        raise Refusal("invalid_parameters_combination", "early_switching", True, hint)
    return given


def _opening(account: TelephonyAccount, given: Given, source: str, *, shows_virtual: bool = True) -> Opening:
    """What all these calls have. `shows_virtual`: unless the request says, the other side than the contact sees the
    virtual number. Raises Refusal for a number that cannot be shown or dialled."""
    asked = parties.virtual_number(account, given["virtual_phone_number"])
    contact = parties.contact(account, given["contact"])
    shown = used_number(account, given.get("virtual_phone_usage_rule", "fixed"), asked, contact)
    return Opening(
        "api",
        given.get("direction", "in"),
        source,
        contact,
        shown.number,
        records=shown.is_recorded,
        is_automatic=True,
        shows_virtual=given.get("show_virtual_phone_number", shows_virtual),
        external_id=given.get("external_id"),
    )


def _prelude(account: TelephonyAccount, method: str, given: Given, operator: str) -> Prelude:
    """What comes before the talk. Speech that is made of text is never cut short (facts §2.1)."""
    if "media_file_id" in given:
        shapes.media_file(account, given["media_file_id"], "media_file_id")
    contact = shapes.length_of(account, given, "contact_message")
    own = shapes.length_of(account, given, f"{operator}_message")
    is_speech = given.get("contact_message", {}).get("type") == "tts"
    operator_first = given["first_call"] == operator
    return Prelude(
        method,
        dtmf=given.get("dtmf_string", ""),
        first_message=own if operator_first else contact,
        second_message=contact if operator_first else own,
        dials_after_it=operator_first,
        switches_at_once=given.get("switch_at_once", False) and not is_speech,
    )


def _dialled(
    account: TelephonyAccount,
    opening: Opening,
    first: Phone | str | None,
    role: Role,
    prelude: Prelude,
    *,
    dials_on: bool = True,
) -> Answer:
    call_id = account.engine.call_both(opening, first, role, dials_on=dials_on, prelude=prelude)
    return Answer({"call_session_id": call_id})


METHODS: Methods = {
    "start.employee_call": employee_call,
    "start.scenario_call": scenario_call,
    "start.simple_call": simple_call,
    "start.vnumber_call": vnumber_call,
}
