"""Where the integration answers questions (contract §3); it is known by the address that events go to."""

from __future__ import annotations

from collections.abc import Callable

from emulator.core.sender import Destination

_EVENTS = "/events"


class IntegrationDoor:
    """The addresses of one tenant beside the one for events."""

    def __init__(self, events: Callable[[], Destination | None]) -> None:
        self._events = events

    @property
    def is_open(self) -> bool:
        """Whether an integration is connected."""
        return self._events() is not None

    def at(self, path: str) -> Destination | None:
        """`…/telephony/{tenant}/{path}` with the events secret; None while nobody is connected."""
        events = self._events()
        if events is None:
            return None
        return Destination(f"{events.url.removesuffix(_EVENTS)}/{path}", events.headers)
