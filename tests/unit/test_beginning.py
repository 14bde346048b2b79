"""What the Given sentences of a scenario ask of its world."""

from __future__ import annotations

from typing import Any

import pytest

from features.beginning import told


@pytest.mark.parametrize(
    ("sentences", "asked"),
    [
        (["Olga connected the integration"], {}),
        (["the account is in Europe/Berlin"], {"timezone": "Europe/Berlin"}),
        (["it is 2025-12-31 at 23:59:59"], {"now": "2025-12-31T23:59:59+03:00"}),
        (
            ["it is 2026-03-28 at 20:00", "the account is in Europe/Berlin"],
            {"now": "2026-03-28T20:00:00+01:00", "timezone": "Europe/Berlin"},
        ),
        (["it is 2026-01-01 at 10:00", "it is 2026-02-01 at 10:00"], {"now": "2026-01-01T10:00:00+03:00"}),
        (["amoCRM keeps no lost call at all"], {"switches": {"lost_calls": "literal"}}),
    ],
)
def test_a_world_begins_as_the_scenario_tells(sentences: list[str], asked: dict[str, Any]) -> None:
    assert told(sentences) == asked
