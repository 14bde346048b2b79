"""`ports.Telephony` over the vendor's Data API v2.0 (JSON-RPC; contract §3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from integration.amocrm.transport import Answer, Transport
from integration.events import zone
from integration.model import WonDeal
from integration.phones import match_key
from integration.ports import Clock, NotFoundError, TelephonyRefusedError, UnavailableError
from integration.rules.facts import CommunicationType

SALE = "Продажа"
"""The system tag of the telephony."""

INTERNAL_ERROR, LIMIT_EXCEEDED = -32603, -32029
"""The vendor's errors that pass."""

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
            numbers = await self._list("get.virtual_numbers", {"limit": 10_000})
            self._names = {match_key(each["virtual_phone_number"]): each["name"] or "" for each in numbers}
            self._read_at = now
        return self._names.get(key) or None

    async def mark_sale(self, deal: WonDeal, communication_id: str, kind: CommunicationType, timezone: str) -> None:
        """Hand the deal over and put «Продажа» on its communication (contract §3).

        Raises NotFoundError for a communication that the telephony does not know.
        """
        if not communication_id.isdecimal():
            raise NotFoundError(f"{communication_id!r} is no id of a communication")
        mark = {"communication_id": int(communication_id), "communication_type": kind}
        tags = {tag["name"]: tag["id"] for tag in await self._list("get.tags", {"limit": 10_000})}
        await self._ask("set.tag_communications", {**mark, "tag_id": tags[SALE]})
        await self._ask("upload.deals_history", {"deals": [{**_deal(deal, zone(timezone)), **mark}]})

    async def _list(self, method: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        data = await self._ask(method, params)
        if not isinstance(data, list):
            raise UnavailableError(f"the telephony's answer to {method} is no list")
        return [each for each in data if isinstance(each, dict)]

    async def _ask(self, method: str, params: dict[str, Any]) -> Any:
        body = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": method,
            "params": {"access_token": self._access_token, **params},
        }
        answer = await self._transport.send("POST", "", body=body)
        result = answer.body.get("result") if isinstance(answer.body, dict) else None
        if isinstance(result, dict) and "data" in result:
            return result["data"]
        if _mnemonic(answer.body) == "entity_not_found":
            raise NotFoundError(f"the telephony knows nothing of that: {_complaint(answer.body)}")
        complaint = f"the telephony does not answer {method}: {_complaint(answer.body)}"
        raise TelephonyRefusedError(complaint) if _is_refusal(answer) else UnavailableError(complaint)


def _deal(deal: WonDeal, account_zone: ZoneInfo) -> dict[str, Any]:
    """A deal as `upload.deals_history` takes it, its times on the account's clock."""

    def local(instant: datetime) -> str:
        return f"{instant.astimezone(account_zone):%Y-%m-%d %H:%M:%S}"

    return {
        "ext_id": str(deal.id),
        "name": deal.name,
        "created_date_time": local(deal.created_at),
        "modified_stage_date_time": local(deal.closed_at),
        "closed_date_time": local(deal.closed_at),
        "sales_funnel_ext_id": str(deal.pipeline_id),
        "stage_ext_id": str(deal.status_id),
        "revenue": deal.price,
    }


def _is_refusal(answer: Answer) -> bool:
    """An error of the vendor's that asking again does not change: neither a limit nor a defect."""
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    if not isinstance(error, dict) or answer.status == 429 or answer.status >= 500:
        return False
    return error.get("code") not in (INTERNAL_ERROR, LIMIT_EXCEEDED)


def _mnemonic(body: Any) -> Any:
    """The vendor's name of an error."""
    error = body.get("error") if isinstance(body, dict) else None
    data = error.get("data") if isinstance(error, dict) else None
    return data.get("mnemonic") if isinstance(data, dict) else None


def _complaint(body: Any) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("message")) if isinstance(error, dict) else "no result"
