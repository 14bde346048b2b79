"""The world that a state machine drives: blocking requests over real TCP, and a receiver that counts webhooks."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer

from emulator.stand.building import WorldRequest
from emulator.stand.stand import Stand
from emulator.stand.world import World
from tests.property.model import State

_THING = re.compile(
    r"(?P<group>leads|contacts|task|unsorted)\[(?P<what>\w+)\]\[(?P<index>\d+)\](?:\[note\])?\[(?P<key>id|uid|type|element_type|element_id)\]"
)
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

    def __init__(self, loop: asyncio.AbstractEventLoop, stand: Stand, http: aiohttp.ClientSession) -> None:
        self._run = loop.run_until_complete
        self._stand = stand
        self._http = http
        self.receiver = Receiver()
        self._hooks = TestServer(_app(self.receiver))
        self._run(self._hooks.start_server())
        self.world: World = self._run(self._stand.create(WorldRequest(profile="v4")))
        self.control = f"{self._stand.urls['stand']}/_stand/worlds/{self.world.name}"
        self._token = {"Authorization": f"Bearer {self.world.access.amocrm_token}"}
        self.beginning: State | None = None
        """What the model knew when the snapshot `beginning` was taken."""
        [pipeline] = self.api("GET", "/leads/pipelines").body["_embedded"]["pipelines"]
        self.statuses: list[int] = [each["id"] for each in pipeline["_embedded"]["statuses"] if each["type"] == 0]

    def close(self) -> None:
        self._run(self._stand.remove(self.world.name))
        self._run(self._hooks.close())

    @property
    def hook_url(self) -> str:
        return str(self._hooks.make_url("/hook"))

    def api(self, method: str, path: str, body: Any = None) -> Answer:
        """A request to API v4 of the world's amoCRM."""
        return self._ask(method, f"{self._stand.urls['amocrm']}/api/v4{path}", body, self._token)

    def page(self, path: str, form: list[tuple[str, str]]) -> Answer:
        """A request as the page of amoCRM makes it."""
        return self._ask("POST", f"{self._stand.urls['amocrm']}{path}", aiohttp.FormData(form), self._token)

    def stand(self, method: str, path: str, body: Any = None) -> Answer:
        """A request to the control plane of the world."""
        return self._ask(method, f"{self.control}{path}", body, {})

    def _ask(self, method: str, url: str, body: Any, headers: dict[str, str]) -> Answer:
        return self._run(self._request(method, url, body, headers))  # type: ignore[no-any-return]

    async def _request(self, method: str, url: str, body: Any, headers: dict[str, str]) -> Answer:
        data = body
        if body is not None and not isinstance(body, aiohttp.FormData):
            data, headers = orjson.dumps(body), {**headers, "Content-Type": "application/json"}
        async with self._http.request(method, url, data=data, headers=headers) as answer:
            raw = await answer.read()
            assert answer.status < 500, f"{method} {url} answered {answer.status}: {raw[:300]!r}"
            return Answer(answer.status, orjson.loads(raw) if raw else None)


def _app(receiver: Receiver) -> web.Application:
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    return app
