"""Points per minute and day of the vendor APIs (facts §1.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from emulator.core.clock import ManualClock
from emulator.core.database import Databases
from emulator.core.ground import Ground
from emulator.telephony.limits import ApiLimits
from emulator.telephony.schema import COUNTERS, schema
from tests.unit.telephony.conftest import Office


async def ask(office: Office, method: str = "get.account", **params: Any) -> dict[str, Any]:
    token = office.account.tokens.of("client") or office.account.issue_token("client")
    return await office.ask(method, access_token=token, **params)


async def remaining(office: Office) -> tuple[int, int]:
    """(of the minute, of the day), after one more request."""
    limits = (await ask(office))["result"]["metadata"]["limits"]
    return limits["minute_remaining"], limits["day_remaining"]


async def test_with_limits_off_nothing_is_used_up(office: Office) -> None:
    office.account.limits.change(minute_limit=1, day_limit=1)
    for _ in range(3):
        assert await remaining(office) == (1, 1)
    assert office.account.database.value("SELECT count(*) FROM api_usage") == 0


async def test_a_success_costs_a_point_and_a_refusal_none(office: Office) -> None:
    office.account.limits.change(limits="on")
    assert await remaining(office) == (199, 3499)
    refused = await ask(office, "get.account", colour=1)
    assert refused["error"]["data"]["metadata"]["limits"]["minute_remaining"] == 199
    assert (await ask(office, "get.everything"))["error"]["data"]["metadata"] == {}
    assert await remaining(office) == (198, 3498)


async def test_a_minute_that_is_used_up_begins_anew(office: Office) -> None:
    office.account.limits.change(limits="on", minute_limit=2)
    await office.pass_time(50)
    assert [await remaining(office), await remaining(office)] == [(1, 3499), (0, 3498)]
    for _ in range(2):
        error = (await ask(office))["error"]
        assert error["code"] == -32029
        assert error["message"] == "Limit per minute has been exceeded. Value of current limit per minute is 2"
        assert error["data"]["mnemonic"] == "limit_exceeded"
        assert error["data"]["params"] == {"limit_type": "minute", "limit_max_value": "2"}
        limits = error["data"]["metadata"]["limits"]
        assert (limits["minute_remaining"], limits["minute_reset"], limits["day_remaining"]) == (0, 10, 3498)
    await office.pass_time(10)
    assert await remaining(office) == (1, 3497)


async def test_a_day_is_the_accounts_own(office: Office) -> None:
    """It is noon in Moscow; the day there is over in twelve hours, that of UTC three hours later."""
    office.account.limits.change(limits="on", day_limit=1)
    assert await remaining(office) == (199, 0)
    error = (await ask(office))["error"]
    assert error["message"] == "Limit per day has been exceeded. Value of current limit per day is 1"
    await office.pass_time(12 * 3600 - 1)
    assert "error" in await ask(office)
    await office.pass_time(1)
    assert await remaining(office) == (199, 0)


async def test_a_limit_that_is_lowered_below_what_was_used(office: Office) -> None:
    office.account.limits.change(limits="on")
    for _ in range(3):
        await ask(office)
    office.account.limits.change(minute_limit=2)
    limits = (await ask(office))["error"]["data"]["metadata"]["limits"]
    assert limits["minute_remaining"] == 0


async def test_limits_go_back_to_where_they_began(office: Office) -> None:
    office.account.limits.change(limits="on", minute_limit=1, day_limit=2)
    await ask(office)
    assert office.account.limits.body() == {
        "limits": "on",
        "minute_limit": 1,
        "day_limit": 2,
        "data_api": {"day_remaining": 1, "minute_remaining": 0},
        "call_api": {"day_remaining": 2, "minute_remaining": 1},
    }
    office.account.limits.reset()
    assert await remaining(office) == (200, 3500)
    assert office.account.limits.body()["limits"] == "off"


@pytest.mark.parametrize(
    ("at", "hours"),
    [
        ("2026-03-28T23:00:00", 23),
        ("2026-03-29T12:00:00", 10),
        ("2026-10-24T22:00:00", 25),
        ("2026-10-25T00:30:00", 22.5),
        ("2026-10-25T01:30:00", 21.5),
        ("2026-07-01T21:59:59", 1 / 3600),
    ],
)
async def test_a_day_may_be_longer_or_shorter(at: str, hours: float) -> None:
    """Clocks go forward on 29 March and back on 25 October; times are UTC."""
    clock = ManualClock(datetime.fromisoformat(at).replace(tzinfo=UTC))
    ground = Ground.lay("t", clock, 7, ZoneInfo("Europe/Berlin"), Databases(0))
    database = ground.databases.open(schema(), COUNTERS, ground.ids)
    limits = ApiLimits(database, ground)
    limits.found(False)
    assert limits.shown("data")["day_reset"] == round(hours * 3600)
    await ground.close()
    database.close()
