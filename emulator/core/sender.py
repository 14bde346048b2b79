"""Events out: rows that are delivered in order per stream and tried again until they are answered.

Contract §3: one at a time per stream (a call), the next waits for the acknowledgement of the one before; 2xx
acknowledges; 4xx but 408 and 429 gives up with a journal entry; anything else, or no answer within the limit of world
time, is tried again after growing pauses until the row is too old.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import aiohttp
import orjson

from emulator.core.attempts import Attempts, Outcome
from emulator.core.database import Database, Row
from emulator.core.faults import Fault
from emulator.core.ground import Ground
from emulator.core.instants import from_micros, micros
from emulator.core.timers import Timers

DELIVERIES_SQL = """
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    subject TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting',
    detail TEXT
);

-- Kept apart, because they go when they have arrived: their pages are used again.
CREATE TABLE delivery_bodies (
    id INTEGER PRIMARY KEY,
    body BLOB NOT NULL
);
CREATE TRIGGER deliveries_ended AFTER UPDATE OF state ON deliveries WHEN new.state IN ('delivered', 'given up')
BEGIN
    DELETE FROM delivery_bodies WHERE id = new.id;
END;
CREATE INDEX deliveries_open ON deliveries (stream, id) WHERE state = 'waiting';
CREATE INDEX deliveries_postponed ON deliveries (stream) WHERE state = 'postponed';
"""


_SWAPPED = "acknowledged by a fault, delivered after the next event"
_HELD = "acknowledged by a fault, delivered later"


@dataclass(frozen=True)
class Policy:
    """How hard to try: seconds of world time for one answer, the longest pause, and when to give up."""

    answer_within: timedelta = timedelta(seconds=10)
    longest_pause: timedelta = timedelta(seconds=300)
    give_up_after: timedelta = timedelta(hours=24)

    def pause(self, attempts: int) -> timedelta:
        """1, 2, 4 … seconds after the first, second, third failure."""
        return min(timedelta(seconds=2 ** min(attempts - 1, 20)), self.longest_pause)


@dataclass(frozen=True)
class Destination:
    """Where deliveries go and with which headers; asked for at each attempt."""

    url: str
    headers: dict[str, str]


class Sender:
    """Delivers the rows of `deliveries` to the destination; `sender` is its word in the journal.

    What was delivered keeps its line in the log and gives its body up, which the journal has.
    """

    def __init__(
        self,
        ground: Ground,
        database: Database,
        timers: Timers,
        session: Callable[[], aiohttp.ClientSession],
        destination: Callable[[], Destination | None],
        sender: str,
        policy: Policy | None = None,
    ) -> None:
        self._ground = ground
        self._database = database
        self._timers = timers
        self._destination = destination
        self._sender = sender
        self._policy = policy or Policy()
        self._attempts = Attempts(ground, session, self._policy.answer_within, awaits_integration=True)
        self._running: set[str] = set()
        timers.on("delivery", lambda stream, _payload: self.wake(stream))
        timers.on("postponed delivery", lambda stream, payload: self._take_up(stream, payload["id"]))

    def put(self, stream: str, subject: str, body: dict[str, Any]) -> None:
        """Store an event of `stream`; call `wake` once the surrounding transaction is over."""
        row = {"stream": stream, "subject": subject, "created_at": micros(self._ground.clock.now())}
        identifier = self._database.insert("deliveries", row)
        self._database.insert("delivery_bodies", {"id": identifier, "body": orjson.dumps(body)})

    def wake(self, stream: str) -> None:
        """Deliver what waits in `stream`, unless that is going on already or the world is just being copied."""
        if self._ground.gate.is_shut:
            return
        if stream not in self._running and not self._pausing(stream) and self._destination() is not None:
            self._running.add(stream)
            self._ground.work.spawn(self._drain(stream), f"events of {stream}", awaits_integration=True)

    def log(self, stream: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """The delivery log after number `since`, of all streams or of one, oldest first."""
        rows = self._database.all(
            "SELECT id, stream, subject, created_at, attempts, state, detail FROM deliveries"
            " WHERE id > ? AND (? IS NULL OR stream = ?) ORDER BY id",
            *(since, stream, stream),
        )
        return [{**row, "created_at": from_micros(row["created_at"]).isoformat()} for row in rows]

    async def _drain(self, stream: str) -> None:
        try:
            while row := self._next(stream):
                if not await self._deliver(row):
                    return
        finally:
            self._running.discard(stream)

    def _next(self, stream: str) -> Row | None:
        return self._database.one(
            "SELECT deliveries.*, body FROM deliveries JOIN delivery_bodies USING (id)"
            " WHERE stream = ? AND state = 'waiting' ORDER BY id LIMIT 1",
            stream,
        )

    def _pausing(self, stream: str) -> bool:
        return bool(self._database.value("SELECT 1 FROM timers WHERE kind = 'delivery' AND key = ?", stream))

    async def _deliver(self, row: Row) -> bool:
        """One attempt. True when the stream may go on with its next row."""
        fault = self._fault_for(row)
        if fault and (pause := fault.request.action.postponement) is not None:
            self._postpone(row, pause, _SWAPPED if fault.request.action.swap else _HELD)
            return True
        send = partial(self._post, row)
        name = f"event {row['subject']}"
        status, detail = await (self._attempts.spoiled(fault, send, name) if fault else send())
        return self._done_with(row, row["attempts"] + 1, status, detail)

    def _done_with(self, row: Row, attempts: int, status: int, detail: str) -> bool:
        """Keep what came of an attempt."""
        now = self._ground.clock.now()
        is_final = 400 <= status < 500 and status not in (408, 429)
        if 200 <= status < 300:
            self._end(row, "delivered", attempts, detail)
        elif is_final or now - from_micros(row["created_at"]) >= self._policy.give_up_after:
            self._give_up(row, attempts, detail)
        else:
            with self._database.transaction():
                self._database.update("deliveries", row["id"], {"attempts": attempts, "detail": detail})
                self._timers.set("delivery", row["stream"], now + self._policy.pause(attempts))
            return False
        self._take_up_swapped(row["stream"])
        return True

    def _give_up(self, row: Row, attempts: int, detail: str) -> None:
        self._end(row, "given up", attempts, detail)
        said = {"given_up": True, "detail": detail, "body": row["body"]}
        self._ground.journal.add("event", self._sender, "integration", row["subject"], said, self._trace(row))

    def _end(self, row: Row, state: str, attempts: int, detail: str) -> None:
        """The row is not sent again: its line stays in the log, its body goes."""
        self._database.update("deliveries", row["id"], {"state": state, "attempts": attempts, "detail": detail})

    def _fault_for(self, row: Row) -> Fault | None:
        """The fault that spoils this attempt. A row that was postponed by one is spared."""
        if row["detail"] in (_SWAPPED, _HELD):
            return None
        return self._ground.fault_for("events", "POST", row["subject"], row["body"], self._trace(row))

    def _postpone(self, row: Row, pause: timedelta, detail: str) -> None:
        """Acknowledge to the engine now and deliver later: after the next event of the stream, or after a time."""
        with self._database.transaction():
            self._database.update("deliveries", row["id"], {"state": "postponed", "detail": detail})
            self._timers.set("postponed delivery", row["stream"], self._ground.clock.now() + pause, {"id": row["id"]})

    def _take_up(self, stream: str, identifier: int) -> None:
        """The time of a postponed row has come, unless it went with the next event already."""
        self._database.execute(
            "UPDATE deliveries SET state = 'waiting' WHERE id = ? AND state = 'postponed'", identifier
        )
        self.wake(stream)

    def _take_up_swapped(self, stream: str) -> None:
        """An event got through: those that were swapped come next, and no longer by their timers."""
        postponed = "SELECT 1 FROM deliveries WHERE stream = ? AND state = 'postponed' LIMIT 1"
        if self._database.value(postponed, stream) is None:
            return
        with self._database.transaction():
            swapped = self._database.all(
                "UPDATE deliveries SET state = 'waiting' WHERE stream = ? AND state = 'postponed' AND detail = ?"
                " RETURNING id",
                *(stream, _SWAPPED),
            )
            for row in swapped:
                self._timers.cancel("postponed delivery", stream, {"id": row["id"]})

    async def _post(self, row: Row) -> Outcome:
        destination = self._destination()
        if destination is None:
            return 0, "nobody is connected"
        said = {"body": row["body"], "attempt": row["attempts"] + 1}
        self._ground.journal.add("event", self._sender, "integration", row["subject"], said, self._trace(row))
        parent = self._ground.ids.trace_parent(row["stream"])
        headers = {"Content-Type": "application/json", "traceparent": parent, **destination.headers}
        return await self._attempts.post(destination.url, headers, row["body"])

    def _trace(self, row: Row) -> str:
        return self._ground.ids.trace_id(row["stream"])
