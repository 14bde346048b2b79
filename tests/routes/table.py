"""The page `docs/amocrm.md`: every route of the official client, whether the fake answers it, and what proves it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from emulator.amocrm.accounts import Accounts
from emulator.amocrm.app import create_app
from tests.routes.hits import OWN, Hit

OFFICIAL = Path(__file__).parents[1] / "data" / "official_routes.csv"

_HEAD = """\
# Routes of the fake amoCRM

Every route that the official PHP client can call, and whether the fake answers it. Made by `make routes` from the
requests of our tests and of published clients; a route is «answered» when it exists, and «proved by» whoever got an
answer below 400 from it; «refused» says why no request can succeed. Customers, catalogs, files, chats and other
resources that no telephony integration needs are not there: they answer 404 and name the nearest route.
"""

REFUSED = {("POST", "/api/v4/leads/unsorted/{uid}/link"): "for mail and chats, which the stand has not"}
"""Routes that are there and refuse everything."""


@dataclass(frozen=True)
class Route:
    """One request of the official client. `path` is a template such as `/api/v4/leads/{id}`."""

    resource: str
    method: str
    path: str
    sdk: str

    def takes(self, method: str, path: str) -> bool:
        return method == self.method and re.fullmatch(_pattern(self.path), path) is not None

    @property
    def open_ends(self) -> int:
        return self.path.count("{")


def _pattern(template: str) -> str:
    literal = [re.escape(part) for part in re.split(r"\{[^}]*\}", template)]
    return "[^/]+".join(literal) + "/?"


def official() -> list[Route]:
    with OFFICIAL.open(encoding="utf-8", newline="") as file:
        return [Route(**row) for row in csv.DictReader(file)]


@cache
def own() -> list[tuple[str, str]]:
    """(method, template) of every route of the fake; regular expressions of parameters left out."""
    app = create_app(Accounts())
    found = set()
    for route in app.router.routes():
        if route.resource is not None and route.method != "HEAD":
            found.add((route.method, route.resource.canonical))
    return sorted(found)


def answered(route: Route) -> bool:
    """Whether the fake has a route for this request of the official client."""
    return any(method == route.method and _same_shape(template, route.path) for method, template in own())


def _same_shape(one: str, two: str) -> bool:
    return re.sub(r"\{[^}]*\}", "{}", one).rstrip("/") == re.sub(r"\{[^}]*\}", "{}", two).rstrip("/")


def read_hits(folder: Path) -> set[Hit]:
    lines = [line for file in sorted(folder.glob("*.tsv")) for line in file.read_text(encoding="utf-8").splitlines()]
    return {(by, method, path) for by, method, path in (line.split("\t") for line in lines)}


def proofs(routes: list[Route], hits: Iterable[Hit]) -> dict[Route, set[str]]:
    """Per route who got an answer from it; a request counts for the most literal template that takes it."""
    found: dict[Route, set[str]] = {route: set() for route in routes}
    for by, method, path in hits:
        taking = [route for route in routes if route.takes(method, path)]
        if taking:
            found[min(taking, key=lambda route: route.open_ends)].add(by)
    return found


def page(hits: set[Hit]) -> str:
    """The whole page."""
    routes = official()
    proved = proofs(routes, hits)
    there = [route for route in routes if answered(route)]
    count = f"\n{len(there)} of {len(routes)} are answered.\n"
    return _HEAD + count + "".join(_tables(routes, proved)) + _beyond(routes, hits)


def _tables(routes: list[Route], proved: dict[Route, set[str]]) -> Iterator[str]:
    for resource, group in groupby(routes, key=lambda route: route.resource):
        yield f"\n## {resource}\n\n| request | official client | answered | proved by |\n|---|---|---|---|\n"
        for route in group:
            yield _row(route, proved[route])


def _row(route: Route, by: set[str]) -> str:
    proof = ", ".join(sorted(by, key=lambda name: (name != OWN, name)))
    said = "yes" if answered(route) else "no"
    if refused := REFUSED.get((route.method, route.path)):
        said, proof = "refused", refused
    sdk = route.sdk.split(" (")[0].replace("|", ", ")
    return f"| `{route.method} {route.path}` | {sdk} | {said} | {proof if said != 'no' else ''} |\n"


def _beyond(routes: list[Route], hits: set[Hit]) -> str:
    """Routes that other clients and the page of amoCRM use."""
    known = {(route.method, re.sub(r"\{[^}]*\}", "{}", route.path).rstrip("/")) for route in routes}
    more = [each for each in own() if (each[0], re.sub(r"\{[^}]*\}", "{}", each[1]).rstrip("/")) not in known]
    rows = [Route("", method, template, "") for method, template in more]
    proved = proofs(rows, hits)
    lines = "".join(f"| `{row.method} {row.path}` | {', '.join(sorted(proved[row]))} |\n" for row in rows)
    return f"\n## Beyond the official client\n\n| request | proved by |\n|---|---|\n{lines}"
