"""Instants between their three forms: aware UTC datetimes in code, microseconds in rows, seconds or text on a wire."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

zoneinfo.reset_tzpath(to=[])
"""Zones come from the pinned tzdata package and never from the machine, so that deadlines are the same everywhere."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(instant: datetime) -> int:
    """Microseconds since 1970, as rows keep an instant."""
    return (instant - EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    return EPOCH + timedelta(microseconds=value)


def from_unix(seconds: float) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


def unix(value: int) -> int:
    """Whole Unix seconds of an instant kept in microseconds, as amoCRM shows it."""
    return value // 1_000_000


@lru_cache(maxsize=1024)
def local_text(value: int, zone: ZoneInfo) -> str:
    """`YYYY-MM-DD hh:mm:ss` in the account's time zone, as the telephony shows an instant kept in microseconds."""
    return from_micros(value).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def whole_seconds(span: int) -> int:
    """Whole seconds, truncated, of a span in microseconds."""
    return span // 1_000_000
