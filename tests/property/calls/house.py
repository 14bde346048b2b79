"""Who works in the house whose calls are drawn, which numbers there are, and how calls can begin."""

from __future__ import annotations

from dataclasses import dataclass, field

SECOND = 1_000_000
CONTACT, VOICE_MAIL = "contact", "voice mail"
PARTNER = "+79261112233"
"""A telephone outside that is nobody's here: asked for advice, or handed a call."""

MAIN, SILENT = "+74951112233", "+74951112244"
"""Virtual numbers; calls to the second one are not recorded."""

SUBSCRIBERS = ("+79160000001", "+79160000002")


@dataclass(frozen=True)
class Number:
    """A number of an employee that is active."""

    number: str
    protocol: str
    dial_time: int = 60
    is_recorded: bool = True


STAFF: dict[str, tuple[Number, ...]] = {
    "anna": (Number("100101", "SIP"), Number("+79030000001", "PSTN", dial_time=20)),
    "boris": (Number("100201", "SIP", is_recorded=False), Number("+79030000002", "PSTN")),
    "galina": (Number("+79030000003", "PSTN", dial_time=45),),
    "dmitry": (Number("100401", "SIP", dial_time=30),),
    "viktor": (),
}
"""In dialling order. Viktor has a number too, which is not active."""

INACTIVE = Number("100301", "SIP")
PEOPLE = tuple(STAFF)
REACHABLE = tuple(name for name, numbers in STAFF.items() if numbers)


@dataclass(frozen=True)
class Readiness:
    """What somebody does when a call that nobody drives rings: after how many seconds, and how long they talk."""

    does: str
    after: float
    talks: float | None = None


@dataclass(frozen=True)
class Opening:
    """A call to be. `from_` and `to` are names of employees; `contact` is the subscriber's number, None if hidden. Of a
    call that begins outside, `from_` is who is rung when the subscriber has answered."""

    kind: str
    contact: str | None = None
    number: str = MAIN
    from_: str = ""
    to: str = ""
    is_automatic: bool = False

    @property
    def by_own_telephone(self) -> bool:
        """Somebody takes up his telephone and dials, which needs one. Automatic calls the engine begins by itself."""
        return self.kind in ("dial", "internal", "extension") and not self.is_automatic

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in vars(self).items() if value)


OPENINGS = (
    Opening("incoming", SUBSCRIBERS[0]),
    Opening("callback", SUBSCRIBERS[0]),
    Opening("click", SUBSCRIBERS[1], from_="anna"),
    Opening("internal", from_="boris", to="anna"),
    Opening("incoming", SUBSCRIBERS[1], SILENT),
    Opening("incoming", None),
    Opening("dial", SUBSCRIBERS[0], from_="boris"),
    Opening("click", SUBSCRIBERS[0], from_="anna", is_automatic=True),
    Opening("api", SUBSCRIBERS[1], from_="anna", is_automatic=True),
    Opening("extension", from_="galina", to="boris"),
    Opening("callback", SUBSCRIBERS[1], SILENT),
    Opening("click", SUBSCRIBERS[1], SILENT, from_="galina"),
    Opening("internal", from_="anna", to="boris", is_automatic=True),
    Opening("dial", SUBSCRIBERS[1], from_="anna", is_automatic=True),
)


def recorded_number(opening: Opening) -> bool:
    """Whether the calls of the number are recorded; those inside have none."""
    return opening.kind in ("internal", "extension") or opening.number != SILENT


@dataclass
class House:
    """What a call asks for while it goes on. `now` in microseconds; `ready` are people by name, `contact` is everybody
    outside; `offline` are logins of SIP lines without a telephone."""

    now: int
    ready: dict[str, Readiness] = field(default_factory=dict)
    offline: set[str] = field(default_factory=set)

    def ready_of(self, who: str, number: str) -> Readiness | None:
        if who in STAFF:
            return self.ready.get(who)
        return self.ready.get(number) or self.ready.get(CONTACT)

    def is_offline(self, who: str) -> bool:
        """Whether nobody stands behind the first number of that employee."""
        return STAFF[who][0].number in self.offline

    @staticmethod
    def behind(typed: str) -> str | None:
        """Whom a number typed for a talk option means, if anybody can be rung at it."""
        if typed[-10:] == PARTNER[-10:]:
            return PARTNER
        return next((who for who in REACHABLE if any(each.number[-10:] == typed[-10:] for each in STAFF[who])), None)
