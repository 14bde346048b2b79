"""Money of the telephony: two decimal places, kept as whole hundredths, a JSON number on the wire."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

MOST = 10**15
"""Nobody's deal is larger; more would not fit a row."""

_CENT = Decimal("0.01")


def hundredths(given: float) -> int:
    """`given` rounded to two places, in hundredths. `abs(given)` is at most `MOST`."""
    return int(Decimal(str(given)).quantize(_CENT, ROUND_HALF_UP) * 100)


def shown(value: int | None) -> float | None:
    """Hundredths as the wire has them: a whole number where there are no hundredths."""
    if value is None:
        return None
    return value // 100 if value % 100 == 0 else value / 100
