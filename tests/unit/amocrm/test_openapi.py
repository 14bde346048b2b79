"""The OpenAPI description says what the router knows, and is served on the control plane."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from emulator.amocrm.accounts import Accounts
from emulator.amocrm.api.takes import Listing
from emulator.amocrm.app import RESOURCES, create_app
from emulator.amocrm.errors import WRONG_LOGIN
from emulator.amocrm.openapi import Route, description, routes
from tests.unit.amocrm.conftest import Client, Scene


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return description("http://127.0.0.1:1")


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def filters_of(operation: dict[str, Any]) -> set[str]:
    found = [each["schema"]["properties"] for each in operation["parameters"] if each.get("name") == "filter"]
    return set().union(*found)


def declared(route: Route) -> bool:
    return route.name in getattr(route.module, "TAKES", {})


def test_every_route_is_described_and_nothing_else(document: dict[str, Any]) -> None:
    router = create_app(Accounts()).router
    known = {f"{each.method} {each.resource.canonical}" for each in router.routes() if each.resource is not None}
    assert {name for name, _ in operations(document)} == {name for name in known if not name.startswith("HEAD ")}


def test_every_write_says_what_it_takes() -> None:
    silent = [route.name for route in routes() if route.method != "GET" and not declared(route)]
    assert not silent, f"say in TAKES beside the route what it takes: {silent}"


def test_every_list_says_what_it_takes() -> None:
    lists = [route for route in routes() if getattr(route.handler, "__name__", "") == "get_list"]
    silent = [route.name for route in lists if not declared(route)]
    assert not silent, f"say in TAKES beside the route what the list takes: {silent}"


def test_nothing_is_declared_for_a_route_that_is_not_there() -> None:
    known = {(route.module.__name__, route.name) for route in routes()}
    said = {(module.__name__, name) for module in RESOURCES for name in getattr(module, "TAKES", {})}
    assert said <= known


def test_a_list_that_is_filtered_is_declared_as_one(document: dict[str, Any]) -> None:
    shown = {
        name: {
            key
            for each in operation["parameters"]
            if each.get("name") == "filter"
            for key in each["schema"]["properties"]
        }
        for name, operation in operations(document)
    }
    assert {"id", "price", "statuses"} <= shown["GET /api/v4/leads"]
    assert "entity_type" in shown["GET /api/v4/tasks"]
    assert not shown["GET /api/v4/account"]


def test_path_parameters_have_the_form_that_the_router_takes(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        wanted = re.findall(r"\{(\w+)\}", name)
        found = [each for each in operation["parameters"] if each.get("in") == "path"]
        assert [each["name"] for each in found] == wanted, name
        assert all(each["schema"] and each["required"] for each in found), name
    [parameter] = document["paths"]["/api/v4/users/{id}"]["get"]["parameters"][:1]
    assert parameter["schema"] == {"type": "integer", "minimum": 0}


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) == len(set(names))


def test_every_operation_has_a_summary_and_a_tag(document: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    for name, operation in operations(document):
        assert operation["summary"], name
        assert "facts" not in operation["summary"], name
        assert set(operation["tags"]) <= tags, name


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = list(references(document))
    assert found
    for reference in found:
        target = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for inner in node.values():
            yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


def test_a_body_is_an_array_of_typed_items(document: dict[str, Any]) -> None:
    body = document["paths"]["/api/v4/tasks"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    assert (schema["type"], schema["minItems"], schema["maxItems"]) == ("array", 1, 250)
    assert schema["items"]["required"] == ["text", "complete_till"]
    assert schema["items"]["properties"]["complete_till"] == {"type": "integer"}
    assert schema["items"]["properties"]["duration"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert schema["items"]["properties"]["request_id"] == {}


async def test_only_what_names_its_account_otherwise_needs_no_token(scene: Scene, document: dict[str, Any]) -> None:
    free = {name for name, operation in operations(document) if operation.get("security") == []}
    asked = {name: await without_token(scene, name) for name, _ in operations(document)}
    assert {name for name, answer in asked.items() if answer != WRONG_LOGIN} <= free
    assert {"POST /oauth2/access_token", "POST /login", "GET /oauth", "GET /s/{code}"} <= free


async def without_token(scene: Scene, name: str) -> str | None:
    """The detail of the refusal that a request without token and session gets, if any."""
    method, path = name.split()
    filled = re.sub(r"\{table\}", "leads", re.sub(r"\{(?!table)\w+\}", "1", path))
    client = Client(scene.client.session, scene.client.base, None)
    answer = await client.ask(method, filled, Host=f"{scene.account.subdomain}.amocrm.test")
    return answer.body.get("detail") if isinstance(answer.body, dict) else None


def test_a_refusal_with_a_form_of_its_own_says_so(document: dict[str, Any]) -> None:
    refusal = document["paths"]["/api/v4/calls"]["post"]["responses"]["400"]
    assert set(refusal["content"]) == {"application/problem+json", "application/hal+json"}


def test_a_listing_is_a_page_or_nothing() -> None:
    route = next(route for route in routes() if route.name == "GET /api/v4/leads")
    assert isinstance(route.takes, Listing)
    answers = description()["paths"]["/api/v4/leads"]["get"]["responses"]
    assert answers["200"]["content"]["application/hal+json"]["schema"] == {"$ref": "#/components/schemas/Page"}
    assert answers["204"] == {"description": "Nothing to show."}
    assert answers["429"] == {"$ref": "#/components/responses/429"}
