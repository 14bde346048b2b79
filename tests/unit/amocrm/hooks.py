"""A receiver of webhooks behind a real TCP server, and a scene that knows how to subscribe it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from emulator.core.settle import settle
from tests.unit.amocrm.conftest import Scene


def body_of(form: bytes) -> dict[str, Any]:
    """The nested body of a form, as PHP reads it."""
    tree: dict[str, Any] = {}
    for key, value in parse_qsl(form.decode(), keep_blank_values=True, strict_parsing=True):
        name, *steps = key.replace("]", "").split("[")
        node = tree
        for step, following in zip([name, *steps], [*steps, None], strict=True):
            if following is None:
                assert step not in node, key
                node[step] = value
            else:
                node = node.setdefault(step, {})
    return tree


@dataclass
class Receiver:
    """What was posted, and with which statuses it answers: those of the list first, then `status`."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    forms: list[bytes] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    status: int = 200

    def forget(self) -> None:
        """What earlier tests left behind."""
        for kept in (self.bodies, self.forms, self.paths, self.headers, self.statuses):
            kept.clear()
        self.status = 200

    async def take(self, request: web.Request) -> web.Response:
        form = await request.read()
        self.forms.append(form)
        self.bodies.append(body_of(form))
        self.paths.append(request.path)
        self.headers.append(dict(request.headers))
        status = self.statuses.pop(0) if self.statuses else self.status
        return web.Response(status=status, headers={"Location": "/elsewhere"} if 300 <= status < 400 else None)

    def said(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """(group, action, item) of each body, in the order they came."""
        for body in self.bodies:
            [group] = body.keys() - {"account"}
            [(action, items)] = body[group].items()
            [item] = items.values()
            yield group, action, item


@dataclass
class Hooked:
    """A scene with a receiver."""

    scene: Scene
    receiver: Receiver

    async def subscribe(self, *codes: str, path: str = "/hook") -> dict[str, Any]:
        body = {"destination": self.receiver.url + path, "settings": list(codes)}
        answer = await self.scene.client.post("/api/v4/webhooks", body)
        assert answer.status == 200, answer.body
        found: dict[str, Any] = answer.body
        return found

    async def settle(self) -> None:
        await settle(self.scene.account.ground.work, None, [])

    async def pass_time(self, **delta: float) -> None:
        clock = self.scene.account.ground.clock
        await clock.advance(clock.now() + timedelta(**delta), self.settle, [])

    async def write(self, method: str, path: str, body: Any) -> Any:
        """A write to the API that has to succeed, and all that it sends."""
        answer = await self.scene.client.ask(method, f"/api/v4/{path}", body)
        assert answer.status in (200, 204), answer.body
        await self.settle()
        return answer.body

    async def made(self, table: str, **fields: Any) -> int:
        """The id of a new card, note or task at that path."""
        body = await self.write("POST", table, [fields])
        return int(body["_embedded"][table.rpartition("/")[2]][0]["id"])

    @property
    def log(self) -> list[dict[str, Any]]:
        return self.scene.account.webhooks.deliveries.log()


@pytest.fixture(scope="session")
def line(loop: asyncio.AbstractEventLoop) -> Iterator[Receiver]:
    receiver = Receiver()

    async def take(request: web.Request) -> web.Response:
        return await receiver.take(request)

    app = web.Application()
    app.router.add_post("/{path:.*}", take)
    server = TestServer(app)
    loop.run_until_complete(server.start_server())
    receiver.url = str(server.make_url("")).rstrip("/")
    yield receiver
    loop.run_until_complete(server.close())


@pytest.fixture
def hooked(scene: Scene, line: Receiver, loop: asyncio.AbstractEventLoop) -> Iterator[Hooked]:
    line.forget()
    yield Hooked(scene, line)
    loop.run_until_complete(scene.account.ground.work.close())
    assert scene.account.ground.work.failures == []
