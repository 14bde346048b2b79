"""Dates as the Data API writes them in both directions: `YYYY-MM-DD hh:mm:ss` on the account's clock (facts §1.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from emulator.telephony.rpc import Refusal

_FORMAT = "%Y-%m-%d %H:%M:%S"


def wall_clock(value: Any, at: str) -> datetime:
    """The time on the clock, without a zone. Raises Refusal `data_type_error` for what is no text, and
    `invalid_parameter_value` for another format and for a day that is none.
    """
    if not isinstance(value, str):
        raise Refusal("data_type_error", at, value)
    try:
        read = datetime.strptime(value, _FORMAT)  # noqa: DTZ007 - whoever needs an instant puts the account's zone on
    except ValueError:
        read = None
    if read is None or read.isoformat(" ") != value:
        raise Refusal("invalid_parameter_value", at, value, "YYYY-MM-DD hh:mm:ss")
    return read
