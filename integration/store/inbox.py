"""The inbox and the timers: what is to be done, in which order, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from integration.model import Acceptance, InboxRow, NewEvent, TimerRow
from integration.store.database import Database
from integration.store.values import to_instant, to_text

RETRY = "inbox.retry"
"""Kind of the timer that makes a postponed event ready again; its key is the event's key, its payload the row."""

EARLY = "inbox.early"
"""Kind of the timer that lines up an event that was put aside: its predecessor has not come, or it is due only now. Its
key is the event's key, its payload the event."""


_FIRST = """
(SELECT min(seq) FROM (
    SELECT min(seq) AS seq FROM inbox AS other WHERE other.key = {0} AND state IN ('ready', 'waiting')
    UNION ALL
    SELECT min(seq) AS seq FROM inbox AS other WHERE other.also = {0} AND state IN ('ready', 'waiting')
))
"""
"""The first unfinished event that needs the turn of a key."""

_CLAIM = f"""
UPDATE inbox SET claimed_by = ?1, claimed_until = ?2
WHERE seq = {_FIRST.format("?3")} AND key = ?3 AND (also IS NULL OR seq = {_FIRST.format("inbox.also")})
  AND state = 'ready' AND (claimed_by IS NULL OR claimed_by = ?1 OR claimed_until <= ?4)
RETURNING seq, event_id, key, body, traceparent, settings_version, attempts, also
"""


class Inbox:
    """Events by key in order of arrival, until they are finished; their ids stay, so that a duplicate is known."""

    _db: Database

    async def accept_event(self, event: NewEvent, now: datetime, patience: timedelta) -> Acceptance:
        """Store an event under the settings of this moment, and bring those forward that waited for it."""
        with self._db.transaction():
            state: Acceptance = "early" if event.follows and not self._has_come(event.follows) else "ready"
            if not self._insert(event, now, state):
                return "repeated"
            if state == "early":
                self._add_timer(now + patience, EARLY, event.key, event.event_id)
            else:
                self._bring_forward(event.event_id)
        return state

    async def put_aside(self, event: NewEvent, now: datetime, until: datetime) -> None:
        """Store an event that is due later; until then others of its key pass it. A second time does nothing."""
        with self._db.transaction():
            if self._insert(event, now, "early"):
                self._add_timer(until, EARLY, event.key, event.event_id)

    async def stop_waiting_for(self, event_id: str) -> None:
        """The event before this early one has not come in time: go on without it."""
        with self._db.transaction():
            self._line_up(event_id)
            self._bring_forward(event_id)

    def _insert(self, event: NewEvent, now: datetime, state: str) -> bool:
        """False: it was there already."""
        done = self._db.run(
            "INSERT OR IGNORE INTO inbox"
            " (event_id, key, also, follows, body, traceparent, received_at, state, settings_version)"
            " SELECT ?, ?, ?, ?, ?, ?, ?, ?, max(version) FROM settings_versions",
            *(event.event_id, event.key, event.also, event.follows, event.body, event.traceparent),
            *(to_text(now), state),
        )
        return done.rowcount == 1

    def _has_come(self, event_id: str) -> bool:
        return self._db.row("SELECT 1 FROM inbox WHERE event_id = ? AND state != 'early'", event_id) is not None

    def _bring_forward(self, event_id: str) -> None:
        """Line up the events that waited for this one, in their own order behind it."""
        while row := self._db.row("SELECT event_id FROM inbox WHERE follows = ? AND state = 'early'", event_id):
            (event_id,) = row
            self._line_up(event_id)

    def _line_up(self, event_id: str) -> None:
        self._db.run(
            "UPDATE inbox SET state = 'ready', seq = (SELECT max(seq) + 1 FROM inbox)"
            " WHERE event_id = ? AND state = 'early'",
            event_id,
        )
        self._db.run("DELETE FROM timers WHERE kind = ? AND payload = ?", EARLY, event_id)

    async def claim_next(self, key: str, owner: str, now: datetime, lease: timedelta) -> InboxRow | None:
        """Take the first unfinished event of the key, unless it waits or somebody else works on it.

        One that needs the turn of a second key is taken under its first key, when it is the first under both.
        """
        row = self._db.row(_CLAIM, owner, to_text(now + lease), key, to_text(now))
        return InboxRow(*row) if row else None

    async def leader_of(self, key: str) -> str | None:
        """The key under which the next event is taken that needs the turn of this one as its second."""
        found = self._db.row(
            "SELECT key FROM inbox WHERE also = ? AND state IN ('ready', 'waiting') ORDER BY seq LIMIT 1", key
        )
        return found[0] if found else None

    async def finish_event(self, seq: int) -> None:
        self._db.run("UPDATE inbox SET state = 'done', claimed_by = NULL, claimed_until = NULL WHERE seq = ?", seq)

    async def postpone_event(self, row: InboxRow, due: datetime) -> None:
        """Let the event, and with it all later ones of its key, wait until then."""
        with self._db.transaction():
            self._db.run(
                "UPDATE inbox SET state = 'waiting', attempts = attempts + 1, claimed_by = NULL, claimed_until = NULL"
                " WHERE seq = ?",
                row.seq,
            )
            self._add_timer(due, RETRY, row.key, str(row.seq))

    async def resume_event(self, seq: int) -> None:
        self._db.run("UPDATE inbox SET state = 'ready' WHERE seq = ? AND state = 'waiting'", seq)

    async def release_claims(self, owner: str) -> None:
        """Void what `owner` had claimed before it died."""
        self._db.run("UPDATE inbox SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by = ?", owner)

    async def unfinished_keys(self) -> Sequence[str]:
        """Keys with unfinished events, the one that has waited longest first."""
        found = self._db.rows(
            "SELECT key FROM inbox WHERE state IN ('ready', 'waiting') GROUP BY key ORDER BY min(seq)"
        )
        return [key for (key,) in found]

    async def due_timers(self, until: datetime) -> Sequence[TimerRow]:
        found = self._db.rows(
            "SELECT id, due, kind, key, payload FROM timers WHERE due <= ? ORDER BY due, id", to_text(until)
        )
        return [TimerRow(number, to_instant(due), *rest) for number, due, *rest in found]

    async def next_due(self) -> datetime | None:
        row = self._db.row("SELECT min(due) FROM timers")
        return to_instant(row[0]) if row and row[0] else None

    async def drop_timer(self, timer_id: int) -> None:
        self._db.run("DELETE FROM timers WHERE id = ?", timer_id)

    def _add_timer(self, due: datetime, kind: str, key: str, payload: str) -> None:
        sql = "INSERT INTO timers (due, kind, key, payload) VALUES (?, ?, ?, ?)"
        self._db.run(sql, to_text(due), kind, key, payload)
