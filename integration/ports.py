"""What the core needs from outside, in business words.

One implementation stands behind each today: `clock.py`, `store/`, `decisions.py` and `amocrm/`. All methods that could
wait are coroutines, claims carry an owner and an expiry, so that a store for many workers fits in.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

from integration.model import (
    Acceptance,
    Call,
    CallRecord,
    ClockState,
    Connection,
    ContactPatch,
    DecisionRow,
    EffectRow,
    EffectState,
    InboxRow,
    NewContact,
    NewEvent,
    TimerRow,
    TokenPair,
)
from integration.rules.decisions import Decision


class UnavailableError(Exception):
    """amoCRM could not be asked or did not answer: it is tried again later, not before `retry_after`."""

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class RenewedError(UnavailableError):
    """A write was answered 401 and there is a new token now: it can be looked up and sent again at once."""


class RefusedError(Exception):
    """amoCRM definitely refused a request: repeating it would not help."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason


class DroppedError(Exception):
    """amoCRM took note of a call and does not keep it (error 263, "Entity not found"): no error of ours (LOG-09)."""


class Clock(Protocol):
    """Time of one tenant."""

    def now(self) -> datetime: ...
    def timeout(self, limit: timedelta) -> AbstractAsyncContextManager[None]: ...
    async def sleep(self, pause: timedelta) -> None: ...
    async def timers_changed(self) -> None: ...


class Decisions(Protocol):
    """The decision log."""

    async def log(self, ref: str, subject: str, facts: object, decision: Decision) -> None:
        """Write one decision; a second one under the same `ref` is a repetition and not written."""

    async def note(self, ref: str, subject: str, rule: str, outcome: dict[str, object]) -> None:
        """Write what became of a decision that could not be carried out as decided."""


class Crm(Protocol):
    """amoCRM as the core sees it. Raises UnavailableError, and for writes RefusedError."""

    async def find_contacts_by_phone(self, phone: str) -> tuple[int, ...]: ...
    async def create_contact(self, contact: NewContact) -> int: ...
    async def patch_contact(self, patch: ContactPatch) -> None: ...
    async def calls_on(self, contact_id: int) -> dict[str, int]: ...
    async def add_call(self, record: CallRecord) -> int: ...


class Store(Protocol):
    """Everything durable of one tenant. What a method did is committed when it returns."""

    # the account
    async def save_account(self, connection: Connection, tokens: TokenPair, clock: ClockState) -> None: ...
    async def connection(self) -> Connection: ...
    async def tokens(self) -> TokenPair: ...
    async def save_tokens(self, tokens: TokenPair) -> None: ...
    async def clock_state(self) -> ClockState: ...
    async def save_clock(self, state: ClockState) -> None: ...
    async def settings(self, version: int | None = None) -> dict[str, Any]: ...
    async def save_settings(self, values: dict[str, Any]) -> int: ...

    # the inbox
    async def accept_event(self, event: NewEvent, now: datetime, patience: timedelta) -> Acceptance: ...
    async def stop_waiting_for(self, event_id: str) -> None: ...
    async def claim_next(self, key: str, owner: str, now: datetime, lease: timedelta) -> InboxRow | None: ...
    async def finish_event(self, seq: int) -> None: ...
    async def postpone_event(self, row: InboxRow, due: datetime) -> None: ...
    async def resume_event(self, seq: int) -> None: ...
    async def release_claims(self, owner: str) -> None: ...
    async def unfinished_keys(self) -> Sequence[str]: ...

    # calls and effects
    async def save_call(self, call: Call) -> None: ...
    async def call(self, call_id: str) -> Call | None: ...
    async def record_effect(self, key: str, order: bytes, now: datetime) -> EffectRow: ...
    async def complete_effect(self, key: str, state: EffectState, result: int | None) -> None: ...
    async def effect(self, key: str) -> EffectRow | None: ...

    # timers
    async def due_timers(self, until: datetime) -> Sequence[TimerRow]: ...
    async def next_due(self) -> datetime | None: ...
    async def drop_timer(self, timer_id: int) -> None: ...

    # the decision log
    async def log_decision(self, ref: str, line: DecisionRow) -> None: ...
    async def decisions_since(self, seq: int) -> Sequence[DecisionRow]: ...
