"""Questions that a scenario asks over HTTP: of the integration (contract §3), of a server for interactive processing.

A question is a row before it is sent, so that one of a step that was taken back is never sent. Whoever is asked hears
it once, and again in a copy of the world or after a restart, if the call waits for the answer still. How long it waits
is the operation's business; here the line is held open for a while longer, so that a late answer is seen and noted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from emulator.core.attempts import SILENT_AFTER
from emulator.core.database import Database, Row
from emulator.core.ground import Ground
from emulator.core.sender import Destination
from emulator.core.work import parked_when_silent
from emulator.telephony.engine.notices import stream_of
from emulator.telephony.scenarios.integration import IntegrationDoor

LISTENS_FOR = timedelta(seconds=120)
"""World time after which a connection without an answer is closed."""

INTEGRATION, OUTSIDE = "integration", "outside"


@dataclass(frozen=True)
class Request:
    """A question as it is stored. `purpose` is the operation's word for it."""

    id: int
    passage_id: int
    session_id: int
    purpose: str


@dataclass(frozen=True)
class Reply:
    """What came back; the status is 0 when nothing did, and then `problem` says what happened."""

    status: int
    body: bytes = b""
    problem: str | None = None


Answered = Callable[[Request, Reply], None]


class Requests:
    """The questions of one account; `on_reply` is told of every answer and of every failure."""

    def __init__(
        self,
        ground: Ground,
        database: Database,
        door: IntegrationDoor,
        session: Callable[[], aiohttp.ClientSession],
    ) -> None:
        self._ground = ground
        self._database = database
        self._door = door
        self._session = session
        self._under_way: set[int] = set()
        self.on_reply: Answered | None = None
        database.on_restore.append(self._under_way.clear)

    def ask(
        self, passage_id: int, session_id: int, purpose: str, target: str, method: str, address: str, body: Any = None
    ) -> int:
        """Ask once the step is over; returns the request's id. `address` is a path at the integration, or a URL."""
        row = {
            "passage_id": passage_id,
            "session_id": session_id,
            "purpose": purpose,
            "target": target,
            "method": method,
            "address": address,
            "body": body,
        }
        request_id = self._database.insert("scenario_requests", row)
        self._spawn(request_id, target)
        return request_id

    def resume(self) -> None:
        """Ask what was not asked yet, or not answered, when the process ended or the world was copied.

        Only what a call waits for still: to others nobody would listen.
        """
        rows = self._database.all(
            "SELECT asked.id, target, runs.passage_id IS NOT NULL AS is_awaited FROM scenario_requests AS asked"
            " LEFT JOIN runs ON runs.session_id = asked.session_id AND runs.passage_id = asked.passage_id"
            " WHERE asked.state IN ('waiting', 'sent') ORDER BY asked.id"
        )
        for row in rows:
            if row["id"] in self._under_way:
                continue
            if row["is_awaited"]:
                self._spawn(row["id"], row["target"])
            else:
                self._database.update("scenario_requests", row["id"], {"state": "silent"})

    def note(self, request: Request, state: str) -> None:
        """`state` is answered, late or silent."""
        self._database.update("scenario_requests", request.id, {"state": state})

    def _spawn(self, request_id: int, target: str) -> None:
        """Ask in the background, unless that is about to happen: by a question of this number that was taken back."""
        if request_id in self._under_way:
            return
        self._under_way.add(request_id)
        name = f"question {request_id} of a scenario"
        self._ground.work.spawn(self._asking(request_id), name, awaits_integration=target == INTEGRATION)

    async def _asking(self, request_id: int) -> None:
        try:
            await self._send(request_id)
        finally:
            self._under_way.discard(request_id)

    async def _send(self, request_id: int) -> None:
        await self._ground.gate.passed()
        with self._database.transaction():
            row = self._database.one(
                "UPDATE scenario_requests SET state = 'sent' WHERE id = ? AND state IN ('waiting', 'sent') RETURNING *",
                request_id,
            )
        if row is None:
            return
        request = Request(row["id"], row["passage_id"], row["session_id"], row["purpose"])
        destination = self._destination(row)
        reply = await self._exchange(row, destination) if destination else Reply(0, problem="nobody is connected")
        await self._ground.gate.passed()
        assert self.on_reply is not None
        self.on_reply(request, reply)

    def _destination(self, row: Row) -> Destination | None:
        if row["target"] == INTEGRATION:
            return self._door.at(row["address"])
        return Destination(row["address"], {})

    async def _exchange(self, row: Row, destination: Destination) -> Reply:
        stream = stream_of(row["session_id"])
        cause = self._ground.ids.trace_id(stream)
        subject = f"{row['method']} {row['purpose']} {row['session_id']}"
        journal = self._ground.journal
        journal.add("request", "telephony", row["target"], subject, {"body": row["body"] or b""}, cause)
        headers = {"traceparent": self._ground.ids.trace_parent(stream), **destination.headers}
        if row["body"] is not None:
            headers["Content-Type"] = "application/json"
        reply = await self._asked(row["method"], destination.url, headers, row["body"])
        said = {"status": reply.status, "body": reply.body, **({"problem": reply.problem} if reply.problem else {})}
        journal.add("response", row["target"], "telephony", subject, said, cause)
        return reply

    async def _asked(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Reply:
        try:
            with parked_when_silent(SILENT_AFTER):
                async with (
                    self._ground.clock.timeout(LISTENS_FOR),
                    self._session().request(method, url, data=body, headers=headers, allow_redirects=False) as answer,
                ):
                    return Reply(answer.status, await answer.read())
        except TimeoutError:
            return Reply(0, problem=f"no answer within {LISTENS_FOR}")
        except (aiohttp.ClientError, asyncio.IncompleteReadError, OSError, ValueError) as error:
            return Reply(0, problem=type(error).__name__)
