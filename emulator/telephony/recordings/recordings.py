"""The recordings of one account: their links and hashes, which file is behind them, and when it is ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.core.errors import NotFound
from emulator.core.ground import Ground
from emulator.core.instants import micros
from emulator.core.timers import Timers
from emulator.telephony.engine.records import Call, Leg, Session
from emulator.telephony.engine.states import Role
from emulator.telephony.recordings.audio import Audio
from emulator.telephony.recordings.late import Late
from emulator.telephony.recordings.links import FIRST_EMPLOYEE, Links
from emulator.telephony.recordings.timeline import (
    Moment,
    Stretch,
    joined,
    moments,
    of_first_employee,
    of_leg,
    whole,
)
from emulator.telephony.recordings.voices import tones_of

if TYPE_CHECKING:
    from emulator.telephony.engine.store import CallStore

Cut = Callable[[], list[Moment]]


@dataclass(frozen=True)
class Heard:
    """A recording as it can be heard: hertz by speaker (`timeline.CONTACT` is the subscriber) and who speaks when.

    `link`, `first_employee_link` and `ready_at` (microseconds) are None where there is nothing to hear. `outsiders` are
    the numbers of speakers below zero.
    """

    link: str | None
    first_employee_link: str | None
    ready_at: int | None
    tones: dict[int, int]
    line: list[Stretch]
    outsiders: dict[int, str | None]


class Recordings:
    """`base_url` is the telephony's server, as the people who open the links reach it."""

    def __init__(self, ground: Ground, store: CallStore, timers: Timers, base_url: str) -> None:
        self._ground = ground
        self._store = store
        self._links = Links(ground.ids, base_url)
        self.late = Late(store.database, timers)

    def link(self, session: Session) -> str | None:
        """The whole recording: None while the call goes on, when nobody talked, and when recording is off."""
        if not _is_there(session):
            return None
        return self._links.full(session.communication_id, self._links.hash_of("full", session.id))

    def first_employee_link(self, call: Call) -> str | None:
        """The talk with the first employee alone (UNS-04): the link of the whole recording when there is no more to it,
        None when nothing of that talk is recorded. `call` has its segments."""
        link = self.link(call.session)
        if link is None:
            return None
        talk = moments(call)
        cut = of_first_employee(talk, call.session.first_talked_employee_id)
        if cut == whole(talk):
            return link
        hash_ = self._links.hash_of(FIRST_EMPLOYEE, call.id)
        return self._links.full(call.session.communication_id, hash_) if cut else None

    def hashes(self, cut: str, call: Call, leg: Leg | None = None) -> list[str]:
        """The recordings of the lines of a call, or of one `leg`, in the order of talk, as the reports name them.

        `cut` is talk, wav or voice_mail.
        """
        if not _is_there(call.session):
            return []
        lines = {each.id for each in call.legs if _is_of(each, cut) and (leg is None or leg.id == each.id)}
        recorded = [each.leg_id for each in call.segments if each.is_recorded and each.leg_id in lines]
        return [self._links.hash_of(cut, leg_id) for leg_id in dict.fromkeys(recorded)]

    def find(self, cut: str, number: int, hash_: str) -> Audio:
        """The file behind a link of which `number` is the communication or the session. Raises NotFound for a wrong
        link, and for a right one whose file is not ready yet."""
        for call in self._calls_named(number):
            talk = moments(call)
            for known, moments_of in self._cuts(cut, call, talk):
                if known == hash_:
                    if self.ready_at(call.session) > micros(self._ground.clock.now()):
                        raise NotFound("the recording is not ready yet")
                    return Audio(joined(moments_of()), self._tones(talk))
        raise NotFound("no such recording")

    def heard(self, call_id: int) -> Heard:
        """What a recording of that call says. Raises NotFound for an unknown call."""
        call = self._store.load(call_id)
        link = self.link(call.session)
        if link is None:
            return Heard(None, None, None, {}, [], {})
        call.segments = self._store.segments_of(call_id)
        talk = moments(call)
        return Heard(
            link=link,
            first_employee_link=self.first_employee_link(call),
            ready_at=self.ready_at(call.session),
            tones=self._tones(talk),
            line=joined(whole(talk)),
            outsiders={-leg.id: leg.number for leg in call.legs if leg.employee_id is None},
        )

    def ready_at(self, session: Session) -> int:
        """From when on the file of an ended call can be fetched."""
        assert session.ended_at is not None
        late = self.late.ready_at(session.id)
        return session.ended_at if late is None else late

    def _tones(self, talk: list[Moment]) -> dict[int, int]:
        """The same in every cut of a call."""
        return tones_of(set().union(*(each.speakers for each in talk)), self._ground.ids.first("employee"))

    def _calls_named(self, number: int) -> Iterator[Call]:
        """The recorded calls that have the communication or the session `number`."""
        rows = self._store.database.all(
            "SELECT id FROM sessions WHERE communication_id = ? OR id = ? ORDER BY id", number, number
        )
        for row in rows:
            call = self._store.load(row["id"])
            if _is_there(call.session):
                call.segments = self._store.segments_of(call.id)
                yield call

    def _cuts(self, cut: str, call: Call, talk: list[Moment]) -> Iterator[tuple[str, Cut]]:
        """The hashes that are known under a path, and how to come to what they name."""
        if cut == "full":
            yield self._links.hash_of("full", call.id), lambda: whole(talk)
            first = call.session.first_talked_employee_id
            yield self._links.hash_of(FIRST_EMPLOYEE, call.id), lambda: of_first_employee(talk, first)
            return
        for leg in call.legs:
            if _is_of(leg, cut):
                yield self._links.hash_of(cut, leg.id), lambda leg=leg: of_leg(talk, leg.id)  # type: ignore[misc]


def _is_there(session: Session) -> bool:
    return session.ended_at is not None and session.is_recorded


def _is_of(leg: Leg, cut: str) -> bool:
    """Whether the talk of a line is named by this kind of hash: messages have their own."""
    return (leg.role is Role.VOICE_MAIL) == (cut == "voice_mail")
