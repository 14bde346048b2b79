"""The scene of a scenario: its driver and what the sentences refer back to, such as «the call» and «the contact»."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from features.driver import Driver, Json


@dataclass
class Scene:
    """`call`, `form` and `visit` are those spoken of last, `contact` and `deal` those looked at last."""

    do: Driver
    call: Json | None = None
    form: Json | None = None
    contact: Json | None = None
    deal: Json | None = None
    visit: Json | None = None

    @property
    def call_id(self) -> int:
        assert self.call is not None, "no call has been spoken of yet"
        return int(self.call["id"])

    def communication_of(self, kind: str) -> int:
        """The number by which the telephony knows the `call` or `form` spoken of."""
        spoken_of = {"call": self.call, "form": self.form}[kind]
        assert spoken_of is not None, f"no {kind} has been spoken of yet"
        return int(spoken_of["communication_id"])

    async def the_contact(self) -> Json:
        """The contact spoken of, as it is now; with none spoken of, the only one there is."""
        if self.contact is None:
            contacts = await self.do.contacts()
            assert len(contacts) == 1, f"expected one contact to speak of, found {[c['name'] for c in contacts]}"
            self.contact = contacts[0]
        self.contact = await self.do.contact(self.contact["id"])
        return self.contact

    async def the_deal(self) -> Json:
        """The deal spoken of, as it is now, with its contacts; with none spoken of, the only one there is."""
        if self.deal is None:
            deals = await self.do.deals()
            assert len(deals) == 1, f"expected one deal to speak of, found {[d['name'] for d in deals]}"
            self.deal = deals[0]
        self.deal = await self.do.deal(self.deal["id"])
        return self.deal

    async def the_card(self, kind: str) -> Json:
        """`contact`, `deal`, or `company`: the only company there is."""
        if kind == "company":
            (company,) = await self.do.companies()
            return company
        return await (self.the_deal() if kind == "deal" else self.the_contact())


@pytest.fixture
def scene(http: aiohttp.ClientSession, stand_url: str, world: dict[str, Any]) -> Scene:
    return Scene(Driver(http, f"{stand_url}/_stand/worlds/{world['id']}", world))


def pytest_bdd_after_scenario(request: pytest.FixtureRequest) -> None:
    """An error of the integration's own fails a scenario, even if trying again got over it."""
    if sys.exception() is not None:
        return
    scene, run = request.getfixturevalue("scene"), request.getfixturevalue("run")
    outcomes = (line["data"].get("outcome") or {} for line in run(scene.do.decisions()))
    errors = [why for outcome in outcomes if (why := str(outcome.get("because"))).startswith("internal error")]
    assert not errors, f"the integration ran into {errors}"


def key(who: str) -> str:
    """The key of a person named in a sentence; whoever is outside is `contact`, calling or called."""
    return "contact" if who in ("caller", "client") else who.lower()
