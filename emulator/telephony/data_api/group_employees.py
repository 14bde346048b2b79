"""Groups of employees: `get./create./update./delete.group_employees` (facts §1.9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.employee_shapes import short_number
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.params import Shape, array, boolean, checked, number, required, text
from emulator.telephony.data_api.query import query_in
from emulator.telephony.numbers import in_reports
from emulator.telephony.rpc import Refusal
from emulator.telephony.staff import Group, Phone

MOST_CHANNELS = 199


@dataclass(frozen=True)
class _Row:
    """A group with its members' names and numbers."""

    group: Group
    names: dict[int, str]
    phones: dict[int, list[Phone]]

    def members(self) -> list[dict[str, Any]]:
        return [{"employee_id": each, "employee_full_name": self.names[each]} for each in self.group.member_ids]

    def numbers(self) -> list[dict[str, Any]]:
        """In the order of dialling: the first member's numbers, then the second's."""
        return [
            {
                "employee_phone_number": in_reports(phone.number),
                "employee_phone_number_id": phone.id,
                "employee_full_name": self.names[each],
                "employee_id": each,
                "available": phone.is_active,
            }
            for each in self.group.member_ids
            for phone in self.phones.get(each, ())
        ]


GROUP_COLUMNS: dict[str, Callable[[_Row], Any]] = {
    "id": lambda row: row.group.id,
    "name": lambda row: row.group.name,
    "members": lambda row: row.members(),
    "phone_numbers": lambda row: row.numbers(),
    "group_phone_number": lambda row: row.group.extension,
    "queue_enabled": lambda row: row.group.has_queue,
    "channels_count": lambda row: row.group.channels_count,
}

_GROUP: Shape = {
    "name": required(text(255, least=1)),
    "members": array(number(), unique=True),
    "group_phone_number": short_number(),
    "queue_enabled": boolean(),
    "channels_count": number(1, MOST_CHANNELS),
}
_UPDATE: Shape = {"id": required(number()), **_GROUP}
_DELETE: Shape = {"id": required(number())}


def get_group_employees(account: TelephonyAccount, params: Params) -> Answer:
    names, phones = account.staff.names(), account.staff.phones.by_employee()
    rows = [_Row(group, names, phones) for group in account.staff.groups.all()]
    return query_in(params, fields_of("get.group_employees")).run(rows, GROUP_COLUMNS)


def create_group_employees(account: TelephonyAccount, params: Params) -> Answer:
    """Answers the id. Raises Refusal: duplicate_entity (the name), already_in_use (the short number)."""
    given = checked(params, _GROUP)
    _check(account, given, None)
    with account.database.transaction():
        group_id = account.staff.groups.add(
            given["name"],
            given.get("members") or (),
            extension=given.get("group_phone_number"),
            has_queue=bool(given.get("queue_enabled")),
            channels_count=given.get("channels_count") or 1,
        )
    return Answer({"id": group_id})


def update_group_employees(account: TelephonyAccount, params: Params) -> Answer:
    """What is not given stays; the members are replaced as a whole."""
    given = checked(params, _UPDATE)
    group = _group(account, given["id"])
    _check(account, given, group)
    changes: dict[str, Any] = {"name": given["name"]}
    if "group_phone_number" in given:
        changes["extension"] = given["group_phone_number"]
    if "queue_enabled" in given:
        changes["has_queue"] = bool(given["queue_enabled"])
    if "channels_count" in given:
        changes["channels_count"] = given["channels_count"] or 1
    with account.database.transaction():
        account.staff.groups.change(group.id, changes)
        if "members" in given:
            account.staff.groups.set_members(group.id, given["members"] or ())
    return Answer({})


def delete_group_employees(account: TelephonyAccount, params: Params) -> Answer:
    """The employees stay."""
    group = _group(account, checked(params, _DELETE)["id"])
    with account.database.transaction():
        account.staff.groups.delete(group.id)
    return Answer({})


def _group(account: TelephonyAccount, group_id: int) -> Group:
    group = account.staff.group(group_id)
    if group is None:
        raise Refusal("entity_not_found", "id", group_id)
    return group


def _check(account: TelephonyAccount, given: dict[str, Any], own: Group | None) -> None:
    """Raises Refusal for a stranger among the members, and for a name or short number that is taken."""
    for employee_id in given.get("members") or ():
        if account.staff.employee(employee_id) is None:
            raise Refusal("entity_not_found", "members", employee_id)
    others = [group for group in account.staff.groups.all() if own is None or group.id != own.id]
    if any(group.name == given["name"] for group in others):
        raise Refusal("duplicate_entity", "name", given["name"])
    wanted = given.get("group_phone_number")
    if wanted is None:
        return
    if account.staff.employee_by_extension(wanted) is not None or any(each.extension == wanted for each in others):
        raise Refusal("already_in_use", "group_phone_number", wanted)


METHODS: Methods = {
    "create.group_employees": create_group_employees,
    "delete.group_employees": delete_group_employees,
    "get.group_employees": get_group_employees,
    "update.group_employees": update_group_employees,
}
