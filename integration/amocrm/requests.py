"""Requests of one tenant to API v4 with a living token: which answers mean "later", which mean "no"."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from yarl import URL

from integration.amocrm.oauth import TokenKeeper
from integration.amocrm.transport import Answer, Transport
from integration.amocrm.wire import Json, embedded
from integration.ports import RefusedError, RenewedError, UnavailableError

Params = Mapping[str, str]


class Requests:
    """Raises UnavailableError for what has to be tried again, and for writes RefusedError."""

    def __init__(self, transport: Transport, tokens: TokenKeeper) -> None:
        self._transport = transport
        self._tokens = tokens

    async def items(self, path: str, name: str, params: Params | None = None) -> AsyncIterator[Json]:
        """All items of all pages. What is not there (404) is an empty list, another refusal is tried again later."""
        asked = dict(params or {})
        while True:
            answer = await self.send("GET", path, params=asked)
            if answer.status == 404:
                return
            if not answer.is_ok:
                raise UnavailableError(f"amoCRM answered {answer.status} to GET {path}")
            for item in embedded(answer.body, name):
                yield item
            following = ((answer.body or {}).get("_links") or {}).get("next")
            if not following:
                return
            # Only its query: the host that amoCRM names need not be the address it is reached by.
            asked = dict(URL(following["href"]).query)

    async def write(self, method: str, path: str, body: Any) -> Answer:
        """A write that amoCRM carried out."""
        answer = await self.send(method, path, body)
        refuse_unless_ok(answer)
        return answer

    async def send(self, method: str, path: str, body: Any = None, params: Params | None = None) -> Answer:
        """One request and its answer. After a 401 there is a new token: a read is repeated, a write is looked up."""
        token = await self._tokens.access_token()
        answer = await self._transport.send(method, path, body=body, params=params, token=token)
        if answer.status == 401:
            await self._tokens.refresh(token)
            if method != "GET":
                raise RenewedError(f"amoCRM answered 401 to {method} {path}")
            token = await self._tokens.access_token()
            answer = await self._transport.send(method, path, body=body, params=params, token=token)
        if _is_later(answer):
            reason = f"amoCRM answered {answer.status} to {method} {path}"
            raise UnavailableError(reason, answer.retry_after)
        return answer


def _is_later(answer: Answer) -> bool:
    """Answers that say nothing of the request: limits, defects, dead tokens, an unpaid account, a ban (an HTML 403)."""
    if answer.status == 403:
        return not answer.is_json
    return answer.status in (401, 402, 408, 425, 429) or answer.status >= 500 or answer.status < 200


def refuse_unless_ok(answer: Answer) -> None:
    """Raises RefusedError with what amoCRM says."""
    if answer.is_ok:
        return
    body = answer.body if isinstance(answer.body, dict) else {}
    raise RefusedError(answer.status, str(body.get("detail") or body.get("title") or "refused"))


def id_of(answer: Answer, name: str) -> int:
    """The id of the one item that an answer names. Raises UnavailableError when it names none."""
    items = embedded(answer.body, name)
    if not items or not isinstance(items[0].get("id"), int):
        raise UnavailableError(f"amoCRM's answer names no id of the {name}")
    return int(items[0]["id"])
