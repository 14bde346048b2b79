"""Telephones as the engine sees them: it tells them what to do and is told what they did, and never asks.

What comes back (`ringing`, `answered`, `declined`, `busy`, `unreachable`, `no_answer`, `hung_up`, `dtmf`) is told to
the engine by its methods of these names, at any later time, by whoever stands behind the terminal.
"""

from __future__ import annotations

from typing import Protocol

from emulator.telephony.engine.records import Leg


class Terminal(Protocol):
    """Something that can be rung: a SIP telephone, a mobile, a person driven from the control plane."""

    def ring(self, leg: Leg, caller: str | None) -> None:
        """Start ringing and show `caller`; None is a hidden number."""
        ...

    def stop_ringing(self, leg: Leg) -> None:
        """The call went elsewhere or is over."""
        ...

    def bridge(self, leg: Leg) -> None:
        """Join the talk of the session."""
        ...

    def hold(self, leg: Leg) -> None:
        """Stay on the line and hear nobody."""
        ...

    def end(self, leg: Leg) -> None:
        """Hang up: the talk is over."""
        ...


class DrivenTerminal:
    """A telephone without a mind: verbs of the control plane speak for the person who holds it."""

    def ring(self, leg: Leg, caller: str | None) -> None:
        """Nothing to do: the person was told by whoever drives."""

    def stop_ringing(self, leg: Leg) -> None:
        """Nothing to do."""

    def bridge(self, leg: Leg) -> None:
        """Nothing to do."""

    def hold(self, leg: Leg) -> None:
        """Nothing to do."""

    def end(self, leg: Leg) -> None:
        """Nothing to do."""


class Terminals:
    """Which terminal stands behind which number.

    Those that are plugged in; in a call that nobody drives, people who answer as they are ready to (`automatic`);
    driven ones else. `offline` stands in for a SIP line that is not registered.
    """

    def __init__(self) -> None:
        self.driven: Terminal = DrivenTerminal()
        self.automatic: Terminal = self.driven
        self.offline: Terminal = self.driven
        self._plugged: dict[str, Terminal] = {}

    def plug(self, number: str, terminal: Terminal) -> None:
        """From now on `terminal` is rung when `number` is dialled."""
        self._plugged[number] = terminal

    def unplug(self, number: str) -> None:
        self._plugged.pop(number, None)

    def behind(self, leg: Leg) -> Terminal:
        if self._plugged and leg.number and (plugged := self._plugged.get(leg.number)):
            return plugged
        return self.automatic if leg.rings_out else self.driven
