"""The TCP servers of a stand: control plane, fake amoCRM, fake telephony, built-in integration, each on a port."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where to reach a server that listens on every address."""


@dataclass
class Servers:
    """Starts applications on one host and stops them in reverse order."""

    host: str = "127.0.0.1"
    urls: dict[str, str] = field(default_factory=dict)
    _runners: dict[str, web.AppRunner] = field(default_factory=dict)
    _closing: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self, name: str, app: web.Application, port: int = 0) -> str:
        """Serve `app` and return its base URL; port 0 picks a free one.

        A handler is cancelled when its client goes away: that is how a request held by a fault ends.
        """
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        self._runners[name] = runner
        _, bound = await self._listen(runner, port)
        self.add(name, f"http://{self.host}:{bound}", runner.cleanup)
        return self.urls[name]

    async def start_tls(self, name: str, of: str, context: ssl.SSLContext, port: int = 0) -> tuple[str, int]:
        """Serve the application started as `of` by TLS too; returns the address to connect to and the port."""
        address, bound = await self._listen(self._runners[of], port, context)
        self.urls[name] = f"https://{self.host}:{bound}"
        return address, bound

    def add(self, name: str, url: str, stop: Callable[[], Awaitable[None]]) -> None:
        """Count in a server that listens already."""
        self.urls[name] = url
        self._closing.push_async_callback(stop)

    async def stop(self) -> None:
        await self._closing.aclose()

    async def _listen(self, runner: web.AppRunner, port: int, context: ssl.SSLContext | None = None) -> tuple[str, int]:
        """Open one more port of `runner`."""
        others = len(runner.addresses)
        await web.TCPSite(runner, self.host, port, ssl_context=context).start()
        bound: Any = runner.addresses[others]
        return _ANY.get(bound[0], bound[0]), bound[1]
