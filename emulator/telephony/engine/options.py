"""Talk options: what an employee does in a talk by pressing keys (facts §6, PHONE-02, PHONE-12).

An option begins with `*` and a digit; one that needs a number takes it up to `#`: `*3100102#` asks the colleague with
that line, and hanging up hands the call over. Options do not work in the first seconds of a talk, on any telephone:
30 in outgoing calls (facts §6), 3 in incoming ones (GAP-59); both are settings of the account.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from emulator.core.database import Database
from emulator.core.errors import BadRequest
from emulator.telephony.communications.tags import Author, Tags
from emulator.telephony.engine import colleagues
from emulator.telephony.engine.colleagues import Target
from emulator.telephony.engine.reasons import of_hang_up
from emulator.telephony.engine.records import Leg
from emulator.telephony.engine.states import LegState
from emulator.telephony.engine.step import Step
from emulator.telephony.numbers import written

DEFAULTS = {"*1": "record_talk", "*2": "tag_call", "*3": "transfer_call", "*4": "finish_conversation"}
"""Which keys an account has for what when it is opened."""

WITH_NUMBER = ("tag_call", "transfer_call")
_SECOND = 1_000_000
_KEYS = frozenset("0123456789*#")


@dataclass(frozen=True)
class Pressed:
    """An option that was asked for; `number` is what was typed for it."""

    mnemonic: str
    number: str


class TalkOptions:
    """The options of one account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def settle_in(self) -> None:
        for button, mnemonic in DEFAULTS.items():
            self._database.insert("talk_options", {"button": button, "mnemonic": mnemonic})

    def all(self) -> dict[str, str]:
        """{keys: mnemonic}."""
        rows = self._database.all("SELECT button, mnemonic FROM talk_options ORDER BY button")
        return {row["button"]: row["mnemonic"] for row in rows}

    def blocked_seconds(self) -> dict[str, int]:
        """Seconds of a talk in which no option works, by direction."""
        row = self._database.one("SELECT options_block_in, options_block_out FROM account")
        assert row is not None
        return {"in": row["options_block_in"], "out": row["options_block_out"]}

    def block(self, direction: str, seconds: int) -> None:
        """Raises BadRequest for less than no time."""
        if seconds < 0:
            raise BadRequest.field(f"options_block_{direction}", seconds, "seconds of 0 or more")
        column = "options_block_in" if direction == "in" else "options_block_out"
        self._database.execute(f"UPDATE account SET {column} = ?", seconds)

    def works(self, step: Step, leg: Leg) -> bool:
        """Whether the leg has talked for long enough."""
        if leg.talked_at is None or leg.state in (LegState.RINGING, LegState.WAITING, LegState.ENDED):
            return False
        return step.now - leg.talked_at >= self.blocked_seconds()[step.session.direction] * _SECOND

    def pressed(self, step: Step, leg: Leg, key: str) -> Pressed | None:
        """One key more: the option that it completes, if it does. Keys pressed too early count for nothing."""
        if not self.works(step, leg):
            return None
        step.touch(leg)
        leg.keys = "*" if key == "*" else leg.keys + key if leg.keys else ""
        mnemonic = self.all().get(leg.keys[:2]) if len(leg.keys) > 1 else None
        if len(leg.keys) > 1 and mnemonic is None:
            leg.keys = ""
        if mnemonic is None or (mnemonic in WITH_NUMBER and not leg.keys.endswith("#")):
            return None
        number, leg.keys = leg.keys[2:].rstrip("#"), ""
        return Pressed(mnemonic, number)

    @staticmethod
    def outside(number: str) -> str | None:
        """A whole number outside as it was typed; None for anything shorter."""
        try:
            outside = written(number, "number")
        except BadRequest:
            return None
        return outside if outside.startswith("+") else None


def carry_out(
    step: Step, leg: Leg, option: Pressed, target_of: Callable[[Step, str], Target | None], tags: Tags
) -> None:
    """Do what the employee asked for; what cannot be done now is ignored, as a telephone would ignore it."""
    match option.mnemonic:
        case "finish_conversation":
            step.finish(of_hang_up(leg))
        case "record_talk" if not leg.records:
            step.record(leg, not leg.is_recording)
        case "tag_call" if option.number.isdecimal() and tags.has(int(option.number)):
            by = Author("manual", employee_id=leg.employee_id)
            tags.put(step.session.communication_id, int(option.number), by=by)
        case "transfer_call" if leg.state in (LegState.TALKING, LegState.HOLDING):
            target = target_of(step, option.number)
            if target is not None and step.call.consulted_by(leg) is None:
                colleagues.consult(step, leg, target)


def keys(digits: str, path: str) -> str:
    """Keys of a telephone. Raises BadRequest naming `path` for anything else."""
    if not digits or not _KEYS.issuperset(digits):
        raise BadRequest.field(path, digits, "keys of a telephone: digits, * and #")
    return digits
