"""`get.sites` (facts §1.9). Each site has one block of numbers, with the id of the site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.core.instants import local_text
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.query import query_in
from emulator.telephony.marketing.sites import Site

BLOCK_NAME = "Основной"
LIFETIME = 90
"""Days that cookies and campaigns live by default; nobody changes it here."""


@dataclass(frozen=True)
class SiteRow:
    site: Site
    account: TelephonyAccount


def block_of(site_id: int) -> dict[str, Any]:
    return {"site_block_id": site_id, "site_block_name": BLOCK_NAME}


_NO_VISITOR_ID = {"enabled": False, "element_id_value": None, "message": None, "length_visitor_id": 6}

SITE_COLUMNS: dict[str, Callable[[SiteRow], Any]] = {
    "id": lambda row: row.site.id,
    "domain_name": lambda row: row.site.domain_name,
    "name": lambda row: row.site.name,
    "default_scenario": lambda _: {},
    "app_key": lambda row: row.account.ground.ids.token("app key", size=16),
    "site_key": lambda row: row.account.ground.ids.token("site key", row.site.id, size=16),
    "is_editable": lambda _: True,
    "creation_date": lambda row: local_text(row.site.created_at, row.account.ground.zone),
    "target_call_min_duration": lambda row: row.site.target_call_min_duration,
    "track_subdomains": lambda _: True,
    "cookie_lifetime": lambda _: LIFETIME,
    "campaign_lifetime": lambda _: LIFETIME,
    "sales_enabled": lambda row: row.site.sales_enabled,
    "second_communication_period": lambda row: row.site.second_communication_period,
    "services_enabled": lambda _: True,
    "replacement_dynamical_block_enabled": lambda _: False,
    "is_support_web_directory": lambda _: False,
    "widget_link": lambda _: {"enabled": False, "text": None, "url": None},
    "state": lambda _: "work",
    "show_visitor_id": lambda row: {**_NO_VISITOR_ID, "site_block_id": row.site.id},
    "site_blocks": lambda row: [block_of(row.site.id)],
    "connected_integrations": lambda _: [],
}


def get_sites(account: TelephonyAccount, params: Params) -> Answer:
    rows = [SiteRow(site, account) for site in account.marketing.sites.all()]
    return query_in(params, fields_of("get.sites")).run(rows, SITE_COLUMNS)


METHODS: Methods = {"get.sites": get_sites}
