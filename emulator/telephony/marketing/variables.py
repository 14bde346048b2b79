"""What events say of where a communication came from (contract §3), in the vendor's names of variables.

It is asked for six times a call, of thousands of calls a second that came from nowhere: of these it is remembered that
they did. The origin of a communication never changes. Ids are used again after a rollback, so each one that begins is
noted anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.core.database import Database
from emulator.telephony.marketing.origin import UNKNOWN, Origin

_KEPT = 4096
_NOTHING: Mapping[str, Any] = {}

_TOLD = """
SELECT c.site_id, t.domain_name AS site_domain_name, c.campaign_id, a.name AS campaign_name, c.visitor_id,
    c.visitor_session_id, s.search_query, s.search_engine, s.referrer, s.entrance_page, s.ua_client_id, s.ym_client_id,
    s.utm_source, s.utm_medium, s.utm_campaign, s.utm_term, s.utm_content, s.utm_referrer, s.utm_expid
FROM communications c
LEFT JOIN sites t ON t.id = c.site_id
LEFT JOIN campaigns a ON a.id = c.campaign_id
LEFT JOIN visitor_sessions s ON s.id = c.visitor_session_id
WHERE c.id = ?
"""


class Variables:
    """The variables of one account's communications."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._from_nowhere: set[int] = set()
        database.on_restore.append(self._from_nowhere.clear)

    def note(self, communication_id: int, origin: Origin) -> None:
        """A communication began."""
        if origin != UNKNOWN:
            self._from_nowhere.discard(communication_id)
            return
        if len(self._from_nowhere) >= _KEPT:
            self._from_nowhere.clear()
        self._from_nowhere.add(communication_id)

    def of(self, communication_id: int) -> Mapping[str, Any]:
        """What is known of the origin, without what is not; not to be changed."""
        if communication_id in self._from_nowhere:
            return _NOTHING
        row = self._database.one(_TOLD, communication_id) or {}
        known = {name: value for name, value in row.items() if value is not None}
        if not known:
            self.note(communication_id, UNKNOWN)
        return known
