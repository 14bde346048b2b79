"""Requests to a world, and who and what is in it."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import orjson

Json = dict[str, Any]


class Refused(AssertionError):
    """Something that the driver asked for was answered with an error: its HTTP status, if it is one, and its body."""

    def __init__(self, said: str, status: int | None = None, answer: bytes = b"") -> None:
        super().__init__(said)
        self.status = status
        self.answer = answer


@dataclass(frozen=True)
class Requests:
    """One world: its control plane, its amoCRM, and what it said of itself when it was made."""

    http: aiohttp.ClientSession
    control: str
    world: Json

    @property
    def zone(self) -> ZoneInfo:
        """Where the account is."""
        return ZoneInfo(self.world["timezone"])

    def is_user(self, who: str) -> bool:
        """Whether the person can log in to amoCRM."""
        return self.world["people"][who]["user_id"] is not None

    def user_id(self, who: str) -> int:
        """The amoCRM user of a person."""
        return int(self.world["people"][who]["user_id"])

    def person_of_user(self, user_id: int) -> str:
        """Whose user that is; a failed comparison then shows names."""
        people = self.world["people"].items()
        return next((key for key, each in people if each["user_id"] == user_id), f"a stranger ({user_id})")

    def person_of_employee(self, employee_id: int | None) -> str:
        """Who of the telephony that is, in the same way."""
        people = self.world["people"].items()
        found = (key for key, each in people if each["employee_id"] == employee_id is not None)
        return next(found, f"a stranger ({employee_id})")

    def desk_phone(self, who: str) -> str:
        return str(self.world["people"][who]["numbers"][0])

    def mobile(self, who: str) -> str:
        return str(self.world["people"][who]["numbers"][-1])

    def number(self, key: str) -> str:
        return str(self.world["numbers"][key])

    # For the verbs

    async def _accepted(self, request: Awaitable[object]) -> bool:
        """Whether it was not refused as a bad or a forbidden request."""
        try:
            await request
        except Refused as refused:
            if refused.status not in (400, 403):
                raise
            return False
        return True

    async def _control(self, method: str, path: str, body: Any = None) -> Any:
        return await self._json(method, f"{self.control}{path}", body)

    async def _amocrm(self, method: str, path: str, body: Any = None) -> Any:
        amocrm = self.world["amocrm"]
        headers = {"Authorization": f"Bearer {amocrm['access_token']}"}
        return await self._json(method, f"{amocrm['base_url']}{path}", body, headers)

    async def _list(self, path: str, name: str) -> list[Json]:
        """The items of an amoCRM list; its 204 is an empty one."""
        page = await self._amocrm("GET", f"{path}{'&' if '?' in path else '?'}limit=250")
        return page["_embedded"][name] if page else []

    async def _json(self, method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """Send a body as JSON, or as a form if it is text, and read JSON; Refused for an answer of 400 or more."""
        kind = "application/x-www-form-urlencoded" if isinstance(body, str) else "application/json"
        data = body if body is None or isinstance(body, str) else orjson.dumps(body)
        all_headers = {"Content-Type": kind, **(headers or {})}
        async with self.http.request(method, url, data=data, headers=all_headers) as answer:
            raw = await answer.read()
        if answer.status >= 400:
            raise Refused(f"{method} {url} answered {answer.status}: {raw.decode()}", answer.status, raw)
        return orjson.loads(raw) if raw else None
