"""Advertising campaigns of sites (Data API §1.9, `get.campaigns`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from emulator.core.database import Database, Row
from emulator.core.errors import BadRequest, Conflict, NotFound, nearest
from emulator.telephony.marketing.conditions import Groups, claims, read, written

Status = Literal["active", "inactive"]
LONGEST_DESCRIPTION = 255
STATIC_UTM = ("source", "medium", "campaign", "term", "content", "referrer", "expid")


@dataclass(frozen=True)
class Campaign:
    """`static_utm` are the marks that communications without a visit get, by their names without `utm_`."""

    id: int
    site_id: int
    name: str
    description: str | None
    status: Status
    type: Literal["basic"]
    groups: Groups
    static_utm: Mapping[str, str | None]
    created_at: int


class Campaigns:
    """The campaigns of one account, asked from the rows at each use."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        site_id: int,
        name: str,
        now: int,
        *,
        groups: Groups = (),
        static_utm: Mapping[str, str | None] | None = None,
        status: Status = "active",
        description: str | None = None,
    ) -> int:
        """Store a campaign and return its id; `static_utm` as in `Campaign`.

        Raises BadRequest for a name or description that cannot be one, Conflict for a name that the site has already.
        """
        changes = {
            "name": name,
            "status": status,
            "description": description,
            "groups": groups,
            "static_utm": static_utm or {},
        }
        return self._database.insert(
            "campaigns", {"site_id": site_id, "type": "basic", "created_at": now, **self._row(changes, site_id)}
        )

    def change(self, campaign_id: int, changes: Mapping[str, Any]) -> None:
        """Change what `changes` names, as `Campaign` does; of `static_utm` the given marks. Raises as `add`."""
        campaign = self.get(campaign_id)
        self._database.update("campaigns", campaign_id, self._row(changes, campaign.site_id, campaign_id))

    def _row(self, changes: Mapping[str, Any], site_id: int, campaign_id: int | None = None) -> Row:
        row = dict(changes)
        if not row.get("name", "-").strip():
            raise BadRequest.field("name", row["name"], "a name that is not empty")
        if len(row.get("description") or "") > LONGEST_DESCRIPTION:
            raise BadRequest.field("description", row["description"][:80], f"at most {LONGEST_DESCRIPTION} signs")
        taken = "SELECT 1 FROM campaigns WHERE site_id = ? AND name = ? AND id IS NOT ?"
        if "name" in row and self._database.one(taken, site_id, row["name"], campaign_id):
            raise Conflict(f"the site has a campaign {row['name']} already")
        if "groups" in row:
            row["group_conditions"] = written(row.pop("groups"))
        if "static_utm" in row:
            row.update({f"static_utm_{mark}": value for mark, value in row.pop("static_utm").items()})
        return row

    def all(self) -> list[Campaign]:
        """In the order in which they were added."""
        return [_campaign(row) for row in self._database.all("SELECT * FROM campaigns ORDER BY id")]

    def get(self, campaign_id: int) -> Campaign:
        """Raises NotFound for an unknown campaign."""
        row = self._database.one("SELECT * FROM campaigns WHERE id = ?", campaign_id)
        if row is None:
            raise NotFound(f"no campaign {campaign_id}")
        return _campaign(row)

    def named(self, site_id: int, name: str, path: str) -> Campaign:
        """The campaign of that name. Raises BadRequest naming `path` and the nearest one."""
        of_site = [campaign for campaign in self.all() if campaign.site_id == site_id]
        for campaign in of_site:
            if campaign.name == name:
                return campaign
        names = [campaign.name for campaign in of_site]
        near = nearest(name, names)
        hint = f" (did you mean {near}?)" if near else ""
        raise BadRequest.field(path, name[:80], f"a campaign of the site: {', '.join(names) or 'there is none'}{hint}")

    def claiming(self, visit: Mapping[str, object]) -> int | None:
        """The campaign whose conditions hold for a visit to its site: of several active ones the first added."""
        of_site = "SELECT * FROM campaigns WHERE site_id = ? AND status = 'active' ORDER BY id"
        for row in self._database.all(of_site, visit["site_id"]):
            if claims(read(row["group_conditions"]), visit):
                return int(row["id"])
        return None


def _campaign(row: Row) -> Campaign:
    groups = read(row.pop("group_conditions"))
    static_utm = {mark: row.pop(f"static_utm_{mark}") for mark in STATIC_UTM}
    return Campaign(**row, groups=groups, static_utm=static_utm)
