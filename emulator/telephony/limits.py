"""How much a client may ask of the vendor APIs: points per minute and per day (facts §1.3, §2).

Each successful request costs one point of the API it was made to. When those of the minute or of the day are used up,
`limit_exceeded` is the answer until the next minute or day of the account begins. With limits off nothing is counted
and what remains is always all of it, as every answer reports.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from emulator.core.database import Database, Row
from emulator.core.ground import Ground
from emulator.telephony.rpc import Refusal

ApiName = Literal["data", "call"]

DEFAULTS = {"minute_limit": 200, "day_limit": 3500}
_ROW = 1
_NOTHING = {"minute_used": 0, "day_used": 0}


class ApiLimits:
    """The limits of one account; each API has points of its own."""

    def __init__(self, database: Database, ground: Ground) -> None:
        self._database = database
        self._ground = ground

    def found(self, is_on: bool) -> None:
        """Give a new account its limits, in force or not."""
        self._database.insert("api_limits", {"id": _ROW, **DEFAULTS, "was_on": is_on, "is_on": is_on})

    def shown(self, api: ApiName) -> dict[str, int]:
        """`limits` of the metadata; `*_reset` are seconds until the account's day or minute is over."""
        row, now = self._settings(), self._now()
        used = self._used(api, row, now)
        return {
            "day_limit": row["day_limit"],
            "day_remaining": max(0, row["day_limit"] - used["day_used"]),
            "day_reset": _until_midnight(now),
            "minute_limit": row["minute_limit"],
            "minute_remaining": max(0, row["minute_limit"] - used["minute_used"]),
            "minute_reset": 60 - now.second,
        }

    def refuse_if_used_up(self, api: ApiName) -> None:
        """Raises Refusal `limit_exceeded`."""
        row = self._settings()
        used = self._used(api, row, self._now())
        for span in ("day", "minute"):
            most = row[f"{span}_limit"]
            if used[f"{span}_used"] >= most:
                raise Refusal("limit_exceeded", params={"limit_type": span, "limit_max_value": most})

    def charge(self, api: ApiName) -> None:
        """A request was successful."""
        row, now = self._settings(), self._now()
        if not row["is_on"]:
            return
        used = self._used(api, row, now)
        spent = {name: used[name] + 1 for name in _NOTHING}
        sql = "INSERT OR REPLACE INTO api_usage (api, minute, day, minute_used, day_used) VALUES (?, ?, ?, ?, ?)"
        self._database.execute(sql, api, _minute(now), _day(now), spent["minute_used"], spent["day_used"])

    def body(self) -> dict[str, Any]:
        """All settings, and what remains of each API's points."""
        row = self._settings()
        apis: tuple[ApiName, ...] = ("data", "call")
        remaining = {
            f"{api}_api": {name: left for name, left in self.shown(api).items() if name.endswith("remaining")}
            for api in apis
        }
        return {"limits": "on" if row["is_on"] else "off", **{name: row[name] for name in DEFAULTS}, **remaining}

    def change(self, *, limits: str | None = None, **numbers: int) -> None:
        """Set what is given; `numbers` are those of DEFAULTS."""
        flags = {} if limits is None else {"is_on": limits == "on"}
        self._database.update("api_limits", _ROW, {**flags, **numbers})

    def reset(self) -> None:
        """Forget what was used and set everything as it was when the account was opened."""
        with self._database.transaction():
            self._database.update("api_limits", _ROW, DEFAULTS)
            self._database.execute("UPDATE api_limits SET is_on = was_on")
            self._database.execute("DELETE FROM api_usage")

    def _used(self, api: ApiName, settings: Row, now: datetime) -> dict[str, int]:
        """Points used in this minute and on this day."""
        if not settings["is_on"]:
            return _NOTHING
        row = self._database.one("SELECT * FROM api_usage WHERE api = ?", api)
        if row is None:
            return _NOTHING
        return {
            "minute_used": row["minute_used"] if row["minute"] == _minute(now) else 0,
            "day_used": row["day_used"] if row["day"] == _day(now) else 0,
        }

    def _settings(self) -> Row:
        row = self._database.remembered("SELECT * FROM api_limits WHERE id = ?", _ROW)
        assert row is not None
        return row

    def _now(self) -> datetime:
        return self._ground.clock.now().astimezone(self._ground.zone)


def _until_midnight(now: datetime) -> int:
    """Seconds until the next day of the account, which may have 23 or 25 hours; a part of one counts whole."""
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    left = midnight.astimezone(UTC) - now.replace(microsecond=0).astimezone(UTC)
    return left // timedelta(seconds=1)


def _minute(now: datetime) -> str:
    return now.strftime("%Y-%m-%d %H:%M %z")


def _day(now: datetime) -> str:
    return now.strftime("%Y-%m-%d")
