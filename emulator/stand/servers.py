"""The TCP servers of a stand: control plane, fake amoCRM, fake telephony, built-in integration, each on a port."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from emulator.core.logs import LOGGER

_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where to reach a server that listens on every address."""


def authority(host: str, port: int) -> str:
    """Host and port as a URL has them; a server that listens on every address is reached by that of this machine."""
    name = _ANY.get(host, host)
    return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"


@dataclass
class Servers:
    """Starts applications on one host and stops them in reverse order."""

    host: str = "127.0.0.1"
    urls: dict[str, str] = field(default_factory=dict)
    _sockets: dict[str, socket.socket] = field(default_factory=dict)
    _runners: dict[str, web.AppRunner] = field(default_factory=dict)
    _closing: AsyncExitStack = field(default_factory=AsyncExitStack)

    def bind(self, name: str, port: int = 0) -> str:
        """Take a port for `name` and return its base URL; port 0 picks a free one. Who connects waits for `start`."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        bound = self._sockets[name] = socket.create_server((self.host, port), family=family)
        self.urls[name] = f"http://{authority(self.host, bound.getsockname()[1])}"
        return self.urls[name]

    async def start(self, name: str, app: web.Application) -> str:
        """Serve `app` on the port that `bind` took, or on a free one, and return its base URL.

        A handler is cancelled when its client goes away: that is how a request held by a fault ends.
        """
        if name not in self._sockets:
            self.bind(name)
        runner = web.AppRunner(app, access_log=None, logger=LOGGER, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        self._runners[name] = runner
        await web.SockSite(runner, self._sockets.pop(name)).start()
        self.add(name, self.urls[name], runner.cleanup)
        return self.urls[name]

    async def start_tls(self, name: str, of: str, context: ssl.SSLContext, port: int = 0) -> tuple[str, int]:
        """Serve the application started as `of` by TLS too; returns the address to connect to and the port."""
        runner = self._runners[of]
        others = len(runner.addresses)
        await web.TCPSite(runner, self.host, port, ssl_context=context).start()
        bound: Any = runner.addresses[others]
        self.urls[name] = f"https://{authority(self.host, bound[1])}"
        return _ANY.get(bound[0], bound[0]), bound[1]

    def add(self, name: str, url: str, stop: Callable[[], Awaitable[None]]) -> None:
        """Count in a server that listens already."""
        self.urls[name] = url
        self._closing.push_async_callback(stop)

    async def refuse(self) -> None:
        """Take no new connection; the answers that are under way still leave."""
        for runner in self._runners.values():
            for site in list(runner.sites):
                await site.stop()

    async def stop(self) -> None:
        await self._closing.aclose()
        while self._sockets:
            self._sockets.popitem()[1].close()
