"""`create.employees` and `update.employees`: the cards of employees with their numbers (facts §1.9).

Numbers are replaced as a whole. The vendor keeps one number once in an account: what is said of it holds for everybody
who has it. A SIP login given as a number is an ordinary number unless it is the employee's line already; lines are
handed out by `create.sip_lines` and `update.sip_lines`.
"""

from __future__ import annotations

from typing import Any

from emulator.core.errors import BadRequest
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.data_api.answer import Answer, Params
from emulator.telephony.data_api.employee_shapes import CREATE, DEPRECATED, DIRECTIONS, UPDATE
from emulator.telephony.data_api.params import checked
from emulator.telephony.numbers import from_reports, written
from emulator.telephony.rpc import Refusal
from emulator.telephony.staff.records import BOTH_WAYS
from emulator.telephony.staff.statuses import status_of_id

_AS_GIVEN = ("first_name", "last_name", "patronymic", "email", "call_recording")
_EXTENSION_MARK = "..."


def create_employees(account: TelephonyAccount, params: Params) -> Answer:
    """Answers the id. Raises Refusal: already_in_use (an extension), entity_not_found (a group, a coach)."""
    given = checked(params, CREATE)
    columns = _columns(account, given, None)
    numbers = _numbers(given.get("phone_numbers") or [])
    groups = _groups(account, given)
    with account.database.transaction():
        employee_id = account.staff.cards.add({name: value for name, value in columns.items() if value is not None})
        _arrange(account, employee_id, numbers)
        account.staff.groups.set_groups_of(employee_id, groups or ())
    return Answer({"id": employee_id})


def update_employees(account: TelephonyAccount, params: Params) -> Answer:
    """What is not given stays; lists are replaced as a whole."""
    given = checked(params, UPDATE)
    employee_id = given["id"]
    if account.staff.employee(employee_id) is None:
        raise Refusal("entity_not_found", "id", employee_id)
    columns = _columns(account, given, employee_id)
    numbers = _numbers(given["phone_numbers"])
    groups = _groups(account, given)
    _check_ids(account, employee_id, numbers)
    with account.database.transaction():
        account.staff.cards.change(employee_id, columns)
        _arrange(account, employee_id, numbers)
        if groups is not None:
            account.staff.groups.set_groups_of(employee_id, groups)
    return Answer({})


def _columns(account: TelephonyAccount, given: dict[str, Any], employee_id: int | None) -> dict[str, Any]:
    """The columns of a card among what was given. Raises Refusal for what cannot be."""
    if given.get("operator") is not None:
        raise Refusal("parameter_component_disabled", "operator", params={"components": "consultant"})
    if given.get("schedule_id") is not None:
        raise Refusal("entity_not_found", "schedule_id", given["schedule_id"])
    columns = {name: given[name] for name in _AS_GIVEN if name in given}
    if "call_recording" in columns and columns["call_recording"] is None:
        columns["call_recording"] = "all"
    return {
        **columns,
        **_status(account, given),
        **_directions(given),
        **_coach(account, given, employee_id),
        **_extension(account, given, employee_id),
    }


def _status(account: TelephonyAccount, given: dict[str, Any]) -> dict[str, Any]:
    """By mnemonic or, better, by id."""
    if given.get("status_id") is None:
        return {"status": given["status"]} if given.get("status") else {}
    mnemonic = status_of_id(account.ground.ids, given["status_id"])
    if mnemonic is None:
        raise Refusal("entity_not_found", "status_id", given["status_id"])
    return {"status": mnemonic}


def _directions(given: dict[str, Any]) -> dict[str, str]:
    """The four lists of directions; the deprecated parameters first, so that the new ones prevail."""
    found: dict[str, tuple[str, ...]] = {}
    for name, columns in DEPRECATED.items():
        if given.get(name) is not None:
            allowed = given[name]
            for kind, column in columns.items():
                found[column] = BOTH_WAYS if allowed is True or (allowed and kind in allowed) else ()
    for name, column in DIRECTIONS.items():
        if name in given:
            found[column] = tuple(given[name] or ())
    return {column: ",".join(way for way in BOTH_WAYS if way in ways) for column, ways in found.items()}


def _coach(account: TelephonyAccount, given: dict[str, Any], employee_id: int | None) -> dict[str, Any]:
    if "coach" not in given:
        return {}
    coach = given["coach"] or {}
    coach_id, always = coach.get("coach_id"), coach.get("coach_always_enabled")
    if coach_id is None:
        if always:
            raise Refusal("invalid_parameters_combination", "coach.coach_always_enabled", always, "nobody is the coach")
        return {"coach_id": None, "is_coach_always_enabled": False}
    if account.staff.employee(coach_id) is None:
        raise Refusal("entity_not_found", "coach.coach_id", coach_id)
    if coach_id == employee_id:
        raise Refusal("invalid_parameter_value", "coach.coach_id", coach_id, "somebody else")
    return {"coach_id": coach_id, "is_coach_always_enabled": bool(always)}


def _extension(account: TelephonyAccount, given: dict[str, Any], employee_id: int | None) -> dict[str, Any]:
    if "extension" not in given:
        return {}
    extension = given["extension"]
    if extension is None:
        return {"extension": None, "has_voice_mail": False, "has_queue": False}
    wanted = extension["extension_phone_number"]
    owner = account.staff.employee_by_extension(wanted)
    if (owner is not None and owner != employee_id) or account.staff.groups.with_extension(wanted):
        raise Refusal("already_in_use", "extension.extension_phone_number", wanted)
    return {
        "extension": wanted,
        "has_voice_mail": bool(extension.get("extension_voice_mail_enabled")),
        "has_queue": bool(extension.get("extension_queue_enabled")),
    }


def _groups(account: TelephonyAccount, given: dict[str, Any]) -> list[int] | None:
    """The ids given; None when the parameter is not there."""
    if "groups" not in given:
        return None
    for group_id in given["groups"] or ():
        if account.staff.group(group_id) is None:
            raise Refusal("entity_not_found", "groups", group_id)
    return given["groups"] or []


def _numbers(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each number as it is kept. Raises Refusal for one that is none, and for one that is there twice."""
    numbers = [{**each, "phone_number": _number(each["phone_number"])} for each in given]
    written_as = [each["phone_number"] for each in numbers]
    for index, number in enumerate(written_as):
        if number in written_as[:index]:
            raise Refusal("invalid_parameter_value", "phone_numbers.phone_number", given[index]["phone_number"], "once")
    return numbers


def _number(text: str) -> str:
    """In E.164 with `+`, a short one as it is; what is dialled after the answer comes behind three dots."""
    at = "phone_numbers.phone_number"
    base, mark, dialled = text.partition(_EXTENSION_MARK)
    if mark and not dialled.isdecimal():
        raise Refusal("invalid_parameter_value", at, text, "digits behind the three dots")
    try:
        return (from_reports(base) or written(base, at)) + mark + dialled
    except BadRequest:
        raise Refusal("invalid_parameter_value", at, text, "a telephone number such as 79161234567") from None


def _check_ids(account: TelephonyAccount, employee_id: int, numbers: list[dict[str, Any]]) -> None:
    """Raises Refusal when a `phone_id` is not one of the employee's, or is that of a line and has another number."""
    own = {phone.id: phone for phone in account.staff.phones.of(employee_id)}
    seen = set()
    for each in numbers:
        phone_id = each.get("phone_id")
        if phone_id is None:
            continue
        if phone_id not in own:
            raise Refusal("entity_not_found", "phone_numbers.phone_id", phone_id)
        if phone_id in seen:
            raise Refusal("invalid_parameter_value", "phone_numbers.phone_id", phone_id, "once")
        if own[phone_id].line_id is not None and own[phone_id].number != each["phone_number"]:
            raise Refusal("invalid_parameter_value", "phone_numbers.phone_number", each["phone_number"], "a SIP line's")
        seen.add(phone_id)


def _arrange(account: TelephonyAccount, employee_id: int, numbers: list[dict[str, Any]]) -> None:
    """Give the employee these numbers in this order, and no others."""
    phones = account.staff.phones
    own = {phone.id: phone for phone in phones.of(employee_id)}
    named = {each["phone_id"] for each in numbers if each.get("phone_id") is not None}
    by_number = {phone.number: phone.id for phone in own.values() if phone.id not in named}
    phone_ids = []
    for each in numbers:
        number, phone_id = each["phone_number"], each.get("phone_id")
        if phone_id is None:
            phone_id = by_number.get(number) or phones.add_known(employee_id, number)
        elif own[phone_id].number != number:
            phones.renumber(phone_id, number)
        phone_ids.append(phone_id)
        phones.change_number(number, _settings(each))
    phones.arrange(employee_id, phone_ids)


def _settings(given: dict[str, Any]) -> dict[str, Any]:
    settings = {name: given[name] for name in ("channels_count", "dial_time") if given.get(name) is not None}
    if given.get("status") is not None:
        settings["is_active"] = given["status"] == "active"
    return settings
