"""Parts of the OpenAPI description that routes share: schemas out of shapes, parameters, pages, refusals."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from emulator.amocrm.api.takes import Body, Either, Filtered, Form, Items, Listing, Perhaps, Shape, Takes
from emulator.amocrm.hal import EMBEDDED, HAL_JSON
from emulator.amocrm.query import DEFAULT_LIMIT
from emulator.amocrm.sessions import COOKIE
from emulator.core.web import PROBLEM_JSON

Schema = dict[str, Any]

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

_LIST_IN_QUERY: Schema = {"type": ["string", "integer"]}
_WAYS_TO_FILTER = "Also filter[key][]=…, and filter[key][from]=… with filter[key][to]=… for numbers and times."
_TEXT: Schema = {"type": "string"}
_HREF: Schema = {"type": "object", "properties": {"href": {"type": "string"}}, "required": ["href"]}
_LINKS: Schema = {"type": "object", "additionalProperties": _HREF}
_FLAW: Schema = {
    "type": "object",
    "properties": {key: {"type": "string"} for key in ("code", "path", "detail")},
    "required": ["code", "path", "detail"],
}


def schema_of(shape: Shape) -> Schema:
    """The JSON Schema of a shape."""
    if isinstance(shape, dict):
        return {"type": "object", "properties": {key: schema_of(inner) for key, inner in shape.items()}}
    if isinstance(shape, list):
        return {"type": "array", "items": schema_of(shape[0])}
    return msgspec.json.schema(shape)


def request_body(body: Body, *, is_v4: bool) -> Schema:
    """What a write takes. Writes of API v4 give a `request_id` back, and a null key counts as absent in them."""
    gives_back = is_v4 and isinstance(body.shape, dict)
    schema = schema_of({**body.shape, "request_id": Any} if gives_back else body.shape)
    if gives_back:
        inner = schema["properties"]
        schema["properties"] = {key: inner[key] if key in body.needs else _or_null(inner[key]) for key in inner}
    if body.needs:
        schema["required"] = list(body.needs)
    if isinstance(body, Items):
        schema = {"type": "array", "items": schema, "minItems": 1, "maxItems": body.most}
    kinds = (FORM,) if isinstance(body, Form) else (JSON, FORM) if isinstance(body, Either) else (JSON,)
    return {"required": not isinstance(body, Perhaps), "content": {kind: {"schema": schema} for kind in kinds}}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]} if schema else {}


def path_parameter(name: str, pattern: str, *, is_number: bool) -> Schema:
    schema: Schema = {"type": "string", "pattern": f"^(?:{pattern})$"}
    if is_number:
        schema = {"type": "integer", "minimum": 0}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def query_parameters(takes: Takes) -> list[Schema]:
    """Parameters of query and header: those it names, its filters, and paging and order where it is a list."""
    named = [_query(name, schema_of(shape)) for name, shape in takes.query.items()]
    named += [{"name": name, "in": "header", "required": True, "schema": _TEXT} for name in takes.headers]
    if isinstance(takes, Filtered) and takes.filters:
        filters = dict.fromkeys(sorted(takes.filters), _LIST_IN_QUERY)
        named.append(_deep("filter", filters, _WAYS_TO_FILTER))
    return named + (_paging(takes) if isinstance(takes, Listing) else [])


def _paging(listing: Listing) -> list[Schema]:
    directions = {key: schema_of(Literal["asc", "desc"]) for key in listing.order}
    return [
        {"$ref": "#/components/parameters/page"},
        _query("limit", _limit(listing.most), "How many on a page."),
        *([_deep("order", directions)] if directions else []),
        {"$ref": "#/components/parameters/query"},
    ]


def _limit(most: int) -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": most, "default": DEFAULT_LIMIT}


def _deep(name: str, properties: dict[str, Schema], text: str = "") -> Schema:
    schema = {"type": "object", "properties": properties}
    return _query(name, schema, text, style="deepObject", explode=True)


def _query(name: str, schema: Schema, text: str = "", **more: Any) -> Schema:
    described = {"description": text} if text else {}
    return {"name": name, "in": "query", **described, **more, "schema": schema}


def _refusal(text: str, kind: str, schema: Schema) -> Schema:
    return {"description": text, "content": {kind: {"schema": schema}}}


PROBLEM: Schema = {"$ref": "#/components/schemas/Problem"}

COMPONENTS: dict[str, Any] = {
    "securitySchemes": {
        "bearer": {"type": "http", "scheme": "bearer", "description": "An access token or a long-lived one."},
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "POST /login sets it."},
    },
    "parameters": {
        "page": _query("page", {"type": "integer", "minimum": 1, "maximum": (1 << 40) - 1, "default": 1}, "From 1."),
        "query": _query("query", _TEXT, "Words to look for, where the list can be searched."),
        "with": _query(
            "with",
            {"type": "array", "items": _TEXT},
            "What to show or embed besides; unknown names are ignored.",
            style="form",
            explode=False,
        ),
    },
    "schemas": {
        "Problem": {
            "type": "object",
            "properties": {
                **dict.fromkeys(("title", "type", "detail"), _TEXT),
                "status": {"type": "integer"},
                "validation-errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"request_id": {}, "errors": {"type": "array", "items": _FLAW}},
                        "required": ["request_id", "errors"],
                    },
                },
            },
            "required": ["title", "status", "detail"],
        },
        "Page": {
            "type": "object",
            "properties": {
                "_page": {"type": "integer"},
                "_links": _LINKS,
                EMBEDDED: {"type": "object", "additionalProperties": {"type": "array"}},
            },
            "required": ["_links", EMBEDDED],
        },
    },
    "responses": {
        "400": _refusal("What was asked cannot be used; items are refused one by one.", PROBLEM_JSON, PROBLEM),
        "401": _refusal("No token or session, or one that is not valid.", PROBLEM_JSON, PROBLEM),
        "402": _refusal("The account is not paid.", PROBLEM_JSON, PROBLEM),
        "403": {
            "description": "Not allowed; a page in HTML for who is banned.",
            "content": {PROBLEM_JSON: {"schema": PROBLEM}, "text/html": {"schema": _TEXT}},
        },
        "404": _refusal("There is no such thing, or no such account.", PROBLEM_JSON, PROBLEM),
        "422": _refusal("Too many at once.", PROBLEM_JSON, PROBLEM),
        "426": _refusal("This is a websocket.", PROBLEM_JSON, PROBLEM),
        "429": {
            **_refusal("Too often.", "text/plain", _TEXT),
            "headers": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
        },
    },
}

PAGE: Schema = {HAL_JSON: {"schema": {"$ref": "#/components/schemas/Page"}}}
"""The content of a page of a list."""
