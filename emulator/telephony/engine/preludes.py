"""What the parties of a call of the Call API hear, or have to press, before they talk (facts §2.1).

    employee first   the employee hears his message to the end, and only then is the contact dialled
    contact first    the contact hears his message while the employee is being dialled
    both are there   they talk when both messages are over, or at once where that was asked for
    confirmation     an operator has taken the call only when he pressed the key

What is played does not matter here, only for how long. Calls of other kinds have no prelude.
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator.core.database import Database, Row
from emulator.core.instants import from_micros
from emulator.core.timers import Timers
from emulator.telephony.engine.records import Leg, Session
from emulator.telephony.engine.states import Role

MESSAGE, CONFIRMATION = "message", "confirmation"
"""The kinds of the timers that end a message and the wait for a key; their key is the leg's id."""

CONFIRMATION_TIME = 30_000_000
"""Microseconds for which an operator is asked to confirm; the documentation names none."""

ANY_KEY = "any"


@dataclass(frozen=True)
class Prelude:
    """`method` began the call. `dtmf` is sent to the contact (`.` is a pause of a second). Messages to who is dialled
    first and second, as their lengths in microseconds; `dials_after_it`: the second one is dialled when the first has
    heard theirs. `confirmation` is the key that an operator has to press, or ANY_KEY."""

    method: str
    dtmf: str = ""
    first_message: int = 0
    second_message: int = 0
    dials_after_it: bool = True
    switches_at_once: bool = False
    confirmation: str | None = None


class Preludes:
    """The preludes of one account's calls."""

    def __init__(self, database: Database, timers: Timers) -> None:
        self._database = database
        self._timers = timers

    def add(self, session: Session, prelude: Prelude) -> None:
        self._database.insert("api_calls", {"session_id": session.id, **vars(prelude)})

    def of(self, session: Session) -> Row | None:
        """The row of a call that the Call API began; None for any other."""
        if session.kind != "api":
            return None
        return self._database.one("SELECT * FROM api_calls WHERE session_id = ?", session.id)

    # the key of an operator

    def ask(self, session: Session, leg: Leg, now: int) -> bool:
        """Wait for the key of `leg` from now on, if that operator has to press one."""
        row = self.of(session)
        if row is None or row["confirmation"] is None or leg.role is not Role.OPERATOR:
            return False
        self._database.update("api_calls", row["id"], {"asked_leg_id": leg.id})
        self._timers.set(CONFIRMATION, str(leg.id), from_micros(now + CONFIRMATION_TIME))
        return True

    def is_asked(self, session: Session, leg: Leg) -> bool:
        row = self.of(session)
        return row is not None and row["asked_leg_id"] == leg.id

    def confirmed(self, session: Session, digits: str) -> bool:
        """Whether `digits` have the key that is waited for; then it is waited for no more."""
        row = self.of(session)
        if row is None or (row["confirmation"] != ANY_KEY and row["confirmation"] not in digits):
            return False
        self._timers.cancel(CONFIRMATION, str(row["asked_leg_id"]))
        self._database.update("api_calls", row["id"], {"asked_leg_id": None, "confirmation": None})
        return True

    def key_asked_of(self, leg_id: int) -> str | None:
        """A key that would do."""
        row = self._database.one("SELECT confirmation FROM api_calls WHERE asked_leg_id = ?", leg_id)
        return None if row is None else "1" if row["confirmation"] == ANY_KEY else row["confirmation"]

    # messages

    def hold_up(self, session: Session, leg: Leg, now: int) -> bool:
        """Play the message of the party that has just answered. Whether the call goes on later, by a timer."""
        row = self.of(session)
        if row is None or session.first_talk_at is not None:
            return False
        if session.dials_next is not None:
            heard = now + row["first_message"]
            self._database.update("api_calls", row["id"], {"first_until": heard})
            due = heard if row["dials_after_it"] else now
        else:
            due = now if row["switches_at_once"] else max(now + row["second_message"], row["first_until"] or now)
        if due > now:
            self._timers.set(MESSAGE, str(leg.id), from_micros(due))
        return due > now

    def over(self, session: Session, legs: list[Leg]) -> None:
        """The call has ended: nothing is waited for any more."""
        if session.kind == "api":
            for leg in legs:
                self._timers.cancel(MESSAGE, str(leg.id))
                self._timers.cancel(CONFIRMATION, str(leg.id))
