"""The limits that every answer reports (facts §1.3). Nothing is charged yet: what remains is always all of it."""

from __future__ import annotations

from typing import Any

from emulator.core.ground import Ground

DAY_LIMIT = 3500
MINUTE_LIMIT = 200


def limits(ground: Ground) -> dict[str, Any]:
    """`*_reset` are seconds until the account's day or minute is over."""
    now = ground.clock.now().astimezone(ground.zone)
    passed = now.hour * 3600 + now.minute * 60 + now.second
    return {
        "day_limit": DAY_LIMIT,
        "day_remaining": DAY_LIMIT,
        "day_reset": 86_400 - passed,
        "minute_limit": MINUTE_LIMIT,
        "minute_remaining": MINUTE_LIMIT,
        "minute_reset": 60 - now.second,
    }
