"""Visitors and their visits: sessions with hits (Data API, `get.visitor_sessions_report`).

A visit is not changed once it has begun; only its hits grow. It goes on for as long as hits come: the vendor's limit of
silence is not documented.
"""

from __future__ import annotations

from emulator.core.database import Database, Row
from emulator.core.errors import BadRequest, NotFound
from emulator.telephony.marketing.campaigns import Campaigns
from emulator.telephony.marketing.channels import channel_of
from emulator.telephony.marketing.pages import host_of, marks_in, page_of, search_in, with_utm
from emulator.telephony.marketing.sessions import ABOUT, Arrival, Hit, VisitorSession
from emulator.telephony.marketing.sites import Site
from emulator.telephony.marketing.tracking import TrackingNumbers

_COMMUNICATIONS = "FROM communications WHERE created_at >= ? AND created_at < ?"


class Visits:
    """The visits of one account."""

    def __init__(self, database: Database, campaigns: Campaigns, numbers: TrackingNumbers) -> None:
        self._database = database
        self._campaigns = campaigns
        self._numbers = numbers

    def begin(self, site: Site, arrival: Arrival, now: int) -> int:
        """Store a visit with its hits, show it a number of the site's pool if one is free, and return its id.

        Raises BadRequest naming the field of `arrival`, and then nothing is stored.
        """
        pages = [page_of(site.domain_name, each, f"pages[{index}]") for index, each in enumerate(arrival.pages)]
        with self._database.transaction():
            visitor_id = self._visitor(arrival.visitor, now)
            row = self._row(site, arrival, visitor_id, now)
            session_id = self._database.insert("visitor_sessions", row)
            for url in (row["entrance_page"], *pages):
                self._database.insert("hits", {"visitor_session_id": session_id, "at": now, "url": url})
            self._numbers.show(site, visitor_id, session_id, now)
        return session_id

    def hit(self, visit: VisitorSession, site: Site, url: str, now: int) -> None:
        """The visit opens one more page, which keeps its number for longer or shows it one that has come free.

        Raises BadRequest naming `url`.
        """
        page = page_of(site.domain_name, url, "url")
        with self._database.transaction():
            self._database.insert("hits", {"visitor_session_id": visit.id, "at": now, "url": page})
            self._numbers.show(site, visit.visitor_id, visit.id, now)

    def _visitor(self, key: str | None, now: int) -> int:
        if key is not None:
            known: int | None = self._database.value("SELECT id FROM visitors WHERE key = ?", key)
            if known is None and key.isdecimal() and len(key) <= 18:
                known = self._database.value("SELECT id FROM visitors WHERE id = ?", int(key))
            if known is not None:
                return known
            if not key.strip() or key.isdecimal():
                raise BadRequest.field("visitor", key[:80], "the id of a visitor, or any name that is not a number")
        return self._database.insert("visitors", {"key": key, "created_at": now})

    def _row(self, site: Site, arrival: Arrival, visitor_id: int, now: int) -> Row:
        before = self._last_of(visitor_id) or {"visits_count": 0, **dict.fromkeys(ABOUT), "device": "desktop"}
        entrance = with_utm(page_of(site.domain_name, arrival.url, "url"), arrival.utm)
        engine, query = search_in(arrival.referrer)
        row = {
            "visitor_id": visitor_id,
            "site_id": site.id,
            "visits_count": before["visits_count"] + 1,
            "started_at": now,
            "entrance_page": entrance,
            "referrer": arrival.referrer,
            "referrer_domain": host_of(arrival.referrer),
            "search_engine": arrival.search_engine or engine,
            "search_query": arrival.search_query or query,
            **marks_in(entrance),
            **{each: before[each] for each in ABOUT},
            **arrival.about,
        }
        row["channel"] = channel_of(row, site.domain_name)
        row["campaign_id"] = self._campaign_of(site, arrival.campaign, row)
        return row

    def _campaign_of(self, site: Site, name: str | None, row: Row) -> int | None:
        return self._campaigns.claiming(row) if name is None else self._campaigns.named(site.id, name, "campaign").id

    def _last_of(self, visitor_id: int) -> Row | None:
        of_visitor = "SELECT * FROM visitor_sessions WHERE visitor_id = ? ORDER BY id DESC LIMIT 1"
        return self._database.one(of_visitor, visitor_id)

    def get(self, session_id: int) -> VisitorSession:
        """Raises NotFound for an unknown visit."""
        visit = self.find(session_id)
        if visit is None:
            raise NotFound(f"no visit {session_id}")
        return visit

    def find(self, session_id: int) -> VisitorSession | None:
        row = self._database.one("SELECT * FROM visitor_sessions WHERE id = ?", session_id)
        return VisitorSession(**row) if row else None

    def between(self, since: int, until: int) -> list[VisitorSession]:
        """Those that began in [since, until), oldest first."""
        of_span = "SELECT * FROM visitor_sessions WHERE started_at >= ? AND started_at < ? ORDER BY started_at, id"
        return [VisitorSession(**row) for row in self._database.all(of_span, since, until)]

    def all(self) -> list[VisitorSession]:
        """Oldest first."""
        return [VisitorSession(**row) for row in self._database.all("SELECT * FROM visitor_sessions ORDER BY id")]

    def hits_of(self, session_id: int) -> list[Hit]:
        """The pages of a visit in order."""
        of_visit = "SELECT visitor_session_id, at, url FROM hits WHERE visitor_session_id = ? ORDER BY id"
        return [Hit(**row) for row in self._database.all(of_visit, session_id)]

    def hits_between(self, since: int, until: int) -> dict[int, list[Hit]]:
        """The pages of all visits that began in [since, until), by visit."""
        rows = self._database.all(
            "SELECT visitor_session_id, at, url FROM hits WHERE visitor_session_id IN"
            " (SELECT id FROM visitor_sessions WHERE started_at >= ? AND started_at < ?) ORDER BY id",
            since,
            until,
        )
        found: dict[int, list[Hit]] = {}
        for row in rows:
            found.setdefault(row["visitor_session_id"], []).append(Hit(**row))
        return found

    def of_communications(self, since: int, until: int) -> dict[int, VisitorSession]:
        """The visits that the communications of [since, until) came from, by id."""
        of_span = f"SELECT visitor_session_id {_COMMUNICATIONS}"
        rows = self._database.all(f"SELECT * FROM visitor_sessions WHERE id IN ({of_span})", since, until)
        return {row["id"]: VisitorSession(**row) for row in rows}

    def pages_of_communications(self, since: int, until: int) -> dict[int, str]:
        """The page that a visit had open when a communication of [since, until) began, by communication."""
        rows = self._database.all(
            "SELECT c.id, (SELECT url FROM hits WHERE visitor_session_id = c.visitor_session_id AND at <= c.created_at"
            " ORDER BY id DESC LIMIT 1) AS url FROM communications AS c"
            " WHERE c.created_at >= ? AND c.created_at < ? AND c.visitor_session_id IS NOT NULL",
            *(since, until),
        )
        return {row["id"]: row["url"] for row in rows}

    def campaigns_of_visitors(self, since: int, until: int) -> dict[int, list[int]]:
        """The campaigns by which those who had a communication in [since, until) ever came, by visitor, in the order of
        the first visit by each."""
        rows = self._database.all(
            "SELECT visitor_id, campaign_id FROM visitor_sessions"
            f" WHERE campaign_id IS NOT NULL AND visitor_id IN (SELECT visitor_id {_COMMUNICATIONS})"
            " GROUP BY visitor_id, campaign_id ORDER BY min(id)",
            *(since, until),
        )
        found: dict[int, list[int]] = {}
        for row in rows:
            found.setdefault(row["visitor_id"], []).append(row["campaign_id"])
        return found

    def visitor_key(self, visitor_id: int) -> str:
        """What the stand calls a visitor: the key, else the id."""
        key: str | None = self._database.value("SELECT key FROM visitors WHERE id = ?", visitor_id)
        return key or str(visitor_id)
