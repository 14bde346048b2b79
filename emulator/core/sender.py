"""Events and webhooks out: rows that are delivered in order per stream and tried again until they are answered.

Contract §3: one at a time per stream (a call), the next waits for the acknowledgement of the one before; 2xx
acknowledges; 4xx but 408 and 429 gives up with a journal entry; anything else, or no answer within the limit of world
time, is tried again after growing pauses until the row is too old.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import orjson

from emulator.core.database import Database, Row
from emulator.core.faults import Action, Fault
from emulator.core.ground import Ground
from emulator.core.instants import from_micros, micros
from emulator.core.timers import Timers

DELIVERIES_SQL = """
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    subject TEXT NOT NULL,
    body BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting',
    detail TEXT
);
CREATE INDEX deliveries_open ON deliveries (stream, id) WHERE state = 'waiting';
"""


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
    """Delivers the rows of `deliveries` to the destination. `receiver` and `kind` are the words of the journal."""

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
        self._session = session
        self._destination = destination
        self._sender = sender
        self._policy = policy or Policy()
        self._running: set[str] = set()
        self._swapped: dict[str, Row] = {}
        timers.on("delivery", lambda stream, _payload: self.wake(stream))
        timers.on("held delivery", lambda key, _payload: self._send_held(int(key)))

    def put(self, stream: str, subject: str, body: dict[str, Any]) -> None:
        """Store an event of `stream`; call `wake` once the surrounding transaction is over."""
        row = {
            "stream": stream,
            "subject": subject,
            "body": orjson.dumps(body),
            "created_at": micros(self._ground.clock.now()),
        }
        self._database.insert("deliveries", row)

    def wake(self, stream: str) -> None:
        """Deliver what waits in `stream`, unless that is going on already."""
        if stream not in self._running and not self._pausing(stream) and self._destination() is not None:
            self._running.add(stream)
            self._ground.work.spawn(self._drain(stream), f"events of {stream}", awaits_integration=True)

    def log(self, stream: str | None = None) -> list[dict[str, Any]]:
        """The delivery log, oldest first."""
        rows = self._database.all(
            "SELECT id, stream, subject, created_at, attempts, state, detail FROM deliveries"
            " WHERE ? IS NULL OR stream = ? ORDER BY id",
            stream,
            stream,
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
            "SELECT * FROM deliveries WHERE stream = ? AND state = 'waiting' ORDER BY id LIMIT 1", stream
        )

    def _pausing(self, stream: str) -> bool:
        return bool(self._database.value("SELECT 1 FROM timers WHERE kind = 'delivery' AND key = ?", stream))

    async def _deliver(self, row: Row) -> bool:
        """One attempt. True when the stream may go on with its next row."""
        status, detail = await self._attempt(row)
        attempts = row["attempts"] + 1
        if 200 <= status < 300:
            self._database.update(
                "deliveries", row["id"], {"state": "delivered", "attempts": attempts, "detail": detail}
            )
            await self._send_swapped(row)
            return True
        if 400 <= status < 500 and status not in (408, 429):
            self._give_up(row, attempts, detail)
            return True
        now = self._ground.clock.now()
        if now - from_micros(row["created_at"]) >= self._policy.give_up_after:
            self._give_up(row, attempts, f"{detail}; given up after {self._policy.give_up_after}")
            return True
        with self._database.transaction():
            self._database.update("deliveries", row["id"], {"attempts": attempts, "detail": detail})
            self._timers.set("delivery", row["stream"], now + self._policy.pause(attempts))
        return False

    def _give_up(self, row: Row, attempts: int, detail: str) -> None:
        self._database.update("deliveries", row["id"], {"state": "given up", "attempts": attempts, "detail": detail})
        said = {"given_up": True, "detail": detail, "body": row["body"]}
        self._ground.journal.add("event", self._sender, "integration", row["subject"], said, self._trace(row))

    async def _attempt(self, row: Row) -> tuple[int, str]:
        """Send once, through the faults set for events. Returns (status, what happened); 0 means no answer."""
        faults = self._ground.faults
        fault = faults.match("events", "POST", row["subject"], row["body"]) if faults.entries else None
        if fault is None:
            return await self._post(row)
        action = fault.request.action
        said = {"fault": fault.id, "action": action.name}
        self._ground.journal.add("fault", "stand", "events", row["subject"], said, self._trace(row))
        if action.name in ("swap", "hold"):
            return self._postponed(row, action)
        if action.duplicate:
            answers = [await self._post(row) for _ in range(action.duplicate + 1)]
            return answers[-1]
        return await self._spoiled(row, fault)

    def _postponed(self, row: Row, action: Action) -> tuple[int, str]:
        """Acknowledge to the engine now and deliver later: after the next event, or after a time."""
        if action.swap:
            self._swapped[row["stream"]] = row
        else:
            due = self._ground.clock.now() + timedelta(seconds=action.hold or 0)
            self._timers.set("held delivery", str(row["id"]), due)
        return 200, f"acknowledged by a fault ({action.name}), delivered later"

    async def _spoiled(self, row: Row, fault: Fault) -> tuple[int, str]:
        action = fault.request.action
        if fault.request.phase == "after":
            await self._post(row)
        if action.delay is not None:
            await self._ground.clock.sleep(timedelta(seconds=action.delay))
            return await self._post(row) if fault.request.phase == "before" else (200, "the answer came late")
        if action.hang:
            await self._ground.clock.sleep(self._policy.answer_within)
            return 0, "no answer"
        return (action.status, "answered by a fault") if action.status else (0, "the connection was reset")

    async def _send_swapped(self, row: Row) -> None:
        swapped = self._swapped.get(row["stream"])
        if swapped and swapped["id"] != row["id"]:
            del self._swapped[row["stream"]]
            await self._post(swapped)

    def _send_held(self, identifier: int) -> None:
        row = self._database.one("SELECT * FROM deliveries WHERE id = ?", identifier)
        if row:
            self._ground.work.spawn(self._post_held(row), f"held event {row['subject']}", awaits_integration=True)

    async def _post_held(self, row: Row) -> None:
        await self._post(row)

    async def _post(self, row: Row) -> tuple[int, str]:
        destination = self._destination()
        if destination is None:
            return 0, "nobody is connected"
        cause = self._trace(row)
        self._ground.journal.add(
            "event",
            self._sender,
            "integration",
            row["subject"],
            {"body": row["body"], "attempt": row["attempts"] + 1},
            cause,
        )
        headers = {
            "Content-Type": "application/json",
            "traceparent": self._ground.ids.trace_parent(row["stream"]),
            **destination.headers,
        }
        try:
            async with (
                self._ground.clock.timeout(self._policy.answer_within),
                self._session().post(destination.url, data=row["body"], headers=headers) as answer,
            ):
                return answer.status, f"HTTP {answer.status}"
        except TimeoutError:
            return 0, f"no answer within {self._policy.answer_within}"
        except (aiohttp.ClientError, asyncio.IncompleteReadError, OSError) as error:
            return 0, type(error).__name__

    def _trace(self, row: Row) -> str:
        return self._ground.ids.trace_parent(row["stream"]).split("-")[1]
