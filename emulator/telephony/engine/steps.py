"""Steps on calls: how one begins, what is checked first, and what follows when it is over.

All that a step changes is stored in one transaction with the events that it causes. Then the journal hears of it, the
events are sent, and the terminals are told. What is refused on the way has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from emulator.core.errors import Conflict
from emulator.core.ground import Ground
from emulator.core.instants import micros
from emulator.telephony.communications.ledger import Communications
from emulator.telephony.engine.openings import Opening
from emulator.telephony.engine.records import Call
from emulator.telephony.engine.routing import Routing, Undirected
from emulator.telephony.engine.states import Verb, illegal, legal
from emulator.telephony.engine.step import Hands, Step
from emulator.telephony.marketing.marketing import Marketing
from emulator.telephony.marketing.origin import UNKNOWN
from emulator.telephony.staff import VirtualNumber


class _RehearsalOver(Exception):
    """Takes a rehearsal back."""


class Steps:
    """The steps of one account's calls; `routing` is what leads those that nobody drives."""

    def __init__(self, ground: Ground, hands: Hands, communications: Communications, marketing: Marketing) -> None:
        self._ground = ground
        self._hands = hands
        self._store = hands.store
        self._communications = communications
        self._marketing = marketing
        self.routing: Routing = Undirected()
        self._rehearsing = False
        self._at: int | None = None

    @contextmanager
    def routed(self, call_id: int, did: str) -> Iterator[Step | None]:
        """A step of the routing's own, under the name `did` in the journal; None when it does not lead the call."""
        session = self._store.load(call_id).session
        if not session.is_routed or session.ended_at is not None:
            yield None
            return
        with self.stepping(call_id, did) as step:
            yield step

    @contextmanager
    def stepping(self, call_id: int, did: str, **said: Any) -> Iterator[Step]:
        """A step on a call that goes on, under the name `did` in the journal. Raises Conflict when it has ended."""
        with self._stepping(call_id, did, said, self._must_go_on) as step:
            yield step

    @contextmanager
    def _verb(self, call_id: int, verb: Verb, **said: Any) -> Iterator[Step]:
        def check(call: Call) -> None:
            if verb not in legal(call.session.state, call.session.direction):
                raise illegal(verb, call)

        with self._stepping(call_id, verb.value, said, check) as step:
            yield step

    def _must_go_on(self, call: Call) -> None:
        if call.session.ended_at is not None:
            raise Conflict(f"call {call.id} has ended", allowed=[])

    @contextmanager
    def _stepping(self, call_id: int, did: str, said: dict[str, Any], check: Callable[[Call], None]) -> Iterator[Step]:
        with self._store.database.transaction():
            call = self._store.take(call_id)
            check(call)
            step = Step(call, self._now(), self._hands, self.routing)
            yield step
            step.store()
        self._over(step, did, said)

    @contextmanager
    def _beginning(
        self, opening: Opening, number: VirtualNumber | None = None, visit: int | None = None
    ) -> Iterator[Step]:
        now = self._now()
        with self._store.database.transaction():
            if visit is not None:
                origin = self._marketing.origin_of_session(visit)
            else:
                origin = self._marketing.origin_of_call(number, opening.contact_phone, now) if number else UNKNOWN
            phone = None if opening.is_internal else opening.contact_phone
            communication_id = self._communications.begin("call", now, phone=phone, origin=origin)
            session = self._store.add_session(communication_id=communication_id, started_at=now, **opening.row())
            step = Step(Call(session, []), now, self._hands, self.routing)
            yield step
            step.store()
        said = {"from": opening.caller_employee_id or opening.contact_phone, "to": _called(opening)}
        self._over(step, "arrive", said)

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """What is done inside is checked and taken back: nobody is told, nothing is sent or kept. A line without a
        telephone fails at once as it would really."""
        self._rehearsing = True
        try:
            with self._store.database.transaction():
                yield
                raise _RehearsalOver
        except _RehearsalOver:
            pass
        finally:
            self._rehearsing = False
            self._store.forget()

    @contextmanager
    def at(self, instant: datetime) -> Iterator[None]:
        """Steps inside are of `instant`: those of a script whose clock goes on really."""
        self._at = micros(instant)
        try:
            yield
        finally:
            self._at = None

    def _now(self) -> int:
        return micros(self._ground.clock.now()) if self._at is None else self._at

    def _over(self, step: Step, did: str, said: dict[str, Any]) -> None:
        self._store.keep(step.call)
        if not self._rehearsing:
            self._hands.notices.send(step.session, did, said, step.now)
        step.tell(rehearsing=self._rehearsing)


def _called(opening: Opening) -> int | str | None:
    """Who is called, for the journal."""
    if opening.direction == "in":
        return opening.virtual_phone
    return opening.called_employee_id if opening.is_internal else opening.contact_phone
