"""Sites with their settings (Data API §1.9, `get.sites`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from emulator.core.database import Database, Row
from emulator.core.errors import BadRequest, Conflict, NotFound, nearest

ReservationTime = Literal["5m", "10m", "15m", "20m", "30m", "1h", "2h", "4h", "8h", "1d", "1w"]
SecondCommunicationPeriod = Literal[1, 3, 7, 30]

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)+")
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


@dataclass(frozen=True)
class SiteSpec:
    """A site to be. `pool` are virtual numbers of the account that its visitors see (dynamic call tracking)."""

    key: str
    domain_name: str
    name: str = ""
    pool: tuple[str, ...] = ()


@dataclass(frozen=True)
class Site:
    """`sales_enabled` is «Учитывать продажи». Units: `target_call_min_duration` seconds, `second_communication_period`
    days, `reservation_time` how long a number of the pool belongs to a visitor, `created_at` microseconds."""

    id: int
    key: str
    domain_name: str
    name: str
    sales_enabled: bool
    target_call_min_duration: int
    second_communication_period: int
    reservation_time: ReservationTime
    created_at: int

    @property
    def reservation(self) -> int:
        """`reservation_time` in microseconds."""
        return int(self.reservation_time[:-1]) * _SECONDS[self.reservation_time[-1]] * 1_000_000


class Sites:
    """The sites of one account, asked from the rows at each use."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, spec: SiteSpec, now: int, **settings: Any) -> int:
        """Store a site, `settings` under the names of `Site`, and return its id.

        Raises BadRequest for a key, domain or setting that cannot be one, Conflict for a key or domain that is taken.
        """
        if not _KEY.fullmatch(spec.key):
            raise BadRequest.field("key", spec.key[:80], "1 to 64 of a-z, 0-9, - and _")
        row = {
            "key": spec.key,
            "domain_name": spec.domain_name,
            "name": spec.name or spec.domain_name,
            "sales_enabled": False,
            "target_call_min_duration": 30,
            "second_communication_period": 1,
            "reservation_time": "15m",
            "created_at": now,
            **settings,
        }
        self._check(row)
        if self._database.one("SELECT 1 FROM sites WHERE key = ?", spec.key):
            raise Conflict(f"there is a site {spec.key} already")
        return self._database.insert("sites", row)

    def change(self, site_id: int, changes: Mapping[str, Any]) -> None:
        """Change what `changes` names, as `Site` does. Raises as `add`."""
        self._check(changes, site_id)
        self._database.update("sites", site_id, changes)

    def _check(self, row: Mapping[str, Any], site_id: int | None = None) -> None:
        domain = row.get("domain_name")
        if domain is not None:
            if not _DOMAIN.fullmatch(domain) or domain != domain.lower():
                raise BadRequest.field("domain", domain[:80], "a lower-case domain without http://, such as okna.test")
            if self._database.one("SELECT 1 FROM sites WHERE domain_name = ? AND id IS NOT ?", domain, site_id):
                raise Conflict(f"there is a site at {domain} already")
        if not row.get("name", "-").strip():
            raise BadRequest.field("name", row["name"], "a name that is not empty")
        if not 0 <= row.get("target_call_min_duration", 0) <= 86_400:
            raise BadRequest.field(
                "target_call_min_duration", row["target_call_min_duration"], "seconds from 0 to 86400"
            )
        if row.get("reservation_time", "15m") not in get_args(ReservationTime):
            raise BadRequest.field("reservation_time", row["reservation_time"], ", ".join(get_args(ReservationTime)))

    def all(self) -> list[Site]:
        """In the order in which they were added."""
        return [_site(row) for row in self._database.all("SELECT * FROM sites ORDER BY id")]

    def get(self, site_id: int) -> Site:
        """Raises NotFound for an unknown site."""
        row = self._database.one("SELECT * FROM sites WHERE id = ?", site_id)
        if row is None:
            raise NotFound(f"no site {site_id}")
        return _site(row)

    def keyed(self, key: str, path: str) -> Site:
        """The site that the stand calls `key`. Raises BadRequest naming `path` and the nearest one."""
        row = self._database.one("SELECT * FROM sites WHERE key = ?", key)
        if row is None:
            keys = [site.key for site in self.all()]
            near = nearest(key, keys)
            hint = f" (did you mean {near}?)" if near else ""
            raise BadRequest.field(path, key[:80], f"a site: {', '.join(keys) or 'there is none'}{hint}")
        return _site(row)


def _site(row: Row) -> Site:
    return Site(**{**row, "sales_enabled": bool(row["sales_enabled"])})
