"""A small amoCRM for the tests of the integration: contacts, calls, tokens, fields, and faults on demand.

Its `/v2.0` is the Data API of a telephony that has one number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Fault:
    """What happens to one request: before it is done, or after (`done`). `gate` holds it until the gate opens."""

    method: str
    path: str
    status: int = 503
    done: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    gate: asyncio.Event | None = None
    cut: bool = False
    """The connection is closed instead of answering."""


@dataclass
class Seen:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


class StubAmo:
    def __init__(self) -> None:
        self.contacts: dict[int, dict[str, Any]] = {}
        self.calls: dict[str, dict[str, Any]] = {}
        self.deals: list[dict[str, Any]] = []
        self.requests: list[Seen] = []
        """All but those about additional fields."""
        self.fields: dict[str, list[dict[str, Any]]] = {}
        self.users = [501, 502, 503, 504]
        self.seen_at: dict[int, int] = {}
        self.faults: list[Fault] = []
        self.telephony_says: list[dict[str, Any]] = []
        """Errors of the Data API, one an answer."""
        self.access = "access-0"
        self.refresh = "refresh-0"
        self.pairs = 0
        self.page_size = 50
        self.base_url = ""
        self.open_now = 0
        self.open_most = 0
        self.open_most_by_phone: dict[str, int] = {}

    def contact(self, name: str, *phones: str) -> int:
        number = 100 + len(self.contacts)
        fields = [{"field_code": "PHONE", "values": [{"value": phone, "enum_code": "WORK"} for phone in phones]}]
        self.contacts[number] = {"id": number, "name": name, "custom_fields_values": fields, "tags": []}
        return number

    def fail(self, method: str, path: str, **how: Any) -> Fault:
        self.faults.append(Fault(method, path, **how))
        return self.faults[-1]

    def sent(self, method: str, path: str) -> list[Seen]:
        return [seen for seen in self.requests if seen.method == method and seen.path.startswith(path)]

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        if request.path == "/v2.0":
            if self.telephony_says:
                return web.json_response({"jsonrpc": "2.0", "id": 1, "error": self.telephony_says.pop(0)})
            name = {"virtual_phone_number": "74951112233", "name": "main"}
            return web.json_response({"jsonrpc": "2.0", "id": 1, "result": {"data": [name], "metadata": {}}})
        if request.path.endswith("/custom_fields"):
            return self._custom_fields(request, body)
        self.requests.append(Seen(request.method, request.path, dict(request.query), dict(request.headers), body))
        fault = next((f for f in self.faults if f.method == request.method and request.path.startswith(f.path)), None)
        if fault and not fault.gate:
            self.faults.remove(fault)
        self.open_now += 1
        self.open_most = max(self.open_most, self.open_now)
        try:
            if fault and fault.gate:
                if fault.done:
                    self._do(request, body)
                await fault.gate.wait()
            elif fault:
                if fault.done:
                    self._do(request, body)
                if fault.cut:
                    assert request.transport is not None
                    request.transport.close()
                    return web.Response()
                return _problem(fault.status, "fault", headers=fault.headers)
            return self._do(request, body)
        finally:
            self.open_now -= 1

    def _do(self, request: web.Request, body: Any) -> web.Response:
        if request.path == "/oauth2/access_token":
            return self._tokens(body)
        if request.headers.get("Authorization") != f"Bearer {self.access}":
            return _problem(401, "Invalid user name or password")
        for item in body if isinstance(body, list) else [body]:
            if isinstance(item, dict) and item.get("responsible_user_id", self.users[0]) not in self.users:
                return _problem(400, "Request validation failed")
        routes: dict[tuple[str, str], Callable[[web.Request, Any], web.Response]] = {
            ("GET", "contacts"): self._search,
            ("POST", "contacts"): self._create,
            ("PATCH", "contacts"): self._patch,
            ("POST", "calls"): self._call,
            ("POST", "leads"): self._deal,
            ("GET", "leads"): lambda _request, _body: web.Response(status=204),
            ("GET", "companies"): lambda _request, _body: web.Response(status=204),
            ("GET", "events"): self._events,
            ("GET", "users"): self._users,
        }
        if request.path.endswith("/notes"):
            return self._notes(request) if request.method == "GET" else _made("notes", 700)
        if request.method == "GET" and request.path.count("/") == 4:
            contact = self.contacts[int(request.path.split("/")[4])]
            return web.json_response({**contact, "_embedded": {"leads": []}})
        return routes[request.method, request.path.split("/")[3]](request, body)

    def _tokens(self, body: Any) -> web.Response:
        assert body["client_id"] == "client"
        assert body["client_secret"] == "secret-of-client, long enough to sign with"
        assert body["redirect_uri"] == "https://example.test/redirect"
        if body["grant_type"] == "authorization_code":
            if body["code"] != "good-code":
                return _problem(401, "bad", hint="Authorization code has expired")
        elif body["refresh_token"] != self.refresh:
            return _problem(401, "bad", hint="Token has been revoked")
        self.pairs += 1
        self.access, next_refresh = f"access-{self.pairs}", f"refresh-{self.pairs}"
        self._previous, self.refresh = self.refresh, next_refresh
        return web.json_response(
            {"token_type": "Bearer", "expires_in": 86400, "access_token": self.access, "refresh_token": self.refresh}
        )

    def _custom_fields(self, request: web.Request, body: Any) -> web.Response:
        fields = self.fields.setdefault(request.path.split("/")[3], [])
        if request.method == "POST":
            fields += [{"id": 7000 + len(fields) + place, **field} for place, field in enumerate(body)]
        return web.json_response({"_embedded": {"custom_fields": fields}}) if fields else web.Response(status=204)

    def _events(self, request: web.Request, _: Any) -> web.Response:
        """When contacts could be seen first: those of `seen_at`, asked for by ten at the most."""
        asked = [int(value) for key, value in request.query.items() if key.startswith("filter[entity_id]")]
        assert len(asked) <= 10
        events = [{"entity_id": each, "created_at": self.seen_at[each]} for each in asked if each in self.seen_at]
        return web.json_response({"_embedded": {"events": events}}) if events else web.Response(status=204)

    def _users(self, _request: web.Request, _body: Any) -> web.Response:
        users = [{"id": user, "rights": {"is_active": True}} for user in self.users]
        return web.json_response({"_embedded": {"users": users}})

    def _search(self, request: web.Request, _: Any) -> web.Response:
        query, page = request.query["query"], int(request.query.get("page", "1"))
        hits = [c for c in self.contacts.values() if query in _digits(str(c)) or query in str(c).casefold()]
        shown = hits[(page - 1) * self.page_size : page * self.page_size]
        if not shown:
            return web.Response(status=204)
        links = {}
        if len(hits) > page * self.page_size:
            links["next"] = {"href": f"https://acme.amocrm.test/api/v4/contacts?query={query}&page={page + 1}"}
        return web.json_response({"_page": page, "_links": links, "_embedded": {"contacts": shown}})

    def _create(self, _: web.Request, body: Any) -> web.Response:
        (item,) = body
        number = self.contact(item["name"])
        self.contacts[number]["custom_fields_values"] = [self._named(field) for field in item["custom_fields_values"]]
        self.contacts[number] |= {key: item[key] for key in ("responsible_user_id", "created_by")}
        return web.json_response({"_embedded": {"contacts": [{"id": number, "request_id": item["request_id"]}]}})

    def _named(self, field: dict[str, Any]) -> dict[str, Any]:
        """A field of a card as it is read: by its name too."""
        names = {each["id"]: each["name"] for each in self.fields.get("contacts", ())}
        return {"field_name": names.get(field.get("field_id")), **field}

    def _deal(self, _: web.Request, body: Any) -> web.Response:
        self.deals.append(body[0])
        return _made("leads", 800 + len(self.deals))

    def _patch(self, request: web.Request, body: Any) -> web.Response:
        contact = self.contacts[int(request.path.split("/")[4])]
        contact["tags"] += [tag["name"] for tag in body.pop("tags_to_add", [])]
        fields = [self._named(field) for field in body.pop("custom_fields_values", [])]
        written = {field["field_id"] for field in fields}
        kept = [field for field in contact["custom_fields_values"] if field.get("field_id") not in written]
        contact |= {**body, "custom_fields_values": [*kept, *fields]}
        return web.json_response({"id": contact["id"], "updated_at": 0})

    def _call(self, _: web.Request, body: Any) -> web.Response:
        (item,) = body
        known = [c for c in self.contacts.values() if item["phone"] and item["phone"][-10:] in _digits(str(c))]
        if not known:
            errors = [{"detail": "Entity not found", "title": "Entity not found", "status": 263}]
            return web.json_response({"_total_items": 0, "errors": errors, "_embedded": {"calls": []}}, status=400)
        self.calls.setdefault(item["uniq"], {"id": 900 + len(self.calls), "entity_id": known[0]["id"], **item})
        call = {"id": self.calls[item["uniq"]]["id"], "request_id": "0"}
        return web.json_response({"errors": [], "_embedded": {"calls": [call]}})

    def _notes(self, request: web.Request) -> web.Response:
        contact = int(request.path.split("/")[4])
        notes = [
            {"id": call["id"], "note_type": "call_in", "params": {"uniq": uniq}}
            for uniq, call in self.calls.items()
            if call["entity_id"] == contact
        ]
        return web.json_response({"_embedded": {"notes": notes}}) if notes else web.Response(status=204)


def _digits(text: str) -> str:
    return "".join(ch for ch in text if ch.isdigit())


def _made(name: str, number: int) -> web.Response:
    return web.json_response({"_embedded": {name: [{"id": number}]}})


def _problem(status: int, detail: str, headers: dict[str, str] | None = None, **more: str) -> web.Response:
    body = {"title": "Refused", "status": status, "detail": detail, **more}
    return web.json_response(body, status=status, headers=headers, content_type="application/problem+json")
