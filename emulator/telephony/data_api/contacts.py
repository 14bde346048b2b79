"""The contacts of the address book: `get./create./update./delete.contacts` (facts §1.9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.address_book import Contact
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.params import Parameter, Shape, array, checked, number, required, text
from emulator.telephony.data_api.query import query_in
from emulator.telephony.numbers import from_reports, in_reports
from emulator.telephony.rpc import Refusal

_MOST = 10
_COLUMNS = ("first_name", "last_name", "patronymic", "personal_manager_id")


@dataclass(frozen=True)
class _Row:
    contact: Contact
    manager: str | None


CONTACT_COLUMNS: dict[str, Callable[[_Row], Any]] = {
    "id": lambda row: row.contact.id,
    "first_name": lambda row: row.contact.first_name,
    "last_name": lambda row: row.contact.last_name,
    "patronymic": lambda row: row.contact.patronymic,
    "full_name": lambda row: row.contact.full_name,
    "emails": lambda row: list(row.contact.emails),
    "phone_numbers": lambda row: [in_reports(each) for each in row.contact.phone_numbers],
    "personal_manager_id": lambda row: row.contact.personal_manager_id,
    "personal_manager_full_name": lambda row: row.manager,
    "groups": lambda _: [],
}


def _phone_number() -> Parameter:
    """A number in E.164, as it is kept inside."""

    def check(value: Any, at: str) -> str:
        if not isinstance(value, str):
            raise Refusal("data_type_error", at, value)
        found = from_reports(value)
        if found is None:
            raise Refusal("invalid_parameter_value", at, value, "E.164, such as 79161234567")
        return found

    return Parameter(check)


def _email() -> Parameter:
    def check(value: Any, at: str) -> str:
        if not isinstance(value, str):
            raise Refusal("data_type_error", at, value)
        name, sign, domain = value.partition("@")
        if not (name and sign and domain) or "@" in domain or any(char.isspace() for char in value):
            raise Refusal("invalid_parameter_value", at, value, "an e-mail address")
        return value

    return Parameter(check)


_CONTACT: Shape = {
    "first_name": text(255),
    "last_name": required(text(255, least=1)),
    "patronymic": text(255),
    "emails": array(_email(), _MOST, unique=True),
    "phone_numbers": required(array(_phone_number(), _MOST, unique=True)),
    "personal_manager_id": number(),
    "organization_id": number(),
    "groups": array(number()),
}
_UPDATE: Shape = {"id": required(number()), **_CONTACT}
_DELETE: Shape = {"id": number(), "ids": array(number(), unique=True)}


def get_contacts(account: TelephonyAccount, params: Params) -> Answer:
    names = account.staff.names()
    rows = [_Row(each, names.get(each.personal_manager_id or 0)) for each in account.address_book.all()]
    return query_in(params, fields_of("get.contacts")).run(rows, CONTACT_COLUMNS)


def create_contacts(account: TelephonyAccount, params: Params) -> Answer:
    """Answers the id. Raises Refusal `entity_not_found` for a stranger as manager."""
    given = checked(params, _CONTACT)
    columns = _columns(account, given)
    with account.database.transaction():
        contact_id = account.address_book.add(columns, given["phone_numbers"], given.get("emails") or ())
    return Answer({"id": contact_id})


def update_contacts(account: TelephonyAccount, params: Params) -> Answer:
    """What is not given stays; lists are replaced as a whole."""
    given = checked(params, _UPDATE)
    _known(account, given["id"], "id")
    emails = (given["emails"] or ()) if "emails" in given else None
    account.address_book.change(given["id"], _columns(account, given), given["phone_numbers"], emails)
    return Answer({})


def delete_contacts(account: TelephonyAccount, params: Params) -> Answer:
    """One by `id`, several by `ids`; all of them or none."""
    given = checked(params, _DELETE)
    one, several = given.get("id"), given.get("ids")
    if one is not None and several is not None:
        raise Refusal("invalid_parameters_combination", "ids", several, "either id or ids")
    if several is None:
        if one is None:
            raise Refusal("required_parameter_missed", "id")
        _known(account, one, "id")
        several = [one]
    for contact_id in several:
        _known(account, contact_id, "ids")
    account.address_book.delete(several)
    return Answer({})


def _known(account: TelephonyAccount, contact_id: int, at: str) -> None:
    if account.address_book.get(contact_id) is None:
        raise Refusal("entity_not_found", at, contact_id)


def _columns(account: TelephonyAccount, given: dict[str, Any]) -> dict[str, Any]:
    """The columns among what was given. There are no organisations and no groups of contacts to be in."""
    manager_id = given.get("personal_manager_id")
    if manager_id is not None and account.staff.employee(manager_id) is None:
        raise Refusal("entity_not_found", "personal_manager_id", manager_id)
    if given.get("organization_id") is not None:
        raise Refusal("entity_not_found", "organization_id", given["organization_id"])
    if given.get("groups"):
        raise Refusal("entity_not_found", "groups", given["groups"][0])
    return {name: given[name] for name in _COLUMNS if name in given}


METHODS: Methods = {
    "create.contacts": create_contacts,
    "delete.contacts": delete_contacts,
    "get.contacts": get_contacts,
    "update.contacts": update_contacts,
}
