"""How people take their telephones in a call that nobody drives: what they do, after how long, and how long they talk.

Who has no readiness lets it ring until its dial time is over. A driven call does not look at it (contract §1).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol, get_args

from emulator.core.database import Database
from emulator.core.errors import Conflict
from emulator.core.instants import from_micros
from emulator.core.timers import Timers
from emulator.telephony.engine.records import Leg

Does = Literal["answer", "decline", "busy", "unreachable", "ignore"]
DOES = get_args(Does)

ANYBODY = "contact"
"""The key of everybody outside who has no readiness of their own."""

_ACTS = "readiness"
_HANGS_UP = "hang up"


class Ear(Protocol):
    """What a telephone can tell the engine."""

    def answered(self, leg_id: int) -> None: ...
    def confirmed(self, leg_id: int) -> None: ...
    def declined(self, leg_id: int) -> None: ...
    def busy(self, leg_id: int) -> None: ...
    def unreachable(self, leg_id: int) -> None: ...
    def hung_up(self, leg_id: int) -> None: ...


@dataclass(frozen=True)
class Readiness:
    """`after` and `talks` in seconds; without `talks` the other side hangs up."""

    does: Does
    after: float = 0
    talks: float | None = None


class ReadyPeople:
    """The readiness of one account's people, and the terminal that acts by it.

    Keys are `employee:<id>`, a telephone outside by its number, or `contact` for all others.
    """

    def __init__(self, database: Database, timers: Timers) -> None:
        self._database = database
        self._timers = timers

    def listen(self, engine: Ear) -> None:
        """Tell `engine` from now on what people do."""

        def answer(leg_id: int) -> None:
            engine.answered(leg_id)
            engine.confirmed(leg_id)

        acts: dict[str, Callable[[int], None]] = {
            "answer": answer,
            "decline": engine.declined,
            "busy": engine.busy,
            "unreachable": engine.unreachable,
        }
        self._timers.on(_ACTS, lambda leg_id, payload: _if_possible(acts[payload["does"]], int(leg_id)))
        self._timers.on(_HANGS_UP, lambda leg_id, _payload: _if_possible(engine.hung_up, int(leg_id)))

    def set(self, key: str, readiness: Readiness | None) -> None:
        """How `key` takes calls from now on; None: as everybody without readiness."""
        self._database.execute("DELETE FROM readiness WHERE who = ?", key)
        if readiness:
            row = {"who": key, "does": readiness.does, "after": readiness.after, "talks": readiness.talks}
            self._database.insert("readiness", row)

    def of(self, key: str) -> Readiness | None:
        row = self._database.one("SELECT does, after, talks FROM readiness WHERE who = ?", key)
        return Readiness(**row) if row else None

    def all(self) -> dict[str, Readiness]:
        rows = self._database.all("SELECT who, does, after, talks FROM readiness ORDER BY who")
        return {row["who"]: Readiness(row["does"], row["after"], row["talks"]) for row in rows}

    # the terminal

    def ring(self, leg: Leg, caller: str | None) -> None:
        """Act when the time has come, if this person acts at all."""
        readiness = self._of_leg(leg)
        if readiness and readiness.does != "ignore":
            self._at(_ACTS, leg, leg.started_at, readiness.after, {"does": readiness.does})

    def stop_ringing(self, leg: Leg) -> None:
        self._timers.cancel(_ACTS, str(leg.id))

    def bridge(self, leg: Leg) -> None:
        """The talk begins; it lasts as long as this person wants. After a hold it is not begun anew."""
        readiness = self._of_leg(leg)
        if readiness is None or readiness.talks is None or leg.talked_at is None:
            return
        if not self._timers.is_set(_HANGS_UP, str(leg.id)):
            self._at(_HANGS_UP, leg, leg.talked_at, readiness.talks, {})

    def hold(self, leg: Leg) -> None:
        """Waits patiently."""

    def end(self, leg: Leg) -> None:
        """Whoever was answered by hand has not acted yet."""
        for kind in (_ACTS, _HANGS_UP):
            self._timers.cancel(kind, str(leg.id))

    def _of_leg(self, leg: Leg) -> Readiness | None:
        if leg.employee_id is not None:
            return self.of(f"employee:{leg.employee_id}")
        return (leg.number and self.of(leg.number)) or self.of(ANYBODY)

    def _at(self, kind: str, leg: Leg, since: int, seconds: float, payload: dict[str, str]) -> None:
        """`since` is when it began, by the step: a live clock has gone on."""
        self._timers.set(kind, str(leg.id), from_micros(since) + timedelta(seconds=seconds), payload)


def _if_possible(act: Callable[[int], None], leg_id: int) -> None:
    """Nobody can take a call that is over by now."""
    with suppress(Conflict):
        act(leg_id)


class Offline:
    """A SIP line that no telephone is registered for: whoever rings it learns at once that nobody is there."""

    def __init__(self, engine: Ear) -> None:
        self._engine = engine

    def ring(self, leg: Leg, caller: str | None) -> None:
        self._engine.unreachable(leg.id)

    def stop_ringing(self, leg: Leg) -> None:
        """Nothing to do."""

    def bridge(self, leg: Leg) -> None:
        """Nothing to do."""

    def hold(self, leg: Leg) -> None:
        """Nothing to do."""

    def end(self, leg: Leg) -> None:
        """Nothing to do."""
