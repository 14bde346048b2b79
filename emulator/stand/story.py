"""What `make run` plays: a call in a manual world with a fixed seed, told as it happens.

Every line is read back from the fakes over their public surfaces or from the journal; nothing is told that did not
happen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson

from emulator.core.errors import Problem
from emulator.stand.building import WorldRequest
from emulator.stand.stand import Stand
from emulator.stand.world import World
from emulator.telephony.account import CallView

SEED = 42
CALLER = "+79161234567"
SETTINGS = {"calls.primary_mode": "contact", "calls.success_tag": "Успех"}

Say = Callable[[str], object]


async def tell(stand: Stand, say: Say) -> None:
    """Play the story in a world of its own and delete that world."""
    world = await stand.create(WorldRequest(name="story", seed=SEED), SETTINGS)
    try:
        await _Story(stand, world, say).tell()
    finally:
        await stand.remove(world.name)


class _Story:
    def __init__(self, stand: Stand, world: World, say: Say) -> None:
        self._stand = stand
        self._world = world
        self._say = say

    async def tell(self) -> None:
        self._say("A call from an unknown number becomes a contact\n")
        self._settings()
        calls = self._world.telephony.calls
        anna = self._world.people.employee_id("anna", "anna")
        call = calls.place("in", CALLER, self._world.numbers["main"])
        await self._tell_that(f"☎  {CALLER} calls {self._world.numbers['main']}")
        await self._amocrm_holds()
        calls.do(call, "ring", who=[anna])
        await self._tell_that("☎  Anna's phone rings")
        await self._pass(8)
        calls.do(call, "answer", who=anna)
        await self._tell_that("☎  Anna answers")
        await self._pass(60)
        calls.do(call, "hangup", who="contact")
        await self._tell_that("☎  the caller hangs up")
        self._telephony_says(calls.get(call))
        await self._amocrm_holds()
        self._call_log()
        await self._decisions()

    def _settings(self) -> None:
        self._say("  Olga connected the integration, Rita is the default responsible, the mode is «Создавать контакт»,")
        self._say("  successful calls get the tag «Успех».\n")

    async def _tell_that(self, what: str) -> None:
        await self._world.settle()
        self._say(f"{self._time()}  {what}")

    async def _pass(self, seconds: float) -> None:
        await self._world.advance(self._world.ground.clock.now() + timedelta(seconds=seconds))

    def _time(self) -> str:
        return _clock(self._world.ground.clock.now(), self._world)

    def _telephony_says(self, call: CallView) -> None:
        by = self._world.people.key_of_employee(call.first_answered_employee_id)
        lost = "lost" if call.is_lost else "not lost"
        figures = f"waited {call.wait} s, talked {call.talk} s"
        self._say(f"          telephony: {lost}, answered by {(by or 'nobody').title()}, {figures}")

    async def _amocrm_holds(self) -> None:
        page = await self._get("/api/v4/contacts")
        for contact in page["_embedded"]["contacts"]:
            owner = self._user(contact["responsible_user_id"])
            creator = self._user(contact["created_by"])
            tags = ", ".join(f"«{tag['name']}»" for tag in contact["_embedded"]["tags"]) or "none"
            self._say(f"          amoCRM: contact {contact['id']} «{contact['name']}»")
            self._say(f"                  responsible {owner}, creator {creator}, tags {tags}")

    def _call_log(self) -> None:
        for row in self._world.amocrm.call_log():
            entity = f"{row['entity']['type']} {row['entity']['id']}" if row["entity"] else "nothing"
            self._say(f"          amoCRM: «Звонки»: {row['direction']}, {row['duration']} s, linked to {entity}")
            self._say(f"                  recording {_path(row['link'])}")

    async def _decisions(self) -> None:
        self._say("\nWhy, in the integration's own words:")
        await self._world.collect_decisions()
        for entry in self._world.ground.journal.entries(kind="decision"):
            rule, outcome = entry.data["rule"], dict(entry.data["outcome"])
            because, _ = outcome.pop("because", ""), outcome.pop("by", "")
            what = outcome.pop("decision").replace("_", " ")
            if what == "nothing":
                continue
            details = ", ".join(f"{key.removesuffix('_id')} {self._named(value)}" for key, value in outcome.items())
            self._say(f"  {_clock(entry.at, self._world)}  {rule:8} {what}: {details}")
            self._say(f"{'':20} because {because}")

    def _named(self, value: object) -> str:
        """A value of a decision, users by their names."""
        if isinstance(value, dict):
            return f"of {len(value)} fields"
        return self._user(value) if isinstance(value, int) else str(value)

    def _user(self, user_id: int) -> str:
        people = self._world.people.by_key.values()
        return next((each.role.key.title() for each in people if each.user_id == user_id), str(user_id))

    async def _get(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self._world.access.amocrm_token}"}
        async with self._stand.session().get(f"{self._world.urls['amocrm']}{path}", headers=headers) as answer:
            raw = await answer.read()
            if answer.status != 200:
                raise Problem(f"GET {path} answered {answer.status}")
            return orjson.loads(raw)


def _clock(instant: datetime, world: World) -> str:
    return instant.astimezone(world.ground.zone).strftime("%H:%M:%S")


def _path(link: str | None) -> str:
    """A link without its host, whose port differs from run to run."""
    return f"…/{link.split('/', 3)[3]}" if link else "none"
