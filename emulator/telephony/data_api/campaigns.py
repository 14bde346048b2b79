"""`get.campaigns` (facts §1.9), and the campaigns of a virtual number.

All campaigns of a site share its pool of dynamic numbers; a static number belongs to one campaign.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from emulator.core.instants import local_text
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.query import query_in
from emulator.telephony.data_api.sites import block_of
from emulator.telephony.marketing.campaigns import STATIC_UTM, Campaign
from emulator.telephony.marketing.sites import Site
from emulator.telephony.numbers import in_reports
from emulator.telephony.staff import VirtualNumber


class Tracking:
    """What campaigns and numbers of one answer are shown with, read once."""

    def __init__(self, account: TelephonyAccount) -> None:
        self._account = account
        self.zone = account.ground.zone

    @cached_property
    def sites(self) -> dict[int, Site]:
        return {site.id: site for site in self._account.marketing.sites.all()}

    @cached_property
    def campaigns(self) -> list[Campaign]:
        return self._account.marketing.campaigns.all()

    @cached_property
    def _numbers(self) -> dict[int, VirtualNumber]:
        return {number.id: number for number in self._account.virtual_numbers}

    @cached_property
    def _bound(self) -> list[tuple[VirtualNumber, int, int | None]]:
        tracking = self._account.marketing.numbers.all()
        return [(self._numbers[each.virtual_number_id], each.site_id, each.campaign_id) for each in tracking.values()]

    def static_numbers(self, campaign_id: int) -> list[VirtualNumber]:
        return [number for number, _, campaign in self._bound if campaign == campaign_id]

    def pool(self, site_id: int) -> list[VirtualNumber]:
        return [number for number, site, campaign in self._bound if site == site_id and campaign is None]

    def campaigns_of(self, number: VirtualNumber) -> list[dict[str, Any]]:
        """The campaigns that use a number."""
        bound = next(((site, campaign) for each, site, campaign in self._bound if each.id == number.id), None)
        if bound is None:
            return []
        site_id, own = bound
        return [
            {
                "campaign_id": campaign.id,
                "campaign_name": campaign.name,
                "site_id": site_id,
                "site_domain_name": self.sites[site_id].domain_name,
                "site_blocks": [block_of(site_id)],
            }
            for campaign in self.campaigns
            if (campaign.id == own if own is not None else campaign.site_id == site_id)
        ]


@dataclass(frozen=True)
class CampaignRow:
    campaign: Campaign
    tracking: Tracking

    @property
    def site(self) -> Site:
        return self.tracking.sites[self.campaign.site_id]

    @property
    def is_dynamic(self) -> bool:
        return bool(self.tracking.pool(self.site.id))

    def blocks(self) -> list[dict[str, Any]]:
        """The site's block, once for each static number of the campaign."""
        numbers = self.tracking.static_numbers(self.campaign.id)
        return [self._block(number) for number in numbers] or [self._block(None)]

    def _block(self, number: VirtualNumber | None) -> dict[str, Any]:
        return {
            **block_of(self.site.id),
            "phone_number_type": "call_tracking" if number else None,
            "phone_number_id": number.id if number else None,
            "phone_number": in_reports(number.number) if number else None,
            "redirection_phone_number_id": None,
            "redirection_phone_number": None,
            "dynamic_call_tracking_enabled": self.is_dynamic,
        }

    def pool(self) -> dict[str, Any]:
        if not self.is_dynamic:
            return {}
        return {
            "reservation_time": self.site.reservation_time,
            "count_virtual_numbers": len(self.tracking.pool(self.site.id)),
            "count_visits": None,
            "coverage_visitors": None,
        }

    def conditions(self) -> dict[str, Any]:
        """Groups as lists. The documentation wraps each into an object, which a client in use does not know."""
        return {"group_conditions": [[asdict(each) for each in group] for group in self.campaign.groups]}


def _static_utm(mark: str) -> Callable[[CampaignRow], Any]:
    return lambda row: row.campaign.static_utm[mark]


CAMPAIGN_COLUMNS: dict[str, Callable[[CampaignRow], Any]] = {
    "id": lambda row: row.campaign.id,
    "name": lambda row: row.campaign.name,
    "description": lambda row: row.campaign.description,
    "status": lambda row: row.campaign.status,
    "creation_time": lambda row: local_text(row.campaign.created_at, row.tracking.zone),
    "campaign_conditions": lambda row: row.conditions(),
    "type": lambda row: row.campaign.type,
    "cost_ratio": lambda _: 1,
    "cost_ratio_operator": lambda _: "wo_changes",
    "site_id": lambda row: row.site.id,
    "site_domain_name": lambda row: row.site.domain_name,
    "site_blocks": lambda row: row.blocks(),
    **{f"static_utm_{mark}": _static_utm(mark) for mark in STATIC_UTM},
    "dynamic_call_tracking_enabled": lambda row: row.is_dynamic,
    "dynamic_call_tracking": lambda row: row.pool(),
}


def get_campaigns(account: TelephonyAccount, params: Params) -> Answer:
    tracking = Tracking(account)
    rows = [CampaignRow(campaign, tracking) for campaign in tracking.campaigns]
    return query_in(params, fields_of("get.campaigns")).run(rows, CAMPAIGN_COLUMNS)


METHODS: Methods = {"get.campaigns": get_campaigns}
