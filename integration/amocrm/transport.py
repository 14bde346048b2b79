"""One HTTP request to amoCRM and its answer, under the tenant's time limit and the trace of the work at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import orjson

from integration import tracing
from integration.activity import Activity
from integration.amocrm.pace import Pace
from integration.ports import Clock, UnavailableError

LONGEST_RETRY_AFTER = timedelta(hours=24)
"""However long amoCRM asks to wait, a call is tried again after a day."""

ANSWER_LIMIT = timedelta(seconds=20)
"""How long amoCRM may take for an answer, on the tenant's clock."""


def new_session() -> aiohttp.ClientSession:
    """A session for all tenants. It has no limits of its own: how long and how much is decided on tenants' clocks.

    Only connecting is a matter of real time. Cookies are off because amoCRM's API needs none.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": "amostand-integration"},
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and the decoded JSON body (None when there is none)."""

    status: int
    retry_after: timedelta | None
    is_json: bool
    body: Any

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300


class Transport:
    """Sends requests for one tenant. Whatever keeps an answer from being read is an UnavailableError."""

    def __init__(self, session: aiohttp.ClientSession, activity: Activity, clock: Clock, base_url: str) -> None:
        self._session = session
        self._activity = activity
        self._clock = clock
        self._base_url = base_url.rstrip("/")
        self._pace = Pace(clock)

    async def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> Answer:
        """One request; the answer is whatever amoCRM said, refusals included."""
        headers = {"traceparent": tracing.current().next_header(), "Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else orjson.dumps(body)
        await self._pace.turn()
        answer = await self._within_limit(method, path, params, headers, data)
        if answer.status == 429:
            self._pace.slow_down()
        return answer

    async def _within_limit(
        self, method: str, path: str, params: Mapping[str, str] | None, headers: dict[str, str], data: bytes | None
    ) -> Answer:
        try:
            async with self._clock.timeout(ANSWER_LIMIT):
                with self._activity.awaiting_answer():
                    return await self._exchange(method, self._base_url + path, params, headers, data)
        except TimeoutError:
            raise UnavailableError(f"no answer to {method} {path} in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise UnavailableError(f"{method} {path}: {type(error).__name__}") from None

    async def _exchange(
        self, method: str, url: str, params: Mapping[str, str] | None, headers: dict[str, str], data: bytes | None
    ) -> Answer:
        async with self._session.request(
            method, url, params=params, headers=headers, data=data, allow_redirects=False
        ) as response:
            return _read(response, await response.read())


def _read(response: aiohttp.ClientResponse, raw: bytes) -> Answer:
    is_json = "json" in response.content_type
    try:
        body = orjson.loads(raw) if is_json and raw else None
    except orjson.JSONDecodeError:
        # A cut or garbled answer tells nothing about what was done: the same as none.
        raise UnavailableError(f"the answer to {response.method} {response.url.path} cannot be read") from None
    return Answer(response.status, _retry_after(response.headers.get("Retry-After"), body), is_json, body)


def _retry_after(header: str | None, body: Any) -> timedelta | None:
    """Seconds of `Retry-After`, or of `retry_after` in the body; None when neither says so."""
    inside = body.get("retry_after") if isinstance(body, dict) else None
    for value in (header, inside):
        try:
            asked = timedelta(seconds=float(value))  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            continue
        return min(max(asked, timedelta()), LONGEST_RETRY_AFTER)
    return None
