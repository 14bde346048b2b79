"""Webhooks out: a delivery is a row that is sent by itself, and again until it is answered or given up (facts §3.16).

An answer has to come within 2 s and to be 100…299. Any other is tried again after 5 and 15 minutes; 499, 5xx and
silence twice more, after 15 minutes and an hour. Deliveries know no order. What is done keeps no body.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import aiohttp
import orjson

from emulator.amocrm.forms import encoded
from emulator.core.attempts import Attempts, Outcome
from emulator.core.database import Database, Row
from emulator.core.faults import Fault
from emulator.core.ground import Ground
from emulator.core.instants import from_micros, micros
from emulator.core.journal import url_without_secrets
from emulator.core.timers import Timers

DELIVERIES_SQL = """
CREATE TABLE webhook_deliveries (
    id INTEGER PRIMARY KEY,
    webhook_id INTEGER NOT NULL,
    destination TEXT NOT NULL,
    code TEXT NOT NULL,
    subject TEXT NOT NULL,
    body BLOB,
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting',
    detail TEXT,
    status INTEGER
);
CREATE INDEX webhook_deliveries_open ON webhook_deliveries (state, webhook_id)
    WHERE state IN ('waiting', 'retrying', 'postponed');
"""
"""`state`: waiting to be sent now, retrying after a pause, postponed by a fault, delivered, or given up."""

ANSWER_WITHIN = timedelta(seconds=2)
AT_ONCE = 32
"""How many deliveries are under way at the same time."""

_PAUSES = (timedelta(minutes=5), timedelta(minutes=15))
_MORE_PAUSES = (timedelta(minutes=15), timedelta(hours=1))
_SWAPPED = "acknowledged by a fault, delivered after the next one"
_HELD = "acknowledged by a fault, delivered later"
_HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "User-Agent": "amoCRM-WebHook-client/1.0",
    "Accept": "*/*",
}


def pause_after(attempts: int, status: int) -> timedelta | None:
    """How long to wait after that many attempts, the last one answered with `status`; None: it is given up."""
    is_theirs = status == 0 or status == 499 or status >= 500
    pauses = _PAUSES + _MORE_PAUSES if is_theirs else _PAUSES
    return pauses[attempts - 1] if attempts <= len(pauses) else None


class WebhookSender:
    """Sends the rows of `webhook_deliveries`. `failed` is told of each invalid answer, with the webhook's id."""

    def __init__(
        self,
        ground: Ground,
        database: Database,
        timers: Timers,
        session: Callable[[], aiohttp.ClientSession],
        failed: Callable[[int], None],
    ) -> None:
        self._ground = ground
        self._database = database
        self._timers = timers
        self._failed = failed
        self._attempts = Attempts(ground, session, ANSWER_WITHIN, awaits_integration=False)
        self._running: set[int] = set()
        timers.on("webhook", lambda key, _payload: self._take_up(int(key)))

    def put(self, webhook: Row, code: str, subject: str, body: dict[str, Any]) -> None:
        """Send `body` to `webhook`. It goes out once the surrounding transaction is over."""
        row = {"webhook_id": webhook["id"], "destination": webhook["destination"], "code": code, "subject": subject}
        now = micros(self._ground.clock.now())
        self._database.insert("webhook_deliveries", {**row, "body": orjson.dumps(body), "created_at": now})
        self.wake()

    def wake(self) -> None:
        """Begin with what waits, as far as there is room, unless the world is just being copied."""
        if len(self._running) >= AT_ONCE or self._ground.gate.is_shut:
            return
        waiting = "SELECT id, code, subject FROM webhook_deliveries WHERE state = 'waiting' ORDER BY id LIMIT ?"
        for row in self._database.all(waiting, 2 * AT_ONCE):
            if row["id"] not in self._running and len(self._running) < AT_ONCE:
                self._running.add(row["id"])
                name = f"webhook {row['code']} {row['subject']}"
                self._ground.work.spawn(self._send(row["id"]), name)

    def drop(self, webhook_id: int, why: str) -> None:
        """Give up what is open for a webhook."""
        self._database.execute(
            "UPDATE webhook_deliveries SET state = 'given up', detail = ?, body = NULL "
            "WHERE webhook_id = ? AND state IN ('waiting', 'retrying', 'postponed')",
            *(why, webhook_id),
        )

    def log(self, since: int = 0) -> list[dict[str, Any]]:
        """The delivery log after number `since`, oldest first."""
        rows = self._database.all(
            "SELECT id, destination, code, subject, created_at, attempts, state, detail, status "
            "FROM webhook_deliveries WHERE id > ? ORDER BY id",
            since,
        )
        return [
            {
                **row,
                "destination": url_without_secrets(row["destination"]),
                "created_at": from_micros(row["created_at"]).isoformat(),
            }
            for row in rows
        ]

    def _take_up(self, delivery_id: int) -> None:
        """The pause of a delivery is over, unless it went on already."""
        self._database.execute(
            "UPDATE webhook_deliveries SET state = 'waiting' WHERE id = ? AND state IN ('retrying', 'postponed')",
            delivery_id,
        )
        self.wake()

    async def _send(self, delivery_id: int) -> None:
        """One attempt, if the transaction that made the row was not taken back."""
        try:
            row = self._open(delivery_id)
            if row is not None:
                await self._attempt(row)
        finally:
            self._running.discard(delivery_id)
        self.wake()

    def _open(self, delivery_id: int) -> Row | None:
        return self._database.one("SELECT * FROM webhook_deliveries WHERE id = ? AND state = 'waiting'", delivery_id)

    async def _attempt(self, row: Row) -> None:
        """A defect of ours counts as no answer, so that its row stands in nobody's way, and fails the next settle."""
        fault = self._fault_for(row)
        if fault and (pause := fault.request.action.postponement) is not None:
            self._postpone(row, pause, _SWAPPED if fault.request.action.swap else _HELD)
            return
        send = partial(self._post, row)
        try:
            outcome = await (self._attempts.spoiled(fault, send, _named(row)) if fault else send())
        except Exception as defect:
            self._ground.work.failures.append(defect)
            outcome = 0, f"a defect of the fake: {type(defect).__name__}"
        with self._database.transaction():
            if self._open(row["id"]) is not None:
                self._done_with(row, outcome)

    def _done_with(self, row: Row, outcome: Outcome) -> None:
        """Keep what came of an attempt."""
        status, detail = outcome
        changes = {"attempts": row["attempts"] + 1, "status": status or None, "detail": detail}
        if 100 <= status < 300:
            self._change(row, {**changes, "state": "delivered", "body": None})
            self._take_up_swapped(row["webhook_id"])
            return
        pause = pause_after(row["attempts"] + 1, status)
        if pause is None:
            self._change(row, {**changes, "state": "given up", "body": None})
            self._note(row, {"given_up": True, "detail": detail})
        else:
            self._change(row, {**changes, "state": "retrying"})
            self._timers.set("webhook", str(row["id"]), self._ground.clock.now() + pause)
        self._failed(row["webhook_id"])

    def _change(self, row: Row, changes: Row) -> None:
        self._database.update("webhook_deliveries", row["id"], changes)

    def _fault_for(self, row: Row) -> Fault | None:
        """The fault that spoils this attempt. A row that was postponed by one is spared."""
        if row["detail"] in (_SWAPPED, _HELD):
            return None
        return self._ground.fault_for("webhooks", "POST", _named(row), row["body"], self._trace(row))

    def _postpone(self, row: Row, pause: timedelta, detail: str) -> None:
        """Acknowledge now and deliver later: after the next one to this webhook, or after a time."""
        with self._database.transaction():
            self._change(row, {"state": "postponed", "detail": detail})
            self._timers.set("webhook", str(row["id"]), self._ground.clock.now() + pause)

    def _take_up_swapped(self, webhook_id: int) -> None:
        """A delivery got through: those that were swapped come next, and no longer by their timers."""
        swapped = self._database.all(
            "UPDATE webhook_deliveries SET state = 'waiting' "
            "WHERE webhook_id = ? AND state = 'postponed' AND detail = ? RETURNING id",
            *(webhook_id, _SWAPPED),
        )
        for row in swapped:
            self._timers.cancel("webhook", str(row["id"]))

    async def _post(self, row: Row) -> Outcome:
        self._note(row, {"attempt": row["attempts"] + 1, "body": row["body"]})
        headers = {**_HEADERS, "X-Amocrm-RequestId": self._ground.ids.token("webhook delivery", row["id"], 16)}
        form = encoded(orjson.loads(row["body"]))
        return await self._attempts.post(row["destination"], headers, form, follow_redirects=False)

    def _note(self, row: Row, said: dict[str, Any]) -> None:
        said = {"destination": row["destination"], **said}
        self._ground.journal.add("event", "amocrm", "client", _named(row), said, self._trace(row))

    def _trace(self, row: Row) -> str:
        return self._ground.ids.trace_id(f"webhook:{row['id']}")


def _named(row: Row) -> str:
    """What a delivery is called in the journal, and what a fault's `path` is compared with."""
    return f"{row['code']} {row['subject']}"
