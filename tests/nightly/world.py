"""The world that is asked: cards of each kind with what hangs on them, and a receiver of webhooks."""

from __future__ import annotations

import json
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.error import HTTPError

CARDS = ("contacts", "companies", "leads")
_NAME = "nightly"
_USERS = ("responsible_user_id", "created_by", "updated_by", "user_id")
_KEYS = {
    **dict.fromkeys(_USERS, ("users",)),
    **dict.fromkeys(("entity_id", "to_entity_id"), CARDS),
    **dict.fromkeys(("tags_to_add", "tags_to_delete"), ("tags",)),
    "status_id": ("statuses",),
    "pipeline_id": ("pipelines",),
    "field_id": ("custom_fields",),
}
"""Per key the parts of paths whose ids it takes."""

_WORDS = {
    "field_code": ["PHONE", "EMAIL"],
    "enum_code": ["WORK", "MOB"],
    **{key: ["+79160000001", "89160000002", "88005553535"] for key in ("phone", "phone_number", "from")},
    "uniq": ["u1", "u2"],
}

_MOST_FAILURES = 1000


class World:
    """A fresh world of profile v4, without limits."""

    def __init__(self, urls: dict[str, str]) -> None:
        self._stand = f"{urls['stand']}/_stand"
        self.amocrm = urls["amocrm"]
        self.description_url = f"{self._stand}/amocrm/openapi.json"
        made = self._do("POST", f"{self._stand}/worlds", {"name": _NAME, "profile": "v4"})
        self.token: str = made["amocrm"]["access_token"]
        self._words = {key: [value] for key, value in made["amocrm"].items() if isinstance(value, str)}
        self._words |= {"destination": [_receiver(), "http://127.0.0.1:9/"], **_WORDS}
        people = list(made["people"].values())
        self._people = [person["user_id"] for person in people if person["user_id"]]
        self._words["email"] = [person["email"] for person in people]
        self._fill()

    def _fill(self) -> None:
        hooks = [hook for hook in self._hooks() if "customer" not in hook]
        self.api("POST", "/webhooks", {"destination": self._words["destination"][0], "settings": hooks})
        for kind in CARDS:
            phone = {"field_code": "PHONE", "values": [{"value": _WORDS["phone"][0]}]}
            values = None if kind == "leads" else [phone]
            cards = [{"name": f"{kind} {number}", "custom_fields_values": values} for number in range(3)]
            made = self.api("POST", f"/{kind}", cards)
            for card in made["_embedded"][kind]:
                note = {"note_type": "common", "params": {"text": "Текст"}}
                self.api("POST", f"/{kind}/{card['id']}/notes", [note])
                task = {"text": "Позвонить", "complete_till": 1_893_456_000}
                self.api("POST", "/tasks", [{**task, "entity_id": card["id"], "entity_type": kind}])
            self.api("POST", f"/{kind}/tags", [{"name": "Успех"}])
        for number in range(30):
            call = {"phone": f"+7916000{number:04}", "from": "+79160000001", "called_at": 1_772_442_000, "duration": 5}
            call |= {"service_code": "s", "uniq": f"c{number}", "link": "https://x.test/1"}
            self.api(
                "POST",
                "/leads/unsorted/sip",
                [{"source_name": "АТС", "source_uid": f"pbx-{number}", "metadata": call}],
            )

    def _hooks(self) -> list[str]:
        body = self.description()["paths"]["/api/v4/webhooks"]["post"]["requestBody"]
        codes: list[str] = body["content"]["application/json"]["schema"]["properties"]["settings"]["items"]["enum"]
        return codes

    def description(self) -> dict[str, Any]:
        document: dict[str, Any] = self._do("GET", self.description_url)
        return document

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """What API v4 says to a request that must succeed."""
        return self._do(method, f"{self.amocrm}/api/v4{path}", body, self.token)

    def known(self) -> dict[str, list[Any]]:
        """What can be named in a request, by the keys and parts of paths that name it."""
        known: dict[str, list[Any]] = {"users": self._people, **self._words}
        for kind in CARDS:
            known[kind] = _ids(self.api("GET", f"/{kind}"), kind)
            for of in ("notes", "tags", "custom_fields"):
                known[f"{kind} {of}"] = _ids(self.api("GET", f"/{kind}/{of}"), of)
                known[of] = known.get(of, []) + known[f"{kind} {of}"]
            known[f"{kind} field_id"] = known[f"{kind} custom_fields"]
            known[f"{kind} entity_id"] = known[kind]
        pipelines = self.api("GET", "/leads/pipelines")
        known["pipelines"] = _ids(pipelines, "pipelines")
        known["statuses"] = [each for one in pipelines["_embedded"]["pipelines"] for each in _ids(one, "statuses")]
        for part in ("tasks", "events"):
            known[part] = _ids(self.api("GET", f"/{part}"), part)
        known["unsorted"] = _ids(self.api("GET", "/leads/unsorted"), "unsorted", "uid")
        for key, of in _KEYS.items():
            known[key] = [each for part in of for each in known.get(part, [])]
        return known

    def defects(self) -> list[str]:
        """What the world's handlers and tasks did not catch: settle raises it piece by piece, the journal names it."""
        found = [
            f"500 in the journal: {entry['subject']}" for entry in self._answers() if entry["data"]["status"] >= 500
        ]
        for _ in range(_MOST_FAILURES):
            try:
                self._do("POST", f"{self._stand}/worlds/{_NAME}/settle")
                break
            except AssertionError as failure:
                found.append(str(failure))
        return sorted(set(found))

    def _answers(self) -> list[dict[str, Any]]:
        journal = self._do("GET", f"{self._stand}/worlds/{_NAME}/journal?kind=response")
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


def _ids(page: Any, name: str, key: str = "id") -> list[Any]:
    return [each[key] for each in page["_embedded"][name]] if page else []


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
