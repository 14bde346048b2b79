"""Where to go on depends on the day of the week and the time on the wall."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from emulator.core.errors import BadRequest
from tests.unit.telephony.scenarios.conftest import MAIL, Pbx

MOSCOW = ZoneInfo("Europe/Moscow")
WORK = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "till": "18:00", "exit": "work"}
NIGHT = {"days": ["fri", "sat"], "from": "22:00", "till": "06:00", "exit": "night"}
EXITS = {"work": "sales", "night": "guard", "otherwise": "mail"}
OPERATIONS = {
    "hours": {"schedule": {"intervals": [WORK, NIGHT]}, "exits": EXITS},
    "sales": {"employees": ["anna"]},
    "guard": {"employees": ["boris"]},
    "mail": MAIL,
}


async def go_to(pbx: Pbx, local: datetime) -> None:
    clock = pbx.office.ground.clock
    await clock.advance(local, pbx.office.settle, [])


@pytest.mark.parametrize(
    ("at", "exit_"),
    [
        ("2026-03-03 08:59:59.999999", "otherwise"),
        ("2026-03-03 09:00:00", "work"),
        ("2026-03-06 17:59:59.999999", "work"),
        ("2026-03-06 18:00:00", "otherwise"),
        ("2026-03-06 21:59:59", "otherwise"),
        ("2026-03-06 22:00:00", "night"),
        ("2026-03-07 05:59:59", "night"),
        ("2026-03-07 06:00:00", "otherwise"),
        ("2026-03-07 12:00:00", "otherwise"),
        ("2026-03-08 05:59:00", "night"),
        ("2026-03-08 23:00:00", "otherwise"),
        ("2026-03-09 03:00:00", "otherwise"),
    ],
)
async def test_days_and_times(pbx: Pbx, at: str, exit_: str) -> None:
    pbx.has(OPERATIONS)
    await go_to(pbx, datetime.fromisoformat(at).replace(tzinfo=MOSCOW))
    call = await pbx.call()
    assert pbx.way(call)[0] == ("hours", exit_)
    assert pbx.operation(call, "hours").said == {"local_time": at[:19]}


@pytest.mark.parametrize(
    ("utc", "exit_"),
    [
        ("2026-03-27T08:59:59", "otherwise"),
        ("2026-03-27T09:00:00", "work"),
        ("2026-03-30T07:59:59", "otherwise"),
        ("2026-03-30T08:00:00", "work"),
        ("2026-03-30T16:59:59", "work"),
        ("2026-03-30T17:00:00", "otherwise"),
        ("2026-10-26T08:59:59", "otherwise"),
        ("2026-10-26T09:00:00", "work"),
    ],
)
async def test_summer_time_moves_nothing_on_the_wall(pbx: Pbx, utc: str, exit_: str) -> None:
    """London is an hour ahead from 2026-03-29 to 2026-10-25."""
    pbx.office.ground.zone = ZoneInfo("Europe/London")
    pbx.has(OPERATIONS)
    await go_to(pbx, datetime.fromisoformat(f"{utc}+00:00"))
    assert pbx.way(await pbx.call())[0] == ("hours", exit_)


async def test_the_first_interval_that_holds_decides(pbx: Pbx) -> None:
    lunch = {"from": "12:00", "till": "13:00", "exit": "night"}
    pbx.has({**OPERATIONS, "hours": {"schedule": {"intervals": [lunch, WORK]}, "exits": EXITS}})
    assert pbx.way(await pbx.call())[0] == ("hours", "night")
    await pbx.office.pass_time(timedelta(hours=1).total_seconds())
    assert pbx.way(await pbx.call())[0] == ("hours", "work")


async def test_an_interval_is_the_whole_day_unless_it_says_otherwise(pbx: Pbx) -> None:
    monday = {"days": ["mon"], "exit": "work"}
    pbx.has({**OPERATIONS, "hours": {"schedule": {"intervals": [monday]}, "exits": {"work": "sales"}}})
    await go_to(pbx, datetime(2026, 3, 2, 23, 59, 59, tzinfo=MOSCOW))
    assert pbx.way(await pbx.call())[0] == ("hours", "work")
    await pbx.office.pass_time(1)
    call = await pbx.call()
    assert (pbx.way(call), pbx.view(call).finish_reason) == ([("hours", "otherwise")], "no_operation")


@pytest.mark.parametrize(
    ("interval", "field"),
    [
        ({"exit": "work", "from": "9:00"}, "from"),
        ({"exit": "work", "till": "25:00"}, "till"),
        ({"exit": "work", "from": "24:00", "till": "06:00"}, "from"),
        ({"exit": "work", "from": "10:00", "till": "10:00"}, "till"),
        ({"exit": "work", "days": []}, "days"),
        ({"exit": "work", "days": ["monday"]}, "days[0]"),
        ({"from": "10:00"}, "exit"),
    ],
)
async def test_a_bad_interval_is_refused(pbx: Pbx, interval: dict[str, object], field: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        pbx.has({**OPERATIONS, "hours": {"schedule": {"intervals": [WORK, interval]}}})
    assert refusal.value.errors[0].path == f"operations.hours.schedule.intervals[1].{field}"
    assert pbx.office.account.scenarios.all() == []
