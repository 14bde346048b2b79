"""The TCP servers of a stand: control plane, fake amoCRM, fake telephony, built-in integration, each on a port."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Servers:
    """Starts applications on one host and stops them in reverse order."""

    host: str = "127.0.0.1"
    urls: dict[str, str] = field(default_factory=dict)
    _sockets: dict[str, socket.socket] = field(default_factory=dict)
    _runners: list[web.AppRunner] = field(default_factory=list)

    def bind(self, name: str, port: int = 0) -> str:
        """Take a port for `name` and return its base URL; port 0 picks a free one. Who connects waits for `start`."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        bound = self._sockets[name] = socket.create_server((self.host, port), family=family)
        host = f"[{self.host}]" if ":" in self.host else self.host
        self.urls[name] = f"http://{host}:{bound.getsockname()[1]}"
        return self.urls[name]

    async def start(self, name: str, app: web.Application, port: int = 0) -> str:
        """Serve `app` and return its base URL; `port` counts only where `bind` has not taken one.

        A handler is cancelled when its client goes away: that is how a request held by a fault ends.
        """
        if name not in self._sockets:
            self.bind(name, port)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        self._runners.append(runner)
        await web.SockSite(runner, self._sockets.pop(name)).start()
        return self.urls[name]

    async def refuse(self) -> None:
        """Take no new connection; the answers that are under way still leave."""
        for runner in self._runners:
            for site in list(runner.sites):
                await site.stop()

    async def stop(self) -> None:
        while self._runners:
            await self._runners.pop().cleanup()
        while self._sockets:
            self._sockets.popitem()[1].close()
