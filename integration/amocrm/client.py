"""`ports.Crm` over API v4: which answers mean "later", which mean "no", and the few operations the core needs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from yarl import URL

from integration.amocrm.oauth import TokenKeeper
from integration.amocrm.transport import Answer, Transport
from integration.amocrm.wire import (
    Json,
    call_body,
    contact_body,
    embedded,
    has_phone,
    is_dropped,
    patch_body,
)
from integration.model import CallRecord, ContactPatch, NewContact
from integration.phones import match_key
from integration.ports import DroppedError, RefusedError, RenewedError, UnavailableError

CONTACTS = "/api/v4/contacts"
LEADS = "/api/v4/leads"
CALLS = "/api/v4/calls"


class AmoCrm:
    """The amoCRM account of one tenant."""

    def __init__(self, transport: Transport, tokens: TokenKeeper) -> None:
        self._transport = transport
        self._tokens = tokens

    async def find_contacts_by_phone(self, phone: str) -> tuple[int, ...]:
        """Ids of the contacts that have this number as a PHONE, in amoCRM's order; none for a hidden number."""
        key = match_key(phone)
        if not key:
            return ()
        found = self._list(CONTACTS, "contacts", {"query": key})
        return tuple([contact["id"] async for contact in found if has_phone(contact, key)])

    async def create_contact(self, contact: NewContact) -> int:
        """The id of the new contact."""
        answer = await self._write("POST", CONTACTS, [contact_body(contact)])
        return _id_of(answer, "contacts")

    async def patch_contact(self, patch: ContactPatch) -> None:
        await self._write("PATCH", f"{CONTACTS}/{patch.contact_id}", patch_body(patch))

    async def calls_on(self, contact_id: int) -> dict[str, int]:
        """Calls in the notes of a contact and of its deals, where amoCRM may put them: `uniq` -> id of the note."""
        cards = [f"{CONTACTS}/{contact_id}"]
        contact = await self._call("GET", cards[0], params={"with": "leads"})
        if contact.is_ok:
            cards += [f"{LEADS}/{lead['id']}" for lead in embedded(contact.body, "leads")]
        wanted = {"filter[note_type][0]": "call_in", "filter[note_type][1]": "call_out"}
        found: dict[str, int] = {}
        for card in cards:
            async for note in self._list(f"{card}/notes", "notes", wanted):
                found[str((note.get("params") or {}).get("uniq"))] = note["id"]
        return found

    async def add_call(self, record: CallRecord) -> int:
        """Hand a call over to the call log; its id.

        Raises DroppedError when amoCRM answers 263, «Entity not found».
        """
        answer = await self._call("POST", CALLS, [call_body(record)])
        calls = embedded(answer.body, "calls")
        if is_dropped(answer.body) and not calls:
            raise DroppedError
        _refuse_unless_ok(answer)
        return _id_of(answer, "calls")

    async def _list(self, path: str, name: str, params: dict[str, str]) -> AsyncIterator[Json]:
        """All items of all pages. What is not there (404) is an empty list, another refusal is tried again later."""
        while True:
            answer = await self._call("GET", path, params=params)
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
            params = dict(URL(following["href"]).query)

    async def _write(self, method: str, path: str, body: Any) -> Answer:
        answer = await self._call(method, path, body)
        _refuse_unless_ok(answer)
        return answer

    async def _call(self, method: str, path: str, body: Any = None, params: dict[str, str] | None = None) -> Answer:
        """One request with a living token. After a 401 there is a new one: a read is repeated, a write is looked up."""
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
    """Answers that say nothing about the request itself: limits, defects, dead tokens, and a ban (an HTML 403)."""
    if answer.status == 403:
        return not answer.is_json
    return answer.status in (401, 408, 425, 429) or answer.status >= 500 or answer.status < 200


def _refuse_unless_ok(answer: Answer) -> None:
    if answer.is_ok:
        return
    body = answer.body if isinstance(answer.body, dict) else {}
    raise RefusedError(answer.status, str(body.get("detail") or body.get("title") or "refused"))


def _id_of(answer: Answer, name: str) -> int:
    items = embedded(answer.body, name)
    if not items or not isinstance(items[0].get("id"), int):
        raise UnavailableError(f"amoCRM's answer names no id of the {name}")
    return int(items[0]["id"])
