"""Table T2 of the catalogue, every combination: whether there is a task, about what, whose, until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integration.rules import tasks
from integration.rules.decisions import CreateTask
from integration.rules.facts import Assignee, Direction, Kind
from tests.unit.integration.rules.facts import (
    ANNA,
    BORIS,
    COMPANY,
    CONTACT,
    DEAL,
    LOST_CALL,
    RITA,
)

NO_CARD: dict[str, Any] = {"contact_id": None, "contact_owner": None}
CARDS: dict[str, tuple[dict[str, Any], tuple[str, int] | None]] = {
    "contact": ({}, ("contact", CONTACT)),
    "deal": ({**NO_CARD, "deal_id": DEAL}, ("deal", DEAL)),
    "contact and deal": ({"deal_id": DEAL}, ("contact", CONTACT)),
    "company": ({**NO_CARD, "company_id": COMPANY}, ("company", COMPANY)),
    "none": (NO_CARD, None),
}


@pytest.mark.parametrize(("kind", "lost", "enabled", "card"), [*product(Kind, [True, False], [True, False], CARDS)])
def test_whether_there_is_a_task_and_about_what(kind: Kind, lost: bool, enabled: bool, card: str) -> None:
    change, about = CARDS[card]
    decision = tasks.at_end(replace(LOST_CALL, communication=kind, lost=lost, enabled=enabled, **change))
    wanted = about if lost and enabled and kind in (Kind.PRIMARY, Kind.SECONDARY) else None
    assert ((decision.entity, decision.entity_id) if isinstance(decision, CreateTask) else None) == wanted


@pytest.mark.parametrize(
    ("assignee", "change", "user"),
    [
        ("default_responsible", {}, RITA),
        ("contact_responsible", {}, ANNA),
        ("contact_responsible", {"contact_owner": None}, RITA),
        ("contact_responsible", {"owner_is_placeholder": True}, RITA),
        ("contact_responsible", {**NO_CARD, "deal_id": DEAL}, RITA),
        ("caller", {}, BORIS),
        ("caller", {"caller_user": None}, RITA),
        ("caller", {**NO_CARD, "company_id": COMPANY}, BORIS),
    ],
)
@pytest.mark.parametrize("direction", ["in", "out"])
def test_whose_task_it_is(assignee: Assignee, change: dict[str, Any], user: int, direction: Direction) -> None:
    decision = tasks.at_end(replace(LOST_CALL, assignee=assignee, direction=direction, **change))
    assert isinstance(decision, CreateTask)
    assert decision.responsible == user


@pytest.mark.parametrize(
    ("began", "due"),
    [
        ("2026-03-14T00:00:00", "2026-03-14"),
        ("2026-03-14T18:59:59.999999", "2026-03-14"),
        ("2026-03-14T19:00:00", "2026-03-15"),
        ("2026-03-14T23:59:59.999999", "2026-03-15"),
        ("2025-12-31T09:15:00", "2025-12-31"),
        ("2025-12-31T23:59:59", "2026-01-01"),
        ("2024-02-28T20:00:00", "2024-02-29"),
        ("2025-02-28T20:00:00", "2025-03-01"),
        ("2026-03-28T20:00:00", "2026-03-29"),  # clocks go forward in that night
        ("2026-10-24T20:00:00", "2026-10-25"),  # and back
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Moscow", "Europe/Berlin", "Asia/Kamchatka", "Europe/Kaliningrad"])
def test_until_when(began: str, due: str, zone: str) -> None:
    started = datetime.fromisoformat(began).replace(tzinfo=ZoneInfo(zone))
    decision = tasks.at_end(replace(LOST_CALL, started_at=started))
    assert isinstance(decision, CreateTask)
    assert decision.due == datetime.fromisoformat(f"{due}T23:59:59").replace(tzinfo=ZoneInfo(zone))


def test_an_hour_that_is_there_twice_belongs_to_the_day() -> None:
    """In Chile the clocks go back from midnight to 23:00: the day ends with the second hour, at UTC-4."""
    noon = datetime(2026, 4, 4, 12, tzinfo=ZoneInfo("America/Santiago"))
    assert tasks.due(noon).astimezone(UTC) == datetime(2026, 4, 5, 3, 59, 59, tzinfo=UTC)
