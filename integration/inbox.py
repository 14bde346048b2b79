"""The durable inbox: events one at a time per key in order of arrival, keys in parallel, each until it is done.

An event is stored before it is acknowledged. A key that has something to do has one lane, a task that takes event
after event; a lane is woken by an event or a timer and never polls. A site form with telephone and e-mail needs the
turn of both keys: the lane of the first handles it, once no earlier event of either is unfinished. An event that cannot
be processed now waits for a timer row, and all later events of its keys wait behind it (LOG-12): 1, 2, 4 ... 300 s on
the tenant's clock.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from integration import tracing
from integration.activity import Activity
from integration.model import InboxRow, NewEvent, TimerRow
from integration.ports import Clock, Decisions, Store, UnavailableError

Processor = Callable[[InboxRow], Awaitable[None]]

LEASE = timedelta(minutes=10)
PATIENCE = timedelta(hours=24)
LONGEST_PAUSE = timedelta(seconds=300)
OWNER = "core"

_log = logging.getLogger(__name__)


def pause_after(attempts: int, at_least: timedelta | None = None) -> timedelta:
    """How long to wait after that many earlier failures: 1, 2, 4 ... 300 s, and never less than amoCRM asked for."""
    growing = min(LONGEST_PAUSE, timedelta(seconds=2 ** min(attempts, 9)))
    return max(growing, at_least or growing)


class Inbox:
    """Hands stored events to `process`, which raises UnavailableError when it has to be tried again later."""

    def __init__(
        self, store: Store, clock: Clock, activity: Activity, decisions: Decisions, process: Processor
    ) -> None:
        self._store = store
        self._clock = clock
        self._activity = activity
        self._decisions = decisions
        self._process = process
        self._lanes: dict[str, bool] = {}
        """Keys at work; True: something came in since the lane last looked."""

    async def accept(self, event: NewEvent) -> bool:
        """Store an event and start on it. False: it had been accepted before.

        An event that comes before its predecessor waits for it, a day at most: that long the telephony tries.
        """
        with self._activity.working():
            accepted = await self._store.accept_event(event, self._clock.now(), PATIENCE)
            if accepted == "ready":
                self._wake(event.key)
            elif accepted == "early":
                outcome: dict[str, object] = {
                    "decision": "wait",
                    "for": event.follows,
                    "because": "it has not come yet",
                }
                await self._decisions.note(f"{event.event_id}/early", f"event:{event.event_id}", "LOG-12", outcome)
                await self._clock.timers_changed()
        return accepted != "repeated"

    async def give_up_waiting(self, timer: TimerRow) -> None:
        """The event before an early one did not come in time."""
        await self._store.stop_waiting_for(timer.payload)
        self._wake(timer.key)

    async def start(self) -> None:
        """Go on with what an earlier process left unfinished."""
        await self._store.release_claims(OWNER)
        for key in await self._store.unfinished_keys():
            self._wake(key)

    async def retry(self, timer: TimerRow) -> None:
        """A postponed event may be tried again."""
        await self._store.resume_event(int(timer.payload))
        self._wake(timer.key)

    def _wake(self, key: str) -> None:
        if key in self._lanes:
            self._lanes[key] = True
            return
        self._lanes[key] = False
        self._activity.spawn(self._lane(key))

    async def _lane(self, key: str) -> None:
        try:
            while True:
                self._lanes[key] = False
                while row := await self._store.claim_next(key, OWNER, self._clock.now(), LEASE):
                    await self._handle(row)
                    if row.also:
                        self._wake(row.also)
                if (leader := await self._store.leader_of(key)) is not None:
                    self._wake(leader)
                if not self._lanes[key]:
                    return
        finally:
            del self._lanes[key]

    async def _handle(self, row: InboxRow) -> None:
        with tracing.within(tracing.Trace(row.traceparent, row.event_id, row.attempts)):
            try:
                await self._process(row)
            except UnavailableError as error:
                await self._postpone(row, error.reason, error.retry_after)
            except Exception as error:
                # A defect of ours. The call is kept and tried again: it may be mended before the next attempt.
                _log.exception("event %s could not be processed", row.event_id)
                await self._postpone(row, f"internal error {type(error).__name__}", None)
            else:
                await self._store.finish_event(row.seq)

    async def _postpone(self, row: InboxRow, reason: str, retry_after: timedelta | None) -> None:
        due = self._clock.now() + pause_after(row.attempts, retry_after)
        ref, subject = f"{row.event_id}/retry/{row.attempts}", f"event:{row.event_id}"
        outcome: dict[str, object] = {"decision": "try_again", "at": due.isoformat(), "because": reason}
        await self._decisions.note(ref, subject, "LOG-12", outcome)
        await self._store.postpone_event(row, due)
        await self._clock.timers_changed()
