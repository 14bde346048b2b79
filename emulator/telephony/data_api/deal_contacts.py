"""`create.deal_contacts` (facts §1.11): how the people of a CRM's deals are reached."""

from __future__ import annotations

from emulator.core.errors import BadRequest, Conflict
from emulator.core.instants import micros
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.communications.deal_contacts import DealContact
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.given import ENVELOPE, Given
from emulator.telephony.numbers import written

MOST = 1000
_KNOWN = ("ext_id", "name", "created_date_time", "phone_numbers", "emails")


def create_deal_contacts(account: TelephonyAccount, params: Params) -> Answer:
    """Up to 1000 contacts, all of them or none."""
    given = Given(params, (*ENVELOPE, "contacts"))
    given.require("contacts")
    with account.database.transaction():
        for item in given.objects("contacts", _KNOWN, MOST):
            try:
                account.deal_contacts.create(_contact(account, item))
            except Conflict as conflict:
                raise item.refusal("duplicate_entity", "ext_id", conflict.detail) from None
    return Answer({})


def _contact(account: TelephonyAccount, item: Given) -> DealContact:
    created_at = item.maybe_moment("created_date_time", account.ground.zone)
    emails = item.texts("emails")
    if len({email.casefold() for email in emails}) < len(emails):
        raise item.refusal("invalid_parameter_value", "emails", "each only once")
    try:
        phones = [written(phone, "phone_numbers") for phone in item.texts("phone_numbers")]
    except BadRequest as refused:
        raise item.refusal("invalid_parameter_value", "phone_numbers", refused.detail) from None
    now = micros(account.ground.clock.now())
    return DealContact(
        item.text("ext_id"), item.text("name"), now if created_at is None else created_at, phones, emails
    )


METHODS: Methods = {"create.deal_contacts": create_deal_contacts}
