"""Tags and the sale of a communication (facts §1.10): the account's list, putting, taking off, `set.tag_sales`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.core.errors import BadRequest, Conflict
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.communications.ledger import Communication
from emulator.telephony.communications.tags import Author, Tag
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.given import ENVELOPE, Given
from emulator.telephony.data_api.query import query_in

TYPES = ("chat", "call", "goal", "offline_message")
"""Of chats and goals there are none here."""

_TAGGED = (*ENVELOPE, "communication_id", "communication_ext_id", "communication_type", "tag_id")
_SOLD = (*ENVELOPE, "communication_id", "communication_type", "date_time", "transaction_value", "comment")
_LONGEST_COMMENT = 255

TAG_LIST_COLUMNS: dict[str, Callable[[Tag], Any]] = {
    "id": lambda row: row.id,
    "name": lambda row: row.name,
    "is_system": lambda row: row.is_system,
}


def get_tags(account: TelephonyAccount, params: Params) -> Answer:
    return query_in(params, fields_of("get.tags")).run(account.tags.all(), TAG_LIST_COLUMNS)


def create_tags(account: TelephonyAccount, params: Params) -> Answer:
    given = Given(params, (*ENVELOPE, "name"))
    try:
        return Answer({"id": account.tags.create(given.text("name"))})
    except Conflict as conflict:
        raise given.refusal("duplicate_entity", "name", conflict.detail) from None


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
    given = Given(params, _SOLD)
    given.require("communication_id", "communication_type", "date_time", "transaction_value")
    sold_at, value = given.moment("date_time", account.ground.zone), given.money("transaction_value")
    comment = given.maybe_text("comment", _LONGEST_COMMENT)
    communication = communication_in(account, given)
    try:
        sale_id = account.sales.set(communication, sold_at, value, comment, by=_author(account, params))
    except Conflict as conflict:
        raise given.refusal("forbidden", "communication_id", conflict.detail) from None
    except BadRequest as refused:
        raise given.refusal("invalid_date_time", "date_time", refused.detail) from None
    return Answer({"id": sale_id})


def communication_in(account: TelephonyAccount, given: Given, types: tuple[str, ...] = TYPES) -> Communication:
    """The communication that is named by its id, or else by its id in the client's system, and by its type.

    Raises Refusal `entity_not_found` for none, or one of another type.
    """
    kind = given.choice("communication_type", types)
    if given.has("communication_id") or not given.has("communication_ext_id"):
        name, communication_id = "communication_id", given.number("communication_id")
    else:
        name = "communication_ext_id"
        communication_id = account.forms.communication_of(given.text(name)) or 0
    communication = account.communications.find(communication_id)
    if communication is None or communication.type != kind:
        raise given.refusal("entity_not_found", name)
    return communication


def _tagged(account: TelephonyAccount, params: Params) -> tuple[Communication, int]:
    """(communication, id of the tag). Raises Refusal `entity_not_found` naming the one that is not there."""
    given = Given(params, _TAGGED)
    tag_id = given.number("tag_id")
    communication = communication_in(account, given)
    if not account.tags.has(tag_id):
        raise given.refusal("entity_not_found", "tag_id")
    return communication, tag_id


def _author(account: TelephonyAccount, params: Params) -> Author:
    """A permanent key belongs to no user; its holder stands in for the login."""
    return Author("manual", user_login=account.holder_of(params["access_token"]))


METHODS: Methods = {
    "create.tags": create_tags,
    "get.tags": get_tags,
    "set.tag_communications": set_tag_communications,
    "set.tag_sales": set_tag_sales,
    "unset.tag_communications": unset_tag_communications,
}
