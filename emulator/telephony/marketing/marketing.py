"""The face of call tracking to the rest of the telephony."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emulator.core.database import Database
from emulator.core.ground import Ground
from emulator.core.instants import micros
from emulator.telephony.marketing.campaigns import Campaigns
from emulator.telephony.marketing.origin import UNKNOWN, Origin
from emulator.telephony.marketing.sessions import Arrival, VisitorSession
from emulator.telephony.marketing.sites import Site, Sites, SiteSpec
from emulator.telephony.marketing.tracking import TrackingNumbers
from emulator.telephony.marketing.visits import Visits
from emulator.telephony.staff import Staff, VirtualNumber


class Marketing:
    """The sites, campaigns, visits and tracking numbers of one account."""

    def __init__(self, ground: Ground, database: Database) -> None:
        self._ground = ground
        self.sites = Sites(database)
        self.campaigns = Campaigns(database)
        self.numbers = TrackingNumbers(database)
        self.visits = Visits(database, self.campaigns, self.numbers)

    def settle_in(self, sites: Sequence[SiteSpec], staff: Staff) -> None:
        """Store the sites of a new account and the pools that its virtual numbers make."""
        for spec in sites:
            site_id = self.sites.add(spec, self._now())
            for text in spec.pool:
                number = staff.virtual_number(text)
                assert number is not None
                self.numbers.track_visitors(number.id, site_id)

    def arrive(self, site: Site, arrival: Arrival) -> VisitorSession:
        """A visit begins now. Raises as `Visits.begin`."""
        visit = self.visits.get(self.visits.begin(site, arrival, self._now()))
        self._note(visit, {"did": "arrive", "visitor": visit.visitor_id, "url": visit.entrance_page})
        return visit

    def open_page(self, session_id: int, url: str) -> VisitorSession:
        """A visit goes on now. Raises as `Visits.hit`."""
        visit = self.visits.get(session_id)
        self.visits.hit(visit, self.sites.get(visit.site_id), url, self._now())
        self._note(visit, {"did": "hit", "visitor": visit.visitor_id, "url": url})
        return visit

    def _note(self, visit: VisitorSession, data: dict[str, Any]) -> None:
        subject = f"visit:{visit.id}"
        cause = self._ground.ids.trace_id(subject)
        self._ground.journal.add("change", "telephony", "telephony", subject, data, cause)

    def _now(self) -> int:
        return micros(self._ground.clock.now())

    def origin_of_call(self, number: VirtualNumber, contact: str | None, now: int) -> Origin:
        """What is known of a call to `number` at `now` (microseconds). An ordinary number tells nothing."""
        return UNKNOWN if number.type == "va" else self.numbers.origin_at(number.id, now)

    def origin_of_session(self, session_id: int) -> Origin:
        """What a visit tells of a communication. Raises NotFound for an unknown one."""
        visit = self.visits.get(session_id)
        return Origin(visit.site_id, visit.campaign_id, visit.visitor_id, visit.id)
