"""The widget in one open page: a socket to the integration, as the vendor's widget has one (contract §3).

It is loaded where a widget of the integration is installed and the integration can serve one, and says who it is with
a one-time token of amoCRM.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Literal

import aiohttp

from emulator.amocrm.account import Account
from emulator.core.database import Row
from emulator.core.ground import Ground
from emulator.stand.integration_link import IntegrationLink
from emulator.stand.wires import How, Line

_PATIENCE = 10.0
"""Real seconds until an integration that does not let a widget in is given up: a transport guard."""

_UNREACHABLE = (aiohttp.ClientError, TimeoutError, OSError)


class Widget:
    """The widget in the tab `name` of a user. What it receives goes to `frames`, and into the journal."""

    def __init__(
        self,
        name: str,
        user_id: int,
        ground: Ground,
        amocrm: Account,
        link: IntegrationLink,
        session: Callable[[], aiohttp.ClientSession],
        frames: list[dict[str, Any]],
    ) -> None:
        self._name = name
        self._user_id = user_id
        self._ground = ground
        self._amocrm = amocrm
        self._link = link
        self._http = session
        self._frames = frames
        self._line: Line | None = None
        self._started: asyncio.Future[Any] | None = None
        self._is_loaded = False

    @property
    def state(self) -> Literal["open", "closed"] | None:
        """None: there is no widget in the page."""
        if not self._is_loaded:
            return None
        return "open" if self._line is not None and self._line.is_open else "closed"

    async def load(self) -> None:
        """Open the socket and start the session. A page whose widget cannot connect is open all the same."""
        url, client = self._link.widget_socket_url, self._client()
        self._is_loaded = url is not None and client is not None
        if url is None or client is None:
            return
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._start(url, client)
        except _UNREACHABLE as error:
            self._note({"widget": f"could not connect: {type(error).__name__}"}, "change", "stand")
            await self.leave("vanish")
        except asyncio.CancelledError:
            if self._line is not None:
                self._line.cut()
            raise

    async def leave(self, how: How) -> None:
        """Close the socket, with a close frame or with a reset of the connection."""
        line, self._line = self._line, None
        if line is not None:
            await line.leave(how)

    def _client(self) -> Row | None:
        """The integration as amoCRM knows it, if its widget is installed."""
        client = self._amocrm.oauth.client_of("integration")
        if client is None or not self._amocrm.widgets.installed(client.client_id):
            return None
        return self._amocrm.oauth.client(client.client_id)

    async def _start(self, url: str, client: Row) -> None:
        user = self._amocrm.users.get(self._user_id)
        assert user is not None
        self._started = asyncio.get_running_loop().create_future()
        wire = await self._http().ws_connect(url, autoping=False)
        self._line = line = Line(f"the widget of tab {self._name}", wire, self._heard, lambda: self._over(line))
        self._ground.barriers.append(line.barrier)
        self._ground.work.changed()
        key = self._amocrm.one_time_tokens.make(client, user)
        context = {"account_id": self._amocrm.id, "comagic_key": key, "reg_id": self._user_id}
        await line.send({"service": "amo_crm_ws", "event": "start_session", "context": context})
        await self._started

    def _heard(self, frame: Any) -> None:
        self._frames.append({"at": self._ground.clock.now().isoformat(), "from": "integration", "frame": frame})
        self._note(frame if isinstance(frame, dict) else {"text": frame}, "push", "integration")
        self._ground.work.changed()
        self._answered()

    def _over(self, line: Line) -> None:
        self._ground.barriers.remove(line.barrier)
        self._ground.work.changed()
        self._answered()

    def _answered(self) -> None:
        """The integration let the widget in, refused it or hung up."""
        if self._started is not None and not self._started.done():
            self._started.set_result(None)

    def _note(self, said: dict[str, Any], kind: Literal["push", "change"], by: str) -> None:
        self._ground.journal.add(kind, by, "client", f"tab:{self._name}", said)
