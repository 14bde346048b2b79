"""Files that come some time after the end of their call (GAP-68): the link is there at once, the file a 404 till then.

`account.recording_delay` says how long they take; a file keeps the time that was set when its call ended. Only those
that come late have a row, and a timer that announces them by `call_record_ready`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from emulator.core.clock import Clock
from emulator.core.database import Database
from emulator.core.instants import from_micros, micros
from emulator.core.timers import Handler, Timers

if TYPE_CHECKING:
    from emulator.telephony.engine.notices import Notices
    from emulator.telephony.engine.store import CallStore

READY = "recording ready"
"""The kind of the timer; its key is the call's id."""

_MICROSECOND = timedelta(microseconds=1)


class Late:
    """When files are ready."""

    def __init__(self, database: Database, timers: Timers) -> None:
        self._database = database
        self._timers = timers

    @property
    def delay(self) -> timedelta:
        return timedelta(microseconds=int(self._database.value("SELECT recording_delay FROM account")))

    @delay.setter
    def delay(self, delay: timedelta) -> None:
        self._database.execute("UPDATE account SET recording_delay = ?", delay // _MICROSECOND)

    def expect(self, call_id: int, now: int) -> bool:
        """A recorded call has ended: whether its file comes later. Then it will be announced."""
        delay = self.delay
        if not delay:
            return False
        due = from_micros(now) + delay
        self._database.insert("late_recordings", {"session_id": call_id, "ready_at": micros(due)})
        self._timers.set(READY, str(call_id), due)
        return True

    def ready_at(self, call_id: int) -> int | None:
        """Microseconds; None for a file that was ready when its call ended."""
        ready: int | None = self._database.value("SELECT ready_at FROM late_recordings WHERE session_id = ?", call_id)
        return ready


def announcing(store: CallStore, notices: Notices, clock: Clock) -> Handler:
    """What the timer does: put the event into the numbering of its call and send it."""

    def announce(call_id: str, _payload: dict[str, Any]) -> None:
        call = store.load(int(call_id))
        call.segments = store.segments_of(call.id)
        now = micros(clock.now())
        notices.record_ready(call, now)
        store.save(call, ())
        notices.send(call.session, "record_ready", {}, now)

    return announce
