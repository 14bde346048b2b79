"""Which communication gets «Продажа»."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integration.rules import sale
from integration.rules.decisions import Nothing, PassDealOn
from integration.rules.facts import SaleFacts
from tests.unit.integration.rules.facts import CONTACT

CLOSED = datetime(2026, 5, 25, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
FIRST, MIDDLE, LAST = ("1", "call"), ("2", "offline_message"), ("3", "call")
NOTED: Any = ((LAST, CLOSED - 5 * DAY), (FIRST, CLOSED - 24 * DAY), (MIDDLE, CLOSED - 15 * DAY))
DEAL = SaleFacts(
    deal_communication=("10", "call"),
    contact_id=CONTACT,
    contact_communication=("77", "offline_message"),
    noted=NOTED,
    choice="last_in_period",
    period_days=30,
    closed_at=CLOSED,
)
BY_HAND: dict[str, Any] = {"deal_communication": None, "contact_communication": None}


@pytest.mark.parametrize(
    ("change", "rule", "chosen"),
    [
        ({}, "SALE-02", ("10", "call")),
        ({"deal_communication": None}, "SALE-06", ("77", "offline_message")),
        ({**BY_HAND, "contact_id": None}, "SALE-05", None),
        (BY_HAND, "SALE-10", LAST),
        ({**BY_HAND, "choice": "first"}, "SALE-10", FIRST),
        ({**BY_HAND, "choice": "first", "period_days": 1}, "SALE-10", FIRST),
        ({**BY_HAND, "period_days": 5}, "SALE-10", LAST),
        ({**BY_HAND, "period_days": 4}, "SALE-10", None),
        ({**BY_HAND, "noted": ()}, "SALE-10", None),
        ({**BY_HAND, "noted": ((LAST, CLOSED),)}, "SALE-10", LAST),
        ({**BY_HAND, "noted": ((LAST, CLOSED + SECOND),)}, "SALE-10", None),
        ({**BY_HAND, "choice": "first", "noted": ((LAST, CLOSED + SECOND),)}, "SALE-10", None),
        ({**BY_HAND, "period_days": 5, "noted": ((LAST, CLOSED - 5 * DAY - SECOND),)}, "SALE-10", None),
    ],
)
def test_choose(change: dict[str, Any], rule: str, chosen: tuple[str, str] | None) -> None:
    decision = sale.choose(replace(DEAL, **change))
    assert decision.rule == rule
    found = (decision.communication_id, decision.communication_type) if isinstance(decision, PassDealOn) else None
    assert found == chosen
    assert (found is None) is isinstance(decision, Nothing)
