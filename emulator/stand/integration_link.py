"""The stand's end of contract §2: what it asks of an integration, built-in or foreign, over HTTP.

It uses nothing of the built-in integration that a foreign one could not offer too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import aiohttp
import orjson

from emulator.core.clock import Clock
from emulator.core.errors import BadRequest, Unavailable
from emulator.core.sender import Destination
from emulator.core.settle import Idleness
from emulator.stand.answers import Capabilities, Decision, Idle, Moved, read, read_decisions

_TIMEOUT = aiohttp.ClientTimeout(total=10)


class IntegrationLink:
    """One tenant of one integration. It follows the world's clock and tells whether it is idle."""

    name = "integration"

    def __init__(
        self, base_url: str, tenant: str, events_secret: str, clock: Clock, session: Callable[[], aiohttp.ClientSession]
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.tenant = tenant
        self.due: datetime | None = None
        self.capabilities = Capabilities()
        self.connected = False
        self._secret = events_secret
        self._clock = clock
        self._session = session
        self.decisions_seen = 0
        """The number of the last decision that was handed out."""
        self._followed_to = clock.now()

    @property
    def settings_url(self) -> str:
        return f"{self._tenant_url}/settings"

    @property
    def widget_socket_url(self) -> str | None:
        """Where widgets connect; None when it has no widget."""
        if not self.capabilities.widget:
            return None
        return f"ws{self.base_url.removeprefix('http')}/widget/{self.tenant}/crm_websocket"

    @property
    def _tenant_url(self) -> str:
        return f"{self.base_url}/_sut/tenants/{self.tenant}"

    def destination(self) -> Destination | None:
        """Where events of the telephony go, once connected."""
        if not self.connected:
            return None
        url = f"{self.base_url}/telephony/{self.tenant}/events"
        return Destination(url, {"Authorization": f"Bearer {self._secret}"})

    async def ask_capabilities(self) -> Capabilities:
        return read(Capabilities, *await self._ask("GET", f"{self.base_url}/_sut"))

    async def connect(self, body: dict[str, Any]) -> None:
        """Introduce the world to the integration as a tenant."""
        await self._ask("PUT", self._tenant_url, body)
        self.connected = True

    async def change_settings(self, settings: dict[str, Any]) -> None:
        await self._ask("PATCH", self.settings_url, settings)

    async def disconnect(self) -> None:
        self.connected = False
        await self._ask("DELETE", self._tenant_url)

    async def take_snapshot(self, name: str) -> None:
        """Have the tenant keep itself as it is under `name`."""
        await self._ask("POST", f"{self._tenant_url}/snapshots/{name}")

    async def restore_snapshot(self, name: str, now: datetime, decisions_seen: int) -> None:
        """Have the tenant go back to `name`, at the time `now`, when `decisions_seen` were in its log."""
        await self._ask("POST", f"{self._tenant_url}/snapshots/{name}/restore", {"now": now.isoformat()})
        self.due = None
        self.decisions_seen = decisions_seen
        self._followed_to = now

    async def idleness(self, held: int) -> Idleness:
        """What it has to do. An integration that cannot tell counts as idle.

        One that honours `Prefer` answers when nothing but the `held` requests keeps it, so that it is asked once.
        """
        if not self.connected or not self.capabilities.idle:
            return Idleness(0, held, can_tell=False)
        prefer = {"Prefer": f"wait=1; awaiting={held}"}
        said = read(Idle, *await self._ask("GET", f"{self._tenant_url}/idle", headers=prefer))
        self._note_due(said.next)
        return Idleness(said.busy, said.awaiting)

    async def follow(self, to: datetime) -> None:
        """Move its clock to `to`; what is due there starts.

        One that could not go back with its world stays where it is until the world is there again.
        """
        if self.connected and self.capabilities.clock and to >= self._followed_to:
            self._followed_to = to
            said = read(Moved, *await self._ask("POST", f"{self._tenant_url}/clock", {"to": to.isoformat()}))
            self._note_due(said.next)

    async def new_decisions(self) -> list[Decision]:
        """Decisions that were not handed out before, oldest first."""
        if not self.connected or not self.capabilities.decisions:
            return []
        url = f"{self._tenant_url}/decisions?since={self.decisions_seen}"
        said = read_decisions(*await self._ask("GET", url))
        # Another reader may have been quicker while this one waited.
        decisions = [decision for decision in said if decision.head.seq > self.decisions_seen]
        if decisions:
            self.decisions_seen = decisions[-1].head.seq
        return decisions

    def _note_due(self, due: datetime | None) -> None:
        if self.capabilities.clock:
            self.due = due

    async def _ask(
        self, method: str, url: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[str, bytes]:
        """The question, to be named in a complaint, and the body of its answer."""
        data = orjson.dumps(body) if body is not None else None
        all_headers = {"Content-Type": "application/json", **(headers or {})} if data else headers
        try:
            async with self._session().request(method, url, data=data, headers=all_headers, timeout=_TIMEOUT) as answer:
                raw = await answer.read()
        except aiohttp.InvalidURL:
            raise BadRequest.field("integration", self.base_url, "builtin, or the base URL of an integration") from None
        except (aiohttp.ClientError, TimeoutError, OSError, UnicodeError) as error:
            raise Unavailable(f"the integration at {self.base_url} cannot be reached: {type(error).__name__}") from None
        if answer.status >= 400:
            raise _refusal(method, url, answer.status, raw)
        return f"{method} {url}", raw


def _refusal(method: str, url: str, status: int, raw: bytes) -> Exception:
    try:
        said = orjson.loads(raw)
        detail = said.get("detail", said) if isinstance(said, dict) else said
    except orjson.JSONDecodeError:
        detail = raw[:200].decode("utf-8", "replace")
    text = f"the integration answered {status} to {method} {url}: {detail}"
    return BadRequest(text) if status == 400 else Unavailable(text)
