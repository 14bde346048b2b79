"""The scene of a scenario: its driver and what the sentences refer back to, such as «the call» and «the contact»."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from features.driver import Driver, Json


@dataclass
class Scene:
    """`call` is the call spoken of last, `contact` the contact looked at last."""

    do: Driver
    call: Json | None = None
    contact: Json | None = None

    @property
    def call_id(self) -> int:
        assert self.call is not None, "no call has been spoken of yet"
        return int(self.call["id"])

    async def the_contact(self) -> Json:
        """The contact spoken of, as it is now; with none spoken of, the only one there is."""
        if self.contact is None:
            contacts = await self.do.contacts()
            assert len(contacts) == 1, f"expected one contact to speak of, found {[c['name'] for c in contacts]}"
            self.contact = contacts[0]
        self.contact = await self.do.contact(self.contact["id"])
        return self.contact


@pytest.fixture
def scene(http: aiohttp.ClientSession, stand_url: str, world: dict[str, Any]) -> Scene:
    return Scene(Driver(http, f"{stand_url}/_stand/worlds/{world['id']}", world))


def key(who: str) -> str:
    """The key of a person named in a sentence; whoever is outside is `contact`, calling or called."""
    return "contact" if who in ("caller", "client") else who.lower()
