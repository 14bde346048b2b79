"""The servers of the examples over TCP: the telephony's own, and one that takes the events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
from aiohttp import web

from emulator.telephony import Accounts, create_app

Body = dict[str, Any]


@dataclass
class Wire:
    """`taken` are the events of the example that goes on."""

    session: aiohttp.ClientSession
    accounts: Accounts = field(default_factory=Accounts)
    taken: list[Body] = field(default_factory=list)
    url: str = ""
    events_url: str = ""
    _runners: list[web.AppRunner] = field(default_factory=list)

    async def open(self) -> Wire:
        inbox = web.Application()
        inbox.router.add_post("/events", self._take)
        self.url = await self._serve(create_app(self.accounts))
        self.events_url = f"{await self._serve(inbox)}/events"
        return self

    async def _serve(self, app: web.Application) -> str:
        runner = web.AppRunner(app)
        self._runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def _take(self, request: web.Request) -> web.Response:
        self.taken.append(orjson.loads(await request.read()))
        return web.Response()

    async def close(self) -> None:
        for runner in self._runners:
            await runner.cleanup()

    async def ask(self, body: Body) -> Body:
        """A request to the Data API."""
        async with self.session.post(f"{self.url}/v2.0", data=orjson.dumps(body)) as answer:
            return dict(orjson.loads(await answer.read()))
