"""`ports.Telephony` over the vendor's Data API v2.0 (JSON-RPC; contract §3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from integration.amocrm.transport import Transport
from integration.phones import match_key
from integration.ports import Clock, UnavailableError

KEPT_FOR = timedelta(minutes=10)
"""How long names of numbers are taken for granted: the Data API takes few requests a minute."""


class DataApi:
    """The telephony account of one tenant. `transport` leads to the Data API. Raises UnavailableError."""

    def __init__(self, transport: Transport, clock: Clock, access_token: str) -> None:
        self._transport = transport
        self._clock = clock
        self._access_token = access_token
        self._names: dict[str, str] = {}
        self._read_at: datetime | None = None

    async def number_name(self, number: str) -> str | None:
        """The name of one of the account's virtual numbers; None when it has none."""
        now, key = self._clock.now(), match_key(number)
        if self._read_at is None or key not in self._names or now - self._read_at >= KEPT_FOR:
            numbers = await self._ask("get.virtual_numbers", {"limit": 10_000})
            self._names = {match_key(each["virtual_phone_number"]): each["name"] or "" for each in numbers}
            self._read_at = now
        return self._names.get(key) or None

    async def _ask(self, method: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        body = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": method,
            "params": {"access_token": self._access_token, **params},
        }
        answer = await self._transport.send("POST", "", body=body)
        result = answer.body.get("result") if isinstance(answer.body, dict) else None
        if not isinstance(result, dict) or not isinstance(result.get("data"), list):
            raise UnavailableError(f"the telephony does not answer {method}: {_complaint(answer.body)}")
        return [each for each in result["data"] if isinstance(each, dict)]


def _complaint(body: Any) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("message")) if isinstance(error, dict) else "no result"
