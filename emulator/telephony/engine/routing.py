"""Where a call goes when nobody drives it: the scenario of its number, as the engine sees it.

The engine tells the routing what happened, inside the step in which it happened, and the routing answers by what it
does to the step: `dial`, `end`, `to_voice_mail`, `finish`. Later it comes back by itself with `Engine.routed`, when a
timer of its own is due or somebody it asked has answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from emulator.telephony.engine.records import Leg

if TYPE_CHECKING:
    from emulator.telephony.engine.step import Step


class Routing(Protocol):
    """What is told; each of these may change the call by the step it is given."""

    def arrived(self, step: Step) -> None:
        """A call from outside is there. Whether it is routed from now on is for `Session.is_routed` to say."""
        ...

    def rang_out(self, step: Step, leg: Leg) -> None:
        """A person was rung and none of their numbers was taken; `leg` was the last of them."""
        ...

    def answered(self, step: Step, leg: Leg) -> None:
        """A person took the call; the other legs have ended."""
        ...

    def pressed(self, step: Step, digits: str) -> None:
        """The subscriber pressed keys while nobody talks to them."""
        ...

    def taken_over(self, step: Step) -> None:
        """Somebody drives the call from now on (`ring`, `voicemail`): leave it alone."""
        ...

    def freed(self, step: Step) -> None:
        """An employee's line is over, in whichever call; it is not stored yet."""
        ...

    def ended(self, step: Step) -> None:
        """The call is over."""
        ...


class Undirected:
    """No scenario at all: every call waits to be driven."""

    def arrived(self, step: Step) -> None:
        """Nothing to do."""

    def rang_out(self, step: Step, leg: Leg) -> None:
        """Nothing to do."""

    def answered(self, step: Step, leg: Leg) -> None:
        """Nothing to do."""

    def pressed(self, step: Step, digits: str) -> None:
        """Nothing to do."""

    def taken_over(self, step: Step) -> None:
        """Nothing to do."""

    def freed(self, step: Step) -> None:
        """Nothing to do."""

    def ended(self, step: Step) -> None:
        """Nothing to do."""
