"""The world that a state machine drives: blocking requests over real TCP, and a receiver that counts webhooks."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer

from emulator.stand.building import WorldRequest
from emulator.stand.stand import Stand
from emulator.stand.world import World
from tests.property.connection import Connection
from tests.property.model import State

_THING = re.compile(
    r"(?P<group>leads|contacts|task|unsorted)\[(?P<what>\w+)\]\[(?P<index>\d+)\](?:\[note\])?\[(?P<key>id|uid|type|element_type|element_id)\]"
)
_JSON = {"Content-Type": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_NOTED = {"1": "contact", "2": "lead", "3": "company"}


@dataclass
class Receiver:
    """Where webhooks go: counts (code, id) as the model names them."""

    seen: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def take(self, request: web.Request) -> web.Response:
        things: dict[tuple[str, str, str], dict[str, str]] = {}
        for key, value in parse_qsl((await request.read()).decode(), keep_blank_values=True):
            if found := _THING.fullmatch(key):
                things.setdefault(found.group("group", "what", "index"), {})[found["key"]] = value
        for (group, what, _index), thing in things.items():
            self.seen[_code(group, what, thing), thing.get("uid") or thing["id"]] += 1
        return web.Response()


def _code(group: str, what: str, thing: dict[str, str]) -> str:
    if what == "note":
        return f"note_{_NOTED[thing['element_type']]}"
    kind = thing.get("type", "contact") if group == "contacts" else group.removesuffix("s")
    return f"{what}_{kind}"


@dataclass
class Answer:
    status: int
    body: Any


class Driven:
    """One world of an inline stand. All calls block until the world's loop has answered."""

    def __init__(self, loop: asyncio.AbstractEventLoop, stand: Stand) -> None:
        self._run = loop.run_until_complete
        self._stand = stand
        self._amocrm, self._control = (self._run(Connection.to(stand.urls[part])) for part in ("amocrm", "stand"))
        self.receiver = Receiver()
        self._hooks = TestServer(_app(self.receiver))
        self._run(self._hooks.start_server())
        self.world: World = self._run(self._stand.create(WorldRequest(profile="v4", integration=None)))
        self._token = {"Authorization": f"Bearer {self.world.access.amocrm_token}"}
        self.beginning: State | None = None
        """What the model knew when the snapshot `beginning` was taken."""
        [pipeline] = self.api("GET", "/leads/pipelines").body["_embedded"]["pipelines"]
        self.statuses: list[int] = [each["id"] for each in pipeline["_embedded"]["statuses"] if each["type"] == 0]

    def close(self) -> None:
        self._amocrm.close()
        self._control.close()
        self._run(self._stand.remove(self.world.name))
        self._run(self._hooks.close())

    @property
    def hook_url(self) -> str:
        return str(self._hooks.make_url("/hook"))

    def api(self, method: str, path: str, body: Any = None) -> Answer:
        """A request to API v4 of the world's amoCRM."""
        return self._ask(self._amocrm, method, f"/api/v4{path}", _json(body), {**_JSON, **self._token})

    def page(self, path: str, form: list[tuple[str, str]]) -> Answer:
        """A request as the page of amoCRM makes it."""
        return self._ask(self._amocrm, "POST", path, urlencode(form).encode(), {**_FORM, **self._token})

    def stand(self, method: str, path: str, body: Any = None) -> Answer:
        """A request to the control plane of the world."""
        return self._ask(self._control, method, f"/_stand/worlds/{self.world.name}{path}", _json(body), _JSON)

    def _ask(self, to: Connection, method: str, target: str, body: bytes, headers: dict[str, str]) -> Answer:
        status, raw = self._run(to.ask(method, target, body, headers))
        assert status < 500, f"{method} {target} answered {status}: {raw[:300]!r}"
        return Answer(status, orjson.loads(raw) if raw else None)


def _json(body: Any) -> bytes:
    return b"" if body is None else orjson.dumps(body)


def _app(receiver: Receiver) -> web.Application:
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    return app
