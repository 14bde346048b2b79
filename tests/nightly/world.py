"""The world that is asked: cards of each kind with what hangs on them, and a receiver of webhooks."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.error import HTTPError

CARDS = ("contacts", "companies", "leads")
_USERS = ("responsible_user_id", "created_by", "updated_by", "user_id")
_KEYS = {
    **dict.fromkeys((*_USERS, "activate", "deactivate"), ("users",)),
    **dict.fromkeys(("entity_id", "to_entity_id", "ID[]"), CARDS),
    **dict.fromkeys(("tags_to_add", "tags_to_delete"), ("tags",)),
    "status_id": ("statuses",),
    "pipeline_id": ("pipelines",),
    "field_id": ("custom_fields",),
    "loss_reason_id": ("loss_reasons",),
    "role_id": ("roles",),
    "group_id": ("groups",),
}
"""Per key the parts of paths whose ids it takes."""

_WORDS = {
    "field_code": ["PHONE", "EMAIL"],
    "enum_code": ["WORK", "MOB"],
    **{key: ["+79160000001", "89160000002", "88005553535"] for key in ("phone", "phone_number", "from")},
    "uniq": ["u1", "u2"],
}

_A_DAY = 86_400
_MOST_FAILURES = 1000


class World:
    """A fresh world without limits."""

    def __init__(self, urls: dict[str, str], profile: str) -> None:
        self._stand = f"{urls['stand']}/_stand"
        self.amocrm = urls["amocrm"]
        self.description_url = f"{self._stand}/amocrm/openapi.json"
        self._control = f"{self._stand}/worlds/nightly-{profile}"
        made = self._do("POST", f"{self._stand}/worlds", {"name": f"nightly-{profile}", "profile": profile})
        self.token: str = made["amocrm"]["access_token"]
        self._words = {key: [value] for key, value in made["amocrm"].items() if isinstance(value, str)}
        self._words |= {"destination": [_receiver(), "http://127.0.0.1:9/"], **_WORDS}
        people = list(made["people"].values())
        self._words["email"] = [person["email"] for person in people]
        self._fill()

    def _fill(self) -> None:
        hooks = [hook for hook in self._enumerated("post", "/webhooks", "settings") if "customer" not in hook]
        self.api("POST", "/webhooks", {"destination": self._words["destination"][0], "settings": hooks})
        self.api("POST", "/leads/pipelines", [{"name": f"Воронка {number}"} for number in range(20)])
        self.api("POST", "/leads/loss_reasons", [{"name": f"Дорого {number}"} for number in range(20)])
        self.api("POST", "/roles", [{"name": f"Роль {number}"} for number in range(20)])
        sources = [{"name": f"Сайт {number}", "external_id": f"site-{number}"} for number in range(20)]
        self.api("POST", "/sources", sources)
        for number in range(5):
            users = [{"name": "Вера", "email": f"vera-{number}-{place}@acme.test"} for place in range(10)]
            self.api("POST", "/users", users)
        for kind in CARDS:
            self._fill_cards(kind)
        self.api("POST", "/leads/unsorted/sip", [_unsorted_call(number) for number in range(50)])
        target = {"entity_type": "contacts", "entity_id": self._ids("/contacts")[0]}
        made = self.api("POST", "/short_links", [{"url": "https://x.test/page", "metadata": target}])
        self._words["s"] = [link["url"].rpartition("/")[2] for link in made["_embedded"]["short_links"]]

    def _fill_cards(self, kind: str) -> None:
        """Cards with fields of every type, tags, notes and tasks."""
        types = self._enumerated("post", f"/{kind}/custom_fields", "type")
        enums = [{"value": "Да"}, {"value": "Нет"}]
        for field_type in types:
            options = {"enums": enums} if "select" in field_type or field_type == "radiobutton" else {}
            self.api("POST", f"/{kind}/custom_fields", [{"name": field_type, "type": field_type, **options}])
        self.api("POST", f"/{kind}/custom_fields/groups", [{"name": f"Группа {number}"} for number in range(10)])
        phone = {"field_code": "PHONE", "values": [{"value": _WORDS["phone"][0]}]}
        values = None if kind == "leads" else [phone]
        self.api("POST", f"/{kind}", [{"name": f"{kind} {n}", "custom_fields_values": values} for n in range(20)])
        for card_id in self._ids(f"/{kind}"):
            note = {"note_type": "common", "params": {"text": "Текст"}}
            self.api("POST", f"/{kind}/{card_id}/notes", [note])
            task = {"text": "Позвонить", "complete_till": 1_893_456_000}
            self.api("POST", "/tasks", [{**task, "entity_id": card_id, "entity_type": kind}])
        self.api("POST", f"/{kind}/tags", [{"name": f"Метка {number}"} for number in range(20)])

    def _enumerated(self, method: str, path: str, key: str) -> list[str]:
        """What the description says a key of a body may be."""
        body = self.description()["paths"][f"/api/v4{path}"][method]["requestBody"]
        schema = body["content"]["application/json"]["schema"]
        inner = schema.get("items", schema)["properties"][key]
        options: list[str] = inner.get("items", inner)["enum"]
        return options

    def _ids(self, path: str, key: str = "id") -> list[Any]:
        """Of everything on the first page of a list."""
        page = self.api("GET", f"{path}?limit=250" if path != "/events" else path)
        [found] = page["_embedded"].values() if page else [[]]
        return [each[key] for each in found]

    def description(self) -> dict[str, Any]:
        document: dict[str, Any] = self._do("GET", self.description_url)
        return document

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """What API v4 says to a request that must succeed."""
        return self._do(method, f"{self.amocrm}/api/v4{path}", body, self.token)

    def known(self) -> dict[str, list[Any]]:
        """What can be named in a request, by the keys and parts of paths that name it."""
        known: dict[str, list[Any]] = {"users": self._ids("/users"), "ajax": list(CARDS), **self._words}
        for kind in CARDS:
            known[kind] = self._ids(f"/{kind}")
            for of in ("notes", "tags", "custom_fields"):
                known[f"{kind} {of}"] = self._ids(f"/{kind}/{of}")
                known[of] = known.get(of, []) + known[f"{kind} {of}"]
            known["groups"] = known.get("groups", []) + self._ids(f"/{kind}/custom_fields/groups")
            known[f"{kind} field_id"] = known[f"{kind} fields"] = known[f"{kind} custom_fields"]
            known[f"{kind} entity_id"] = known[kind]
        known["pipelines"] = self._ids("/leads/pipelines")
        known["statuses"] = [
            each for one in known["pipelines"] for each in self._ids(f"/leads/pipelines/{one}/statuses")
        ]
        for part in ("tasks", "events", "roles", "sources"):
            known[part] = self._ids(f"/{part}")
        known["widgets"] = self._ids("/widgets", "code")
        known["loss_reasons"] = self._ids("/leads/loss_reasons")
        known["unsorted"] = self._ids("/leads/unsorted", "uid")
        for key, of in _KEYS.items():
            known[key] = [each for part in of for each in known.get(part, [])]
        return known

    def defects(self) -> list[str]:
        """What the world's handlers, timers and tasks did not catch: settle raises each, the journal names it."""
        found = [
            f"500 in the journal: {entry['subject']}" for entry in self._answers() if entry["data"]["status"] >= 500
        ]
        for path, body in (("settle", None), ("clock", {"advance": _A_DAY}), ("settle", None)):
            found += self._failures(path, body)
        return sorted(set(found))

    def _failures(self, path: str, body: Any) -> Iterator[str]:
        """What a request to the control plane raises until it succeeds: it raises one failure at a time."""
        for _ in range(_MOST_FAILURES):
            try:
                self._do("POST", f"{self._control}/{path}", body)
                return
            except AssertionError as failure:
                yield str(failure)

    def _answers(self) -> list[dict[str, Any]]:
        journal = self._do("GET", f"{self._control}/journal?kind=response")
        entries: list[dict[str, Any]] = journal["entries"]
        return [entry for entry in entries if entry["from"] == "amocrm"]

    def _do(self, method: str, url: str, body: Any = None, token: str | None = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)) as answer:
                return json.loads(answer.read() or b"null")
        except HTTPError as refusal:
            said = refusal.read()[:400].decode(errors="replace")
            raise AssertionError(f"{method} {url} answered {refusal.code}: {said}") from None


def _unsorted_call(number: int) -> dict[str, Any]:
    call = {"phone": f"+7916000{number:04}", "from": "+79160000001", "called_at": 1_772_442_000, "duration": 5}
    call |= {"service_code": "s", "uniq": f"c{number}", "link": "https://x.test/1"}
    return {"source_name": "АТС", "source_uid": f"pbx-{number}", "metadata": call}


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_said: object) -> None:
        pass


def _receiver() -> str:
    """The address of a server that takes every webhook."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/hook"
