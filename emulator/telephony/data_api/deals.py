"""Deals of a CRM (facts §1.11): `upload.deals_history` and `get.deals_history`.

Sales funnels, employees, leads and companies of the CRM are ids that nobody checks: the methods that make them are not
served. A contact that `create.deal_contacts` did not make is one of whom nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from emulator.core.instants import local_text, micros
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.communications.deals import Deal
from emulator.telephony.communications.ledger import Communication
from emulator.telephony.communications.money import shown
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.params import (
    Shape,
    array,
    batch,
    checked,
    choice,
    filled,
    moment,
    money,
    number,
    of_item,
    required,
    structure,
    text,
)
from emulator.telephony.data_api.query import query_in
from emulator.telephony.data_api.tags import communication_in
from emulator.telephony.rpc import Refusal

MOST = 1000
_TYPES = ("chat", "offline_message", "call", "goal", "email")


@cache
def _upload(zone: ZoneInfo) -> Shape:
    deal: Shape = {
        "ext_id": required(filled()),
        "name": required(filled()),
        "created_date_time": required(moment(zone)),
        "modified_stage_date_time": required(moment(zone)),
        "sales_funnel_ext_id": required(filled()),
        "stage_ext_id": required(filled()),
        "modified_date_time": moment(zone),
        "closed_date_time": moment(zone),
        "contact_ext_ids": array(text()),
        "main_contact_ext_id": text(),
        "employee_ext_id": text(),
        "lead_ext_id": text(),
        "company_ext_id": text(),
        "revenue": money(),
        "comments": text(),
        "source": text(),
        "communication_id": number(),
        "communication_type": choice(*_TYPES),
        "user_fields": array(structure({"ext_id": required(filled()), "value": required(filled())})),
        "tags": array(structure({"ext_id": required(filled()), "name": required(filled())})),
        "child_customer_id": number(),
    }
    return {"deals": batch(structure(deal), MOST)}


def upload_deals_history(account: TelephonyAccount, params: Params) -> Answer:
    """Up to 1000 deals in their order, all of them or none; a deal handed over again replaces what was known of it."""
    given = checked(params, _upload(account.ground.zone))
    with account.database.transaction():
        for index, item in enumerate(given["deals"]):
            with of_item("deals", index):
                account.deals.put(_deal(account, item))
    return Answer({})


def _deal(account: TelephonyAccount, item: dict[str, Any]) -> Deal:
    now = micros(account.ground.clock.now())
    modified_at = item.get("modified_date_time")
    deal = Deal(
        ext_id=item["ext_id"],
        name=item["name"],
        created_at=item["created_date_time"],
        modified_at=now if modified_at is None else modified_at,
        stage_modified_at=item["modified_stage_date_time"],
        closed_at=item.get("closed_date_time"),
        sales_funnel_ext_id=item["sales_funnel_ext_id"],
        stage_ext_id=item["stage_ext_id"],
        main_contact_ext_id=item.get("main_contact_ext_id"),
        contact_ext_ids=item.get("contact_ext_ids") or [],
        employee_ext_id=item.get("employee_ext_id"),
        lead_ext_id=item.get("lead_ext_id"),
        company_ext_id=item.get("company_ext_id"),
        revenue=item.get("revenue"),
        comments=item.get("comments"),
        source=item.get("source"),
        tags=item.get("tags") or [],
        user_fields=item.get("user_fields") or [],
        communication_id=_communication_id(account, item),
    )
    _check_contacts(deal)
    _check_times(account, deal, now)
    return deal


def _check_contacts(deal: Deal) -> None:
    """All contacts and the main one: either both are given or neither."""
    contacts, main_contact = deal.contact_ext_ids, deal.main_contact_ext_id
    if main_contact is None:
        if contacts:
            raise Refusal("required_parameter_missed", "deals.main_contact_ext_id")
    elif not contacts:
        raise Refusal("required_parameter_missed", "deals.contact_ext_ids")
    elif main_contact not in contacts:
        raise Refusal("invalid_parameter_value", "deals.main_contact_ext_id", main_contact, "one of contact_ext_ids")


def _communication_id(account: TelephonyAccount, item: dict[str, Any]) -> int | None:
    """The communication that the deal names, by id and type together."""
    names = ("communication_id", "communication_type")
    missing = [name for name in names if item.get(name) is None]
    if len(missing) == len(names):
        return None
    if missing:
        raise Refusal("required_parameter_missed", f"deals.{missing[0]}")
    return communication_in(account, item, "deals.").id


def _check_times(account: TelephonyAccount, deal: Deal, now: int) -> None:
    def refusal(name: str, instant: int, hint: str) -> Refusal:
        return Refusal("invalid_date_time", f"deals.{name}", local_text(instant, account.ground.zone), hint)

    if deal.created_at > now:
        raise refusal("created_date_time", deal.created_at, "in the future")
    if deal.stage_modified_at < deal.created_at:
        raise refusal("modified_stage_date_time", deal.stage_modified_at, "before created_date_time")
    if deal.closed_at is not None and deal.closed_at < deal.created_at:
        raise refusal("closed_date_time", deal.closed_at, "before created_date_time")
    before = account.deals.find(deal.ext_id)
    if before is not None and deal.stage_modified_at < before.stage_modified_at:
        raise refusal("modified_stage_date_time", deal.stage_modified_at, "before that of the last stage loaded")


@dataclass(frozen=True)
class DealRow:
    """A deal with the communication that it is linked to."""

    deal: Deal
    communication: Communication | None
    zone: ZoneInfo

    def time(self, instant: int | None) -> str | None:
        return None if instant is None else local_text(instant, self.zone)


DEAL_COLUMNS: dict[str, Callable[[DealRow], Any]] = {
    "ext_id": lambda row: row.deal.ext_id,
    "name": lambda row: row.deal.name,
    "created_date_time": lambda row: row.time(row.deal.created_at),
    "closed_date_time": lambda row: row.time(row.deal.closed_at),
    "modified_stage_date_time": lambda row: row.time(row.deal.stage_modified_at),
    "contact_ext_ids": lambda row: row.deal.contact_ext_ids,
    "tag_ext_ids": lambda row: [tag["ext_id"] for tag in row.deal.tags],
    "main_contact_ext_id": lambda row: row.deal.main_contact_ext_id,
    "employee_ext_id": lambda row: row.deal.employee_ext_id,
    "revenue": lambda row: shown(row.deal.revenue),
    "sales_funnel_ext_id": lambda row: row.deal.sales_funnel_ext_id,
    "stage_ext_id": lambda row: row.deal.stage_ext_id,
    "comments": lambda row: row.deal.comments,
    "source": lambda row: row.deal.source,
    "is_generated": lambda _: False,
    "communication_id": lambda row: row.deal.communication_id,
    "communication_type": lambda row: row.communication.type if row.communication else None,
}


def get_deals_history(account: TelephonyAccount, params: Params) -> Answer:
    """Every deal as it was handed over last, whether its site counts sales or not."""
    query = query_in(params, fields_of("get.deals_history"))
    communications, zone = account.communications.named_in("deals"), account.ground.zone
    rows = [DealRow(deal, communications.get(deal.communication_id or 0), zone) for deal in account.deals.all()]
    return query.run(rows, DEAL_COLUMNS)


METHODS: Methods = {
    "get.deals_history": get_deals_history,
    "upload.deals_history": upload_deals_history,
}
