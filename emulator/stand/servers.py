"""The TCP servers of a stand: control plane, fake amoCRM, fake telephony, built-in integration, each on a port."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Servers:
    """Starts applications on one host and stops them in reverse order."""

    host: str = "127.0.0.1"
    urls: dict[str, str] = field(default_factory=dict)
    _runners: list[web.AppRunner] = field(default_factory=list)

    async def start(self, name: str, app: web.Application, port: int = 0) -> str:
        """Serve `app` and return its base URL; port 0 picks a free one.

        A handler is cancelled when its client goes away: that is how a request held by a fault ends.
        """
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        self._runners.append(runner)
        site = web.TCPSite(runner, self.host, port)
        await site.start()
        bound: Any = runner.addresses[0]
        self.urls[name] = f"http://{self.host}:{bound[1]}"
        return self.urls[name]

    async def stop(self) -> None:
        while self._runners:
            await self._runners.pop().cleanup()
