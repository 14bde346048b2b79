"""Reading over HTTP, journal and faults on: against a bare aiohttp handler with the same bytes, and localstripe.

What is read stays as it is meanwhile, so the fake answers from what it keeps; how long it takes to make a page anew
after a write is a figure of its own.
"""

from __future__ import annotations

import http.client
import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter
from typing import Any

from emulator.stand.served import served
from tests.bench import load, peers
from tests.bench.load import Load

RUNS = 5
TURNS = 4
CARDS = 200
PAGE = 50

PEOPLE = [
    {
        "name": f"Contact {number:03}",
        "custom_fields_values": [{"field_code": "PHONE", "values": [{"value": f"+79160000{number:03}"}]}],
        "_embedded": {"tags": [{"name": "VIP"}]},
    }
    for number in range(CARDS)
]


@dataclass(frozen=True)
class Ratio:
    """Medians of the runs: throughput against the other server, and the fake's own p99."""

    ratio: float
    p99_ms: float


@dataclass(frozen=True)
class World:
    """A world of a served stand with as many contacts as leads, one contact each."""

    url: str
    token: str
    contacts: list[int]
    leads: list[int]

    def asking(self, *paths: str) -> Load:
        return Load(self.url, self.token, list(paths))

    @property
    def single(self) -> Load:
        """Contacts by id."""
        return self.asking(*(f"/api/v4/contacts/{contact_id}" for contact_id in self.contacts))

    @property
    def pages(self) -> Load:
        """Pages of leads with contacts."""
        path = f"/api/v4/leads?with=contacts&limit={PAGE}&page="
        return self.asking(*(f"{path}{number}" for number in range(1, CARDS // PAGE + 1)))


def single() -> Ratio:
    """Contacts by id against a bare handler."""
    with _world() as world:
        return _against_bare(world.single, requests=4_000)


def pages() -> tuple[Ratio, float]:
    """Pages of 50 leads with contacts against a bare handler; milliseconds of one that is read after a write."""
    with _world() as world:
        return _against_bare(world.pages, requests=2_000), _after_a_write(world)


def localstripe() -> float:
    """Contacts by id against customers by id of localstripe. Raises peers.Missing when it cannot be had."""
    with _world() as world, peers.localstripe() as url:
        theirs = Load(url, peers.LOCALSTRIPE_TOKEN, [peers.localstripe_customer(url)])
        few = 1_000  # it is slow
        return _alternating(replace(world.single, requests=few), replace(theirs, requests=few)).ratio


def _against_bare(ours: Load, requests: int) -> Ratio:
    body = _asked(ours.url + ours.paths[-1], ours.token)
    with peers.bare(body) as url:
        theirs = replace(ours, url=url, paths=ours.paths[-1:], requests=requests)
        return _alternating(replace(ours, requests=requests), theirs)


def _alternating(ours: Load, theirs: Load) -> Ratio:
    runs = [_run(ours, theirs) for _ in range(RUNS)]
    return Ratio(median(run.ratio for run in runs), median(run.p99_ms for run in runs))


def _run(ours: Load, theirs: Load) -> Ratio:
    """One run: the two servers take short turns, so that both meet the same moods of the machine."""
    turns = [(load.run(ours), load.run(theirs)) for _ in range(TURNS)]
    our_time = sum(1 / our.per_second for our, _their in turns)
    their_time = sum(1 / their.per_second for _our, their in turns)
    return Ratio(their_time / our_time, median(our.p99_ms for our, _their in turns))


def _after_a_write(world: World) -> float:
    """Milliseconds of a page, request and all, over one connection; a lead of it has just changed."""
    host = world.url.removeprefix("http://")
    headers = {"Authorization": f"Bearer {world.token}"}
    connection = http.client.HTTPConnection(host)

    def ask(method: str, path: str, body: Any = None) -> float:
        began = perf_counter()
        connection.request(method, path, body and json.dumps(body), headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
        return (perf_counter() - began) * 1000

    times = []
    for price in range(100):
        ask("PATCH", f"/api/v4/leads/{world.leads[0]}", {"price": price})
        times.append(ask("GET", world.pages.paths[0]))
    connection.close()
    return median(times)


@contextmanager
def _world() -> Iterator[World]:
    """A live world without limits on a served stand, and a fault that hits none of the requests."""
    with served() as stand:
        worlds = f"{stand.urls['stand']}/_stand/worlds"
        world = _posted(worlds, {"clock": "live", "profile": "v4"})
        never = {"target": "amocrm", "match": {"path": "/api/v4/tasks*"}, "action": {"status": 500}, "times": None}
        _posted(f"{worlds}/{world['id']}/faults", never)
        url, token = stand.urls["amocrm"], world["amocrm"]["access_token"]
        contacts = _created(url, token, "contacts", PEOPLE)
        yield World(url, token, contacts, _created(url, token, "leads", [_lead(each) for each in contacts]))


def _lead(contact_id: int) -> dict[str, Any]:
    return {
        "name": f"Lead {contact_id}",
        "price": 1000,
        "custom_fields_values": [{"field_code": "UTM_SOURCE", "values": [{"value": "google"}]}],
        "_embedded": {"tags": [{"name": "VIP"}], "contacts": [{"id": contact_id}]},
    }


def _created(url: str, token: str, table: str, items: list[dict[str, Any]]) -> list[int]:
    written = _posted(f"{url}/api/v4/{table}", items, token)
    return [item["id"] for item in written["_embedded"][table]]


def _asked(url: str, token: str) -> bytes:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as answer:
        raw: bytes = answer.read()
    return raw


def _posted(url: str, body: Any, token: str = "") -> Any:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)
