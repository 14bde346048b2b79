"""`create.deal_contacts` (facts §1.11): how the people of a CRM's deals are reached."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from emulator.core.errors import Conflict
from emulator.core.instants import micros
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.communications.deal_contacts import DealContact
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.params import (
    Shape,
    array,
    batch,
    checked,
    filled,
    moment,
    of_item,
    required,
    structure,
    telephone,
    text,
)
from emulator.telephony.rpc import Refusal

MOST = 1000


@cache
def _create(zone: ZoneInfo) -> Shape:
    contact: Shape = {
        "ext_id": required(filled()),
        "name": required(filled()),
        "created_date_time": moment(zone),
        "phone_numbers": array(telephone()),
        "emails": array(text()),
    }
    return {"contacts": batch(structure(contact), MOST)}


def create_deal_contacts(account: TelephonyAccount, params: Params) -> Answer:
    """Up to 1000 contacts, all of them or none."""
    given = checked(params, _create(account.ground.zone))
    now = micros(account.ground.clock.now())
    with account.database.transaction():
        for index, item in enumerate(given["contacts"]):
            with of_item("contacts", index):
                _create_one(account, item, now)
    return Answer({})


def _create_one(account: TelephonyAccount, item: dict[str, Any], now: int) -> None:
    ext_id, created_at, emails = item["ext_id"], item.get("created_date_time"), item.get("emails") or []
    if len({email.casefold() for email in emails}) < len(emails):
        raise Refusal("invalid_parameter_value", "contacts.emails", emails, "each only once")
    phones = [phone for phone in item.get("phone_numbers") or () if phone]
    contact = DealContact(ext_id, item["name"], now if created_at is None else created_at, phones, emails)
    try:
        account.deal_contacts.create(contact)
    except Conflict as conflict:
        raise Refusal("duplicate_entity", "contacts.ext_id", ext_id, conflict.detail) from None


METHODS: Methods = {"create.deal_contacts": create_deal_contacts}
