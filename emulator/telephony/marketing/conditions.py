"""The conditions by which a visit belongs to a campaign (Data API, `campaign_conditions` of `get.campaigns`).

A campaign has groups of conditions; a visit is of the campaign when all conditions of one group hold for it. The
vendor's third operator, the regular expression `~`, is not served.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

Parameter = Literal[
    "entrance_page",
    "referrer_domain",
    "search_engine",
    "search_query",
    "referrer",
    "channel",
    "country",
    "city",
    "region",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "openstat_service",
    "openstat_campaign",
    "openstat_source",
    "openstat_ad",
    "ef_id",
]


@dataclass(frozen=True)
class Condition:
    """`=` equals `value` exactly, `sub` contains it; an excluding condition holds when that is not so."""

    campaign_parameter: Parameter
    value: str
    operator: Literal["=", "sub"] = "="
    type: Literal["include", "exclude"] = "include"

    def holds(self, visit: Mapping[str, object]) -> bool:
        """`visit` has the columns of a visitor session."""
        have = visit[self.campaign_parameter]
        if not isinstance(have, str):
            fits = False
        else:
            fits = have == self.value if self.operator == "=" else self.value in have
        return fits is (self.type == "include")


Groups = tuple[tuple[Condition, ...], ...]


def claims(groups: Groups, visit: Mapping[str, object]) -> bool:
    """Whether all conditions of one group hold; no group claims nothing, nor does an empty one."""
    return any(group and all(condition.holds(visit) for condition in group) for group in groups)


def written(groups: Groups) -> str:
    """As a row keeps them."""
    return msgspec.json.encode(groups).decode()


def read(text: str) -> Groups:
    return msgspec.json.decode(text, type=Groups)
