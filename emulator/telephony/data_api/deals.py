"""Deals of a CRM (facts §1.11): `upload.deals_history` and `get.deals_history`.

Sales funnels, employees, leads and companies of the CRM are ids that nobody checks: the methods that make them are not
served. A contact that `create.deal_contacts` did not make is one of whom nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from emulator.core.instants import local_text, micros
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.communications.deals import Deal
from emulator.telephony.communications.ledger import Communication
from emulator.telephony.communications.money import shown
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.given import ENVELOPE, Given
from emulator.telephony.data_api.query import query_in
from emulator.telephony.data_api.tags import communication_in

MOST = 1000
_TYPES = ("chat", "offline_message", "call", "goal", "email")
_REQUIRED = (
    "ext_id",
    "name",
    "created_date_time",
    "modified_stage_date_time",
    "sales_funnel_ext_id",
    "stage_ext_id",
)
_KNOWN = (
    *_REQUIRED,
    "modified_date_time",
    "closed_date_time",
    "contact_ext_ids",
    "main_contact_ext_id",
    "employee_ext_id",
    "lead_ext_id",
    "company_ext_id",
    "revenue",
    "comments",
    "source",
    "communication_id",
    "communication_type",
    "user_fields",
    "tags",
    "child_customer_id",
)


def upload_deals_history(account: TelephonyAccount, params: Params) -> Answer:
    """Up to 1000 deals in their order, all of them or none; a deal handed over again replaces what was known of it."""
    given = Given(params, (*ENVELOPE, "deals"))
    given.require("deals")
    items = given.objects("deals", _KNOWN, MOST)
    if not items:
        raise given.refusal("invalid_parameter_value", "deals", "at least one")
    with account.database.transaction():
        for item in items:
            account.deals.put(_deal(account, item))
    return Answer({})


def _deal(account: TelephonyAccount, item: Given) -> Deal:
    zone, now = account.ground.zone, micros(account.ground.clock.now())
    item.require(*_REQUIRED)
    item.maybe_number("child_customer_id")
    contacts, main_contact = _contacts(item)
    modified_at = item.maybe_moment("modified_date_time", zone)
    deal = Deal(
        ext_id=item.text("ext_id"),
        name=item.text("name"),
        created_at=item.moment("created_date_time", zone),
        modified_at=now if modified_at is None else modified_at,
        stage_modified_at=item.moment("modified_stage_date_time", zone),
        closed_at=item.maybe_moment("closed_date_time", zone),
        sales_funnel_ext_id=item.text("sales_funnel_ext_id"),
        stage_ext_id=item.text("stage_ext_id"),
        main_contact_ext_id=main_contact,
        contact_ext_ids=contacts,
        employee_ext_id=item.maybe_text("employee_ext_id"),
        lead_ext_id=item.maybe_text("lead_ext_id"),
        company_ext_id=item.maybe_text("company_ext_id"),
        revenue=item.maybe_money("revenue"),
        comments=item.maybe_text("comments"),
        source=item.maybe_text("source"),
        tags=_pairs(item, "tags", "name"),
        user_fields=_pairs(item, "user_fields", "value"),
        communication_id=_communication_id(account, item),
    )
    _check_times(account, item, deal, now)
    return deal


def _contacts(item: Given) -> tuple[list[str], str | None]:
    """(all contacts, the main one): either both are given or neither."""
    contacts, main_contact = item.texts("contact_ext_ids"), item.maybe_text("main_contact_ext_id")
    if main_contact is None:
        if contacts:
            raise item.refusal("required_parameter_missed", "main_contact_ext_id")
    elif not contacts:
        raise item.refusal("required_parameter_missed", "contact_ext_ids")
    elif main_contact not in contacts:
        raise item.refusal("invalid_parameter_value", "main_contact_ext_id", "one of contact_ext_ids")
    return contacts, main_contact


def _pairs(item: Given, name: str, second: str) -> list[dict[str, str]]:
    objects = item.objects(name, ("ext_id", second))
    return [{"ext_id": each.text("ext_id"), second: each.text(second)} for each in objects]


def _communication_id(account: TelephonyAccount, item: Given) -> int | None:
    """The communication that the deal names, by id and type together."""
    if not item.has("communication_id") and not item.has("communication_type"):
        return None
    item.require("communication_id", "communication_type")
    return communication_in(account, item, _TYPES).id


def _check_times(account: TelephonyAccount, item: Given, deal: Deal, now: int) -> None:
    if deal.created_at > now:
        raise item.refusal("invalid_date_time", "created_date_time", "in the future")
    if deal.stage_modified_at < deal.created_at:
        raise item.refusal("invalid_date_time", "modified_stage_date_time", "before created_date_time")
    if deal.closed_at is not None and deal.closed_at < deal.created_at:
        raise item.refusal("invalid_date_time", "closed_date_time", "before created_date_time")
    before = account.deals.find(deal.ext_id)
    if before is not None and deal.stage_modified_at < before.stage_modified_at:
        raise item.refusal("invalid_date_time", "modified_stage_date_time", "before that of the last stage loaded")


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
