"""Call-tracking numbers: static ones bound to a campaign, dynamic ones shown to the visitors of a site.

A number of a site's pool belongs to one visitor at a time, for the site's reservation time after the last page that he
opened. Then it is free for another one, and comes back to the same one as long as it is (Data API, `reservation_time`).
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator.core.database import Database
from emulator.telephony.marketing.origin import UNKNOWN, Origin
from emulator.telephony.marketing.sites import Site


@dataclass(frozen=True)
class TrackingNumber:
    """`campaign_id` of a static number; else the visit that saw it last and until when it is theirs (microseconds)."""

    virtual_number_id: int
    site_id: int
    campaign_id: int | None
    visitor_id: int | None
    visitor_session_id: int | None
    reserved_until: int | None


class TrackingNumbers:
    """Which numbers of one account track, and whom."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def track_campaign(self, number_id: int, campaign_id: int, site_id: int) -> None:
        """Make a virtual number the static one of a campaign of that site, whatever it was before."""
        self._bind(number_id, "call_tracking", site_id, campaign_id)

    def track_visitors(self, number_id: int, site_id: int) -> None:
        """Put a virtual number into the pool of a site, free, whatever it was before."""
        self._bind(number_id, "dynamic_call_tracking", site_id, None)

    def _bind(self, number_id: int, type_: str, site_id: int, campaign_id: int | None) -> None:
        with self._database.transaction():
            self.untrack(number_id)
            row = {"virtual_number_id": number_id, "site_id": site_id, "campaign_id": campaign_id}
            self._database.insert("tracking_numbers", row)
            self._database.update("virtual_numbers", number_id, {"type": type_})

    def untrack(self, number_id: int) -> None:
        """Make a virtual number an ordinary one."""
        with self._database.transaction():
            self._database.execute("DELETE FROM tracking_numbers WHERE virtual_number_id = ?", number_id)
            self._database.update("virtual_numbers", number_id, {"type": "va"})

    def show(self, site: Site, visitor_id: int, session_id: int, now: int) -> None:
        """A page is opened: it shows the visitor's own number, else the one of the pool that is free for longest.

        While all numbers belong to others it shows none.
        """
        number_id = self._database.value(
            "SELECT virtual_number_id FROM tracking_numbers"
            " WHERE site_id = ? AND campaign_id IS NULL"
            " AND (visitor_id IS NULL OR visitor_id = ? OR reserved_until <= ?)"
            " ORDER BY visitor_id IS ? DESC, reserved_until, virtual_number_id LIMIT 1",
            site.id,
            visitor_id,
            now,
            visitor_id,
        )
        if number_id is not None:
            self._database.execute(
                "UPDATE tracking_numbers SET visitor_id = ?, visitor_session_id = ?, reserved_until = ?"
                " WHERE virtual_number_id = ?",
                visitor_id,
                session_id,
                now + site.reservation,
                number_id,
            )

    def shown_to(self, session_id: int, now: int) -> tuple[str, int] | None:
        """(the number that a visit sees at `now`, until when it is theirs)."""
        row = self._database.one(
            "SELECT number, reserved_until FROM tracking_numbers JOIN virtual_numbers ON id = virtual_number_id"
            " WHERE visitor_session_id = ? AND reserved_until > ?",
            session_id,
            now,
        )
        return (row["number"], row["reserved_until"]) if row else None

    def origin_at(self, number_id: int, now: int) -> Origin:
        """What a call to a tracking number tells at `now`."""
        row = self._database.one(
            "SELECT t.site_id, coalesce(s.campaign_id, t.campaign_id) AS campaign_id, s.visitor_id,"
            " s.id AS visitor_session_id FROM tracking_numbers t"
            " LEFT JOIN visitor_sessions s ON s.id = t.visitor_session_id AND t.reserved_until > ?"
            " WHERE t.virtual_number_id = ?",
            now,
            number_id,
        )
        return Origin(**row) if row else UNKNOWN

    def all(self) -> dict[int, TrackingNumber]:
        """By the id of the virtual number."""
        rows = self._database.all("SELECT * FROM tracking_numbers ORDER BY virtual_number_id")
        return {row["virtual_number_id"]: TrackingNumber(**row) for row in rows}
