"""`date_from` and `date_till` of a report: account-local, at most three months apart (facts §1.1, §1.3)."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import MAXYEAR, datetime
from typing import Any
from zoneinfo import ZoneInfo

from emulator.core.instants import micros
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.beginnings import Named, span_of
from emulator.telephony.data_api.filters import named_by
from emulator.telephony.data_api.query import Query
from emulator.telephony.data_api.wall_clock import wall_clock
from emulator.telephony.rpc import Refusal

Span = tuple[int, int]
PERIOD = ("date_from", "date_till")
_MONTHS = 3


def period_in(params: Mapping[str, Any], zone: ZoneInfo) -> tuple[int, int]:
    """[from, until) in microseconds; the second named by `date_till` is still inside.

    Raises Refusal: required_parameter_missed, data_type_error, invalid_parameter_value (not `YYYY-MM-DD hh:mm:ss`),
    invalid_parameters_combination (till before from), date_interval_limit_reached.
    """
    since, till = (_required(params, name) for name in PERIOD)
    if till < since:
        raise Refusal("invalid_parameters_combination", "date_till", params["date_till"], "before date_from")
    if till > _months_later(since):
        raise Refusal("date_interval_limit_reached", "date_till", params["date_till"])
    until = till.replace(tzinfo=zone, fold=1)
    return micros(since.replace(tzinfo=zone)), micros(until) + 1_000_000


def span_in(params: Mapping[str, Any], account: TelephonyAccount, query: Query, ids: Mapping[str, Named]) -> Span:
    """The period, or the part of it in which all began that the filter of `query` names by one of the fields `ids`."""
    since, until = period_in(params, account.ground.zone)
    for field, what in ids.items():
        named = named_by(query.filter, field)
        if named is not None:
            first, last = span_of(account.database, what, named)
            since, until = max(since, first), min(until, last)
    return since, max(since, until)


def _required(params: Mapping[str, Any], name: str) -> datetime:
    if params.get(name) is None:
        raise Refusal("required_parameter_missed", name)
    return wall_clock(params[name], name)


def _months_later(start: datetime) -> datetime:
    years, month = divmod(start.month - 1 + _MONTHS, 12)
    year, month = start.year + years, month + 1
    if year > MAXYEAR:
        return datetime.max  # noqa: DTZ901 - compared with wall clocks only
    day = min(start.day, calendar.monthrange(year, month)[1])
    return start.replace(year=year, month=month, day=day)
