"""Requests that are almost right: bodies as the description wants them, with one thing in them that nobody expects.

A generator that knows schemas alone seldom gets past the first check of an id. This one draws ids and words that the
world knows, by the names of keys, so that its oddities reach what lies behind.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

HUGE = 1 << 80
WORDS = ("Анна", "0a1b2c", "contacts", "leads", "WORK", "Успех", "+79160000001", "2026-03-02T12:00:00+03:00")
NUMBERS = (
    *(0, -1, 0.5, -0.0, 1e308, 1 << 31, 1 << 53, (1 << 62) - 1, 1 << 62, (1 << 63) - 1, 1 << 63),
    *(-(1 << 63), -(1 << 63) - 1, (1 << 64) - 1, HUGE, -HUGE, float("inf"), float("nan")),
)
TEXTS = (
    *("", " ", "\0", "a\0b", "\ud800", "\U0001f600", "\u202e", "٣", "²", "1e5", "-1", "0x10", "1_000", "NaN"),
    *("x" * 70_000, "9" * 5_000, "%", "'", '"; DROP', "2026-02-30", "0001-01-01T00:00:00+14:00", "9999-12-31"),
    *("__proto__", "id", "desc", "/", "..", "http://[", "https://x.test/\n"),
)
NESTED = (
    *([], {}, [[]], [None], [{}], [{"a": 1}], ["a"], {"": ""}, {"id": HUGE}, [{"id": -1}], {"value": {}}),
    *([1, "a", None], {"0": 1}, {"id": [1]}, {"name": {}}, {"value": [1], "enum_id": {}}),
)
ODD_KINDS: tuple[tuple[Any, ...], ...] = ((None, True, False), NUMBERS, TEXTS, NESTED)
ODD: tuple[Any, ...] = tuple(each for kind in ODD_KINDS for each in kind)
QUERY_KEYS = (
    *("page", "limit", "with", "query", "order[id]", "order[]", "order", "filter", "filter[]", "filter[id]"),
    *("filter[id][]", "filter[id][from]", "filter[id][a][b]", "filter[updated_at][from]", "filter[updated_at][to]"),
    *("filter[created_at]", "filter[statuses][0][status_id]", "filter[statuses][0]", "filter[price][from]"),
    *("filter[custom_fields_values][1]", "filter[custom_fields_values][²]", "filter[custom_fields_values][1][from]"),
    *("[", "]", "[]", "filter[", "filter]]", "a" + "[b" * 900, "filter[id" + "[a" * 1500, "%00", "%FF", "%ED%A0%80"),
)


ODD_PARTS = ("%FF", "%00", "%ED%A0%80", "%D9%A3", "%2F", "0", "9" * 18, "9" * 400, "a%20b", "..")
PARAMS = {
    "text": "Текст",
    "phone": "+79160000001",
    "uniq": "u1",
    "duration": 5,
    "source": "АТС",
    "link": "https://x.test/1",
    "service": "s",
    "status": "created",
    "address": "a",
    "longitude": "1",
    "latitude": "2",
    "url": "https://x.test/",
    "icon_url": "https://x.test/i.png",
    "from": "+79160000001",
    "called_at": 1,
    "service_code": "s",
}

HEADERS = (
    *({"Host": host} for host in ("\xff", "[", "a:b", "..")),
    *({"traceparent": "\xff"}, {"Accept": "\xff"}, {"Cookie": "session_id=\xff; a"}, {"Upgrade": "websocket"}),
    *({"X-Context-User-ID": user} for user in ("", "x", "\xff", "9" * 400, "-1")),
)

RARER = 5

Known = dict[str, list[Any]]
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Request:
    """One request as it goes over the wire; `target` is path and query, encoded."""

    method: str
    target: str
    body: bytes | None
    headers: dict[str, str]


class Odd:
    """Draws requests to the operations of `description`.

    `known` has the values that the world knows, by the key or the part of a path that takes them.
    """

    def __init__(self, description: dict[str, Any], known: Known, seed: int) -> None:
        self._description = description
        self._known = known
        self._everything = sorted({each for values in known.values() for each in values if isinstance(each, int)})
        self._random = random.Random(seed)
        self._kind = ""

    def requests(self, count: int) -> Iterator[Request]:
        """`count` requests to each operation, the operations taking turns; fewer to those that remove things."""
        for number in range(count):
            for path, operations in self._description["paths"].items():
                for method, operation in operations.items():
                    if number % RARER == 0 or not _removes(method, path):
                        yield self._request(method.upper(), path, operation)

    def _request(self, method: str, path: str, operation: dict[str, Any]) -> Request:
        self._kind = path.removeprefix("/api/v4/").split("/")[0]
        body, content_type = self._body(operation.get("requestBody"), path)
        headers = {} if content_type is None else {"Content-Type": content_type}
        if self._sometimes(0.02):
            headers |= self._random.choice(HEADERS)
        return Request(method, self._path(path) + self._query(operation), body, headers)

    def _sometimes(self, share: float) -> bool:
        return self._random.random() < share

    def _path(self, path: str) -> str:
        """`path` with values for its parameters: those of the literal part before each, as a rule."""
        parts = path.split("/")
        for place, part in enumerate(parts):
            if part.startswith("{") and self._sometimes(0.04):
                parts[place] = self._random.choice(ODD_PARTS)
            elif part.startswith("{"):
                parts[place] = quote(str(self._one_of(parts[place - 1])))
        return "/".join(parts)

    def _one_of(self, key: str) -> Any:
        known = self._named(key)
        return self._random.choice(known if known and self._sometimes(0.93) else self._everything)

    def _named(self, key: str) -> list[Any]:
        """What the world knows by `key`, best of the kind of card that is asked about."""
        return self._known.get(f"{self._kind} {key}") or self._known.get(key, [])

    def _query(self, operation: dict[str, Any]) -> str:
        known = [
            f"filter[{key}]{more}"
            for parameter in operation["parameters"]
            if parameter.get("name") == "filter"
            for key in parameter["schema"]["properties"]
            for more in ("", "[]", "[from]", "[to]", "[0][a]")
        ]
        known += [each["name"] for each in operation["parameters"] if each.get("in") == "query"]
        keys = self._random.choices([*known, *QUERY_KEYS], k=self._random.choice((0, 0, 1, 1, 2, 4)))
        pairs = [f"{key if '%' in key else quote(key, safe='[]')}={self._query_value()}" for key in keys]
        return f"?{'&'.join(pairs)}"[:8000] if pairs else ""

    def _query_value(self) -> str:
        if self._sometimes(0.4):
            return str(self._random.choice((*self._everything, "asc", "desc", "1,2", "contacts")))
        if self._sometimes(0.1):
            return self._random.choice(("%FF", "%", "%0", "%ED%A0%80", "%00", "+", "&", "="))
        return quote(str(self._random.choice(ODD))[:1000], errors="ignore")

    def _body(self, declared: dict[str, Any] | None, path: str) -> tuple[bytes | None, str | None]:
        if declared is None:
            return (b"{}", "application/json") if self._sometimes(0.05) else (None, None)
        kind, content = self._random.choice(list(declared["content"].items()))
        around = next(part for part in reversed(path.split("/")) if not part.startswith("{"))
        value = self._value(content["schema"], around, around)
        for _ in range(self._random.choice((0, 0, 1, 1, 2))):
            value = self._spoiled(value)
        if "form" in kind:
            return self._form(value), kind
        raw = json.dumps(value).encode()
        if self._sometimes(0.04):
            raw = self._random.choice((raw[:-1], raw + b"\xff", b"\xef\xbb\xbf" + raw, raw.replace(b":", b"", 1), b"["))
        if self._sometimes(0.04):
            kind = self._random.choice(("", "text/plain", f"{kind}; charset=no", "multipart/form-data", "a/b/c;"))
        return raw, kind

    def _form(self, value: Any) -> bytes:
        pairs = (
            f"{quote(key, '[]', errors='ignore')}={quote(text, errors='ignore')}" for key, text in _flat("", value)
        )
        return "&".join(pairs).encode() + self._random.choice((b"", b"", b"", b"&%FF=%FF", b"&\xff", b"&a[b[c[]=1"))

    def _value(self, schema: dict[str, Any], key: str, around: str) -> Any:
        """A value that fits, as good as the schema and its `key` tell; `around` is the key that holds it."""
        if "anyOf" in schema:
            options = [each for each in schema["anyOf"] if each != {"type": "null"} or self._sometimes(0.2)]
            return self._value(self._random.choice(options), key, around)
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        kind = schema.get("type")
        if kind == "object" and "properties" in schema:
            needs, inner = schema.get("required", ()), schema["properties"]
            share = self._random.choice((0.1, 0.4, 1.0))
            keys = [each for each in inner if each in needs or self._sometimes(share)]
            return {each: self._value(inner[each], each, key) for each in keys}
        if kind == "array":
            item = schema.get("items", {})
            return [self._value(item, key, around) for _ in range(self._random.choice((1, 1, 2, 3)))]
        return self._leaf(kind, around if key == "id" else key)

    def _leaf(self, kind: str | None, key: str) -> Any:
        known = self._named(key)
        if known and self._sometimes(0.93):
            return self._random.choice(known)
        if kind == "integer":
            return self._random.choice((*self._everything[:3], 0, 1, 2, 142, 1_893_456_000))
        if kind == "string":
            return self._random.choice(WORDS)
        if kind == "object":
            return {**PARAMS, self._random.choice(WORDS): self._random.choice(ODD)}
        if kind == "boolean":
            return self._sometimes(0.5)
        return {"null": None, "number": 1.5}.get(kind or "", self._random.choice(ODD))

    def _spoiled(self, value: Any) -> Any:
        """`value` with one node of it replaced by something odd, or given an odd key."""
        place = self._random.choice(list(_places(value)))
        if self._sometimes(0.1):
            place = (*place, str(self._odd()))
        return _with(value, place, self._odd())

    def _odd(self) -> Any:
        return self._random.choice(self._random.choice(ODD_KINDS))


def _places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Where the nodes of `value` are, itself among them."""
    yield place
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _places(inner, (*place, key))


def _with(value: Any, place: Place, odd: Any) -> Any:
    """`value` with `odd` at `place`; a new key fits objects only."""
    if not place:
        return odd
    key, *rest = place
    if isinstance(value, dict):
        return {**value, key: _with(value.get(key), tuple(rest), odd)}
    if isinstance(value, list) and isinstance(key, int):
        return [_with(each, tuple(rest), odd) if index == key else each for index, each in enumerate(value)]
    return odd


def _removes(method: str, path: str) -> bool:
    return method == "delete" or path.endswith(("delete", "deactivate", "decline"))


def _flat(key: str, node: Any) -> Iterator[tuple[str, str]]:
    """The fields of a form, nested as PHP does it."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else None
    if inner is None:
        yield key, str(node)
    else:
        for name, each in inner:
            yield from _flat(f"{key}[{name}]" if key else str(name), each)
