"""The OpenAPI description of the fake amoCRM, made from its routes, so that none can be missing.

Methods, paths and path parameters are those of the router; what a request takes stands as `TAKES` beside its route.
Answers are described by their form alone. `python -m emulator.amocrm.openapi` writes the document to standard output.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import orjson

from emulator.amocrm.accounts import Accounts
from emulator.amocrm.api import login, oauth, short_links
from emulator.amocrm.api.takes import NOTHING, Body, Listing, Table, Takes
from emulator.amocrm.app import RESOURCES, create_app
from emulator.amocrm.entrance import PAGES
from emulator.amocrm.hal import HAL_JSON
from emulator.amocrm.openapi_parts import (
    COMPONENTS,
    JSON,
    PAGE,
    PROBLEM,
    Schema,
    path_parameter,
    query_parameters,
    request_body,
)
from emulator.core.web import PROBLEM_JSON, Handler

_TOKENLESS = (*oauth.TOKENLESS, login.LOGIN)
_API = "/api/"
_V4 = "/api/v4/"
_USUAL_ANSWERS = {"GET": (200,), "POST": (200,), "PATCH": (200,), "DELETE": (204,)}
_WITHOUT_CONTENT = (101, 204, 302)
_REFUSALS = (400, 401, 402, 403, 404, 422, 429)
_REFUSALS_OF_PAGES = (400, 401, 404)
_DOES = {"GET": "Read", "POST": "Add", "PATCH": "Change", "DELETE": "Delete"}
_FACTS = re.compile(r"\s*\(facts [^)]*\)")
_PARAMETER = re.compile(r"\(\?P<(\w+)>(.*?)\)(?=/|$)")
_DIGITS = r"\d+"


@dataclass(frozen=True)
class Route:
    """A route of the application, and the module of its resource. `patterns` are those of its path parameters."""

    method: str
    path: str
    patterns: dict[str, str]
    handler: Handler
    module: ModuleType

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def takes(self) -> Takes:
        declared: Table = getattr(self.module, "TAKES", {})
        return declared.get(self.name, NOTHING)

    @property
    def is_api(self) -> bool:
        return self.path.startswith(_API)


def routes() -> Iterator[Route]:
    """Every route, in the order of the router; HEAD is left out, which comes with every GET."""
    owners = {route.handler: module for module in RESOURCES for route in module.ROUTES}
    for route in create_app(Accounts()).router.routes():
        if route.method != "HEAD" and route.resource is not None:
            pattern = route.resource.get_info().get("pattern")
            patterns = dict(_PARAMETER.findall(pattern.pattern)) if pattern else {}
            yield Route(route.method, route.resource.canonical, patterns, route.handler, owners[route.handler])


def description(server: str | None = None) -> dict[str, Any]:
    """The document; `server` is the base URL of the fake."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes():
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    info = {"title": "The fake amoCRM of amostand", "version": "4", "summary": "amoCRM's API v4, as far as it is here"}
    return {
        "openapi": "3.1.0",
        "info": info,
        **({"servers": [{"url": server}]} if server else {}),
        "security": [{"bearer": []}, {"session": []}],
        "tags": [{"name": _tag(module), "description": _line(module)} for module in RESOURCES],
        "paths": paths,
        "components": COMPONENTS,
    }


def _operation(route: Route) -> Schema:
    takes = route.takes
    operation: Schema = {
        "operationId": _identifier(route),
        "tags": [_tag(route.module)],
        "summary": _line(route.handler) or f"{_DOES[route.method]} {_literal(route)[-1].replace('_', ' ')}",
        "parameters": _parameters(route),
    }
    if isinstance(takes, Body):
        operation["requestBody"] = request_body(takes, is_v4=route.path.startswith(_V4))
    if route.path in _TOKENLESS or route.path.startswith(short_links.PATH):
        operation["security"] = []
    return {**operation, "responses": {**_refusals(route), **_answers(route)}}


def _parameters(route: Route) -> list[Schema]:
    parameters = []
    for name, pattern in route.patterns.items():
        parameters.append(path_parameter(name, pattern, is_number=pattern == _DIGITS))
    parameters += query_parameters(route.takes)
    if route.is_api and route.method == "GET":
        parameters.append({"$ref": "#/components/parameters/with"})
    return parameters


def _answers(route: Route) -> Schema:
    kind = route.takes.content or (HAL_JSON if route.is_api else JSON)
    content = PAGE if isinstance(route.takes, Listing) else {kind: {"schema": {}}}
    usual = (200, 204) if isinstance(route.takes, Listing) else _USUAL_ANSWERS[route.method]
    answers: Schema = {}
    for status in route.takes.answers or usual:
        shown = {} if status in _WITHOUT_CONTENT or route.takes.content is None else {"content": content}
        text = "Nothing to show." if status == 204 else "Done." if status < 400 else "Nothing was done."
        answers[str(status)] = {"description": text, **shown}
        if status >= 400:
            answers[str(status)] = _refusal(status) if not route.takes.content else _either(text, content)
    return answers


def _either(text: str, content: Schema) -> Schema:
    """A refusal in a form of its own, or in the usual one."""
    return {"description": text, "content": {PROBLEM_JSON: {"schema": PROBLEM}, **content}}


def _refusals(route: Route) -> Schema:
    statuses = _REFUSALS_OF_PAGES if route.path in PAGES else _REFUSALS
    return {str(status): _refusal(status) for status in statuses}


def _refusal(status: int) -> Schema:
    return {"$ref": f"#/components/responses/{status}"}


def _identifier(route: Route) -> str:
    words = re.findall(r"\w+", route.path.removeprefix(_V4))
    return "_".join([route.method.lower(), *words])


def _literal(route: Route) -> list[str]:
    """The parts of the path that are no parameters."""
    return [part for part in route.path.split("/") if part and not part.startswith("{")]


def _tag(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def _line(documented: object) -> str:
    """The first line of a docstring, in words that mean something outside of this project."""
    return _FACTS.sub("", (inspect.getdoc(documented) or "").partition("\n")[0])


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(description(), option=orjson.OPT_INDENT_2))
