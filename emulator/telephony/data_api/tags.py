"""Tags and the sale of a communication (facts §1.10): the account's list, putting, taking off, `set.tag_sales`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from emulator.core.errors import BadRequest, Conflict
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.communications.ledger import Communication
from emulator.telephony.communications.tags import Author, Tag
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.params import Shape, checked, choice, filled, moment, money, number, required, text
from emulator.telephony.data_api.query import query_in
from emulator.telephony.rpc import Refusal

TYPES = ("chat", "call", "goal", "offline_message")
"""Of chats and goals there are none here."""

_LONGEST_COMMENT = 255

_NAMED: Shape = {"communication_id": number(), "communication_type": required(choice(*TYPES))}
_TAGGED: Shape = {"tag_id": required(number()), "communication_ext_id": filled(), **_NAMED}
_NEW: Shape = {"name": required(filled())}


@cache
def _sold(zone: ZoneInfo) -> Shape:
    return {
        **_NAMED,
        "communication_id": required(number()),
        "date_time": required(moment(zone)),
        "transaction_value": required(money()),
        "comment": text(_LONGEST_COMMENT),
    }


TAG_LIST_COLUMNS: dict[str, Callable[[Tag], Any]] = {
    "id": lambda row: row.id,
    "name": lambda row: row.name,
    "is_system": lambda row: row.is_system,
}


def get_tags(account: TelephonyAccount, params: Params) -> Answer:
    return query_in(params, fields_of("get.tags")).run(account.tags.all(), TAG_LIST_COLUMNS)


def create_tags(account: TelephonyAccount, params: Params) -> Answer:
    name = checked(params, _NEW)["name"]
    try:
        return Answer({"id": account.tags.create(name)})
    except Conflict as conflict:
        raise Refusal("duplicate_entity", "name", name, conflict.detail) from None


def set_tag_communications(account: TelephonyAccount, params: Params) -> Answer:
    """Harmless when the communication carries the tag already (SYNC-08)."""
    communication, tag_id = _tagged(account, params)
    account.tags.put(communication.id, tag_id, by=_author(account, params))
    return Answer({})


def unset_tag_communications(account: TelephonyAccount, params: Params) -> Answer:
    """Harmless when the communication does not carry the tag; with «Продажа» its sale goes."""
    communication, tag_id = _tagged(account, params)
    account.tags.take_off(communication.id, tag_id)
    return Answer({})


def set_tag_sales(account: TelephonyAccount, params: Params) -> Answer:
    """Set again, a sale is changed and keeps its id."""
    given = checked(params, _sold(account.ground.zone))
    communication = communication_in(account, given)
    sold_at, value, by = given["date_time"], given["transaction_value"], _author(account, params)
    try:
        sale_id = account.sales.set(communication, sold_at, value, given.get("comment"), by=by)
    except Conflict as conflict:
        raise Refusal("forbidden", "communication_id", given["communication_id"], conflict.detail) from None
    except BadRequest as refused:
        raise Refusal("invalid_date_time", "date_time", params["date_time"], refused.detail) from None
    return Answer({"id": sale_id})


def communication_in(account: TelephonyAccount, given: Mapping[str, Any], at: str = "") -> Communication:
    """The communication that is named by its id, or else by its id in the client's system, and by its type.

    `at` is the place of these parameters. Raises Refusal: required_parameter_missed for neither id, entity_not_found
    for a communication that is not there or of another type.
    """
    ext_id = given.get("communication_ext_id")
    if given.get("communication_id") is not None or ext_id is None:
        name, communication_id = "communication_id", given.get("communication_id")
        if communication_id is None:
            raise Refusal("required_parameter_missed", at + name)
    else:
        name, communication_id = "communication_ext_id", account.forms.communication_of(ext_id) or 0
    communication = account.communications.find(communication_id)
    if communication is None or communication.type != given["communication_type"]:
        raise Refusal("entity_not_found", at + name, given[name])
    return communication


def _tagged(account: TelephonyAccount, params: Params) -> tuple[Communication, int]:
    """(communication, id of the tag). Raises Refusal `entity_not_found` naming the one that is not there."""
    given = checked(params, _TAGGED)
    communication = communication_in(account, given)
    if not account.tags.has(given["tag_id"]):
        raise Refusal("entity_not_found", "tag_id", given["tag_id"])
    return communication, given["tag_id"]


def _author(account: TelephonyAccount, params: Params) -> Author:
    return Author("manual", user_login=account.tokens.user_of(params["access_token"]))


METHODS: Methods = {
    "create.tags": create_tags,
    "get.tags": get_tags,
    "set.tag_communications": set_tag_communications,
    "set.tag_sales": set_tag_sales,
    "unset.tag_communications": unset_tag_communications,
}
