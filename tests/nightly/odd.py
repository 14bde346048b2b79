"""Requests that are almost right: bodies as the description wants them, with one thing in them that nobody expects.

A generator that knows schemas alone seldom gets past the first check of an id. This one draws ids from the world, so
that its oddities reach what lies behind.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

HUGE = 1 << 80
WORDS = ("Анна", "contacts", "leads", "companies", "common", "call_in", "inbound", "text", "select", "+79160000001")
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 0.5, -0.0, 1e308, 1 << 31, 1 << 53, (1 << 62) - 1, 1 << 62, (1 << 63) - 1, 1 << 63),
    *(-(1 << 63), -(1 << 63) - 1, (1 << 64) - 1, HUGE, -HUGE, float("inf"), float("nan")),
    *("", " ", "\0", "a\0b", "\ud800", "\U0001f600", "\u202e", "٣", "²", "1e5", "-1", "0x10", "1_000", "NaN"),
    *("x" * 70_000, "9" * 5_000, "%", "'", '"; DROP', "2026-02-30", "0001-01-01T00:00:00+14:00", "9999-12-31"),
    *([], {}, [[]], [None], {"": ""}, {"id": HUGE}, [{"id": -1}], {"value": {}}, [1, "a", None]),
    *("__proto__", "id", "desc", "/", "..", "http://[", "https://x.test/\n"),
)
QUERY_KEYS = (
    *("page", "limit", "with", "query", "order[id]", "order[]", "order", "filter", "filter[]", "filter[id]"),
    *("filter[id][]", "filter[id][from]", "filter[id][a][b]", "filter[updated_at][from]", "filter[updated_at][to]"),
    *("filter[created_at]", "filter[statuses][0][status_id]", "filter[statuses][0]", "filter[price][from]"),
    *("filter[custom_fields_values][1]", "filter[custom_fields_values][²]", "filter[custom_fields_values][1][from]"),
    *("[", "]", "[]", "filter[", "filter]]", "a" + "[b" * 900, "filter[id" + "[a" * 1500, "%00", "%FF", "%ED%A0%80"),
)


@dataclass(frozen=True)
class Request:
    """One request as it goes over the wire; `target` is path and query, encoded."""

    method: str
    target: str
    body: bytes | None
    content_type: str | None


class Odd:
    """Draws requests to the operations of `description`; `ids` are those that the world knows."""

    def __init__(self, description: dict[str, Any], ids: list[int], seed: int) -> None:
        self._description = description
        self._ids = ids
        self._random = random.Random(seed)

    def requests(self, count: int) -> Iterator[Request]:
        """`count` requests to each operation, the operations taking turns."""
        for _ in range(count):
            for path, operations in self._description["paths"].items():
                for method, operation in operations.items():
                    yield self._request(method.upper(), path, operation)

    def _request(self, method: str, path: str, operation: dict[str, Any]) -> Request:
        for parameter in operation["parameters"]:
            if parameter.get("in") == "path":
                path = path.replace(f"{{{parameter['name']}}}", self._path_value(parameter["schema"]))
        body, content_type = self._body(operation.get("requestBody"))
        return Request(method, path + self._query(operation), body, content_type)

    def _sometimes(self, share: float) -> bool:
        return self._random.random() < share

    def _path_value(self, schema: dict[str, Any]) -> str:
        if self._sometimes(0.05):
            return self._random.choice(("%FF", "%00", "%ED%A0%80", "%D9%A3", "%2F", "0", "9" * 18, "9" * 400, "a%20b"))
        return str(self._random.choice(self._ids)) if schema.get("type") == "integer" else str(self._pick_word())

    def _query(self, operation: dict[str, Any]) -> str:
        known = [
            f"filter[{key}]{more}"
            for parameter in operation["parameters"]
            if parameter.get("name") == "filter"
            for key in parameter["schema"]["properties"]
            for more in ("", "[]", "[from]", "[to]", "[0][a]")
        ]
        keys = self._random.choices([*known, *QUERY_KEYS], k=self._random.choice((0, 0, 1, 1, 2, 4)))
        pairs = [f"{key if '%' in key else quote(key, safe='[]')}={self._query_value()}" for key in keys]
        return f"?{'&'.join(pairs)}"[:8000] if pairs else ""

    def _query_value(self) -> str:
        if self._sometimes(0.4):
            return str(self._random.choice((*self._ids, "asc", "desc", "1,2", "contacts")))
        if self._sometimes(0.1):
            return self._random.choice(("%FF", "%", "%0", "%ED%A0%80", "%00", "+", "&", "="))
        return quote(str(self._random.choice(ODD))[:1000], errors="ignore")

    def _body(self, declared: dict[str, Any] | None) -> tuple[bytes | None, str | None]:
        if declared is None:
            return (b"{}", "application/json") if self._sometimes(0.05) else (None, None)
        [(kind, content)] = declared["content"].items()
        value = self._value(content["schema"])
        if self._sometimes(0.7):
            value = self._spoiled(value)
        if "form" in kind:
            return self._form(value), kind
        raw = json.dumps(value).encode()
        if self._sometimes(0.05):
            raw = self._random.choice((raw[:-1], raw + b"\xff", b"\xef\xbb\xbf" + raw, raw.replace(b":", b"", 1), b"["))
        if self._sometimes(0.05):
            kind = self._random.choice(
                ("", "text/plain", "application/json; charset=no", "multipart/form-data", "a/b/c;")
            )
        return raw, kind

    def _form(self, value: Any) -> bytes:
        fields = value if isinstance(value, dict) else {"": value}
        pairs = [
            (key if not isinstance(each, list) else f"{key}[]", one)
            for key, each in fields.items()
            for one in (each if isinstance(each, list) else [each])
        ]
        text = "&".join(f"{quote(str(key), safe='[]')}={quote(str(one), errors='ignore')}" for key, one in pairs)
        return text.encode() + self._random.choice((b"", b"", b"", b"&%FF=%FF", b"&\xff", b"&a[b[c[]=1"))

    def _value(self, schema: dict[str, Any]) -> Any:
        """A value that fits, as good as the schema tells."""
        if "anyOf" in schema:
            return self._value(self._random.choice(schema["anyOf"]))
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        kind = schema.get("type")
        if kind == "object" and "properties" in schema:
            needs = schema.get("required", ())
            keys = [key for key in schema["properties"] if key in needs or self._sometimes(0.4)]
            return {key: self._value(schema["properties"][key]) for key in keys}
        if kind == "array":
            return [self._value(schema.get("items", {})) for _ in range(self._random.choice((1, 1, 2, 3)))]
        return self._leaf(kind)

    def _leaf(self, kind: str | None) -> Any:
        if kind == "integer":
            return self._random.choice((*self._ids, 1, 2, 142, 1_893_456_000))
        if kind == "string":
            return self._pick_word()
        if kind == "object":
            return {self._pick_word(): self._pick_word(), "text": "Текст", "phone": "+79160000001"}
        if kind == "boolean":
            return self._sometimes(0.5)
        return {"null": None, "number": 1.5}.get(kind or "", self._random.choice(ODD))

    def _pick_word(self) -> str:
        return self._random.choice(WORDS)

    def _spoiled(self, value: Any) -> Any:
        """`value` with one node of it replaced by something odd, or given an odd key."""
        if isinstance(value, dict) and value and self._sometimes(0.85):
            key = self._random.choice(list(value))
            return {**value, key: self._spoiled(value[key])}
        if isinstance(value, list) and value and self._sometimes(0.9):
            place = self._random.randrange(len(value))
            return [*value[:place], self._spoiled(value[place]), *value[place + 1 :]]
        if isinstance(value, dict) and self._sometimes(0.3):
            return {**value, str(self._random.choice(ODD)): self._random.choice(ODD)}
        return self._random.choice(ODD)
