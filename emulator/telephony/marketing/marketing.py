"""The face of call tracking to the rest of the telephony."""

from __future__ import annotations

from collections.abc import Sequence

from emulator.core.database import Database
from emulator.core.ground import Ground
from emulator.core.instants import micros
from emulator.telephony.marketing.campaigns import Campaigns
from emulator.telephony.marketing.origin import UNKNOWN, Origin
from emulator.telephony.marketing.sites import Sites, SiteSpec
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
        now = micros(self._ground.clock.now())
        for spec in sites:
            site_id = self.sites.add(spec, now)
            for text in spec.pool:
                number = staff.virtual_number(text)
                assert number is not None
                self.numbers.track_visitors(number.id, site_id)

    def origin_of_call(self, number: VirtualNumber, contact: str | None, now: int) -> Origin:
        """What is known of a call to `number` at `now` (microseconds). An ordinary number tells nothing."""
        return UNKNOWN if number.type == "va" else self.numbers.origin_at(number.id, now)

    def origin_of_session(self, session_id: int) -> Origin:
        """What a visit tells of a communication. Raises NotFound for an unknown one."""
        visit = self.visits.get(session_id)
        return Origin(visit.site_id, visit.campaign_id, visit.visitor_id, visit.id)
